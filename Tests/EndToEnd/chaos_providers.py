"""Providers that fail at random, each for itself, and a clock on when all were down at once."""

from __future__ import annotations

import asyncio
import itertools
import random
import signal
import time
from dataclasses import dataclass, field

import httpx
from gateway import BINARY, Program

UP = "gap=8ms"
"""So that streams last for a while."""
DOWN = [
    "status=503", "status=500", "error=overloaded", "error=rate_limit;retry=300ms", "refuse", "reset", "silent", "cut=head",
    "gap=8ms;cut=3", "gap=8ms;reset;cut=7", "gap=8ms;stall=4", "gap=8ms;malformed=5", "gap=8ms;badframe=6", "gap=8ms;noend",
]  # fmt: skip
KILLED, FROZEN = "killed", "frozen"
"""The process ends, with all its answers; or it stands still."""
TIMEOUTS = {"connect": "1s", "first_token": "1s", "answer": "2s", "idle": "1s", "total": "12s"}
KINDS = {"one": ("openai", "gpt-4o", "/v1"), "two": ("anthropic", "claude-sonnet-4-5", ""),
         "three": ("gemini", "gemini-2.5-flash", "/v1beta")}  # fmt: skip


@dataclass
class Outage:
    """Times are those of the monotonic clock; `end` is 0 while it lasts."""

    mode: str
    start: float
    end: float = 0


@dataclass
class Provider:
    name: str
    program: Program | None = None
    port: int = 0
    outages: list[Outage] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Provider:
        self.program = Program(BINARY, "demo-provider", "--listen", f"127.0.0.1:{self.port}")
        self.port = int(self.program.url.rsplit(":", 1)[1])
        self.set(UP)
        return self

    def set(self, spec: str) -> None:
        httpx.post(f"{self.url}/__fake/default", json={"spec": spec}, timeout=20).raise_for_status()

    def fall(self, mode: str) -> None:
        self.outages.append(Outage(mode, time.monotonic()))
        if mode == KILLED:
            self.program.kill()
        elif mode == FROZEN:
            self.program.signal(signal.SIGSTOP)
        else:
            self.set(mode)

    def rise(self) -> None:
        mode = self.outages[-1].mode
        if mode == KILLED:
            self.start()
        elif mode == FROZEN:
            self.program.signal(signal.SIGCONT)
        else:
            self.set(UP)
        self.outages[-1].end = time.monotonic()

    def stop(self) -> None:
        if self.outages and self.outages[-1].mode == FROZEN:
            self.program.signal(signal.SIGCONT)
        self.program.kill()


class Flapping:
    """All providers; when each falls, for how long and how follows from the seed alone."""

    def __init__(self, seed: str, up: float, down: float):
        self.providers = [Provider(name).start() for name in KINDS]
        self.seed = seed
        self.up, self.down = up, down
        self.is_over = asyncio.Event()

    async def run(self) -> None:
        await asyncio.gather(*(self.flap(provider) for provider in self.providers))

    async def flap(self, provider: Provider) -> None:
        choices = random.Random(f"{self.seed}/{provider.name}")
        while not await self.ends_within(choices.uniform(0.3, 1.7) * self.up):
            await asyncio.to_thread(provider.fall, choices.choice([*DOWN, KILLED, KILLED, FROZEN]))
            await self.ends_within(choices.uniform(0.3, 1.7) * self.down)
            await asyncio.to_thread(provider.rise)

    async def ends_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self.is_over.wait(), seconds)
            return True
        except TimeoutError:
            return False

    def all_down(self) -> list[tuple[float, float]]:
        """When no provider was up. Each outage once it has ended."""
        times: list[tuple[float, float]] = []
        for outages in itertools.product(*(provider.outages for provider in self.providers)):
            start, end = max(outage.start for outage in outages), min(outage.end for outage in outages)
            if start < end:
                times.append((start, end))
        return sorted(times)

    def stop(self) -> None:
        for provider in self.providers:
            provider.stop()


def chaos_policy(providers: list[Provider], zone: str) -> dict:
    """Three models over the same providers, each of which begins with another one."""
    names = list(KINDS)
    targets = {name: {"provider": name, "model": KINDS[name][1]} for name in names}
    written = {
        provider.name: {
            "kind": KINDS[provider.name][0], "base_url": provider.url + KINDS[provider.name][2], "api_key": "env:FAKE_KEY",
            "allow_private_network": True, "timeouts": TIMEOUTS,
        }
        for provider in providers
    }  # fmt: skip
    options: dict[str, dict] = {"plain": {}, "resume": {"resume": True}, "hedge": {"resume": True, "hedge_after": "300ms"}}
    limits = [
        {"scope": "tenant", "resource": "requests", "per": "month", "max": 1_000_000_000},
        {"scope": "tenant", "resource": "tokens", "per": "month", "max": 1_000_000_000_000},
        {"scope": "tenant", "resource": "concurrency", "max": 100_000},
    ]
    return {
        "version": 1,
        "providers": written,
        "models": {
            # Each target may be asked twice.
            name: {"targets": [targets[n] for n in names[place:] + names[:place]], "max_attempts": 6, **more}
            for place, (name, more) in enumerate(options.items())
        },
        "plans": {"standard": {"models": ["*"], "limits": limits}},
        "tenants": {name: {"plan": "standard", "timezone": zone} for name in ("stays", "leaves")},
    }
