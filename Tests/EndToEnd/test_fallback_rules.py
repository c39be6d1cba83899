"""S16, what a client learns after all attempts, and what a policy can say."""

import pytest
from fallback_routes import MODELS, MODES, ROUTES, Asker, Seen, answered, both, pairs, refused
from gateway import Gateway
from limit_helpers import Caller, rule

pytest_plugins = ["fallback_stage"]

# S16: accounting after a fail-over.

S16 = pairs("s16", "status-503-in-999-out-888", "in-123-out-45")
S16_EVENT = ROUTES.model(
    "s16-event",
    ROUTES.target("s16-event-a", "fail-0-in-999-out-888", kind="anthropic"),
    ROUTES.target("s16-event-b", "in-123-out-45"),
    attempts_per_target=1,
)
for _tenant in ["failover-whole", "failover-stream", "failover-event", "failover-nobody", "cut-off"]:
    ROUTES.tenants[_tenant] = [rule("tenant", "tokens", "day", 1_000_000), rule("tenant", "requests", "day", 1000)]


@both
def test_s16_the_answer_names_the_fallback_and_what_it_used(
    failover: Gateway, seen: Seen, mode: str
) -> None:
    caller = Caller(failover, f"failover-{mode}")
    asker = Asker(failover, caller.key)
    more = {"stream_options": {"include_usage": True}} if mode == "stream" else {}
    answer = asker(S16.format(mode), mode, **more)
    asker.close()
    answered(answer, f"s16-{mode}-b", attempts=3)
    assert answer.model == "claude-sonnet-4-5"
    assert answer.headers["x-martlet-model"] == "claude-sonnet-4-5"
    usage = answer.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (123, 45, 168)
    if mode == "whole":
        # $3 and $15 for a million tokens.
        assert float(answer.headers["x-martlet-cost-usd"]) == pytest.approx(0.001044)
    assert caller.settled("tenant/tokens/day")["used"] == 168
    assert caller.settled("tenant/requests/day")["used"] == 1


def test_s16_what_a_failed_attempt_cost_is_not_the_tenants(failover: Gateway, seen: Seen) -> None:
    """The first attempt says that it used 999 tokens, and fails."""
    caller = Caller(failover, "failover-event")
    asker = Asker(failover, caller.key)
    answer = asker(S16_EVENT, "stream")
    asker.close()
    answered(answer, "s16-event-b", attempts=2)
    assert seen.counts(S16_EVENT) == (1, 1)
    assert caller.settled("tenant/tokens/day")["used"] == 168


NOBODY = {
    # The fault of the stream's first target is one that streams can have.
    mode: ROUTES.model(
        f"nobody-{mode}",
        ROUTES.target(f"nobody-{mode}-a", f"{fault}-in-999-out-888", kind="anthropic"),
        ROUTES.target(f"nobody-{mode}-b", "status-503"),
        attempts_per_target=1,
    )
    for mode, fault in [("whole", "cut-0"), ("stream", "fail-0")]
}


@both
def test_a_request_that_nobody_answered_used_no_tokens(failover: Gateway, mode: str) -> None:
    caller = Caller(failover, "failover-nobody")
    asker = Asker(failover, caller.key)
    answer = asker(NOBODY[mode], mode)
    asker.close()
    refused(answer, 503, "server_is_overloaded")
    assert answer.attempts == 2
    assert caller.settled("tenant/tokens/day")["used"] == 0


# After all attempts: one error that tells everything.

EXHAUSTED = pairs("exhausted", "status-500", "status-503")
DOWN_SDK = ROUTES.pair("down-sdk", "status-500", "status-503")
RESTS = ROUTES.model("rests", ROUTES.target("rests-a", "error-billing"))


@both
def test_exhausted_attempts_are_one_error_that_lists_them(ask: Asker, seen: Seen, mode: str) -> None:
    model = EXHAUSTED.format(mode)
    answer = ask(model, mode)
    refused(answer, 503, "server_is_overloaded")
    assert set(answer.error.body) == {"message", "type", "param", "code"}
    assert answer.headers["x-should-retry"] == "false"
    assert answer.attempts == 4
    listed = answer.attempt_list()
    assert [(target, failure) for target, failure, _ in listed] == (
        2 * [(f"{model}-a/gpt-4o", "server")] + 2 * [(f"{model}-b/claude-sonnet-4-5", "overloaded")]
    )
    assert all(latency <= answer.seconds * 1000 for _, _, latency in listed)
    assert seen.counts(model) == (2, 2)


def test_the_sdk_does_not_multiply_exhausted_attempts(failover: Gateway, failover_key: str, seen: Seen) -> None:
    asker = Asker(failover, failover_key, retries=2)
    refused(asker(DOWN_SDK), 503, "server_is_overloaded")
    asker.close()
    assert seen.counts(DOWN_SDK) == (2, 2)


def test_a_target_that_rests_is_named_and_not_asked(ask: Asker, seen: Seen) -> None:
    refused(ask(RESTS), 503, "insufficient_quota")
    answer = ask(RESTS)
    assert answer.error_status == 503
    assert "rests-a/gpt-4o: not asked, " in answer.message
    assert answer.headers["x-should-retry"] == "false"
    assert seen.count("rests-a") == 1


# What the policy says.

LIMITED = {
    # (attempts_per_target, max_attempts): how often a, b and c are asked when all are down.
    (1, 4): (1, 1, 1),
    (1, 2): (1, 1, 0),
    (2, 1): (1, 0, 0),
    (2, 3): (2, 1, 0),
    (3, 4): (3, 1, 0),
    (2, 9): (2, 2, 2),
}
for (_each, _all), _counts in LIMITED.items():
    _name = f"limited-{_each}-{_all}"
    ROUTES.model(
        _name, *(ROUTES.target(f"{_name}-{letter}", "status-500") for letter in "abc"),
        attempts_per_target=_each, max_attempts=_all,
    )  # fmt: skip


@pytest.mark.parametrize(("each", "most"), list(LIMITED))
def test_the_numbers_of_attempts_are_kept(ask: Asker, seen: Seen, each: int, most: int) -> None:
    model = f"limited-{each}-{most}"
    answer = ask(model)
    refused(answer, 502, "provider_error")
    assert seen.counts(model, "abc") == LIMITED[each, most]
    assert answer.attempts == sum(LIMITED[each, most])


FALLBACK_ON = ROUTES.pair("only-limits", "status-503", fallback_on=["rate_limit"])
BAD = pairs("bad", "error-bad_request")


def test_what_fallback_on_does_not_name_stays(ask: Asker, seen: Seen) -> None:
    refused(ask(FALLBACK_ON), 503, "server_is_overloaded")
    assert seen.counts(FALLBACK_ON) == (2, 0)


@both
def test_a_bad_request_is_not_tried_again(ask: Asker, seen: Seen, mode: str) -> None:
    model = BAD.format(mode)
    refused(ask(model, mode), 400, "invalid_value")
    assert seen.counts(model) == (1, 0)


KINDS = ["auth", "billing", "quota", "permission", "not_found", "daily"]
ONCE = {kind: ROUTES.pair(f"once-{kind}", f"error-{kind}") for kind in KINDS}
ACCOUNT = ["auth", "billing", "quota", "daily"]
AGAIN = {kind: ROUTES.pair(f"again-{kind}", f"error-{kind}") for kind in ACCOUNT}


@pytest.mark.parametrize("kind", KINDS)
def test_what_no_second_try_mends_falls_back_at_once(ask: Asker, seen: Seen, kind: str) -> None:
    model = ONCE[kind]
    answered(ask(model), f"{model}-b", attempts=2)
    assert seen.counts(model) == (1, 1)


@pytest.mark.parametrize("kind", ACCOUNT)
def test_an_account_in_trouble_is_left_alone(ask: Asker, seen: Seen, kind: str) -> None:
    model = AGAIN[kind]
    answered(ask(model), f"{model}-b", attempts=2)
    for _ in range(3):
        answered(ask(model), f"{model}-b", attempts=1)
    assert seen.counts(model) == (1, 4)


WEIGHTED = ROUTES.model(
    "weighted", ROUTES.target("weighted-a", weight=1), ROUTES.target("weighted-b", weight=1),
    ROUTES.target("weighted-c", weight=0),
)  # fmt: skip
TAKES_OVER = ROUTES.model(
    "takes-over", ROUTES.target("takes-over-a", "status-400-error-not_found", weight=1),
    ROUTES.target("takes-over-b", weight=0),
)  # fmt: skip


def test_targets_of_equal_rank_share(ask: Asker, seen: Seen) -> None:
    for _ in range(40):
        ask(WEIGHTED)
    first, second, spare = seen.counts(WEIGHTED, "abc")
    # Fewer than five of forty happens once in ten million runs.
    assert first + second == 40 and first >= 5 and second >= 5
    assert spare == 0


def test_a_target_without_weight_takes_over(ask: Asker, seen: Seen) -> None:
    answered(ask(TAKES_OVER), "takes-over-b", attempts=2)
    assert seen.counts(TAKES_OVER) == (1, 1)


# Every dialect as the one that fails.


BREAKS = {
    (kind, fault, mode): ROUTES.model(
        f"breaks-{kind}-{fault}-{mode}",
        ROUTES.target(f"breaks-{kind}-{fault}-{mode}-a", fault, kind=kind),
        ROUTES.target(f"breaks-{kind}-{fault}-{mode}-b"),
    )
    for kind in MODELS
    for fault in ["fail-0", "cut-0", "malformed-0", "status-503"]
    for mode in MODES
    if (fault, mode) != ("fail-0", "whole")
}


@pytest.mark.parametrize(("kind", "fault", "mode"), list(BREAKS))
def test_every_dialect_falls_back_before_its_first_token(
    ask: Asker, seen: Seen, kind: str, fault: str, mode: str
) -> None:
    model = BREAKS[kind, fault, mode]
    answered(ask(model, mode), f"{model}-b", attempts=3)
    assert seen.counts(model) == (2, 1)


EMBED = ROUTES.model(
    "embed", ROUTES.target("embed-a", "status-503", model="text-embedding-3-small"),
    ROUTES.target("embed-b", model="text-embedding-3-small"),
)  # fmt: skip


def test_embeddings_fall_back_too(ask: Asker, seen: Seen) -> None:
    raw = ask.client.embeddings.with_raw_response.create(model=EMBED, input=["one"])
    assert raw.headers["x-martlet-provider"] == "embed-b"
    assert raw.headers["x-martlet-attempts"] == "3"
    assert len(raw.parse().data) == 1
    assert seen.counts(EMBED) == (2, 1)
