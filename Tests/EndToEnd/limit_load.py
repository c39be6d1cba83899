"""Many clients at once who keep count of what they got, for the limits that several gateways share."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from soak_wire import Connection


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes
    seconds: float
    """From sending the request to the last byte."""
    at: float
    """When it was sent, on the monotonic clock."""

    @property
    def code(self) -> str | None:
        return json.loads(self.content)["error"]["code"] if self.status >= 400 else None

    @property
    def is_degraded(self) -> bool:
        return self.headers.get("x-martlet-degraded") == "limits"

    @property
    def tokens(self) -> int:
        """What the provider says that it used, whole or as the last chunk but `[DONE]` of a stream."""
        if self.headers["content-type"].startswith("application/json"):
            return json.loads(self.content)["usage"]["total_tokens"]
        last = self.content.removesuffix(b"data: [DONE]\n\n").rstrip().rsplit(b"data: ", 1)[-1]
        return json.loads(last)["usage"]["total_tokens"]


@dataclass
class Tally:
    """What the clients of one key counted."""

    statuses: Counter[int] = field(default_factory=Counter)
    answers: list[Answer] = field(default_factory=list)
    tokens: int = 0

    def add(self, answer: Answer) -> None:
        self.statuses[answer.status] += 1
        self.answers.append(answer)
        if answer.status == 200:
            self.tokens += answer.tokens

    @property
    def admitted(self) -> int:
        return self.statuses[200]


class LoadClient:
    """One client with a connection of its own, which it keeps as long as the gateway does."""

    def __init__(self, url: str, key: str, tally: Tally):
        self.port = int(url.rsplit(":", 1)[1])
        self.key = key
        self.tally = tally
        self.connection: Connection | None = None

    async def ask(self, body: dict) -> Answer:
        if not self.connection or not self.connection.is_reusable:
            await self.close()
            self.connection = await Connection.open(self.port)
        sent = time.monotonic()
        await self.connection.post(body, self.key)
        head = await self.connection.head()
        content = await self.connection.body(head)
        answer = Answer(head.status, head.headers, content, time.monotonic() - sent, sent)
        self.tally.add(answer)
        return answer

    async def run(self, next_body: Callable[[], dict], until: Callable[[], bool], pause: float = 0) -> None:
        """Asks again and again until told to end."""
        try:
            while not until():
                await asyncio.wait_for(self.ask(next_body()), 20)
                if pause:
                    await asyncio.sleep(pause)
        finally:
            await self.close()

    async def close(self) -> None:
        if self.connection:
            await self.connection.close()
            self.connection = None


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
