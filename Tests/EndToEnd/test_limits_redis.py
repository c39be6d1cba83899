"""Limits that several gateways share through one Redis.

The time is short here; `SOAK_LIMITS_SECONDS=20` is the long proof.
"""

import asyncio
import itertools
import os
import random
import signal
import time

import pytest
from limit_helpers import Caller, Replicas, Tenants, body, eventually, rule
from limit_load import LoadClient, Tally
from soak_wire import Connection

LOAD_SECONDS = float(os.environ.get("SOAK_LIMITS_SECONDS", "5"))
CLIENTS = 64
LEASE = Replicas.LEASE
TENANTS = Tenants()


# Exact, whoever asks where

MAX_REQUESTS = int(150 * LOAD_SECONDS)
MAX_TOKENS = int(5000 * LOAD_SECONDS)
MAX_BOTH = int(120 * LOAD_SECONDS)
EXACT = {
    "requests": TENANTS.add(
        "exact-requests", rule("tenant", "requests", "day", MAX_REQUESTS), rule("key", "tokens", "day", 10**9),
        rule("tenant", "concurrency", None, 1000), on_store_outage="closed",
    ),
    "tokens": TENANTS.add(
        "exact-tokens", rule("tenant", "tokens", "day", MAX_TOKENS), rule("key", "requests", "day", 10**6),
        on_store_outage="closed",
    ),
    "both": TENANTS.add(
        "exact-both", rule("global", "requests", "day", MAX_BOTH), rule("user", "tokens", "hour", 10**9),
        rule("tenant", "requests", "day", MAX_BOTH + 7), on_store_outage="closed",
    ),
}  # fmt: skip
SHOWN = {"requests": "tenant/requests/day", "tokens": "tenant/tokens/day", "both": "global/requests/day"}
MODELS = ["openai", "anthropic", "gemini", "groq"]


def test_two_gateways_admit_exactly_what_one_would(replicas: Replicas) -> None:
    gateways = [replicas.start(TENANTS), replicas.start(TENANTS)]
    keys = {kind: gateways[0].key(tenant, "--user", "ana") for kind, tenant in EXACT.items()}
    callers = {kind: Caller(gateways[1], "", key=key) for kind, key in keys.items()}
    for caller in callers.values():
        assert eventually(lambda: caller.http.get("/v1/models").status_code == 200)
    watcher = callers["tokens"]
    tallies = {kind: Tally() for kind in keys}
    overdrawn: list[dict] = []

    async def load() -> None:
        until = time.monotonic() + LOAD_SECONDS
        clients = []
        for number in range(CLIENTS):
            kind = list(keys)[number % len(keys)]
            client = LoadClient(gateways[number // len(keys) % 2].url, keys[kind], tallies[kind])
            clients.append(client.run(small_requests(number), lambda: time.monotonic() >= until))
        await asyncio.gather(*clients, watch(until))

    async def watch(until: float) -> None:
        while time.monotonic() < until:
            row = await asyncio.to_thread(watcher.limit, SHOWN["tokens"])
            if row["used"] + row["reserved"] > row["max"]:
                overdrawn.append(row)
            await asyncio.sleep(0.1)

    asyncio.run(load())
    for kind, tally in tallies.items():
        assert tally.statuses[429] > 0, f"{kind}: too slow to reach the limit: {tally.statuses}"
        # A call that was given up on a busy machine holds its share for a lease, and then others get it.
        callers[kind].settled(SHOWN[kind])
        asyncio.run(top_up(LoadClient(gateways[0].url, keys[kind], tally)))
        assert set(tally.statuses) <= {200, 429, 503}, tally.statuses
        assert {answer.code for answer in tally.answers if answer.status == 503} <= {"limits_unavailable"}

    print(f"{CLIENTS} clients, {LOAD_SECONDS:.0f} s:", {kind: dict(tally.statuses) for kind, tally in tallies.items()})
    assert tallies["requests"].admitted == MAX_REQUESTS
    assert tallies["both"].admitted == MAX_BOTH
    assert tallies["tokens"].tokens <= MAX_TOKENS
    # Nothing was left that another request could have had.
    assert tallies["tokens"].tokens > MAX_TOKENS - 100
    assert overdrawn == []
    for kind, name in {**SHOWN, "requests": "key/tokens/day"}.items():
        row = callers[kind].settled(name)
        counted = tallies[kind].tokens if "/tokens/" in name else tallies[kind].admitted
        assert row["used"] == counted, (name, row, tallies[kind].statuses)
    assert callers["requests"].settled("tenant/requests/day")["used"] == MAX_REQUESTS
    assert callers["tokens"].settled("key/requests/day")["used"] == tallies["tokens"].admitted
    assert callers["both"].settled("tenant/requests/day")["used"] == MAX_BOTH


def small_requests(seed: int):
    """Every answer is shorter than what must fit for a request to be admitted, so none costs more than it reserved."""
    choose = random.Random(seed)
    text = "What is it that you want to tell me today, in a few words? " * 2

    def next_body() -> dict:
        model = f"{choose.choice(MODELS)}-fake-chunks-{choose.randint(1, 6)}-size-8"
        request = body(model, text, max_tokens=16)
        return request | ({"stream": True, "stream_options": {"include_usage": True}} if choose.random() < 0.5 else {})

    return next_body


async def top_up(client: LoadClient) -> None:
    refusals = itertools.count()
    await client.run(
        small_requests(0), lambda: client.tally.answers[-1].status == 429 and next(refusals) > 0, pause=0.01
    )


# A process that dies

DOOMED = TENANTS.add(
    "doomed", rule("key", "concurrency", None, 300), rule("key", "tokens", "day", 1_000_000),
    rule("tenant", "requests", "day", 1000), rule("tenant", "cost", "month", 100), on_store_outage="closed",
)  # fmt: skip
STREAMS = 200


def test_what_a_killed_gateway_held_is_free_a_lease_later(replicas: Replicas) -> None:
    doomed, other = replicas.start(TENANTS), replicas.start(TENANTS)
    caller = Caller(other, DOOMED)
    assert eventually(lambda: caller.chat("openai-fake-in-10-out-20").status_code == 200)
    for _ in range(4):
        assert caller.chat("openai-fake-in-10-out-20").status_code == 200
    assert caller.settled("key/tokens/day")["used"] == 150

    async def open_stream(port: int) -> Connection:
        connection = await Connection.open(port)
        while True:
            await connection.post(body("openai-fake-chunks-9-stall-2", stream=True, max_tokens=100), caller.key)
            head = await connection.head()
            if head.status == 200:
                return connection
            # A machine that is too busy for the deadline of 50 ms; the plan says `closed`.
            assert head.status == 503, await connection.body(head)
            await connection.body(head)
            await asyncio.sleep(0.1)

    async def kill_with_open_streams() -> float:
        port = int(doomed.url.rsplit(":", 1)[1])
        connections = []
        for _ in range(STREAMS // 20):
            connections += await asyncio.wait_for(asyncio.gather(*(open_stream(port) for _ in range(20))), 20)
        held = {name: caller.limit(name)["reserved"] for name in ("key/concurrency", "key/tokens/day", "tenant/requests/day")}
        assert held["key/concurrency"] >= STREAMS
        assert held["key/tokens/day"] >= STREAMS * 100
        assert held["tenant/requests/day"] >= STREAMS
        # Killed after it has renewed its leases.
        await asyncio.sleep(LEASE * 0.6)
        assert caller.limit("key/concurrency")["reserved"] >= STREAMS
        doomed.program.signal(signal.SIGKILL)
        killed = time.monotonic()
        for connection in connections:
            connection.reset()
        return killed

    killed = asyncio.run(kill_with_open_streams())
    assert eventually(lambda: caller.limit("key/concurrency")["reserved"] == 0, LEASE + 1)
    assert time.monotonic() - killed <= LEASE + 1
    for row in caller.limits():
        assert row["reserved"] == 0
        assert row["remaining"] == pytest.approx(row["max"] - row["used"])
    assert caller.limit("key/tokens/day")["used"] == 150
    assert caller.limit("tenant/requests/day")["used"] == 5
    assert caller.chat("openai-fake-in-10-out-20").status_code == 200
    assert caller.settled("key/tokens/day")["used"] == 180


STOPPED = TENANTS.add("stopped", rule("key", "concurrency", None, 10), rule("key", "tokens", "day", 1_000_000))


def test_what_a_stopping_gateway_finishes_is_counted(replicas: Replicas) -> None:
    stopping, other = replicas.start(TENANTS), replicas.start(TENANTS)
    caller = Caller(other, STOPPED)
    on_its_way_out = Caller(stopping, "", key=caller.key)
    assert eventually(lambda: on_its_way_out.http.get("/v1/models").status_code == 200)
    with on_its_way_out.stream("openai-fake-chunks-30-gap-20ms-in-100-out-200", max_tokens=300) as response:
        assert response.status_code == 200
        assert caller.limit("key/concurrency")["reserved"] == 1
        stopping.program.signal(signal.SIGTERM)
        assert response.read().endswith(b"data: [DONE]\n\n")
    assert stopping.program.process.wait(10) == 0
    # Not freed by the end of a lease: it was told before the process ended.
    rows = {name: caller.limit(name) for name in ("key/concurrency", "key/tokens/day")}
    assert rows["key/concurrency"]["reserved"] == 0
    assert (rows["key/tokens/day"]["used"], rows["key/tokens/day"]["reserved"]) == (300, 0)
