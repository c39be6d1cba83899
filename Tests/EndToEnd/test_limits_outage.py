"""Limits while the Redis that counts them hangs, is gone, or has forgotten everything.

The outage is short here; `SOAK_OUTAGE_SECONDS=30` is the long proof.
"""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor

from gateway import Fake, Gateway
from limit_helpers import Caller, Replicas, Tenants, body, eventually, refused, rule
from limit_load import LoadClient, Tally, percentile

OUTAGE_SECONDS = float(os.environ.get("SOAK_OUTAGE_SECONDS", "3"))
LEASE = Replicas.LEASE
DEADLINE = 0.05
"""Of one call to the store."""
SETTLING = 0.3
"""Seconds until it is noticed that the store is away, at the latest."""
TENANTS = Tenants()
PLENTY = 1_000_000
SHARED = 2000
MODES = {
    mode: TENANTS.add(
        f"outage-{mode}", rule("tenant", "requests", "day", SHARED if mode == "lease" else PLENTY),
        rule("key", "concurrency", None, 200), on_store_outage=mode,
    )
    for mode in ("closed", "open", "lease")
}  # fmt: skip
SPENT = {mode: TENANTS.add(f"spent-{mode}", rule("key", "requests", "day", 1), on_store_outage=mode) for mode in MODES}
UNLIMITED = TENANTS.add("unlimited")
SHARE = SHARED // 10
"""Of a limit, for one gateway, while the store is away."""
PACE = 0.02
"""Seconds between the requests of a client."""


class Outage:
    """Clients of every mode, and of a key without limits to compare with, before, during and after an outage."""

    def __init__(self, gateway: Gateway, fake: Fake):
        self.gateway = gateway
        self.keys = {mode: gateway.key(tenant) for mode, tenant in MODES.items()} | {"none": gateway.key(UNLIMITED)}
        self.spent = {mode: Caller(gateway, tenant) for mode, tenant in SPENT.items()}
        self.tallies = {mode: Tally() for mode in self.keys}
        self.is_over = False

    async def clients(self) -> None:
        await asyncio.gather(
            *(
                LoadClient(self.gateway.url, key, self.tallies[mode]).run(lambda: body(), lambda: self.is_over, PACE)
                for mode, key in self.keys.items()
                for _ in range(4)
            )
        )

    def between(self, mode: str, start: float, end: float) -> list:
        return [answer for answer in self.tallies[mode].answers if start <= answer.at < end]

    async def calm(self, seconds: float) -> None:
        """Waits for a time in which every client was served as if there were no outage."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            await asyncio.sleep(0.1)
            now = time.monotonic()
            recent = {mode: self.between(mode, now - seconds, now) for mode in self.keys}
            if all(answers and answers[0].at < now - seconds + 0.2 for answers in recent.values()) and not any(
                answer.status != 200 or answer.is_degraded for answers in recent.values() for answer in answers
            ):
                return
        raise AssertionError({mode: tally.statuses for mode, tally in self.tallies.items()})

    def is_degraded(self) -> bool:
        return self.spent["open"].chat().status_code == 200


def test_redis_hangs_and_every_plan_gets_what_it_declared(replicas: Replicas) -> None:
    gateway = replicas.start(TENANTS)
    outage = Outage(gateway, replicas.fake)
    for caller in outage.spent.values():
        assert eventually(lambda: caller.chat().status_code == 200)
        refused(caller.chat(), "key/requests/day")

    async def run() -> tuple[float, float]:
        clients = asyncio.create_task(outage.clients())
        await outage.calm(1)
        replicas.redis.pause()
        stopped = time.monotonic()
        assert await asyncio.to_thread(eventually, outage.is_degraded, 1)
        while time.monotonic() < stopped + OUTAGE_SECONDS:
            await asyncio.to_thread(while_away, outage, stopped)
            await asyncio.sleep(0.2)
        resumed = time.monotonic()
        replicas.redis.resume()
        assert await asyncio.to_thread(eventually, lambda: not outage.is_degraded(), 3), "it does not recover"
        await outage.calm(0.5)
        outage.is_over = True
        await clients
        return stopped, resumed

    stopped, resumed = asyncio.run(run())
    for mode in outage.keys:
        during = outage.between(mode, stopped + SETTLING, resumed)
        statuses = {answer.status for answer in during}
        if mode == "closed":
            assert statuses == {503}
            assert {answer.code for answer in during} == {"limits_unavailable"}
            assert all(int(answer.headers["retry-after"]) >= 1 for answer in during)
        elif mode == "open":
            assert statuses == {200} and all(answer.is_degraded for answer in during)
        elif mode == "lease":
            assert all(answer.is_degraded for answer in during)
            whole = outage.between(mode, stopped, resumed)
            assert 0 < sum(answer.is_degraded and answer.status == 200 for answer in whole) <= SHARE
            assert 429 in statuses and statuses <= {200, 429}
        else:
            assert statuses == {200} and not any(answer.is_degraded for answer in during)

    # How much longer it takes because of the outage, next to requests that need no store at the same time.
    p99 = {
        mode: percentile([answer.seconds for answer in outage.between(mode, stopped, resumed)], 0.99) * 1000
        for mode in outage.keys
    }
    print("p99 during the outage:", ", ".join(f"{mode} {taken:.1f} ms" for mode, taken in p99.items()))
    for mode in MODES:
        assert p99[mode] - p99["none"] < DEADLINE * 1000, p99

    # What was used meanwhile is counted afterwards, once.
    for mode in MODES:
        caller = Caller(gateway, "", key=outage.keys[mode])
        admitted = outage.tallies[mode].admitted
        assert eventually(lambda: caller.limit("tenant/requests/day")["used"] == admitted, LEASE + 1), (
            f"{mode}: {admitted} admitted, {caller.limit('tenant/requests/day')}"
        )
        assert eventually(lambda: caller.limit("key/concurrency")["reserved"] == 0, LEASE + 1)
        assert caller.limit("tenant/requests/day")["reserved"] == 0
    assert "the limit store is away" in gateway.program.output
    assert "the limit store is back" in gateway.program.output


def while_away(outage: Outage, stopped: float) -> None:
    """Keys that have used up their limit, and questions about limits."""
    if time.monotonic() < stopped + SETTLING:
        return
    assert outage.spent["closed"].chat().status_code == 503
    response = outage.spent["lease"].chat()
    refused(response, "key/requests/day")
    assert response.headers["x-martlet-degraded"] == "limits"
    response = outage.spent["open"].chat()
    assert response.status_code == 200 and response.headers["x-martlet-degraded"] == "limits"
    with outage.spent["open"].stream("openai-chat") as response:
        assert response.status_code == 200 and response.headers["x-martlet-degraded"] == "limits"
        assert response.read().endswith(b"data: [DONE]\n\n")
    for response in (
        outage.spent["closed"].http.get("/v1/limits"), outage.spent["open"].http.post("/v1/limits/check", json=body()),
    ):  # fmt: skip
        assert response.status_code == 503 and response.json()["error"]["code"] == "limits_unavailable"


LATE = TENANTS.add("late", rule("key", "requests", "day", 3), on_store_outage="closed")


def test_redis_is_gone_and_comes_back_empty(replicas: Replicas) -> None:
    """Also before the gateway has ever seen it. Scripts and counters are new to the one that comes back."""
    replicas.redis.end()
    gateway = replicas.start(TENANTS)
    caller = Caller(gateway, LATE)
    assert caller.chat().status_code == 503
    replicas.redis.start()
    for _ in range(2):
        assert eventually(lambda: caller.chat().status_code == 200)
        for _ in range(2):
            assert caller.chat().status_code == 200
        refused(caller.chat(), "key/requests/day")
        replicas.redis.end()
        assert eventually(lambda: caller.chat().status_code == 503)
        replicas.redis.start()
    with ThreadPoolExecutor(8) as pool:
        assert eventually(lambda: 429 in pool.map(lambda _: caller.chat().status_code, range(8)))
    assert caller.settled("key/requests/day")["used"] == 3


LOST = TENANTS.add("lost", rule("key", "requests", "day", 100), on_store_outage="closed")


def test_redis_forgets_the_scripts(replicas: Replicas) -> None:
    caller = Caller(replicas.start(TENANTS), LOST)
    for expected in range(1, 4):
        assert caller.chat().status_code == 200
        assert caller.settled("key/requests/day")["used"] == expected
        replicas.redis.command("SCRIPT", "FLUSH")
