"""What a client pays who leaves in the middle of an answer: what it got, or what the provider says."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from gateway import Fake, Gateway, policy
from limit_helpers import Caller, body, eventually, noon_zone, rule
from soak_wire import Connection

DIALECTS = ["openai", "anthropic", "gemini", "groq", "openrouter", "openai_compatible", "n8n"]
DELTAS, SIZE = 100, 80
TOKENS = SIZE // 4
"""Of a delta, as the provider counts them."""


@pytest.fixture(scope="module")
def gateway(fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    policies = policy(fake.url)
    for name in DIALECTS:
        for way in ("cancel", "drain"):
            policies["providers"][f"{name}-{way}"] = policies["providers"][name] | {"on_disconnect": way}
            target = {"provider": f"{name}-{way}"}
            if name == "n8n":
                target["chat_url"] = f"{fake.url}/webhook/stream"
            policies["models"][f"{name}-{way}-*"] = {"targets": [target]}
    rules = [rule("key_model", resource, "day", 10**9) for resource in ("tokens", "requests")]
    policies["plans"]["counted"] = {"models": ["*"], "limits": [*rules, rule("key", "concurrency", None, 100)]}
    policies["tenants"]["leaver"] = {"plan": "counted", "timezone": noon_zone()}
    gateway = Gateway(tmp_path_factory.mktemp("disconnect"), policies).start()
    yield gateway
    gateway.stop()


@pytest.fixture(scope="module")
def caller(gateway: Gateway) -> Caller:
    return Caller(gateway, "leaver")


class Leaver:
    """Reads a stream up to so many deltas and leaves."""

    def __init__(self, gateway: Gateway, caller: Caller, model: str, deltas: float):
        self.port = int(gateway.url.rsplit(":", 1)[1])
        self.caller = caller
        self.model = model
        self.deltas = deltas
        self.received = 0
        """Bytes of text."""

    async def run(self, *, reset: bool) -> None:
        connection = await Connection.open(self.port)
        await connection.post(body(self.model, stream=True), self.caller.key)
        head = await connection.head()
        assert head.status == 200, (self.model, await connection.body(head))
        rest = b""
        async for piece in connection.pieces(head):
            *blocks, rest = (rest + piece).split(b"\n\n")
            for block in blocks:
                self.received += text_bytes(block)
            if self.received >= self.deltas * SIZE:
                break
        if reset:
            connection.reset()
        else:
            await connection.close()

    def used(self, resource: str) -> int:
        return self.caller.settled(f"key_model/{resource}/day", model=self.model)["used"]


def text_bytes(block: bytes) -> int:
    if not block.startswith(b"data: {"):
        return 0
    deltas = [choice["delta"] for choice in json.loads(block[6:])["choices"]]
    names = ("content", "reasoning_content", "reasoning")
    return sum(len((delta.get(name) or "").encode()) for delta in deltas for name in names)


def leave(gateway: Gateway, caller: Caller, models: dict[str, str], deltas: float, *, reset: bool) -> dict[str, Leaver]:
    """One client of each dialect, all at once."""
    leavers = {name: Leaver(gateway, caller, model, deltas) for name, model in models.items()}

    async def run() -> None:
        await asyncio.wait_for(asyncio.gather(*(leaver.run(reset=reset) for leaver in leavers.values())), 30)

    asyncio.run(run())
    # Nothing is held any more once everything is counted.
    assert eventually(lambda: caller.limit("key/concurrency")["reserved"] == 0, 10)
    for name, leaver in leavers.items():
        assert leaver.used("requests") == 1, name
    return leavers


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("deltas", [10, 50, 99])
def test_cancel_counts_what_was_delivered(gateway: Gateway, caller: Caller, fake: Fake, deltas: int, reset: bool) -> None:
    # The provider falls silent after as many deltas as the client wants: exactly these were delivered.
    spec = f"fake-chunks-{DELTAS}-size-{SIZE}-stall-{deltas}-id-{reset}"
    fake.clear()
    leavers = leave(gateway, caller, {name: f"{name}-cancel-{spec}" for name in DIALECTS}, deltas, reset=reset)
    for name, leaver in leavers.items():
        assert leaver.received == deltas * SIZE, name
        # The short prompt counts beside the output.
        assert 0 <= leaver.used("tokens") - deltas * TOKENS <= max(0.02 * deltas * TOKENS, 20), name
    # And the providers were told.
    assert eventually(lambda: sum(bool(seen["closed_by_peer"]) for seen in fake.requests()) == len(DIALECTS))


def test_cancel_while_the_model_thinks(gateway: Gateway, caller: Caller) -> None:
    """Thoughts that reached the client are output, too. Gemini states all of them from its first chunk on."""
    spec = "fake-thinking-200-chunks-5-stall-100"
    models = {name: f"{name}-cancel-{spec}" for name in DIALECTS if name not in ("gemini", "n8n")}
    thoughts = sum(len(f"Thinking about it, step {number}. ") for number in range(1, 101))
    leavers = leave(gateway, caller, models, thoughts / SIZE, reset=False)
    for name, leaver in leavers.items():
        assert leaver.received == thoughts, name
        assert 0 <= leaver.used("tokens") - thoughts / 4 <= 0.02 * thoughts / 4, name


def test_cancel_in_full_flow(gateway: Gateway, caller: Caller) -> None:
    wanted = 150
    spec = f"fake-chunks-1000-size-{SIZE}-gap-10ms"
    leavers = leave(gateway, caller, {name: f"{name}-cancel-{spec}" for name in DIALECTS}, wanted, reset=False)
    for name, leaver in leavers.items():
        # What was on its way when the client left counts as delivered.
        assert leaver.used("tokens") == pytest.approx(leaver.received / 4, rel=0.03), name


@pytest.mark.parametrize("reset", [False, True])
def test_drain_counts_what_the_provider_says(gateway: Gateway, caller: Caller, fake: Fake, reset: bool) -> None:
    spec = f"fake-chunks-{DELTAS}-size-{SIZE}-gap-5ms-in-1234-out-54321-id-{reset}"
    fake.clear()
    leavers = leave(gateway, caller, {name: f"{name}-drain-{spec}" for name in DIALECTS}, 10, reset=reset)
    for name, leaver in leavers.items():
        assert leaver.received < DELTAS * SIZE / 2, name
        if name == "n8n":
            # Workflows state no usage: it is counted from all that they said.
            assert 0 <= leaver.used("tokens") - DELTAS * TOKENS <= 0.02 * DELTAS * TOKENS
        else:
            assert leaver.used("tokens") == 1234 + 54321, name
    assert all(seen["answered"] and not seen["closed_by_peer"] for seen in fake.requests())


def test_a_client_that_leaves_before_the_first_delta(gateway: Gateway, caller: Caller, fake: Fake) -> None:
    """Nothing was delivered: a request, and no more than the prompt."""
    fake.clear()
    leavers = {name: Leaver(gateway, caller, f"{name}-cancel-fake-silent", 0) for name in DIALECTS}

    async def run() -> None:
        connections = []
        for leaver in leavers.values():
            connections.append(await Connection.open(leaver.port))
            await connections[-1].post(body(leaver.model, stream=True), caller.key)
        while len(fake.requests()) < len(leavers):
            await asyncio.sleep(0.02)
        for connection in connections:
            await connection.close()

    asyncio.run(asyncio.wait_for(run(), 10))
    assert eventually(lambda: caller.limit("key/concurrency")["reserved"] == 0)
    for name, leaver in leavers.items():
        assert leaver.used("requests") == 1, name
        assert leaver.used("tokens") <= 12, name
