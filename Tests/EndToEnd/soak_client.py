"""A client of the soak: what it sends, and what must come back for it."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from soak_faults import (
    CUT_STREAMS, DIALECTS, FINE, FINE_STREAM, GARBAGE, MUTATED, NO_ANSWERS, NO_STREAMS, REFUSALS, Fault,
)  # fmt: skip
from soak_wire import Broken, Connection, Head, Stream, post

PATIENCE = 30
"""Seconds after which an answer that did not come counts as never coming."""


class Wrong(Exception):
    """The gateway did something it must not do."""


class KeyEnded(Exception):
    """The key was revoked while it was in use, which is as it should be."""


@dataclass
class Key:
    secret: str
    is_revoked: bool = False


class Client:
    """One client that does one thing after the other; its choices follow from the seed alone."""

    def __init__(self, port: int, keys: list[Key], seed: str, count: Callable[[str], None]):
        self.port = port
        self.keys = keys
        self.random = random.Random(seed)
        self.count = count
        self.connection: Connection | None = None
        """Kept from an answer before, if that allowed it."""
        self.doing = ""
        """What to name in a report of a failure."""

    async def act(self) -> None:
        actions: list[tuple[Callable[[], Awaitable[None]], int]] = [
            (self.whole, 30), (self.stream, 28), (self.cut_stream, 14), (self.no_answer, 8), (self.refusal, 6),
            (self.leave, 8), (self.stop_reading, 2), (self.garbage, 6), (self.mutated, 4), (self.pipeline, 3),
        ]  # fmt: skip
        action = self.random.choices([a for a, _ in actions], [weight for _, weight in actions])[0]
        self.doing = action.__name__
        keeps = False
        try:
            await asyncio.wait_for(action(), PATIENCE)
            keeps = self.random.random() < 0.9
        except TimeoutError:
            raise Wrong(f"no end after {PATIENCE} s") from None
        except Broken as error:
            raise Wrong(str(error)) from None
        finally:
            if self.connection and not (keeps and self.connection.is_reusable):
                await self.drop()

    async def drop(self) -> None:
        if self.connection:
            connection, self.connection = self.connection, None
            await connection.close()

    # Asking

    def token(self) -> str:
        """A text that no other request asks for: an answer meant for somebody else shows."""
        return f"{self.random.getrandbits(32 * self.random.randint(3, 12)):x}"

    def model(self, token: str, spec: str, *, faulty: bool = False, stream: bool, besides: frozenset[str] = frozenset()) -> str:
        name = self.random.choice([d for d in DIALECTS if d not in besides])
        parts = [name, *(["faulty"] if faulty else []), *([("stream" if stream else "object")] if name == "n8n" else [])]
        size = ["size", "3"] if stream else []
        self.doing = "-".join([*parts, "fake", "text", token, *size, *([spec] if spec else [])])
        return self.doing

    async def ask(
        self, model: str, *, stream: bool = False, headers: dict[str, str] | None = None
    ) -> tuple[Connection, Head]:
        key = self.random.choice(self.keys)
        body = {"model": model, "messages": [{"role": "user", "content": "Say it."}]}
        if stream:
            body |= {"stream": True}
            if self.random.random() < 0.5:
                body |= {"stream_options": {"include_usage": True}}
        if not self.connection or not self.connection.is_reusable:
            self.connection = await Connection.open(self.port)
        connection = self.connection
        await connection.post(body, key.secret, headers)
        head = await connection.head()
        if head.status == 401:
            if not key.is_revoked:
                raise Wrong("401 for a good key")
            await connection.body(head)
            raise KeyEnded
        return connection, head

    async def read(self, connection: Connection, head: Head) -> Stream:
        stream = Stream()
        async for piece in connection.pieces(head):
            stream.feed(piece)
        return stream

    async def expect_error(self, connection: Connection, head: Head, fault: Fault) -> None:
        body = await connection.body(head)
        if head.status not in fault.statuses:
            raise Wrong(f"status {head.status} instead of {sorted(fault.statuses)}: {body[:300]!r}")
        if set(json.loads(body)["error"]) != {"message", "type", "param", "code"}:
            raise Wrong(f"not an error's envelope: {body[:300]!r}")

    # What is to go well

    async def whole(self) -> None:
        token = self.token()
        connection, head = await self.ask(self.model(token, self.random.choice(FINE), stream=False))
        self.check_whole(head, await connection.body(head), token)
        self.count("whole")

    def check_whole(self, head: Head, body: bytes, token: str) -> None:
        if head.status != 200:
            raise Wrong(f"status {head.status}: {body[:300]!r}")
        content = json.loads(body)["choices"][0]["message"]["content"]
        if content != token:
            raise Wrong(f"an answer that was not asked for: {content[:80]!r}")

    async def stream(self) -> None:
        token = self.token()
        connection, head = await self.ask(self.model(token, self.random.choice(FINE_STREAM), stream=True), stream=True)
        if head.status != 200:
            raise Wrong(f"status {head.status}: {(await connection.body(head))[:300]!r}")
        stream = await self.read(connection, head)
        if not stream.ended_well or stream.content != token:
            raise Wrong(f"done {stream.is_done}, error {stream.error}, text {stream.content[:80]!r}")
        self.count("stream")

    async def pipeline(self) -> None:
        """Several requests at once on one connection: the answers come in their order."""
        tokens = [self.token() for _ in range(self.random.randint(2, 4))]
        key = next((key for key in self.keys if not key.is_revoked), self.keys[0])
        await self.drop()
        self.connection = await Connection.open(self.port)
        models = [self.model(token, "", stream=False) for token in tokens]
        content = [{"role": "user", "content": "Say it."}]
        await self.connection.send(
            b"".join(post({"model": model, "messages": content}, key.secret) for model in models)
        )
        for token, model in zip(tokens, models):
            self.doing = f"pipelined {model}"
            head = await self.connection.head()
            self.check_whole(head, await self.connection.body(head), token)
            self.count("pipelined")

    # What is to fail, and how

    async def cut_stream(self) -> None:
        fault = self.random.choice(CUT_STREAMS)
        token = self.token()
        model = self.model(token, fault.spec, faulty=True, stream=True, besides=fault.besides)
        connection, head = await self.ask(model, stream=True, headers=fault.headers)
        if head.status != 200:
            return await self.expect_error(connection, head, fault)
        stream = await self.read(connection, head)
        if stream.is_done or stream.finish == "stop" or not stream.error:
            raise Wrong(f"a cut stream ended well: done {stream.is_done}, finish {stream.finish}, error {stream.error}")
        if not token.startswith(stream.content):
            raise Wrong(f"text that was not asked for: {stream.content[:80]!r}")
        self.count("cut stream")

    async def no_answer(self) -> None:
        stream = self.random.random() < 0.5
        fault = self.random.choice(NO_STREAMS if stream else NO_ANSWERS)
        model = self.model(self.token(), fault.spec, faulty=True, stream=stream, besides=fault.besides)
        connection, head = await self.ask(model, stream=stream, headers=fault.headers)
        await self.expect_error(connection, head, fault)
        self.count("no answer")

    async def refusal(self) -> None:
        stream = self.random.random() < 0.5
        fault = self.random.choice(REFUSALS)
        model = self.model(self.token(), fault.spec, faulty=True, stream=stream, besides=fault.besides)
        connection, head = await self.ask(model, stream=stream)
        await self.expect_error(connection, head, fault)
        self.count("refusal")

    # What clients do

    async def leave(self) -> None:
        """Disconnects before the answer, in the middle of it, or of the own request."""
        place = self.random.choice(["request", "head", "stream"])
        self.count("left")
        if place == "request":
            raw = post({"model": "openai-chat", "messages": [{"role": "user", "content": "x" * 5000}]}, self.keys[0].secret)
            connection = await Connection.open(self.port)
            await connection.send(raw[: self.random.randrange(1, len(raw) - 1)])
            return await self.part(connection)
        model = self.model(self.token(), "late-300ms" if place == "head" else "chunks-500-gap-5ms", stream=True)
        if place == "head":
            connection = await Connection.open(self.port)
            await connection.post({"model": model, "messages": [{"role": "user", "content": "Hi"}]}, self.keys[0].secret)
            await asyncio.sleep(self.random.uniform(0, 0.1))
            return await self.part(connection)
        connection, head = await self.ask(model, stream=True)
        self.connection = None
        wanted = self.random.randint(1, 20)
        stream = Stream()
        async for piece in connection.pieces(head):
            stream.feed(piece)
            if stream.events >= wanted:
                break
        await self.part(connection)

    async def part(self, connection: Connection) -> None:
        if self.random.random() < 0.5:
            connection.reset()
        else:
            await connection.close()

    async def stop_reading(self) -> None:
        """Reads nothing for a while, although megabytes are under way; then the rest, or never."""
        chunks = self.random.randint(50, 300)
        model = self.model("x", "", stream=True).replace("text-x-size-3", f"chunks-{chunks}-size-16k")
        # Anthropic must be told a maximum, and the gateway's default for an unknown model would end the answer early.
        model = model.replace("anthropic", "openai", 1)
        self.doing = model
        connection, head = await self.ask(model, stream=True)
        self.connection = None
        if head.status != 200:
            raise Wrong(f"status {head.status}")
        await asyncio.sleep(self.random.uniform(0.5, 2))
        if self.random.random() < 0.3:
            self.count("never read on")
            return await self.part(connection)
        stream = await self.read(connection, head)
        if not stream.ended_well or len(stream.content) != chunks << 14:
            raise Wrong(f"{len(stream.content)} bytes of {chunks << 14}, done {stream.is_done}, error {stream.error}")
        self.count("read late")
        await connection.close()

    async def garbage(self) -> None:
        """Anything but HTTP, or HTTP that is wrong. The answer is a 4xx or none."""
        connection = await Connection.open(self.port)
        name, data = self.random.choice(GARBAGE)
        self.doing = f"garbage: {name}"
        received = b""
        try:
            await connection.send(data if data else self.random.randbytes(self.random.randint(1, 4096)))
            connection.writer.write_eof()
            async with asyncio.timeout(10):
                while piece := await connection.reader.read(65_536):
                    received += piece
        except OSError:
            pass  # A reset is an answer, too.
        except TimeoutError:
            raise Wrong("the connection stays open") from None
        finally:
            connection.reset()
        statuses = [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", received)]
        if any(status >= 500 and status != 505 for status in statuses):
            raise Wrong(f"statuses {statuses}: {received[:300]!r}")
        self.count("garbage")

    async def mutated(self) -> None:
        """A good body with a few bytes changed: whatever it became, it is never the gateway's fault."""
        body = bytearray(json.dumps(MUTATED).encode())
        for _ in range(self.random.randint(1, 4)):
            body[self.random.randrange(len(body))] = self.random.randrange(256)
        self.doing = f"mutated: {bytes(body)!r}"
        await self.drop()
        self.connection = await Connection.open(self.port)
        await self.connection.send(post(bytes(body), self.keys[0].secret))
        head = await self.connection.head()
        content = await self.connection.body(head)
        if head.status >= 500:
            raise Wrong(f"status {head.status}: {content[:300]!r}")
        self.count("mutated")
