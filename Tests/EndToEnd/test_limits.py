"""Limits as clients see them: routes, scopes, plans, slots. With both stores: in the process, and in Redis."""

import copy
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest
from gateway import Fake, Gateway
from limit_helpers import Caller, Tenants, body, eventually, limit_name, limited_gateway, refused, rule

TENANTS = Tenants()
ONE_A_DAY = rule("key", "requests", "day", 1)
HOLDS = "openai-fake-chunks-5-stall-2"
"""A model that says two words and nothing more."""


@pytest.fixture(scope="module", params=["process", "redis"])
def gateway(request: pytest.FixtureRequest, fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    policies = TENANTS.policy(fake.url)
    # A gateway may rest a provider in trouble.
    policies["providers"]["frail"] = policies["providers"]["openai"]
    policies["models"]["frail-*"] = {"targets": [{"provider": "frail"}]}
    with limited_gateway(request.param, policies, tmp_path_factory.mktemp("limits")) as gateway:
        yield gateway


# Every route

SPENT = TENANTS.add("spent", ONE_A_DAY)
FREE = TENANTS.add("free")
ROUTES = {
    "chat": ("/v1/chat/completions", body()),
    "chat stream": ("/v1/chat/completions", body(stream=True)),
    "completions": ("/v1/completions", {"model": "openai-chat", "prompt": "Hello"}),
    "completions stream": ("/v1/completions", {"model": "openai-chat", "prompt": "Hello", "stream": True}),
    "embeddings": ("/v1/embeddings", {"model": "text-embedding-3-small", "input": "Hello"}),
}


def test_every_inference_route_refuses_a_key_that_is_used_up(gateway: Gateway, fake: Fake) -> None:
    spent, free = Caller(gateway, SPENT), Caller(gateway, FREE)
    assert spent.chat().status_code == 200
    fake.clear()
    for name, (path, request) in ROUTES.items():
        response = spent.http.post(path, json=request)
        error = refused(response, "key/requests/day")
        assert "limit 1, used 1, reserved 0, requested 1" in error["message"], name
        assert response.headers["content-type"] == "application/json", name
        assert response.headers["x-ratelimit-limit-requests"] == "1"
        assert response.headers["x-ratelimit-remaining-requests"] == "0"
        assert response.headers["x-martlet-limit"] == "key/requests/day"
    assert fake.requests() == []
    for name, (path, request) in ROUTES.items():
        response = free.http.post(path, json=request)
        assert response.status_code == 200, name
        assert not [header for header in response.headers if header.startswith(("x-ratelimit", "x-martlet-limit"))]
    assert free.limits() == []
    # What spends nothing still works.
    for path in ("/v1/models", "/v1/models/openai-chat", "/v1/limits"):
        assert spent.http.get(path).status_code == 200, path


def test_every_inference_route_counts(gateway: Gateway) -> None:
    caller = Caller(gateway, COUNTED)
    tokens = 0
    for number, (name, (path, request)) in enumerate(ROUTES.items(), 1):
        response = caller.http.post(path, json=request)
        assert response.status_code == 200, response.text
        assert response.headers["x-ratelimit-limit-requests"] == "1000"
        assert response.headers["x-ratelimit-remaining-requests"] == str(1000 - number)
        assert response.headers["x-ratelimit-limit-tokens"] == "1000000"
        assert response.headers["x-ratelimit-reset-tokens"].endswith("s")
        assert caller.settled("key/requests/day")["used"] == number, name
        before, tokens = tokens, caller.settled("key/tokens/day")["used"]
        if request.get("stream"):
            assert tokens > before, name
        else:
            assert tokens - before == response.json()["usage"]["total_tokens"], name
        assert caller.limit("key/concurrency")["remaining"] == 10


COUNTED = TENANTS.add(
    "counted", rule("key", "requests", "day", 1000), rule("key", "tokens", "day", 1_000_000), rule("key", "cost", "day", 100),
    rule("key", "concurrency", None, 10),
)  # fmt: skip


# Scopes

SUBJECTS = {
    # scope: who shares the counter, and who does not; as (tenant, key, model, end user).
    "global": ([("b", 2, "openai-chat", None)], [("free", 3, "openai-chat", None)]),
    "tenant": ([("a", 1, "openai-chat", None)], [("b", 2, "openai-chat", None)]),
    "user": ([("a", 1, "openai-chat", None)], [("a", 4, "openai-chat", None)]),
    "key": ([("a", 0, "groq-chat", "eve")], [("a", 1, "openai-chat", None)]),
    "key_model": ([("a", 0, "openai-chat", "eve")], [("a", 0, "groq-chat", None), ("a", 1, "openai-chat", None)]),
    "tenant_model": ([("a", 1, "openai-chat", None)], [("a", 0, "groq-chat", None), ("b", 2, "openai-chat", None)]),
    "end_user": ([("a", 1, "groq-chat", "ana")], [("a", 0, "openai-chat", "eve"), ("a", 0, "openai-chat", None)]),
}  # fmt: skip
for scope in SUBJECTS:
    for side in ("a", "b"):
        TENANTS.add(f"{scope}-{side}", rule(scope, "requests", "week", 2))


@pytest.mark.parametrize("scope", SUBJECTS)
def test_scopes(gateway: Gateway, scope: str) -> None:
    """Key 0 of tenant a spends both requests; keys 0 and 1 are of one user."""
    users = {0: "ana", 1: "ana", 2: "bob", 3: "cid", 4: "dan"}
    callers: dict[tuple[str, int], Caller] = {}

    def ask(side: str, number: int, model: str, end_user: str | None) -> httpx.Response:
        name = side if side == FREE else f"{scope}-{side}"
        if (side, number) not in callers:
            callers[side, number] = Caller(gateway, name, "--user", users[number])
        return callers[side, number].chat(model, **({"user": end_user} if end_user else {}))

    for _ in range(2):
        assert ask("a", 0, "openai-chat", "ana").status_code == 200
    sharing, others = SUBJECTS[scope]
    for subject in [("a", 0, "openai-chat", "ana"), *sharing]:
        refused(ask(*subject), f"{scope}/requests/week")
    for subject in others:
        assert ask(*subject).status_code == 200, subject


MANY = TENANTS.add(
    "many", rule("key", "requests", "hour", 3), rule("tenant", "requests", "day", 4), rule("key", "requests", "second", 1000)
)


def test_several_limits_at_once_and_a_refusal_counts_on_none(gateway: Gateway) -> None:
    first, second = Caller(gateway, MANY), Caller(gateway, MANY)
    for _ in range(3):
        assert first.chat().status_code == 200
    for _ in range(3):
        refused(first.chat(), "key/requests/hour")
    assert first.settled("tenant/requests/day")["used"] == 3
    assert second.chat().status_code == 200
    refused(second.chat(), "tenant/requests/day")
    # Two limits refuse: the one that frees last is named.
    refused(first.chat(), "tenant/requests/day")
    assert second.settled("key/requests/hour")["used"] == 1


RACE = TENANTS.add("race", rule("tenant", "requests", "day", 20))


def test_many_at_once_get_exactly_the_limit(gateway: Gateway) -> None:
    caller = Caller(gateway, RACE)
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _: caller.chat().status_code, range(80)))
    assert sorted(statuses) == [200] * 20 + [429] * 60
    assert caller.settled("tenant/requests/day")["used"] == 20


# Plans and tenants

SHADOW = TENANTS.add("shadow", rule("key", "requests", "day", 1, shadow=True), rule("key", "tokens", "day", 10, shadow=True))


def test_shadow_limits_never_refuse_but_show(gateway: Gateway) -> None:
    caller = Caller(gateway, SHADOW)
    for _ in range(3):
        response = caller.chat()
        assert response.status_code == 200
        assert "x-martlet-limit" not in response.headers
    requests = caller.settled("key/requests/day")
    assert (requests["used"], requests["remaining"], requests["shadow"]) == (3, -2, True)
    assert caller.limit("key/tokens/day")["remaining"] < 0
    assert caller.check()["allowed"] is True


OWN = TENANTS.add(
    "own", rule("key", "requests", "day", 1), rule("key", "tokens", "day", 1_000_000), rule("tenant", "requests", "day", 100),
    tenant={"limits": [rule("key", "requests", "day", 3), rule("user", "requests", "hour", 50)]},
)  # fmt: skip


def test_a_tenants_own_limits_replace_the_plans(gateway: Gateway) -> None:
    caller = Caller(gateway, OWN, "--user", "ana")
    assert {limit_name(row): row["max"] for row in caller.limits()} == {
        "key/requests/day": 3, "key/tokens/day": 1_000_000, "tenant/requests/day": 100, "user/requests/hour": 50,
    }  # fmt: skip
    for _ in range(3):
        assert caller.chat().status_code == 200
    assert "limit 3, used 3" in refused(caller.chat(), "key/requests/day")["message"]


RELOADED = TENANTS.add("reloaded", ONE_A_DAY)


def test_a_new_policy_changes_a_limit_at_once(gateway: Gateway) -> None:
    caller = Caller(gateway, RELOADED)
    assert caller.chat().status_code == 200
    refused(caller.chat(), "key/requests/day")

    def set_limit(maximum: int) -> None:
        policies = copy.deepcopy(gateway.policies)
        policies["plans"][RELOADED]["limits"] = [rule("key", "requests", "day", maximum)]
        gateway.write_policies(policies)
        gateway.program.signal(signal.SIGHUP)
        assert eventually(lambda: caller.limit("key/requests/day")["max"] == maximum)
        # Every event loop takes it up at its own turn.
        assert eventually(lambda: all(Caller(gateway, "", key=caller.key).limits()[0]["max"] == maximum for _ in range(8)))

    try:
        set_limit(3)
        response = caller.chat()
        assert response.status_code == 200
        assert response.headers["x-ratelimit-limit-requests"] == "3"
        assert response.headers["x-ratelimit-remaining-requests"] == "1"
        assert caller.settled("key/requests/day")["used"] == 2
        set_limit(2)
        assert "limit 2, used 2" in refused(caller.chat(), "key/requests/day")["message"]
    finally:
        gateway.write_policies(gateway.policies)
        gateway.program.signal(signal.SIGHUP)


# Concurrency

SLOTS = TENANTS.add("slots", rule("key", "concurrency", None, 2))


def test_streams_hold_slots_until_they_end(gateway: Gateway) -> None:
    caller = Caller(gateway, SLOTS)
    with ExitStack() as first:
        with ExitStack() as second:
            for stack in (first, second):
                response = stack.enter_context(caller.stream(HOLDS))
                assert response.status_code == 200
            error = refused(caller.chat(), "key/concurrency")
            assert "limit 2, used 0, reserved 2, requested 1" in error["message"]
            slots = caller.limit("key/concurrency")
            assert (slots["reserved"], slots["remaining"], slots["per"]) == (2, 0, None)
        # The client of the second one left.
        assert eventually(lambda: caller.limit("key/concurrency")["reserved"] == 1)
        # Each gives its slot back, a failed one, too, though not before its last bytes are out.
        assert eventually(lambda: caller.chat("frail-fake-status-500").status_code == 502, 1)
        for _ in range(3):
            assert eventually(lambda: caller.chat().status_code == 200, 1)
            with caller.stream("openai-chat") as response:
                assert response.read().endswith(b"data: [DONE]\n\n")
            assert eventually(lambda: caller.limit("key/concurrency")["reserved"] == 1, 1)
    assert caller.settled("key/concurrency")["remaining"] == 2


HELD = TENANTS.add("held", rule("key", "concurrency", None, 1), rule("key", "tokens", "day", 5000))


def test_a_request_keeps_what_it_holds_beyond_its_first_lease(gateway: Gateway) -> None:
    caller = Caller(gateway, HELD)
    started = time.monotonic()
    with caller.stream(HOLDS) as response:
        assert response.status_code == 200
        held = caller.limit("key/tokens/day")["reserved"]
        assert held > 0
        # The lease is 1 s.
        while time.monotonic() < started + 1.6:
            assert caller.limit("key/concurrency")["reserved"] == 1
            assert caller.limit("key/tokens/day")["reserved"] == held
            refused(caller.chat(), "key/concurrency")
    assert caller.settled("key/concurrency")["remaining"] == 1
