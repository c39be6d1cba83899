#!/usr/bin/env python3
"""Many clients, and three providers that fail at random: no request hangs, no answer is cut short without saying so,
every request is settled once, and errors are as rare as moments in which all providers were down.

    Tests/EndToEnd/chaos.py [10m | 90s] [--seed N] [--clients N] [--period S] [--up S] [--down S] [--tolerance SHARE]

The same seed gives the same outages and the same questions; when what happens is up to the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from chaos_providers import Flapping, chaos_policy
from gateway import Gateway
from limit_helpers import limit_name, noon_zone
from soak import seconds
from soak_wire import Broken, Connection, Head, Stream

PATIENCE = 30
"""Seconds after which a request hangs. The policy gives all attempts together 12."""
MAX_FAILURES = 20
LEAVERS = 0.04
"""The share of requests whose clients hang up."""


class Wrong(Exception):
    """The gateway did something it must not do."""


@dataclass
class OneStream(Stream):
    """A stream that has to be one answer, whoever spoke."""

    shared: set[tuple] = field(default_factory=set)
    roles: int = 0
    finishes: int = 0
    usages: list[int] = field(default_factory=list)

    def _take(self, data: bytes) -> None:
        super()._take(data)
        event = {} if self.is_done else json.loads(data)
        if "choices" not in event:
            return
        self.shared.add((event["id"], event["object"], event["created"], event["model"]))
        self.roles += sum("role" in choice["delta"] for choice in event["choices"])
        self.finishes += sum(choice["finish_reason"] is not None for choice in event["choices"])
        if event.get("usage"):
            self.usages.append(event["usage"]["total_tokens"])

    def check(self, token: str) -> None:
        if len(self.shared) > 1:
            raise Wrong(f"chunks of several answers: {self.shared}")
        if self.ended_well:
            if self.content != token:
                raise Wrong(f"a success with another text: {self.content[-80:]!r} of {token[-80:]!r}")
            if (self.roles, self.finishes, len(self.usages)) != (1, 1, 1):
                raise Wrong(f"{self.roles} roles, {self.finishes} finish reasons, usages {self.usages}")
        elif self.error is None:
            raise Wrong(f"neither an end nor an error: done {self.is_done}, finish {self.finish}")
        elif self.is_done or self.finish or not token.startswith(self.content):
            raise Wrong(f"after an error: done {self.is_done}, finish {self.finish}, text {self.content[-80:]!r}")


@dataclass
class Request:
    """One that is over."""

    model: str
    is_stream: bool
    start: float
    end: float
    #: None: a whole answer, as it should be.
    error: str | None
    #: It broke after its first token.
    is_broken: bool
    attempts: int
    tokens: int = 0

    @property
    def counts(self) -> bool:
        """Whether another target could have answered: of a stream that may not be continued, only its beginning."""
        return not (self.is_broken and self.model == "plain")


class Chaos:
    def __init__(self, options: argparse.Namespace, directory: Path, flapping: Flapping):
        self.options = options
        self.flapping = flapping
        zone = noon_zone()
        self.gateway = Gateway(
            directory, chaos_policy(flapping.providers, zone), environment={"MARTLET_LOG_LEVEL": "warning"}
        ).start()
        self.port = int(self.gateway.url.rsplit(":", 1)[1])
        self.keys = {tenant: self.gateway.key(tenant) for tenant in ("stays", "leaves")}
        self.requests: list[Request] = []
        self.failures: list[str] = []
        #: Of the clients that leave: asked, and answered as far as a head.
        self.left, self.left_late = 0, 0
        self.begun = 0.0

    def fail(self, what: str) -> None:
        self.failures.append(what)
        print(f"chaos: FAILURE {what}", file=sys.stderr, flush=True)

    # Clients

    async def client(self, number: int) -> None:
        """Asks at fixed times, so that bad times are not asked about more often than good ones."""
        choices = random.Random(f"{self.options.seed}/{number}")
        until = self.begun + self.options.duration
        due = self.begun + choices.random() * self.options.period
        while due < until and len(self.failures) < MAX_FAILURES:
            await asyncio.sleep(max(0, due - time.monotonic()))
            token = " ".join(f"{choices.getrandbits(28):07x}" for _ in range(choices.randint(2, 40)))
            body = {
                "model": choices.choice(["plain", "resume", "hedge"]), "messages": [{"role": "user", "content": f"Say {token}"}],
                "max_tokens": 2000,
            }  # fmt: skip
            if choices.random() < 0.75:
                body |= {"stream": True, "stream_options": {"include_usage": True}}
            leaves = choices.random() < LEAVERS
            doing = f"client {number}, {body['model']}{' stream' if 'stream' in body else ''}, {time.monotonic() - self.begun:.1f} s"
            try:
                work = self.leave(body, choices.uniform(0, 0.6)) if leaves else self.ask(body, token)
                await asyncio.wait_for(work, PATIENCE)
            except TimeoutError:
                self.fail(f"{doing}: hangs")
            except (Wrong, Broken, OSError, ValueError, KeyError) as error:
                self.fail(f"{doing}: {error!r}")
            while due <= time.monotonic():
                due += self.options.period

    async def ask(self, body: dict, token: str) -> None:
        start = time.monotonic()
        connection = await Connection.open(self.port)
        try:
            await connection.post(body, self.keys["stays"])
            head = await connection.head()
            error, broken, tokens = await self.answer(connection, head, "stream" in body, token)
        finally:
            await connection.close()
        attempts = int(head.headers.get("x-martlet-attempts", 0))
        if error is None and attempts == 0:
            raise Wrong("an answer without an attempt")
        self.requests.append(
            Request(body["model"], "stream" in body, start, time.monotonic(), error, broken, attempts, tokens)
        )

    async def answer(
        self, connection: Connection, head: Head, is_stream: bool, token: str
    ) -> tuple[str | None, bool, int]:
        """The error, whether it came after the first token, and the tokens as stated."""
        if head.status != 200 or not is_stream:
            whole = json.loads(await connection.body(head))
            if head.status != 200:
                if head.status not in (429, 502, 503, 504) or set(whole["error"]) != {"message", "type", "param", "code"}:
                    raise Wrong(f"status {head.status}: {whole}")
                return f"{head.status} {whole['error']['code']}", False, 0
            choice = whole["choices"][0]
            if choice["message"]["content"] != token or choice["finish_reason"] != "stop":
                raise Wrong(f"a success with another text: {choice}")
            return None, False, whole["usage"]["total_tokens"]
        stream = OneStream()
        async for piece in connection.pieces(head):
            stream.feed(piece)
        stream.check(token)
        if stream.error:
            return f"in band {stream.error['code']}", True, 0
        return None, False, stream.usages[0]

    async def leave(self, body: dict, after: float) -> None:
        connection = await Connection.open(self.port)
        await connection.post(body, self.keys["leaves"])
        self.left += 1
        try:
            async with asyncio.timeout(after):
                head = await connection.head()
                if head.headers.get("x-martlet-attempts"):
                    self.left_late += 1
                await connection.body(head)
        except TimeoutError:
            pass
        connection.reset()

    # What was used

    async def limits(self, tenant: str) -> dict[str, dict]:
        connection = await Connection.open(self.port)
        try:
            lines = ["GET /v1/limits HTTP/1.1", "host: gateway", f"authorization: Bearer {self.keys[tenant]}", "", ""]
            await connection.send("\r\n".join(lines).encode())
            rows = json.loads(await connection.body(await connection.head()))["data"]
            return {limit_name(row): row for row in rows}
        finally:
            await connection.close()

    async def settled(self, tenant: str) -> dict[str, int]:
        """What the limits say was used, once nothing is held any more."""
        deadline = time.monotonic() + 20
        while True:
            rows = await self.limits(tenant)
            if all(row["reserved"] == 0 for row in rows.values()):
                return {name: row["used"] for name, row in rows.items()}
            if time.monotonic() > deadline:
                self.fail(f"{tenant}: still held: {rows}")
                return {name: row["used"] for name, row in rows.items()}
            await asyncio.sleep(0.1)

    async def check_settlements(self) -> None:
        used = await self.settled("stays")
        # A request that reached no provider used nothing.
        asked = sum(request.attempts > 0 for request in self.requests)
        if used["tenant/requests/month"] != asked:
            self.fail(f"{used['tenant/requests/month']} requests are settled; clients counted {asked}")
        stated = sum(request.tokens for request in self.requests)
        broken = sum(request.error is not None for request in self.requests)
        # A broken answer counts what was delivered of it: at most its text, twice, and the prompt.
        if not stated <= used["tenant/tokens/month"] <= stated + broken * 500:
            self.fail(f"{used['tenant/tokens/month']} tokens are settled; answers stated {stated}, {broken} failed")
        used = await self.settled("leaves")
        if not self.left_late <= used["tenant/requests/month"] <= self.left:
            self.fail(f"{used['tenant/requests/month']} requests of those who left are settled, of {self.left_late} to {self.left}")

    # Errors

    def check_errors(self) -> str:
        times = self.flapping.all_down()
        down = sum(end - start for start, end in times) / self.options.duration
        counted = [request for request in self.requests if request.counts]
        errors = [request for request in counted if request.error]
        rate = len(errors) / max(1, len(counted))
        if rate > down + self.options.tolerance:
            self.fail(f"{rate:.2%} of the requests failed; all providers were down {down:.2%} of the time")
        unexcused = [r for r in errors if not any(start <= r.end and r.start <= end for start, end in times)]
        for request in unexcused[: self.options.show]:
            states = ", ".join(
                f"{provider.name} {self.state(provider, request.start)}→{self.state(provider, request.end)}"
                for provider in self.flapping.providers
            )
            print(f"chaos: {request.start - self.begun:.2f}–{request.end - self.begun:.2f} s {request.model}: {request.error} ({states})")
        kinds = ", ".join(f"{number} {kind}" for kind, number in Counter(r.error for r in errors).most_common())
        return f"{rate:.2%} failed ({kinds}), all down {down:.2%} of the time; {len(unexcused)} failed although one was up"

    @staticmethod
    def state(provider, moment: float) -> str:
        for outage in provider.outages:
            if outage.start <= moment < (outage.end or moment + 1):
                return outage.mode
        return "up"

    # The whole

    async def run(self) -> None:
        self.begun = time.monotonic()
        flapping = asyncio.create_task(self.flapping.run())
        clients = [asyncio.create_task(self.client(number)) for number in range(self.options.clients)]
        try:
            await asyncio.gather(*clients)
            self.flapping.is_over.set()
            await flapping
            if self.gateway.program.process.poll() is not None:
                return self.fail("the gateway is gone:\n" + "\n".join(self.gateway.program.lines[-30:]))
            await self.check_settlements()
            self.summary(self.check_errors())
            if code := await asyncio.to_thread(self.gateway.stop):
                self.fail(f"exit code {code} on SIGTERM")
        finally:
            for task in [*clients, flapping]:
                task.cancel()
            await asyncio.gather(*clients, flapping, return_exceptions=True)
            self.gateway.program.kill()

    def summary(self, errors: str) -> None:
        broken = sum(request.is_broken for request in self.requests)
        helped = sum(request.error is None and request.attempts > 1 for request in self.requests)
        outages = sum(len(provider.outages) for provider in self.flapping.providers)
        longest = max((request.end - request.start for request in self.requests), default=0)
        if not helped or not outages:
            self.fail("nothing happened")
        print(
            f"chaos: {self.options.duration:.0f} s, {self.options.clients} clients, {outages} outages: "
            f"{len(self.requests)} requests, {errors}; {broken} broke after their first token, {helped} took "
            f"more than one attempt and were answered; {self.left} left; longest {longest:.1f} s; seed {self.options.seed}; {len(self.failures)} failures",
            flush=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("duration", nargs="?", type=seconds, default=seconds("10m"), help="10m, 90s; a bare number is minutes")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--period", type=float, default=4, help="seconds between the requests of one client")
    parser.add_argument("--up", type=float, default=9, help="seconds a provider stays up, on average")
    parser.add_argument("--down", type=float, default=3, help="seconds it stays down")
    parser.add_argument("--tolerance", type=float, default=0.01, help="share of requests that may fail beyond the outages")
    parser.add_argument("--show", type=int, default=10, help="how many errors to print that came although a provider was up")
    options = parser.parse_args()
    print(f"chaos: {options.duration:.0f} s with {options.clients} clients, seed {options.seed}", flush=True)

    async def run() -> int:
        flapping = Flapping(str(options.seed), options.up, options.down)
        try:
            with tempfile.TemporaryDirectory(prefix="martlet-chaos-") as directory:
                chaos = Chaos(options, Path(directory), flapping)
                await chaos.run()
                return 1 if chaos.failures else 0
        finally:
            flapping.stop()

    return asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
