"""Turns a recorded case into requests to the gateway, and into the policy and the scripted answer they need."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass

from .cases import Case

BASES = {
    "openai": "/v1",
    "anthropic": "",
    "gemini": "/v1beta",
    "groq": "/openai/v1",
    "openrouter": "/api/v1",
    "openai_compatible": "/v1",
    "azure": "/models?api-version=2024-05-01-preview",
}
KEYS = {"FAKE_KEY": "sk-fake-0123456789"}
# Providers of another format, each with a model that takes every recorded request.
TRANSLATED = {"anthropic": "claude-haiku-4-5", "gemini": "gemini-2.5-flash"}
# Recorded requests with them do not translate as they are: files, audio, pictures the gateway would download.
NOT_PORTABLE = {"audio_in", "file", "image_url", "error", "errors"}


@dataclass(frozen=True)
class Run:
    """One way to ask for a case."""

    case: Case
    stream: bool
    include_usage: bool = False
    # Whether the provider's bytes come in small pieces that no event or line ends at.
    pieces: bool = False

    @property
    def label(self) -> str:
        parts = ["stream" if self.stream else "whole", "usage" if self.include_usage else "", "pieces" * self.pieces]
        return "+".join(part for part in parts if part)

    @property
    def model(self) -> str:
        return f"{self.case.id}/{self.label}"


def runs(case: Case) -> list[Run]:
    """Streams: both chunkings with and without usage. Whole answers: as they are and to a client that streams."""
    if case.streams:
        ways = [Run(case, True, usage, pieces) for usage in (False, True) for pieces in (False, True)]
        # A webhook that streams serves clients that do not.
        return ways + [Run(case, False)] * (case.kind == "n8n")
    if case.endpoint == "/v1/embeddings" or is_legacy(case):
        return [Run(case, False)]
    return [Run(case, False), Run(case, True), Run(case, True, True)]


def is_legacy(case: Case) -> bool:
    """Functions from before tools exist in whole answers only: no stream of them was ever recorded."""
    return "functions" in case.request


def body(run: Run) -> dict:
    case = run.case
    speaks_openai = case.kind not in ("anthropic", "gemini", "n8n")
    if speaks_openai and case.request and case.status < 400:
        body = dict(case.request)
    else:
        body = synthetic(case)
    for name in ("stream", "stream_options"):
        body.pop(name, None)
    if run.stream:
        body["stream"] = True
    if run.include_usage:
        body["stream_options"] = {"include_usage": True}
    return {**body, "model": run.model}


def synthetic(case: Case) -> dict:
    if case.endpoint == "/v1/embeddings":
        texts = [f"text {number}" for number in range(len(case.vectors) if case.status < 400 else 1)]
        return {"input": texts}
    if case.endpoint == "/v1/completions":
        return {"prompt": "Once upon a time"}
    body: dict = {"messages": [{"role": "user", "content": "Hello there"}]}
    if case.tools:
        body["tools"] = [tool(name) for name in case.tools]
    return body


def tool(name: str) -> dict:
    parameters = {"type": "object", "properties": {"value": {"type": "string"}}}
    return {"type": "function", "function": {"name": name, "description": "A tool", "parameters": parameters}}


def is_portable(case: Case) -> bool:
    """Whether any chat provider could be sent the recorded request."""
    is_chat = "/chat/completions" in case.meta["endpoint"] and case.request.get("messages")
    if not is_chat or NOT_PORTABLE & set(case.meta["features"]):
        return False
    return all(tool["type"] == "function" for tool in case.request.get("tools") or [])


def elsewhere(case: Case, kind: str) -> dict:
    """The recorded request, sent to a provider of another kind."""
    kept = {"messages", "tools", "tool_choice", "temperature", "top_p", "stop", "max_tokens", "parallel_tool_calls"}
    body = {name: value for name, value in case.request.items() if name in kept}
    return {**body, "model": f"translated-{kind}"}


def script(run: Run) -> dict:
    """The recorded answer for every attempt of the next request."""
    case = run.case
    script = {
        "match": {"method": "POST"},
        "times": 0,
        "status": case.status,
        "headers": case.headers,
        "body_base64": base64.b64encode(case.body).decode(),
    }
    if run.pieces:
        script["chunks"] = {"sizes": odd_sizes(len(case.body))}
    elif case.streams:
        script["chunks"] = {"events": True}
    return script


def odd_sizes(total: int) -> list[int]:
    """Mostly tiny, and the same in every run."""
    source = random.Random(total)
    sizes = []
    while sum(sizes) < total:
        sizes.append(source.choice((1, 1, 3, 7, 13, 29, 61)))
    return sizes


def policy(fake_url: str, cases: list[Case]) -> dict:
    """A model for each run. What fails has a provider of its own, so that no case cools another one's key down."""
    providers: dict = {}
    models: dict = {}
    for case in cases:
        for run in runs(case):
            shared = "azure" if case.provider == "azure" else case.kind
            name = shared if case.expected.failure is None else f"p{len(providers)}"
            providers[name] = provider(case, fake_url)
            target = {"provider": name, "model": case.model}
            if case.kind == "n8n":
                target = {"provider": name, "chat_url": f"{fake_url}/webhook/replay"}
            models[run.model] = {"targets": [target], "max_attempts": 1, "attempts_per_target": 1}
    for kind, model in TRANSLATED.items():
        providers[f"translated-{kind}"] = {
            "kind": kind, "base_url": fake_url + BASES[kind], "api_key": "env:FAKE_KEY", "allow_private_network": True,
        }  # fmt: skip
        models[f"translated-{kind}"] = {"targets": [{"provider": f"translated-{kind}", "model": model}]}
    return {"version": 1, "providers": providers, "models": models, "tenants": {"acme": {}}}


def provider(case: Case, fake_url: str) -> dict:
    provider: dict = {"kind": case.kind, "allow_private_network": True}
    if case.kind == "n8n":
        return provider
    base = BASES["azure" if case.provider == "azure" else case.kind]
    provider |= {"base_url": fake_url + base, "api_key": "env:FAKE_KEY"}
    if case.provider == "azure":
        provider["headers"] = {"api-key": KEYS["FAKE_KEY"]}
    return provider
