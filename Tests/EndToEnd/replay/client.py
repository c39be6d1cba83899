"""Reads what the client got, and notes every rule of OpenAI's format that it breaks (contracts, section 1)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import httpx
import pydantic
from openai.types import Completion, CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from . import openai_like
from .answer import Answer

ENVELOPE = {"message", "type", "param", "code"}
FINISHES = {"stop", "length", "tool_calls", "content_filter", "function_call"}


@dataclass
class Got:
    """A client's view: the answer, or an error with the status it came with (200 inside a stream)."""

    status: int
    headers: httpx.Headers
    answer: Answer = field(default_factory=Answer)
    error: dict | None = None
    broken: list[str] = field(default_factory=list)
    text: str = ""
    vectors: list[list[float]] = field(default_factory=list)

    def rule(self, holds: object, text: str) -> None:
        if not holds and text not in self.broken:
            self.broken.append(text)

    def model(self, model: type[pydantic.BaseModel], value: dict) -> None:
        """The official SDK's own type accepts the value."""
        try:
            model.model_validate(value)
        except pydantic.ValidationError as error:
            self.rule(False, f"{model.__name__}: {error.errors(include_url=False, include_input=True)[:3]}")


def read(response: httpx.Response, endpoint: str, stream: bool, include_usage: bool) -> Got:
    got = Got(response.status_code, response.headers, text=response.text)
    got.rule(response.headers.get("x-request-id", "").startswith("req_"), "x-request-id")
    kind = response.headers.get("content-type", "")
    if response.status_code >= 400:
        got.rule(kind.startswith("application/json"), f"content type {kind}")
        read_error(got, response.json())
    elif stream:
        got.rule(kind.startswith("text/event-stream"), f"content type {kind}")
        StreamReader(got, endpoint, include_usage).read(response.content)
    elif endpoint == "/v1/embeddings":
        read_embeddings(got, response)
    else:
        got.rule(kind.startswith("application/json"), f"content type {kind}")
        read_whole(got, response.json(), endpoint)
    return got


def read_error(got: Got, body: dict) -> None:
    got.rule(set(body) == {"error"}, f"error beside {set(body)}")
    got.error = body["error"]
    got.rule(set(got.error) == ENVELOPE, f"error members {set(got.error)}")
    for name in ("message", "type"):
        got.rule(isinstance(got.error.get(name), str) and got.error[name], f"error.{name}: {got.error.get(name)!r}")
    for name in ("param", "code"):
        got.rule(got.error.get(name) is None or isinstance(got.error[name], str), f"error.{name} is no string")


def read_embeddings(got: Got, response: httpx.Response) -> None:
    body = response.json()
    got.rule(body["object"] == "list" and body["model"], "object or model")
    got.rule([entry["index"] for entry in body["data"]] == list(range(len(body["data"]))), "index")
    got.rule({entry["object"] for entry in body["data"]} == {"embedding"}, "data.object")
    got.rule(body["usage"]["prompt_tokens"] == body["usage"]["total_tokens"] > 0, f"usage {body['usage']}")
    got.vectors = openai_like.embeddings(response.content)
    decoded = [{**entry, "embedding": v} for entry, v in zip(body["data"], got.vectors, strict=True)]
    got.model(CreateEmbeddingResponse, {**body, "data": decoded})
    got.answer.model = body["model"]


def read_whole(got: Got, body: dict, endpoint: str) -> None:
    is_chat = endpoint == "/v1/chat/completions"
    got.model(ChatCompletion if is_chat else Completion, body)
    got.rule("error" not in body, "an error in an answer")
    got.rule(body["object"] == ("chat.completion" if is_chat else "text_completion"), f"object {body['object']}")
    got.rule(isinstance(body["created"], int) and body["created"] > 0, "created")
    got.rule(body["id"] and body["model"], "id or model")
    got.rule([entry["index"] for entry in body["choices"]] == list(range(len(body["choices"]))), "choice indices")
    for entry in body["choices"]:
        got.rule(entry["finish_reason"] in FINISHES, f"finish_reason {entry['finish_reason']}")
        if not is_chat:
            continue
        message = entry["message"]
        got.rule(message["role"] == "assistant", "role")
        got.rule("content" in message, "no content member")
        got.rule(message.get("tool_calls", [0]), "tool_calls without calls")
        for call in message.get("tool_calls") or []:
            got.rule(call["type"] == "function" and call["id"], f"tool call {call}")
    check_usage(got, body["usage"])
    got.answer = openai_like.whole(body)
    for entry in body["choices"]:
        read_signatures(got, entry["index"], (entry.get("message") or {}).get("tool_calls") or [])


def read_signatures(got: Got, index: int, calls: list[dict]) -> None:
    for place, call in enumerate(calls):
        signature = ((call.get("extra_content") or {}).get("google") or {}).get("thought_signature")
        if signature:
            got.answer.choices[index].calls[call.get("index", place)].signature = signature


def check_usage(got: Got, usage: dict) -> None:
    counts = [usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]]
    for details in ("prompt_tokens_details", "completion_tokens_details"):
        counts += [n for n in (usage.get(details) or {}).values() if n is not None]
    got.rule(all(type(n) is int and n >= 0 for n in counts), f"usage {usage}")


class StreamReader:
    """Checks a stream chunk by chunk."""

    def __init__(self, got: Got, endpoint: str, include_usage: bool):
        self.got = got
        self.is_chat = endpoint == "/v1/chat/completions"
        self.include_usage = include_usage
        self.same: dict[str, object] = {}
        self.started: set[int] = set()
        self.finished: set[int] = set()
        # Tool calls that each choice has begun.
        self.calls: dict[int, int] = {}
        self.usages = 0
        self.tools: list[tuple[int, dict]] = []

    def read(self, body: bytes) -> None:
        rule = self.got.rule
        rule(b"\r" not in body, "carriage return")
        rule(body.endswith(b"\n\n"), "the last event has no end")
        frames = [frame for frame in body.decode().split("\n\n") if frame and not frame.startswith(":")]
        rule(all(frame.startswith("data: ") and "\n" not in frame for frame in frames), "framing")
        datas = [frame.removeprefix("data: ") for frame in frames]
        rule(datas, "an empty stream")
        for place, data in enumerate(datas):
            is_last = place == len(datas) - 1
            if data == "[DONE]":
                rule(is_last, "[DONE] is not the last")
                continue
            chunk = json.loads(data)
            if "error" in chunk:
                rule(is_last, "something follows an error")
                read_error(self.got, chunk)
                continue
            self.read_chunk(chunk)
        if self.got.error:
            rule("[DONE]" not in datas, "[DONE] after an error")
        else:
            rule(datas[-1:] == ["[DONE]"], "no [DONE]")
            rule(self.finished == self.started, f"choices {self.started} finished {self.finished}")
            rule(self.usages == (1 if self.include_usage else 0), f"{self.usages} usage chunks")
        self.got.answer = openai_like.stream(body)
        for index, call in self.tools:
            read_signatures(self.got, index, [call])

    def read_chunk(self, chunk: dict) -> None:
        rule = self.got.rule
        self.got.model(ChatCompletionChunk if self.is_chat else Completion, self.validatable(chunk))
        rule(chunk["object"] == ("chat.completion.chunk" if self.is_chat else "text_completion"), "object")
        now = {name: chunk.get(name) for name in ("id", "created", "model", "system_fingerprint", "service_tier")}
        self.same = self.same or now
        rule(now == self.same, f"changed between chunks: {self.same} {now}")
        rule(now["id"] and now["model"] and isinstance(now["created"], int) and now["created"] > 0, f"{now}")
        rule(not self.usages, "a chunk after the usage")
        if chunk.get("usage") is not None:
            self.usages += 1
            rule(chunk["choices"] == [], "usage in a chunk with choices")
            rule(self.finished == self.started, "usage before the end")
            check_usage(self.got, chunk["usage"])
        else:
            rule(chunk["choices"], "a chunk that says nothing")
            rule(("usage" in chunk) == self.include_usage, "usage member")
        for choice in chunk["choices"]:
            self.read_choice(choice)

    def validatable(self, chunk: dict) -> dict:
        """The SDK declares finish reasons of completions as always there; in streams they come with the last chunk."""
        if self.is_chat:
            return chunk
        return {**chunk, "choices": [{**c, "finish_reason": c["finish_reason"] or "stop"} for c in chunk["choices"]]}

    def read_choice(self, choice: dict) -> None:
        rule, index = self.got.rule, choice["index"]
        rule(index not in self.finished, "a delta after the finish reason")
        is_first = index not in self.started
        self.started.add(index)
        if self.is_chat:
            self.read_delta(choice["delta"], index, is_first)
        if (finish := choice["finish_reason"]) is not None:
            rule(finish in FINISHES, f"finish_reason {finish}")
            rule(not self.is_chat or choice["delta"] == {}, f"the finish chunk says {choice.get('delta')}")
            self.finished.add(index)

    def read_delta(self, delta: dict, index: int, is_first: bool) -> None:
        rule = self.got.rule
        rule(("role" in delta) == is_first, f"role in {'no' if is_first else 'another'} chunk than the first")
        rule(delta.get("role", "assistant") == "assistant", "role")
        rule(delta.get("tool_calls", [0]), "tool_calls without calls")
        for part in delta.get("tool_calls") or []:
            begun = self.calls.get(index, 0)
            if part["index"] == begun:
                self.calls[index] = begun + 1
                rule(part.get("id") and part.get("type") == "function", f"a call begins with {part}")
                rule(part["function"].get("name"), f"a call without a name: {part}")
                rule(isinstance(part["function"].get("arguments"), str), f"a call without arguments: {part}")
            else:
                rule(part["index"] == begun - 1, f"tool index {part['index']} after {begun} calls")
                rule(set(part) == {"index", "function"}, f"a later fragment: {part}")
                rule(set(part["function"]) == {"arguments"}, f"a later fragment: {part}")
            self.tools.append((index, part))
