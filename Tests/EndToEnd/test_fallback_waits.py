"""Scenarios in their default times: they start with the first test of the fallback and run beside the rest."""

import pytest
from fallback_routes import (
    FORTY, MODES, ROUTES, Answer, Seen, Stage, answered, broke_off, pairs, refused, runs_long, text_of,
)  # fmt: skip
from fallback_wall import FlapReport, Wall, flap

pytest_plugins = ["fallback_stage"]

# S06 and S07: silence, and a first token after 20 s. A stream moves on, a whole answer is waited for.

S06 = ROUTES.pair("s06-stream", "silent")
S07 = {"whole": ROUTES.pair("s07-whole", "late-20s"), "stream": ROUTES.pair("s07-stream", "ttft-20s")}


@runs_long("test_s06_a_silent_stream_falls_back_in_default_time")
def silent_stream(stage: Stage) -> Answer:
    return stage.ask(S06, "stream")


def test_s06_a_silent_stream_falls_back_in_default_time(result: Answer, seen: Seen) -> None:
    answered(result, "s06-stream-b", attempts=2)
    assert 9.9 < result.seconds < 15
    assert seen.counts(S06) == (1, 1)
    # Nobody waits for it any longer.
    assert seen.requests("s06-stream-a")[0]["closed_by_peer"]


@runs_long("test_s07_a_slow_first_token_falls_back_in_default_time")
def slow_stream(stage: Stage) -> Answer:
    return stage.ask(S07["stream"], "stream")


@runs_long("test_s07_a_slow_whole_answer_is_waited_for")
def slow_whole(stage: Stage) -> Answer:
    return stage.ask(S07["whole"], "whole")


def test_s07_a_slow_first_token_falls_back_in_default_time(result: Answer, seen: Seen) -> None:
    answered(result, "s07-stream-b", attempts=2)
    assert 9.9 < result.seconds < 12
    assert seen.counts(S07["stream"]) == (1, 1)


def test_s07_a_slow_whole_answer_is_waited_for(result: Answer, seen: Seen) -> None:
    answered(result, "s07-whole-a", attempts=1)
    assert 19.9 < result.seconds < 25
    assert seen.counts(S07["whole"]) == (1, 0)


# S09: a stall after token 40 of 60.

S09 = pairs("s09", "chunks-60-gap-5ms-stall-40")


@runs_long("test_s09_a_stalled_stream_ends_in_default_time")
def stalled_stream(stage: Stage) -> Answer:
    return stage.ask(S09.format("stream"), "stream")


@runs_long("test_s09_a_stalled_whole_answer_falls_back_in_default_time")
def stalled_whole(stage: Stage) -> Answer:
    return stage.ask(S09.format("whole"), "whole")


def test_s09_a_stalled_stream_ends_in_default_time(result: Answer, seen: Seen) -> None:
    broke_off(result, FORTY)
    assert result.provider == "s09-stream-a"
    assert 14.9 < result.seconds < 20
    assert seen.counts(S09.format("stream")) == (1, 0)


def test_s09_a_stalled_whole_answer_falls_back_in_default_time(result: Answer, seen: Seen) -> None:
    answered(result, "s09-whole-b", attempts=2)
    assert 14.9 < result.seconds < 20
    assert seen.counts(S09.format("whole")) == (1, 1)


# S15: the primary flaps for 60 s.

BUSY_TIMES = [(14, 6), (14, 6), (14, 6)]


@runs_long("test_s15_a_primary_that_flaps_is_used_again_and_never_hammered")
def flapping(stage: Stage) -> FlapReport:
    return flap(
        stage.walls["busy"], stage.ask, "s15-busy", "s15-busy-a", MODES * 2, "busy", BUSY_TIMES, 30, stage.curtain.wait
    )


@runs_long("test_s15_a_primary_that_refused_connections_is_used_again")
def refusing(stage: Stage) -> FlapReport:
    return flap(
        stage.walls["refused"], stage.ask, "s15-refused", "s15-refused-a", MODES * 2, "refused", [(10, 5), (10, 5)], 30,
        stage.curtain.wait,
    )  # fmt: skip


@runs_long("test_s15_a_primary_that_was_silent_is_used_again")
def silencing(stage: Stage) -> FlapReport:
    return flap(
        stage.walls["silent"], stage.ask, "s15-silent", "s15-silent-a", ["stream"] * 4, "silent", [(24, 5)], 30,
        stage.curtain.wait,
    )  # fmt: skip


def flapped_well(report: FlapReport, model: str, outages: int, patience: float) -> None:
    """Nobody saw an outage; the primary is back and stays."""
    assert len(report.outages) == outages
    assert [one.answer.error for one in report.served if one.answer.error] == []
    for one in report.served:
        assert one.answer.text == text_of("spare" if one.answer.provider == f"{model}-b" else f"{model}-a")
        assert one.answer.finish == "stop"
    for outage in report.outages:
        assert outage.back_after is not None and outage.back_after < patience, report.outages
    assert len(report.at_last) >= 10
    assert set(report.at_last) == {f"{model}-a"}


def test_s15_a_primary_that_flaps_is_used_again_and_never_hammered(result: FlapReport) -> None:
    # A probe every four seconds at the latest.
    flapped_well(result, "s15-busy", len(BUSY_TIMES), 5.5)
    for outage in result.outages:
        # Three seconds for five failures; then one at a time, ever less often.
        assert result.most_together(outage, 3) == 1
        assert 2 <= len(result.knocks_at(outage, 3)) <= 8
        late = [one for one in result.served if outage.start + 3 < one.start < outage.end]
        # Those who do not probe lose no time.
        assert sum(one.end - one.start < Wall.BUSY_SECONDS for one in late) > 0.8 * len(late) > 20


def test_s15_a_primary_that_refused_connections_is_used_again(result: FlapReport) -> None:
    flapped_well(result, "s15-refused", 2, 5.5)


def test_s15_a_primary_that_was_silent_is_used_again(result: FlapReport) -> None:
    # The probe that waits in vain for its first token when the primary comes back must end first.
    flapped_well(result, "s15-silent", 1, 30)
    # All noticed after the first token's ten seconds; since then one at a time.
    assert result.most_together(result.outages[0], 12) <= 1
    assert len(result.knocks_at(result.outages[0], 12)) <= 3
