"""Answers that break off: S08 to S11 and S14, without resuming them."""

import json

import pytest
from fallback_routes import FORTY, ROUTES, Asker, Seen, answered, both, broke_off, pairs
from gateway import Fake, Gateway
from limit_helpers import Caller

pytest_plugins = ["fallback_stage"]

# S08: cut at token 40 of 60.

S08 = pairs("s08", "chunks-60-gap-5ms-cut-40")
S08_RESET = ROUTES.pair("s08-reset", "chunks-60-gap-5ms-reset-cut-40")
S08_COUNTED = ROUTES.pair("s08-counted", "status-503", "chunks-60-gap-2ms-cut-40")
S08_SECOND = ROUTES.pair("s08-second", "status-503", "chunks-60-gap-5ms-cut-40")


@pytest.mark.parametrize("model", [S08.format("stream"), S08_RESET])
def test_s08_a_stream_that_is_cut_ends_with_an_error(ask: Asker, seen: Seen, model: str) -> None:
    answer = ask(model, "stream")
    broke_off(answer, FORTY)
    assert answer.provider == f"{model}-a"
    assert answer.attempts == 1
    assert answer.seconds < 3
    # Part of the answer is out: asking somebody else could only say it twice.
    assert seen.counts(model) == (1, 0)


def test_s08_the_error_names_the_attempts_before_the_cut(ask: Asker, seen: Seen) -> None:
    answer = ask(S08_SECOND, "stream")
    broke_off(answer, FORTY)
    assert answer.provider == "s08-second-b"
    assert answer.attempts == 3
    listed = answer.attempt_list()
    assert [target for target, _, _ in listed] == 2 * ["s08-second-a/gpt-4o"] + ["s08-second-b/claude-sonnet-4-5"]
    assert [failure for _, failure, _ in listed][:2] == ["overloaded", "overloaded"]
    assert listed[2][1] in ("connection", "stream_broken")


def test_s08_a_whole_answer_that_is_cut_falls_back(ask: Asker, seen: Seen) -> None:
    answer = ask(S08.format("whole"), "whole")
    answered(answer, "s08-whole-b", attempts=3)
    assert seen.counts(S08.format("whole")) == (2, 1)


def test_s08_what_was_delivered_is_counted_once(failover: Gateway) -> None:
    caller = Caller(failover, "cut-off")
    asker = Asker(failover, caller.key)
    broke_off(asker(S08_COUNTED, "stream"), FORTY)
    asker.close()
    # Eighty tokens of text and a short prompt; the attempts before it used nothing.
    assert 80 <= caller.settled("tenant/tokens/day")["used"] <= 120


# S09: stalls after token 40.

S09_SHORT = pairs("s09-short", "chunks-60-gap-5ms-stall-40", timeouts={"idle": "700ms"})


def test_s09_a_stalled_stream_ends_with_an_error(ask: Asker, seen: Seen) -> None:
    model = S09_SHORT.format("stream")
    answer = ask(model, "stream")
    broke_off(answer, FORTY)
    assert answer.error.code == "upstream_timeout"
    assert 0.65 < answer.seconds < 4
    assert seen.counts(model) == (1, 0)


def test_s09_a_whole_answer_that_stalls_falls_back_and_is_asked_once(ask: Asker, seen: Seen) -> None:
    model = S09_SHORT.format("whole")
    answered(ask(model, "whole"), f"{model}-b", attempts=2)
    assert seen.counts(model) == (1, 1)


# S10: a malformed chunk. Nobody knows what was in it, so an answer that had begun cannot be called whole.

S10 = ROUTES.pair("s10-inside", "chunks-60-gap-2ms-malformed-40")
S10_FIRST = pairs("s10-first", "chunks-60-malformed-0")
S10_TAIL = ROUTES.model("s10-tail", ROUTES.target("s10-tail-a", model="s10-tail"), ROUTES.target("s10-tail-b"))


def test_s10_a_malformed_chunk_inside_is_an_error(ask: Asker, seen: Seen) -> None:
    answer = ask(S10, "stream")
    broke_off(answer, FORTY)
    assert answer.attempts == 1
    assert answer.seconds < 3
    assert seen.counts(S10) == (1, 0)


@both
def test_s10_a_malformed_beginning_falls_back(ask: Asker, seen: Seen, mode: str) -> None:
    model = S10_FIRST.format(mode)
    answered(ask(model, mode), f"{model}-b", attempts=3)
    assert seen.counts(model) == (2, 1)


def test_s10_a_malformed_chunk_after_the_answer_spoils_nothing(ask: Asker, upstream: Fake) -> None:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "s10-tail"}
    deltas = [({"role": "assistant", "content": ""}, None), ({"content": "All of it."}, None), ({}, "stop")]
    choices = [{"index": 0, "delta": delta, "finish_reason": finish} for delta, finish in deltas]
    chunks = [json.dumps(head | {"choices": [choice]}, separators=(",", ":")) for choice in choices]
    body = "".join(f"data: {chunk}\n\n" for chunk in [*chunks, '{"id":"chatcmpl-1","choi', "[DONE]"])
    upstream.script(match={"model": "s10-tail"}, headers={"content-type": "text/event-stream"}, body=body,
                chunks={"events": True, "delay_ms": 5})  # fmt: skip
    answered(ask(S10_TAIL, "stream"), "s10-tail-a", attempts=1, text="All of it.")


# S11: the end marker is missing.

S11 = ROUTES.pair("s11-nodone", "nodone")
S11_NOEND = ROUTES.pair("s11-noend", "chunks-40-noend")


def test_s11_a_missing_end_marker_after_the_answer_spoils_nothing(ask: Asker, seen: Seen) -> None:
    answered(ask(S11, "stream"), "s11-nodone-a", attempts=1)
    assert seen.counts(S11) == (1, 0)


def test_s11_an_answer_without_any_end_is_no_success(ask: Asker, seen: Seen) -> None:
    answer = ask(S11_NOEND, "stream")
    broke_off(answer, FORTY)
    assert seen.counts(S11_NOEND) == (1, 0)


# S14: a cut, and a fallback that rejects what it is asked.

S14 = pairs("s14", "chunks-60-gap-5ms-cut-40", "error-bad_request")
S14_EARLY = ROUTES.pair("s14-early", "cut-head", "error-bad_request")


def test_s14_the_cause_of_a_cut_stays_visible(ask: Asker, seen: Seen) -> None:
    model = S14.format("stream")
    answer = ask(model, "stream")
    broke_off(answer, FORTY)
    assert answer.provider == f"{model}-a"
    assert answer.error.body["type"] == "upstream_error"
    assert seen.counts(model) == (1, 0)


@pytest.mark.parametrize(("model", "mode"), [(S14.format("whole"), "whole"), (S14_EARLY, "stream")])
def test_s14_an_error_names_both_the_cut_and_the_rejection(ask: Asker, seen: Seen, model: str, mode: str) -> None:
    answer = ask(model, mode)
    assert answer.error is not None and answer.error_status >= 400
    listed = answer.attempt_list()
    assert [target for target, _, _ in listed] == 2 * [f"{model}-a/gpt-4o"] + [f"{model}-b/claude-sonnet-4-5"]
    assert {failure for _, failure, _ in listed[:2]} <= {"connection", "stream_broken", "server"}
    assert listed[2][1] == "bad_request"
    assert seen.counts(model) == (2, 1)
