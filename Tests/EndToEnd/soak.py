#!/usr/bin/env python3
"""Runs the gateway for long under a random mix of good and bad traffic, and checks what must hold throughout.

Every answer is checked by the client that asked for it (soak_client.py). Beside the clients, policies are replaced and
keys are created and revoked. At the end: no streams and connections are left over, the memory has not grown, streams in
progress outlive SIGTERM, and the exit code is 0.

    Tests/EndToEnd/soak.py [20m | 90s] [--seed N] [--clients N] [--growth MB]

The same seed gives every client the same choices; when what happens is up to the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import json
import random
import re
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from gateway import Fake, Gateway
from soak_client import Client, Key, KeyEnded, Wrong
from soak_faults import soak_policy
from soak_wire import Broken, Connection, Stream

MAX_FAILURES = 20


def seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|h)?", text)
    if not found:
        raise argparse.ArgumentTypeError(f"not a duration: {text}")
    return float(found[1]) * {"s": 1, None: 60, "m": 60, "h": 3600}[found[2]]


class Soak:
    def __init__(self, options: argparse.Namespace, directory: Path, fake: Fake):
        self.options = options
        self.fake = fake
        self.policies = soak_policy(fake.url)
        self.gateway = Gateway(
            directory, copy.deepcopy(self.policies), environment={"MARTLET_LOG_LEVEL": "warning"}
        ).start()
        self.pid = self.gateway.program.process.pid
        self.port = int(self.gateway.url.rsplit(":", 1)[1])
        self.random = random.Random(f"{options.seed}/operator")
        self.keys = [Key(self.gateway.key()) for _ in range(3)]
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self.open_gate = asyncio.Event()
        self.busy = 0
        self.peak = 0.0

    def count(self, what: str) -> None:
        self.counts[what] += 1

    def fail(self, what: str) -> None:
        self.failures.append(what)
        print(f"soak: FAILURE {what}", file=sys.stderr, flush=True)

    # Observing

    @property
    def is_alive(self) -> bool:
        return self.gateway.program.process.poll() is None

    def rss(self) -> float:
        """Resident memory of the gateway in MB."""
        try:
            return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
        except OSError:
            return 0  # It is gone, which is_alive tells.

    def client_connections(self) -> int:
        """Connections to the gateway's port that the gateway still holds."""
        port, listening = f":{self.port:04X}", "0A"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        # Without an inode no process holds it any more; the kernel finishes it.
        return sum(row[1].endswith(port) and row[3] != listening and row[9] != "0" for row in rows)

    async def control(self, path: str) -> dict:
        connection = await Connection.open(int(self.fake.url.rsplit(":", 1)[1]))
        try:
            await connection.send(f"GET /__fake/{path} HTTP/1.1\r\nhost: fake\r\n\r\n".encode())
            return json.loads(await connection.body(await connection.head()))
        finally:
            await connection.close()

    async def upstream_connections(self) -> int:
        return (await self.control("connections"))["open"] - 1  # less the one that asks

    async def upstream_streams(self) -> list[str]:
        """Answers of the provider that are neither at their end nor given up; of the last requests it has kept."""
        kept = (await self.control("requests"))["requests"]
        return [request["uri"] for request in kept if not request["answered"] and not request["closed_by_peer"]]

    async def eventually(self, condition, limit: float) -> bool:
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            value = condition()
            if await value if asyncio.iscoroutine(value) else value:
                return True
            await asyncio.sleep(0.05)
        return False

    # Clients

    async def client(self, number: int) -> None:
        client = Client(self.port, self.keys, f"{self.options.seed}/{number}", self.count)
        while True:
            if not self.open_gate.is_set():
                await client.drop()
                await self.open_gate.wait()
            self.busy += 1
            try:
                await client.act()
            except KeyEnded:
                self.count("key ended")
            except Wrong as error:
                self.fail(f"client {number}, {client.doing}: {error}")
            except OSError as error:
                self.fail(f"client {number}, {client.doing}: {error!r}")
            finally:
                self.busy -= 1

    async def traffic(self, duration: float) -> None:
        """Clients at work for so long, then everything at rest."""
        self.open_gate.set()
        deadline = time.monotonic() + duration
        while time.monotonic() < deadline and self.is_alive and len(self.failures) < MAX_FAILURES:
            await asyncio.sleep(0.2)
            self.peak = max(self.peak, self.rss())
        self.open_gate.clear()
        if not await self.eventually(lambda: self.busy == 0, 60):
            self.fail("clients are still waiting for their answers")
        if not await self.eventually(lambda: self.client_connections() == 0, 10):
            self.fail(f"the gateway holds {self.client_connections()} connections of clients that are gone")

    # The operator

    async def operator(self) -> None:
        """Replaces policies, creates and revokes keys, as long as there is traffic."""
        turn = 0
        while True:
            await self.open_gate.wait()
            await asyncio.sleep(self.random.uniform(0.5, 2))
            turn += 1
            try:
                await [self.new_policy, self.new_key, self.bad_policy, self.new_key][turn % 4](turn)
            except (Wrong, Broken, OSError) as error:
                self.fail(f"operator: {error!r}")

    async def status(self, model: str, key: Key) -> int:
        connection = await Connection.open(self.port)
        try:
            await connection.post({"model": model, "messages": [{"role": "user", "content": "Hi"}]}, key.secret)
            return (await connection.head()).status
        finally:
            await connection.close()

    async def becomes(self, wanted: int, model: str, key: Key, limit: float) -> None:
        async def is_so() -> bool:
            return await self.status(model, key) == wanted

        if not await self.eventually(is_so, limit):
            raise Wrong(f"{model}: {await self.status(model, key)}, not {wanted}, after {limit} s")

    async def new_policy(self, turn: int) -> None:
        policies = copy.deepcopy(self.policies)
        policies["models"][f"fresh-{turn}"] = {"targets": [{"provider": "openai", "model": "gpt-4o"}]}
        self.gateway.write_policies(policies)
        if self.random.random() < 0.5:
            self.gateway.program.signal(signal.SIGHUP)
        await self.becomes(200, f"fresh-{turn}", self.keys[0], 5)
        self.count("reload")

    async def bad_policy(self, turn: int) -> None:
        self.gateway.write_policies(f"version: 1\nnonsense-{turn}: {{}}\n")
        told = await self.eventually(lambda: f"nonsense-{turn}" in "\n".join(self.gateway.program.lines[-50:]), 5)
        if not told:
            raise Wrong("nothing was said about an invalid policy")
        self.count("bad policy")

    async def new_key(self, turn: int) -> None:
        """The first key stays; of the others, the oldest makes room."""
        key = Key(await asyncio.to_thread(self.gateway.key))
        await self.becomes(200, "openai-chat", key, 2)
        self.keys.append(key)
        old = self.keys.pop(1)
        old.is_revoked = True
        done = await asyncio.to_thread(self.gateway.command, "key", "revoke", old.secret)
        if done.returncode != 0:
            raise Wrong(f"key revoke: {done.stderr}")
        await self.becomes(401, "openai-chat", old, 2)
        self.count("key")

    # The whole

    async def run(self) -> None:
        tasks = [asyncio.create_task(self.client(number)) for number in range(self.options.clients)]
        tasks.append(asyncio.create_task(self.operator()))
        try:
            warm_up = min(60, self.options.duration / 4)
            await self.traffic(warm_up)
            before = self.rss()
            started, already = time.monotonic(), self.counts.total()
            await self.traffic(self.options.duration - warm_up)
            rate = (self.counts.total() - already) / (time.monotonic() - started)
            if not self.is_alive:
                self.fail("the gateway is gone:\n" + "\n".join(self.gateway.program.lines[-30:]))
            else:
                await self.leftovers()
                growth = self.rss() - before
                if growth > self.options.growth:
                    self.fail(f"memory grew by {growth:.1f} MB, from {before:.1f}; {self.options.growth} MB are allowed")
                await self.farewell()
            self.summary(before, rate)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.gateway.program.kill()

    async def leftovers(self) -> None:
        """Calls whose clients left at once must end, too, although their provider would never end them."""
        for spec in ("silent", "chunks-600-gap-50ms"):
            connections = [await Connection.open(self.port) for _ in range(40)]
            body = {"model": f"openai-faulty-fake-{spec}", "messages": [{"role": "user", "content": "Hi"}]}
            for connection in connections:
                await connection.post(body | {"stream": True}, self.keys[0].secret)
            if not await self.eventually(self.has_streams, 5):
                self.fail(f"{spec}: the provider was not asked")
            for connection in connections:
                connection.reset()
            if not await self.eventually(self.has_no_streams, 10):
                self.fail(f"{spec}: calls go on for nobody: {Counter(await self.upstream_streams())}")

    async def has_streams(self) -> bool:
        return len(await self.upstream_streams()) >= 40

    async def has_no_streams(self) -> bool:
        return not await self.upstream_streams()

    async def farewell(self) -> None:
        """SIGTERM while streams are running: they end well, and then the process."""
        running = []
        for number in range(8):
            connection = await Connection.open(self.port)
            body = {"model": f"openai-fake-chunks-20-gap-50ms-id-{number}", "messages": [{"role": "user", "content": "Hi"}]}
            await connection.post(body | {"stream": True}, self.keys[0].secret)
            running.append((connection, await connection.head()))
        self.gateway.program.signal(signal.SIGTERM)
        for connection, head in running:
            stream = Stream()
            try:
                async for piece in connection.pieces(head):
                    stream.feed(piece)
            except Broken as error:
                self.fail(f"SIGTERM broke a stream: {error}")
            if not stream.ended_well:
                self.fail(f"SIGTERM cut a stream: done {stream.is_done}, error {stream.error}")
            await connection.close()
        # Nothing is running any more, so there is nothing to wait for.
        if not await self.eventually(lambda: not self.is_alive, 10):
            return self.fail("the process goes on without anything to do:\n" + "\n".join(self.gateway.program.lines[-10:]))
        if code := self.gateway.program.process.returncode:
            self.fail(f"exit code {code} on SIGTERM")

        async def is_zero() -> bool:
            return await self.upstream_connections() == 0

        if not await self.eventually(is_zero, 5):
            self.fail(f"{await self.upstream_connections()} connections to the provider outlived the gateway")

    def summary(self, before: float, rate: float) -> None:
        if not self.counts["stream"] or not self.counts["whole"]:
            self.fail("no traffic")
        kinds = ", ".join(f"{number} {what}" for what, number in sorted(self.counts.items(), key=lambda pair: -pair[1]))
        print(
            f"soak: {self.options.duration:.0f} s, {self.counts.total()} actions ({rate:.0f}/s): {kinds}; "
            f"memory {before:.0f} MB after warm-up, {self.peak:.0f} MB at most; seed {self.options.seed}; "
            f"{len(self.failures)} failures",
            flush=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("duration", nargs="?", type=seconds, default=seconds("20m"), help="20m, 90s; a bare number is minutes")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--clients", type=int, default=24)
    parser.add_argument("--growth", type=float, default=32, help="megabytes of memory the gateway may gain after warm-up")
    options = parser.parse_args()
    print(f"soak: {options.duration:.0f} s with {options.clients} clients, seed {options.seed}", flush=True)
    fake = Fake()

    async def run() -> int:
        with tempfile.TemporaryDirectory(prefix="martlet-soak-") as directory:
            soak = Soak(options, Path(directory), fake)
            await soak.run()
            return 1 if soak.failures else 0

    try:
        return asyncio.run(run())
    finally:
        fake.stop()


if __name__ == "__main__":
    sys.exit(main())
