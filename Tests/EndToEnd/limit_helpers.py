"""Tenants with limits, and callers who look at what is left of them."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from gateway import Fake, Gateway, policy
from redis_server import RedisServer


def rule(scope: str, resource: str, per: str | None, maximum: float, **more: object) -> dict:
    """One limit, as policy files write it."""
    return {"scope": scope, "resource": resource, **({"per": per} if per else {}), "max": maximum, **more}


def noon_zone() -> str:
    """A time zone in which it is about noon: no day, week or month begins while a test runs."""
    ahead = 12 - datetime.datetime.now(datetime.UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


@dataclass
class Tenants:
    """Collects plans and tenants while a test file is read; `policy` puts them all into one policy."""

    plans: dict[str, dict] = field(default_factory=dict)
    tenants: dict[str, dict] = field(default_factory=dict)

    def add(self, name: str, *rules: dict, tenant: dict | None = None, **plan: object) -> str:
        """A tenant with a plan of the same name."""
        self.plans[name] = {"models": ["*"], "limits": list(rules), **plan}
        self.tenants[name] = {"plan": name, "timezone": noon_zone(), **(tenant or {})}
        return name

    def policy(self, fake_url: str) -> dict:
        whole = policy(fake_url)
        whole["plans"] |= self.plans
        whole["tenants"] |= self.tenants
        return whole


@contextmanager
def limited_gateway(store: str, policies: dict, directory: Path) -> Iterator[Gateway]:
    """A gateway that counts in its own `process`, or in a `redis` of its own. Leases last a second."""
    redis = RedisServer() if store == "redis" else None
    environment = {"MARTLET_REDIS_URL": redis.url} if redis else {}
    try:
        gateway = Gateway(directory, policies, {"limits": {"lease": "1s"}}, environment).start()
        try:
            yield gateway
        finally:
            gateway.stop()
    finally:
        if redis:
            redis.stop()


class Replicas:
    """Gateways over one data directory and one Redis."""

    LEASE = 2.0

    def __init__(self, fake: Fake, redis: RedisServer, directory: Path):
        self.fake = fake
        self.redis = redis
        self.directory = directory
        self.running: list[Gateway] = []

    def start(self, tenants: Tenants) -> Gateway:
        gateway = Gateway(
            self.directory, tenants.policy(self.fake.url), {"limits": {"lease": f"{self.LEASE:.0f}s"}},
            {"MARTLET_REDIS_URL": self.redis.url, "MARTLET_LOG_LEVEL": "notice"},
        ).start()  # fmt: skip
        self.running.append(gateway)
        return gateway


def eventually(condition: Callable[[], object], seconds: float = 5) -> bool:
    """Polls until the condition holds; false when it never does."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.02)
    return True


def body(model: str = "openai-chat", text: str = "Hello", **more: object) -> dict:
    return {"model": model, "messages": [{"role": "user", "content": text}], **more}


class Caller:
    """Somebody with a key."""

    def __init__(self, gateway: Gateway, tenant: str, *arguments: str, key: str | None = None):
        self.key = key or gateway.key(tenant, *arguments)
        self.http = httpx.Client(
            base_url=gateway.url, headers={"authorization": f"Bearer {self.key}"}, timeout=30, verify=False,
        )  # fmt: skip  (plain HTTP: reading the system's certificates for every caller takes longer than its test)

    def chat(self, model: str = "openai-chat", text: str = "Hello", **more: object) -> httpx.Response:
        return self.http.post("/v1/chat/completions", json=body(model, text, **more))

    def stream(self, model: str, **more: object):
        return self.http.stream("POST", "/v1/chat/completions", json=body(model, stream=True, **more))

    def check(self, model: str = "openai-chat", **more: object) -> dict:
        response = self.http.post("/v1/limits/check", json=body(model, **more))
        assert response.status_code == 200, response.text
        return response.json()

    def limits(self, **query: str) -> list[dict]:
        """Asked again while the store is away: a busy machine may be too slow for the deadline of its calls."""
        answers: list[httpx.Response] = []

        def answered() -> bool:
            answers.append(self.http.get("/v1/limits", params=query))
            return answers[-1].status_code != 503

        eventually(answered)
        assert answers[-1].status_code == 200, answers[-1].text
        return answers[-1].json()["data"]

    def limit(self, name: str, **query: str) -> dict:
        """The limit `scope/resource/per`, or `scope/concurrency`."""
        found = [row for row in self.limits(**query) if limit_name(row) == name]
        assert len(found) == 1, f"{name}: {found}"
        return found[0]

    def settled(self, name: str, **query: str) -> dict:
        """The limit once no request holds anything of it: what was used is counted just after the answer ends."""
        assert eventually(lambda: self.limit(name, **query)["reserved"] == 0), self.limit(name, **query)
        return self.limit(name, **query)


def limit_name(row: dict) -> str:
    return "/".join(part for part in (row["scope"], row["resource"], row["per"]) if part)


def refused(response: httpx.Response, name: str) -> dict:
    """Checks a 429 in all its parts and returns its error; `name` is the limit that refuses."""
    response.read()
    assert response.status_code == 429, response.text
    scope, resource, *per = name.split("/")
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    kind = {"tokens": "tokens", "cost": "insufficient_quota"}.get(resource, "requests")
    assert error["type"] == kind
    assert error["code"] == ("insufficient_quota" if resource == "cost" else "rate_limit_exceeded")
    for word in (f"scope {scope}", resource, *(f"per {period}" for period in per), "limit ", "used ", "requested ", "resets at "):
        assert word in error["message"], f"{word!r} is not in {error['message']!r}"
    milliseconds = int(response.headers["retry-after-ms"])
    assert milliseconds > 0
    assert int(response.headers["retry-after"]) == -(-milliseconds // 1000)
    return error
