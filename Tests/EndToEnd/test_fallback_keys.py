"""Several API keys of a provider, and providers that are left alone for a while."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fallback_routes import MODES, ROUTES, Asker, Seen, answered
from gateway import Fake

pytest_plugins = ["fallback_stage"]

# Several keys of one provider.

TURNS = ROUTES.model("turns", ROUTES.target("turns-a", api_key=["env:KEY_ONE", "env:KEY_TWO", "env:KEY_THREE"]))
INVALID = ROUTES.model(
    "invalid", ROUTES.target("invalid-a", api_key=["env:KEY_ONE", "env:KEY_TWO"], model="invalid-key-model"),
    ROUTES.target("invalid-b"),
)  # fmt: skip
LIMITED_KEY = ROUTES.model(
    "limited-key", ROUTES.target("limited-key-a", api_key=["env:KEY_ONE", "env:KEY_TWO"], model="limited-key-model"),
    ROUTES.target("limited-key-b"),
)  # fmt: skip
NO_KEY = ROUTES.model(
    "no-key", ROUTES.target("no-key-a", "error-auth", api_key=["env:KEY_ONE", "env:KEY_TWO"]),
    ROUTES.target("no-key-b"),
)  # fmt: skip


def keys_used(seen: Seen, provider: str) -> list[str]:
    """Names of the keys that the provider was shown, in order."""
    shown = [dict(request["headers"])["authorization"] for request in seen.requests(provider)]
    return [value.removeprefix("Bearer sk-").removesuffix("-0123456789") for value in shown]


def test_keys_are_used_in_turn(ask: Asker, seen: Seen) -> None:
    for _ in range(6):
        answered(ask(TURNS), "turns-a", attempts=1)
    used = keys_used(seen, "turns-a")
    assert set(used[:3]) == {"key-one", "key-two", "key-three"}
    assert used[3:] == used[:3]


def test_an_invalid_key_rests_and_the_other_serves(ask: Asker, seen: Seen, upstream: Fake) -> None:
    error = {"error": {"message": "Incorrect API key provided: sk-key-two", "type": "invalid_request_error",
                       "param": None, "code": "invalid_api_key"}}  # fmt: skip
    match = {"model": "invalid-key-model", "header": {"authorization": "Bearer sk-key-two-0123456789"}}
    upstream.script(match=match, times=0, status=401, json=error)
    answers = [ask(INVALID) for _ in range(6)]
    for answer in answers:
        answered(answer, "invalid-a", attempts=answer.attempts)
    # The one that came upon it asked again with the other key at once; no other was bothered.
    assert sorted(answer.attempts for answer in answers) == [1, 1, 1, 1, 1, 2]
    assert sum(answer.seconds for answer in answers) < 5
    assert sorted(keys_used(seen, "invalid-a")) == 6 * ["key-one"] + ["key-two"]
    assert seen.count("invalid-b") == 0


def test_a_key_at_its_limit_gives_way_to_the_other(ask: Asker, seen: Seen, upstream: Fake) -> None:
    error = {"error": {"message": "Rate limit reached. Please try again in 4s.", "type": "requests", "param": None,
                       "code": "rate_limit_exceeded"}}  # fmt: skip
    match = {"model": "limited-key-model", "header": {"authorization": "Bearer sk-key-one-0123456789"}}
    upstream.script(match=match, times=0, status=429, json=error, headers={"retry-after": "4"})
    answers = [ask(LIMITED_KEY) for _ in range(4)]
    for answer in answers:
        answered(answer, "limited-key-a", attempts=answer.attempts)
        assert answer.seconds < 3
    assert sorted(answer.attempts for answer in answers) == [1, 1, 1, 2]
    assert sorted(keys_used(seen, "limited-key-a")) == ["key-one"] + 4 * ["key-two"]


def test_without_a_valid_key_the_fallback_serves(ask: Asker, seen: Seen) -> None:
    answered(ask(NO_KEY), "no-key-b", attempts=3)
    assert sorted(keys_used(seen, "no-key-a")) == ["key-one", "key-two"]
    answered(ask(NO_KEY), "no-key-b", attempts=1)


# A dead provider is not hammered, a busy one not stormed.

DEAD = ROUTES.pair("dead", "status-503")


def test_a_dead_primary_is_soon_left_alone(ask: Asker, seen: Seen) -> None:
    begun = time.monotonic()
    for _ in range(40):
        answer = ask(DEAD)
        answered(answer, "dead-b", attempts=answer.attempts)
    # Five failures open the breaker; then there is one probe at a time, half a second apart at the least.
    probes = 1 + int((time.monotonic() - begun) / 0.5)
    assert 5 <= seen.count("dead-a") <= 6 + probes


CROWD = ROUTES.pair("crowd", "status-503")


def test_a_crowd_at_a_dead_primary_is_served_and_told_the_truth(ask: Asker, seen: Seen) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda number: ask(CROWD, MODES[number % 2]), range(100)))
    for answer in answers:
        answered(answer, "crowd-b", attempts=answer.attempts)
    assert sum(answer.attempts for answer in answers) == sum(seen.counts(CROWD))
    assert seen.count("crowd-b") == 100


FINE = {kind: ROUTES.pair(f"fine-{kind}", f"error-{kind}") for kind in ["filter", "bad_request"]}


@pytest.mark.parametrize("kind", list(FINE))
def test_a_refusal_of_the_request_says_nothing_against_the_provider(ask: Asker, seen: Seen, kind: str) -> None:
    for _ in range(8):
        assert ask(FINE[kind]).error_status == 400
    assert seen.counts(FINE[kind]) == (8, 0)
