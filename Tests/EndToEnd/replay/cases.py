"""The recorded cases: what each is, how it is asked for, and which are left out and why."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import anthropic, gemini, n8n, openai_like
from .answer import Answer

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = Path(os.environ.get("MARTLET_FIXTURES", ROOT.parent / "shared" / "fixtures")) / "providers"

NO_RESPONSES = "the gateway does not offer /v1/responses"
NO_IMAGES = "the gateway does not offer /v1/images"
NO_AUDIO = "the gateway does not offer /v1/audio"
NO_COUNT = "the gateway does not offer token counting"
OWN_MODELS = "the gateway answers /v1/models from its policy; no provider is asked"

SKIPPED = {
    "anthropic/count-tokens": NO_COUNT,
    "anthropic/models-list": OWN_MODELS,
    "gemini/count-tokens": NO_COUNT,
    "gemini/models-list-page2": OWN_MODELS,
    "groq/audio-transcription-text": NO_AUDIO,
    "groq/models-list": OWN_MODELS,
    "ollama/native-chat-ndjson-stream": "Ollama is asked through its OpenAI-compatible endpoint",
    "ollama/native-tags": OWN_MODELS,
    "openai/audio-transcription-verbose-json": NO_AUDIO,
    "openai/audio-translation-json": NO_AUDIO,
    "openai/image-generation-b64-revised-prompt": NO_IMAGES,
    "openai/image-generation-dalle-url": NO_IMAGES,
    "openai/image-generation-gpt-image": NO_IMAGES,
    "openai/models-list-legacy": OWN_MODELS,
    "openai/models-retrieve": OWN_MODELS,
    "openai/moderation-text": "the gateway does not offer /v1/moderations",
    "openai/responses-basic": NO_RESPONSES,
    "openai/responses-parallel-tool-calls": NO_RESPONSES,
    "openai/responses-stream": NO_RESPONSES,
    "openai/responses-stream-tool-call": NO_RESPONSES,
    "openai/responses-tool-call": NO_RESPONSES,
    "openai/responses-tool-results": NO_RESPONSES,
    "openai/stream-error-insufficient-quota": NO_RESPONSES,
    "openrouter/models-list": OWN_MODELS,
    "openrouter/responses-stream-raw-cot": NO_RESPONSES,
}

# They describe the recorded connection, not the answer.
TRANSPORT = {"connection", "content-encoding", "content-length", "date", "keep-alive", "transfer-encoding"}
COMPATIBLE = {"azure", "ollama"}


@dataclass(frozen=True)
class Case:
    folder: Path

    @property
    def provider(self) -> str:
        return self.folder.parent.name

    @property
    def id(self) -> str:
        return f"{self.provider}/{self.folder.name}"

    @cached_property
    def meta(self) -> dict:
        return json.loads((self.folder / "meta.json").read_text())

    @cached_property
    def body(self) -> bytes:
        """What the provider answered."""
        return next(self.folder.glob("response.*")).read_bytes()

    @cached_property
    def request(self) -> dict:
        """What the provider was asked, empty where that was not recorded."""
        file = self.folder / "request.json"
        return json.loads(file.read_text()) if file.exists() else {}

    @property
    def status(self) -> int:
        return self.meta["status"]

    @property
    def model(self) -> str:
        return self.meta.get("model") or "unnamed-model"

    @cached_property
    def headers(self) -> dict[str, str]:
        headers = {name.lower(): value for name, value in self.meta["response_headers"].items()}
        if self.meta["content_type"]:
            headers.setdefault("content-type", self.meta["content_type"])
        return {name: value for name, value in headers.items() if name not in TRANSPORT}

    @property
    def kind(self) -> str:
        """The provider kind whose dialect the answer is in."""
        if self.provider in COMPATIBLE:
            return "openai_compatible"
        if self.provider in ("anthropic", "gemini") and "chat/completions" in self.meta["endpoint"]:
            return "openai_compatible"
        return self.provider

    @property
    def endpoint(self) -> str:
        """The gateway's endpoint. Errors recorded on endpoints it does not have look the same on chat."""
        path = self.meta["endpoint"].lower()
        if path.endswith("/embeddings") or "embedcontent" in path:
            return "/v1/embeddings"
        return "/v1/completions" if path == "/v1/completions" else "/v1/chat/completions"

    @property
    def streams(self) -> bool:
        """Gemini's stream in one JSON array is stored as JSON."""
        return self.meta["streaming"] or "streamGenerateContent" in self.meta["endpoint"]

    @cached_property
    def tools(self) -> list[str]:
        """Names of the functions the recorded request declared; tools that the provider runs itself do not count."""
        names = []
        for tool in self.request.get("tools") or []:
            for declared in tool.get("functionDeclarations") or []:
                names.append(declared["name"])
            if "input_schema" in tool:
                names.append(tool["name"])
            if "function" in tool:
                names.append(tool["function"]["name"])
        if not self.request:
            return sorted({call.name for choice in self.read(set()).choices.values() for call in choice.calls})
        return names

    @cached_property
    def expected(self) -> Answer:
        return self.read(set(self.tools))

    @cached_property
    def vectors(self) -> list[list[float]]:
        return (gemini if self.kind == "gemini" else openai_like).embeddings(self.body)

    def read(self, declared: set[str]) -> Answer:
        if self.endpoint == "/v1/embeddings" and self.status < 400:
            return Answer()
        match self.kind:
            case "anthropic":
                return anthropic.read(self.body, self.status, self.headers, self.streams)
            case "gemini":
                return gemini.read(self.body, self.status, self.streams, declared)
            case "n8n":
                return n8n.read(self.body, self.status, self.streams)
            case _:
                return openai_like.read(self.body, self.status, self.headers, self.streams)


def load() -> list[Case]:
    index = FIXTURES / "index.json"
    if not index.exists():
        return []
    return [Case(FIXTURES / entry["provider"] / entry["case"]) for entry in json.loads(index.read_text())["cases"]]
