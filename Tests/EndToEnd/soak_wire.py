"""A small HTTP/1.1 client that can also misbehave: leave, stop reading, send anything."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


class Broken(Exception):
    """The answer ended before it was complete."""


@dataclass
class Head:
    status: int
    headers: dict[str, str] = field(default_factory=dict)


class Connection:
    """One connection to the gateway. The body of an answer must be read before the next request is sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader = reader
        self.writer = writer
        self.is_reusable = True

    @classmethod
    async def open(cls, port: int) -> Connection:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    # Sending

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def post(self, body: dict, key: str, headers: dict[str, str] | None = None) -> None:
        await self.send(post(body, key, headers))

    # Receiving

    async def head(self) -> Head:
        try:
            raw = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Broken(f"no head of an answer: {error!r}") from None
        lines = raw.decode("latin-1").split("\r\n")
        head = Head(int(lines[0].split(" ", 2)[1]))
        for line in lines[1:]:
            name, _, value = line.partition(":")
            head.headers[name.lower()] = value.strip()
        if head.headers.get("connection") == "close":
            self.is_reusable = False
        return head

    async def pieces(self, head: Head) -> AsyncIterator[bytes]:
        """The body as it arrives, without its framing."""
        try:
            if head.headers.get("transfer-encoding") == "chunked":
                while size := int(await self.reader.readuntil(b"\r\n"), 16):
                    yield (await self.reader.readexactly(size + 2))[:size]
                await self.reader.readexactly(2)
            else:
                left = int(head.headers.get("content-length", 0))
                while left:
                    piece = await self.reader.read(min(left, 65_536))
                    if not piece:
                        raise Broken(f"{left} bytes of the body are missing")
                    left -= len(piece)
                    yield piece
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Broken(f"the body broke off: {error!r}") from None

    async def body(self, head: Head) -> bytes:
        return b"".join([piece async for piece in self.pieces(head)])

    # Ending

    async def close(self) -> None:
        self.is_reusable = False
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except OSError:
            pass

    def reset(self) -> None:
        """Leaves without a goodbye, as a client whose process was killed."""
        self.is_reusable = False
        raw = self.writer.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def post(body: dict | bytes, key: str, headers: dict[str, str] | None = None) -> bytes:
    """A request for a chat completion, as bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        "POST /v1/chat/completions HTTP/1.1", "host: gateway", f"authorization: Bearer {key}",
        "content-type: application/json", f"content-length: {len(content)}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@dataclass
class Stream:
    """What a stream of server-sent events said so far."""

    text: list[str] = field(default_factory=list)
    finish: str | None = None
    error: dict | None = None
    is_done: bool = False
    events: int = 0
    _rest: bytes = b""

    def feed(self, piece: bytes) -> None:
        *blocks, self._rest = (self._rest + piece).split(b"\n\n")
        for block in blocks:
            if not block.startswith(b"data: "):
                if not block.startswith(b":"):
                    raise Broken(f"not an event: {block[:80]!r}")
                continue
            self.events += 1
            if self.is_done:
                raise Broken("an event after [DONE]")
            self._take(block[6:])

    def _take(self, data: bytes) -> None:
        if data == b"[DONE]":
            self.is_done = True
            return
        event = json.loads(data)
        if "error" in event:
            self.error = event["error"]
            return
        for choice in event["choices"]:
            self.text.append(choice["delta"].get("content") or "")
            self.finish = choice["finish_reason"] or self.finish

    @property
    def content(self) -> str:
        return "".join(self.text)

    @property
    def ended_well(self) -> bool:
        return self.is_done and self.error is None and self.finish is not None
