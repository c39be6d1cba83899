"""The scenarios of the public fault catalogue that end before the first token: S01 to S07, S12 and S13.

Each model has a primary (NAME-a) and a fallback (NAME-b) whose faults are written next to the test; without more words
it has the default policy. Mid-stream faults are in test_fallback_streams.py, S15 and what takes long by default in
test_fallback_waits.py, S16 and the rules in between in test_fallback_rules.py.
"""

import pytest
from fallback_routes import MODES, PING, ROUTES, Asker, Seen, answered, both, closed_port, pairs, refused

pytest_plugins = ["fallback_stage"]

# S01: 429 with Retry-After, then fine. The wait is short, so the primary is worth it.

S01 = pairs("s01", "error-rate_limit-retry-1s-first-1")
S01_LONG = pairs("s01-long", "error-rate_limit-retry-20s-first-1")


@both
def test_s01_a_rate_limit_is_waited_out(ask: Asker, seen: Seen, mode: str) -> None:
    answer = ask(S01.format(mode), mode)
    answered(answer, f"s01-{mode}-a", attempts=2, text=answer.text)
    assert seen.counts(S01.format(mode)) == (2, 0)
    assert 1 <= answer.seconds < 3


@both
def test_s01_a_wait_beyond_the_cap_goes_to_the_fallback_at_once(ask: Asker, seen: Seen, mode: str) -> None:
    model = S01_LONG.format(mode)
    answer = ask(model, mode)
    answered(answer, f"{model}-b", attempts=2)
    assert answer.seconds < 3
    # The next request believes the provider's word: it does not even ask.
    answered(ask(model, mode), f"{model}-b", attempts=1)
    assert seen.counts(model) == (1, 2)


# S02: 429 for good.

S02 = pairs("s02", "error-rate_limit-retry-200ms")
S02_MUTE = pairs("s02-mute", "status-429-body-busy")


@both
def test_s02_a_rate_limit_that_stays_falls_back(ask: Asker, seen: Seen, mode: str) -> None:
    model = S02.format(mode)
    answer = ask(model, mode)
    answered(answer, f"{model}-b", attempts=3)
    assert seen.counts(model) == (2, 1)
    assert 0.2 <= answer.seconds < 3


@both
def test_s02_a_rate_limit_without_a_wait_falls_back_at_once(ask: Asker, seen: Seen, mode: str) -> None:
    model = S02_MUTE.format(mode)
    answered(ask(model, mode), f"{model}-b", attempts=2)
    assert seen.counts(model) == (1, 1)


# S03: one 500.

S03 = pairs("s03", "status-500-first-1")


@both
def test_s03_one_server_error_is_tried_again(ask: Asker, seen: Seen, mode: str) -> None:
    model = S03.format(mode)
    answer = ask(model, mode)
    answered(answer, f"{model}-a", attempts=2, text=answer.text)
    assert seen.counts(model) == (2, 0)


# S04: 503 for good.

S04 = pairs("s04", "status-503")


@both
def test_s04_a_provider_that_is_down_falls_back(ask: Asker, seen: Seen, mode: str) -> None:
    model = S04.format(mode)
    answer = ask(model, mode)
    answered(answer, f"{model}-b", attempts=3)
    assert answer.seconds < 3
    assert seen.counts(model) == (2, 1)


STATUSES = [408, 409, 500, 502, 504, 520, 529]
S04_STATUS = {status: pairs(f"s04-{status}", f"status-{status}") for status in STATUSES}
S04_INSIDE = {
    kind: ROUTES.model(
        f"s04-inside-{kind}",
        ROUTES.target(f"s04-inside-{kind}-a", "error-server-status-200", kind=kind),
        ROUTES.target(f"s04-inside-{kind}-b"),
    )
    for kind in ["openai", "openrouter"]
}


@both
@pytest.mark.parametrize("status", STATUSES)
def test_s04_every_status_of_an_outage_falls_back(ask: Asker, seen: Seen, status: int, mode: str) -> None:
    model = S04_STATUS[status].format(mode)
    answered(ask(model, mode), f"{model}-b", attempts=3)
    assert seen.counts(model) == (2, 1)


@pytest.mark.parametrize("kind", list(S04_INSIDE))
def test_s04_an_error_inside_a_200_falls_back(ask: Asker, seen: Seen, kind: str) -> None:
    model = S04_INSIDE[kind]
    answered(ask(model), f"{model}-b", attempts=3)
    assert seen.counts(model) == (2, 1)


# S05: TCP reset, and its relatives: closed without a word, refused, cut behind the head.

S05_FAULTS = ["reset", "refuse", "cut-head", "reset-cut-head", "empty"]
S05 = {fault: pairs(f"s05-{fault}", fault) for fault in S05_FAULTS}
S05_REFUSED = "s05-refused-{}"
for _mode in MODES:
    ROUTES.model(
        S05_REFUSED.format(_mode),
        ROUTES.target(f"s05-refused-{_mode}-a", url=f"http://127.0.0.1:{closed_port()}/v1"),
        ROUTES.target(f"s05-refused-{_mode}-b", kind="anthropic"),
    )


@both
@pytest.mark.parametrize("fault", S05_FAULTS)
def test_s05_a_connection_that_breaks_falls_back(ask: Asker, seen: Seen, fault: str, mode: str) -> None:
    model = S05[fault].format(mode)
    answer = ask(model, mode)
    answered(answer, f"{model}-b", attempts=3)
    assert seen.counts(model) == (2, 1)
    assert answer.seconds < 3


@both
def test_s05_a_refused_connection_is_not_tried_again(ask: Asker, seen: Seen, mode: str) -> None:
    model = S05_REFUSED.format(mode)
    answered(ask(model, mode), f"{model}-b", attempts=2)
    assert seen.count(f"{model}-b") == 1


S05_ONCE = ROUTES.model("s05-once", ROUTES.target("s05-once-a", "reset"), attempts_per_target=1)
S05_FLOW = ROUTES.model("s05-flow", ROUTES.flow("s05-flow-a", "reset"), ROUTES.target("s05-flow-b"))


def test_s05_one_attempt_is_one_request(ask: Asker, seen: Seen) -> None:
    """Also over a connection that served others before: no layer may try again by itself."""
    assert ask(PING).error is None
    answer = ask(S05_ONCE)
    refused(answer, 502, "provider_error")
    assert answer.attempts == seen.count("s05-once-a") == 1


def test_s05_a_workflow_never_runs_twice(ask: Asker, seen: Seen) -> None:
    """It may have done its work before the connection broke."""
    assert ask(PING).error is None
    answered(ask(S05_FLOW), "s05-flow-b", attempts=2)
    assert seen.counts(S05_FLOW) == (1, 1)


# S06: accepts, then silence.

S06_WHOLE = ROUTES.pair("s06-whole", "silent", timeouts={"answer": "1500ms"})
S06_SHORT = ROUTES.pair("s06-short", "silent", timeouts={"first_token": "600ms"})


@pytest.mark.parametrize(("model", "mode", "limit"), [(S06_WHOLE, "whole", 1.5), (S06_SHORT, "stream", 0.6)])
def test_s06_silence_moves_on_at_the_deadline_of_its_phase(
    ask: Asker, seen: Seen, model: str, mode: str, limit: float
) -> None:
    answer = ask(model, mode)
    answered(answer, f"{model}-b", attempts=2)
    assert limit - 0.05 <= answer.seconds < limit + 2
    assert seen.counts(model) == (1, 1)


# S07: the first token after 20 s. A stream does not wait for it, a whole answer does.

S07_SHORT = ROUTES.pair("s07-short", "ttft-5s", timeouts={"first_token": "600ms"})


def test_s07_a_head_and_a_role_are_no_token(ask: Asker, seen: Seen) -> None:
    answer = ask(S07_SHORT, "stream")
    answered(answer, "s07-short-b", attempts=2)
    assert answer.seconds < 3
    assert seen.counts(S07_SHORT) == (1, 1)


# S12: context length. On to a larger model, never to the same one.

S12 = "s12-{}"
S12_EVENT = "s12-event"
S12_SMALL = "s12-small-{}"
for _name, _fault in [(S12.format("whole"), "error-context"), (S12.format("stream"), "error-context"),
                      (S12_EVENT, "fail-0-error-context")]:  # fmt: skip
    ROUTES.model(
        _name,
        ROUTES.target(f"{_name}-a", _fault, model="gpt-3.5-turbo"),
        ROUTES.target(f"{_name}-b", model="gpt-3.5-turbo"),
        ROUTES.target(f"{_name}-c", model="gpt-4.1"),
    )
for _mode in MODES:
    _name = S12_SMALL.format(_mode)
    ROUTES.model(
        _name,
        ROUTES.target(f"{_name}-a", "error-context", model="gpt-4o"),
        ROUTES.target(f"{_name}-b", model="gpt-3.5-turbo"),
    )


@pytest.mark.parametrize(
    ("model", "mode"), [(S12.format("whole"), "whole"), (S12.format("stream"), "stream"), (S12_EVENT, "stream")]
)
def test_s12_too_long_a_prompt_goes_to_the_larger_model(ask: Asker, seen: Seen, model: str, mode: str) -> None:
    answer = ask(model, mode)
    answered(answer, f"{model}-c", attempts=2)
    assert answer.headers["x-martlet-model"] == "gpt-4.1"
    assert seen.counts(model, "abc") == (1, 0, 1)


@both
def test_s12_without_a_larger_model_the_client_learns_why(ask: Asker, seen: Seen, mode: str) -> None:
    model = S12_SMALL.format(mode)
    refused(ask(model, mode), 400, "context_length_exceeded")
    assert seen.counts(model) == (1, 0)


# S13: content filter. A refusal is an answer.

S13 = pairs("s13", "error-filter")
S13_FINISH = pairs("s13-finish", "finish-content_filter-text-No")
S13_NAMED = pairs("s13-named", "error-filter", fallback_on=["content_filter", "server_error"])


@both
def test_s13_a_content_filter_is_not_routed_around(ask: Asker, seen: Seen, mode: str) -> None:
    model = S13.format(mode)
    refused(ask(model, mode), 400, "content_filter")
    assert seen.counts(model) == (1, 0)


@both
def test_s13_a_filtered_answer_is_passed_on(ask: Asker, seen: Seen, mode: str) -> None:
    model = S13_FINISH.format(mode)
    answer = ask(model, mode)
    assert answer.error is None
    assert answer.finish == "content_filter"
    assert answer.provider == f"{model}-a"
    assert seen.counts(model) == (1, 0)


@both
def test_s13_a_model_may_name_the_content_filter(ask: Asker, seen: Seen, mode: str) -> None:
    model = S13_NAMED.format(mode)
    answered(ask(model, mode), f"{model}-b", attempts=2)
    assert seen.counts(model) == (1, 1)
