"""Models with several targets, each behind a fault of its own, and what the tests of fallback share."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

pytest.register_assert_rewrite("fallback_answers")

from fallback_answers import Answer, Asker, answered, broke_off, refused, text_of
from gateway import Fake

if TYPE_CHECKING:
    from fallback_wall import Wall

__all__ = [
    "Answer", "Asker", "answered", "broke_off", "both", "closed_port", "pairs", "refused", "runs_long", "text_of",
    "FORTY", "LONG", "MODES", "MODELS", "PING", "ROUTES", "Routes", "Seen", "Stage",
]  # fmt: skip

PATHS = {"openai": "/v1", "anthropic": "", "gemini": "/v1beta", "groq": "/openai/v1", "openrouter": "/api/v1"}
MODELS = {
    "openai": "gpt-4o",
    "anthropic": "claude-sonnet-4-5",
    "gemini": "gemini-2.5-flash",
    "groq": "llama-3.3-70b-versatile",
    "openrouter": "meta-llama/llama-3.3-70b-instruct",
}


@dataclass
class Routes:
    """Collects providers and models while a test file is read; `policy` puts them into one policy.

    Every provider belongs to one model: health, keys and the retry budget are kept by provider, so no test can spoil
    another. The fault is in the base URL, so that requests can be told apart by it and models have real names.
    """

    providers: dict[str, dict] = field(default_factory=dict)
    models: dict[str, dict] = field(default_factory=dict)
    tenants: dict[str, list[dict]] = field(default_factory=dict)

    def target(self, provider: str, spec: str = "", *, kind: str = "openai", model: str | None = None, **more) -> dict:
        """A provider with this fault (docs/fake-provider.md, in the form of paths), and a target that names it.

        `url`: somewhere else than the fake provider. `weight` is the target's, all else the provider's.
        """
        assert provider not in self.providers, provider
        weight = {"weight": more.pop("weight")} if "weight" in more else {}
        url = more.pop("url", None) or "{fake}" + self.prefix(provider, spec) + PATHS[kind]
        self.providers[provider] = {
            "kind": kind, "base_url": url, "api_key": "env:FAKE_KEY", "allow_private_network": True, **more,
        }  # fmt: skip
        return {"provider": provider, "model": model or MODELS[kind], **weight}

    def flow(self, provider: str, spec: str = "") -> dict:
        """The same for a workflow (n8n), whose address is the target's."""
        assert provider not in self.providers, provider
        self.providers[provider] = {"kind": "n8n", "allow_private_network": True}
        return {"provider": provider, "chat_url": "{fake}/webhook" + self.prefix(provider, spec)}

    @staticmethod
    def prefix(provider: str, spec: str = "") -> str:
        # Decoded twice: as a path, and as a spec.
        text = text_of(provider).replace("-", "%252D").replace(" ", "%2520")
        return f"/fake-id-{provider.replace('-', '_')}-text-{text}" + (f"-{spec}" if spec else "")

    def model(self, name: str, *targets: dict, **options: object) -> str:
        self.models[name] = {"targets": list(targets), **options}
        return name

    def pair(self, name: str, primary: str, fallback: str = "", *, timeouts: dict | None = None, **options) -> str:
        """A model with the targets NAME-a (OpenAI) and NAME-b (Anthropic)."""
        more = {"timeouts": timeouts} if timeouts else {}
        return self.model(
            name, self.target(f"{name}-a", primary, **more),
            self.target(f"{name}-b", fallback, kind="anthropic", **more), **options,
        )  # fmt: skip

    def policy(self, fake_url: str) -> dict:
        written = json.dumps({"providers": self.providers, "models": self.models})
        plans = {name: {"models": ["*"], "limits": limits} for name, limits in self.tenants.items()}
        return {
            "version": 1,
            **json.loads(written.replace("{fake}", fake_url)),
            "plans": {"standard": {"models": ["*"]}, **plans},
            "tenants": {"acme": {"plan": "standard"}, **{name: {"plan": name} for name in self.tenants}},
        }


class Seen:
    """What the fake provider received, by provider of the policy. Remembers what leaves the fake provider's record."""

    def __init__(self, fake: Fake):
        self.fake = fake
        self.known: dict[int, dict] = {}

    def requests(self, provider: str) -> list[dict]:
        mark = f"/fake-id-{provider.replace('-', '_')}-"
        self.known |= {request["id"]: request for request in self.fake.requests()}
        return [request for request in self.known.values() if mark in request["uri"]]

    def count(self, provider: str) -> int:
        return len(self.requests(provider))

    def counts(self, model: str, targets: str = "ab") -> tuple[int, ...]:
        """How often each target of the model was asked."""
        return tuple(self.count(f"{model}-{target}") for target in targets)


MODES = ["whole", "stream"]
both = pytest.mark.parametrize("mode", MODES)
FORTY = "the swif" * 40
"""Text of forty chunks: the fake provider fills each with the same eight bytes."""

ROUTES = Routes()
"""Of all test files: they are read before the first test runs."""
PING = ROUTES.model("ping", ROUTES.target("ping-a"))
"""Answers at once."""


def pairs(name: str, primary: str, fallback: str = "", **options) -> str:
    """The same pair once for each mode, so that neither sees the other's health. Returns the pattern of their names."""
    for mode in MODES:
        ROUTES.pair(f"{name}-{mode}", primary, fallback, **options)
    return f"{name}-{{}}"


@dataclass
class Stage:
    """What a scenario plays on."""

    ask: Asker
    walls: dict[str, Wall]
    #: The tests are over.
    curtain: threading.Event = field(default_factory=threading.Event)


LONG: dict[str, Callable[[Stage], object]] = {}
"""Scenarios that take long, by the name of the test that looks at the result."""


def runs_long(test: str):
    def register(scenario: Callable[[Stage], object]) -> Callable[[Stage], object]:
        LONG[test] = scenario
        return scenario

    return register


def closed_port() -> int:
    """A port where nobody listens: bound, so that nobody else gets it, but not open."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    HELD.append(holder)
    return holder.getsockname()[1]


HELD: list[socket.socket] = []
