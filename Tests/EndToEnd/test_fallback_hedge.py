"""Two targets at a time (`hedge_after`): the faster answers, the other is called off, and it costs as one."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from fallback_resume import USAGE, USED, WHOLE, begins, completed, one_stream, resumed, says
from fallback_routes import MODELS, PING, ROUTES, Answer, Asker, Seen, answered, refused, text_of
from gateway import Gateway
from limit_helpers import Caller, eventually, rule
from soak_wire import Connection

pytest_plugins = ["fallback_stage"]

COUNTED = {"stream_options": {"include_usage": True}}
LOSES = "in-999-out-888"


def hedged(name: str, *targets: tuple[str, ...] | str, after: str = "300ms", **options) -> str:
    return resumed(name, *targets, **{"resume": False, "hedge_after": after, **options})


def called_off(seen: Seen, provider: str) -> bool:
    """The provider saw its connection closed before its answer was out."""
    requests = seen.requests(provider)
    assert len(requests) == 1
    return eventually(lambda: seen.requests(provider)[0]["closed_by_peer"], 10) and not requests[0]["answered"]


# The first target is slow.

SLOWNESS = {"late": "late-15s", "ttft": "ttft-15s", "silent": "silent", "head": "stall-head"}
SLOW = {name: hedged(f"hedge-{name}", f"{spec}-{LOSES}", (USAGE, "anthropic")) for name, spec in SLOWNESS.items()}


@pytest.mark.parametrize("name", list(SLOW))
def test_the_second_target_wins_and_the_first_is_called_off(ask: Asker, seen: Seen, name: str) -> None:
    model = SLOW[name]
    answer = ask(model, "stream", **COUNTED)
    answered(answer, f"{model}-b", attempts=2)
    one_stream(answer.wire, text_of(f"{model}-b"), usage=USED)
    assert answer.headers["x-martlet-model"] == answer.model == MODELS["anthropic"]
    assert 0.29 < answer.seconds < 6
    assert seen.counts(model) == (1, 1)
    assert called_off(seen, f"{model}-a")


SECOND_SLOW = hedged("hedge-second-slow", "ttft-1200ms", "ttft-15s")
BOTH_SLOW = hedged("hedge-both-slow", "ttft-15s", "ttft-1200ms")
FAST = hedged("hedge-fast", "", "", after="5s")
THREE_SLOW = hedged("hedge-three", "silent", "silent", USAGE, timeouts={"first_token": "1s"})


def test_the_first_target_can_still_win(ask: Asker, seen: Seen) -> None:
    answer = ask(SECOND_SLOW, "stream")
    answered(answer, f"{SECOND_SLOW}-a", attempts=2)
    assert 1.15 < answer.seconds < 8
    assert seen.counts(SECOND_SLOW) == (1, 1)
    assert called_off(seen, f"{SECOND_SLOW}-b")


def test_of_two_slow_targets_the_faster_answers(ask: Asker, seen: Seen) -> None:
    answer = ask(BOTH_SLOW, "stream")
    answered(answer, f"{BOTH_SLOW}-b", attempts=2)
    assert 1.45 < answer.seconds < 8
    assert called_off(seen, f"{BOTH_SLOW}-a")


def test_a_first_target_in_time_is_the_only_one_asked(ask: Asker, seen: Seen) -> None:
    answered(ask(FAST, "stream"), f"{FAST}-a", attempts=1)
    assert ask(PING).error is None
    assert seen.counts(FAST) == (1, 0)


def test_after_two_silent_targets_the_third_answers(ask: Asker, seen: Seen) -> None:
    answer = ask(THREE_SLOW, "stream")
    answered(answer, f"{THREE_SLOW}-c", attempts=3)
    assert 1.2 < answer.seconds < 8
    assert seen.counts(THREE_SLOW, "abc") == (1, 1, 1)
    assert called_off(seen, f"{THREE_SLOW}-a") and called_off(seen, f"{THREE_SLOW}-b")


# Failures before, during and instead of a race.

EARLY = hedged("hedge-early", "status-503", "", after="5s")
DURING = hedged("hedge-during", "late-800ms-status-503", "ttft-2s")
HEDGE_FAILS = hedged("hedge-fails", "ttft-1500ms", "status-503")
HEDGE_REFUSED = hedged("hedge-refused", "ttft-1500ms", "error-auth", USAGE)
BOTH_FAIL = hedged("hedge-both-fail", "late-700ms-status-503", "late-700ms-status-500", attempts_per_target=1)


def test_a_failure_before_the_hedge_is_due_moves_on_as_ever(ask: Asker, seen: Seen) -> None:
    answer = ask(EARLY, "stream")
    answered(answer, f"{EARLY}-b", attempts=3)
    assert answer.seconds < 4.5
    assert seen.counts(EARLY) == (2, 1)


def test_a_failure_during_the_race_leaves_the_other_running(ask: Asker, seen: Seen) -> None:
    answered(ask(DURING, "stream"), f"{DURING}-b", attempts=2)
    assert seen.counts(DURING) == (1, 1)


@pytest.mark.parametrize("model", [HEDGE_FAILS, HEDGE_REFUSED])
def test_a_hedge_that_fails_does_no_harm(ask: Asker, seen: Seen, model: str) -> None:
    answer = ask(model, "stream")
    answered(answer, f"{model}-a", attempts=2)
    assert seen.counts(model) == (1, 1)


def test_when_both_fail_one_error_lists_them(ask: Asker, seen: Seen) -> None:
    answer = ask(BOTH_FAIL, "stream")
    refused(answer, 503, "server_is_overloaded")
    assert answer.attempts == 2
    assert sorted(answer.attempt_list())[0][0] == f"{BOTH_FAIL}-a/gpt-4o"
    assert sorted(failure for _, failure, _ in answer.attempt_list()) == ["overloaded", "server"]
    assert seen.counts(BOTH_FAIL) == (1, 1)


DEADLINE = hedged("hedge-deadline", "silent", "silent")


def test_the_clients_deadline_ends_the_race(ask: Asker, seen: Seen) -> None:
    answer = ask(DEADLINE, "stream", extra_headers={"x-martlet-timeout": "1500ms"})
    refused(answer, 504, "upstream_timeout")
    assert 1.4 < answer.seconds < 6
    assert called_off(seen, f"{DEADLINE}-a") and called_off(seen, f"{DEADLINE}-b")


# Whole answers are not hedged: how long they take says nothing about their provider.

UNARY = hedged("hedge-whole", "late-1200ms", "")
ALONE = hedged("hedge-alone", "ttft-900ms")


def test_a_whole_answer_is_waited_for(ask: Asker, seen: Seen) -> None:
    answered(ask(UNARY), f"{UNARY}-a", attempts=1)
    assert seen.counts(UNARY) == (1, 0)


def test_a_target_alone_is_waited_for(ask: Asker, seen: Seen) -> None:
    answered(ask(ALONE, "stream"), f"{ALONE}-a", attempts=1)
    assert seen.count(f"{ALONE}-a") == 1


# The bytes: one head, whoever wins, also when both come at the same moment.

for _tenant in ["hedged", "hedged-ties", "hedged-leaver"]:
    ROUTES.tenants[_tenant] = [
        rule("tenant", "tokens", "day", 100_000_000), rule("tenant", "requests", "day", 10_000),
        rule("tenant", "concurrency", None, 100),
    ]  # fmt: skip
TIES = {
    # A whole answer in one piece; and one that goes on for a while.
    "short": hedged("hedge-tie-short", "late-400ms-in-20-out-7", "late-250ms-in-30-out-9", after="150ms"),
    "long": hedged("hedge-tie-long", "ttft-400ms-chunks-30-gap-3ms-in-20-out-7",
                   "ttft-250ms-chunks-30-gap-3ms-in-30-out-9", after="150ms"),
}  # fmt: skip
ONE_HEAD = hedged("hedge-one-head", "ttft-15s", USAGE)
HEDGE_COST = hedged("hedge-cost", f"ttft-15s-{LOSES}", USAGE)
TIE_ROUNDS, TIE_CLIENTS = 6, 10


def test_there_is_one_head(failover: Gateway, failover_key: str, ask: Asker) -> None:
    async def received() -> bytes:
        connection = await Connection.open(int(failover.url.rsplit(":", 1)[1]))
        body = {"model": ONE_HEAD, "messages": [{"role": "user", "content": "Hello"}], "stream": True}
        await connection.post(body, failover_key)
        wire = b""
        while not wire.endswith(b"0\r\n\r\n"):
            piece = await asyncio.wait_for(connection.reader.read(65_536), 10)
            assert piece, wire
            wire += piece
        # What came after the end would be here by now; another request on the connection is answered in its turn.
        await connection.post(body | {"model": PING, "stream": False}, failover_key)
        assert (await asyncio.wait_for(connection.head(), 10)).status == 200
        await connection.close()
        return wire

    wire = asyncio.run(received())
    assert wire.count(b"HTTP/1.1") == 1 and wire.startswith(b"HTTP/1.1 200")
    assert wire.lower().count(b"x-martlet-provider:") == 1
    assert f"x-martlet-provider: {ONE_HEAD}-b".encode() in wire.lower()


def test_the_loser_is_not_charged(failover: Gateway, ask: Asker) -> None:
    caller = Caller(failover, "hedged")
    asker = Asker(failover, caller.key)
    answered(asker(HEDGE_COST, "stream"), f"{HEDGE_COST}-b", attempts=2)
    asker.close()
    assert caller.settled("tenant/tokens/day")["used"] == 168
    assert caller.settled("tenant/requests/day")["used"] == 1
    assert caller.limit("tenant/concurrency")["reserved"] == 0


def test_when_both_come_together_one_answers_and_is_charged(failover: Gateway, ask: Asker) -> None:
    caller = Caller(failover, "hedged-ties")
    asker = Asker(failover, caller.key)
    answers: list[Answer] = []
    with ThreadPoolExecutor(TIE_CLIENTS) as pool:
        for _ in range(TIE_ROUNDS):
            for model in TIES.values():
                runs = [pool.submit(asker, model, "stream", **COUNTED) for _ in range(TIE_CLIENTS)]
                answers += [run.result(40) for run in runs]
    asker.close()
    tokens = 0
    for answer in answers:
        assert answer.error is None, answer.message
        letter = answer.provider[-1]
        used = {"a": {"prompt": 20, "completion": 7, "total": 27}, "b": {"prompt": 30, "completion": 9, "total": 39}}[letter]
        text = "the swif" * 30 if "long" in answer.provider else text_of(answer.provider)
        one_stream(answer.wire, text, usage=used)
        tokens += used["total"]
    assert caller.settled("tenant/requests/day")["used"] == len(answers)
    assert caller.settled("tenant/tokens/day")["used"] == tokens
    assert caller.limit("tenant/concurrency")["reserved"] == 0


# Clients that leave.

LEAVES = hedged("hedge-leaves", "silent", "silent", "")


def test_a_client_that_leaves_during_the_race_ends_both(failover: Gateway, ask: Asker, seen: Seen) -> None:
    caller = Caller(failover, "hedged-leaver")

    async def leave() -> None:
        connection = await Connection.open(int(failover.url.rsplit(":", 1)[1]))
        body = {"model": LEAVES, "messages": [{"role": "user", "content": "Hello"}], "stream": True}
        await connection.post(body, caller.key)
        assert await asyncio.to_thread(eventually, lambda: seen.counts(LEAVES) == (1, 1), 10)
        await connection.close()

    asyncio.run(leave())
    assert called_off(seen, f"{LEAVES}-a") and called_off(seen, f"{LEAVES}-b")
    assert ask(PING).error is None
    assert seen.counts(LEAVES, "abc") == (1, 1, 0)
    assert caller.settled("tenant/requests/day")["used"] == 1
    # Nothing was delivered: no more than the prompt.
    assert caller.settled("tenant/tokens/day")["used"] <= 20
    assert caller.limit("tenant/concurrency")["reserved"] == 0


# Together with `resume`: who won the race can break as well.

RACE_BREAKS = resumed(
    "hedge-resume", f"ttft-15s-{begins('')}", begins("cut-40"), f"{says(WHOLE)}-{USAGE}", hedge_after="300ms"
)
NUMBERED = range(8)
RACE_TIES = [
    # Both begin at the same moment, so that what the loser would have said is at hand when the winner breaks.
    resumed(f"hedge-resume-tie-{number}", f"{begins('cut-40')}-ttft-400ms", f"{begins('cut-40')}-ttft-250ms",
            f"{says(WHOLE)}-{USAGE}", hedge_after="150ms")
    for number in NUMBERED
]  # fmt: skip


def test_a_winner_that_breaks_is_continued(ask: Asker, seen: Seen) -> None:
    answer = ask(RACE_BREAKS, "stream", **COUNTED)
    completed(answer, f"{RACE_BREAKS}-b", usage=USED)
    assert answer.attempts == 2
    assert seen.counts(RACE_BREAKS, "abc") == (1, 1, 1)
    assert called_off(seen, f"{RACE_BREAKS}-a")


@pytest.mark.parametrize("number", NUMBERED)
def test_what_the_loser_said_is_not_in_the_answer(ask: Asker, number: int) -> None:
    model = RACE_TIES[number]
    with ThreadPoolExecutor(3) as pool:
        answers = [run.result(40) for run in [pool.submit(ask, model, "stream", **COUNTED) for _ in range(3)]]
    for answer in answers:
        assert answer.error is None, answer.message
        completed(answer, answer.provider, usage=USED)
        assert json.loads(answer.wire.split("\n\n")[0][6:])["model"] == "gpt-4o"
