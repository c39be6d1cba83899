"""Reads recorded answers in OpenAI's format: OpenAI, Azure, Groq, OpenRouter, Ollama and compatible endpoints
(contracts, sections 1.3, 1.5 and 2.3 to 2.6)."""

from __future__ import annotations

import base64
import json
import struct

from .answer import Answer, Call, Choice, Failure, Usage
from .events import arguments, json_or_none, server_sent
from .failures import QUOTA, by_status, retry_after

CODES = {
    "context_length_exceeded": "context_length",
    "model_not_found": "model_not_found",
    "model_decommissioned": "model_not_found",
    "tool_use_failed": "model_failure",
    "content_filter": "moderation",
    "content_policy_violation": "moderation",
    "unsupported_parameter": "unsupported_parameter",
    "unsupported_value": "unsupported_parameter",
    "server_is_overloaded": "overloaded",
}
LENGTH_TEXTS = ("maximum context length", "prompt too long")


def read(body: bytes, status: int, headers: dict[str, str], streaming: bool) -> Answer:
    if status >= 400:
        return Answer(failure=failure(json.loads(body)["error"], status, headers))
    return stream(body) if streaming else whole(json.loads(body))


def failure(error: dict, status: int, headers: dict[str, str]) -> Failure:
    code, message = error.get("code"), error["message"]
    if isinstance(code, int):
        status = code
    status = error.get("status_code", status)
    kind = CODES.get(str(code)) or by_status(status)
    if code in QUOTA or error.get("type") in QUOTA:
        kind = "billing"
    elif any(text in message for text in LENGTH_TEXTS):
        kind = "context_length"
    elif status == 400 and message.startswith("Unsupported parameter"):
        kind = "unsupported_parameter"
    elif status == 403 and (error.get("metadata") or {}).get("reasons"):
        kind = "moderation"
    return Failure(kind, message, error.get("param"), retry_after(headers) if kind == "rate_limit" else None)


def whole(body: dict) -> Answer:
    """Chat answers and legacy completions."""
    if error := body.get("error"):
        return Answer(failure=failure(error, 502, {}))
    answer = Answer(id=body.get("id") or "", model=body.get("model") or "", usage=usage(body.get("usage")))
    for entry in body["choices"]:
        choice = answer.choice(entry["index"])
        choice.finish = entry["finish_reason"]
        if error := entry.get("error"):
            answer.failure = failure(error, 502, {})
        if "text" in entry:
            choice.content = entry["text"]
            continue
        message = entry["message"]
        add_text(choice, message, entry)
        for call in message.get("tool_calls") or []:
            function = call["function"]
            choice.calls.append(Call(function["name"], arguments(function["arguments"]), call.get("id") or ""))
        if call := message.get("function_call"):
            choice.calls.append(Call(call["name"], arguments(call["arguments"])))
    return answer


def add_text(choice: Choice, message: dict, entry: dict) -> None:
    choice.content += message.get("content") or ""
    choice.reasoning += message.get("reasoning_content") or message.get("reasoning") or ""
    choice.refusal += message.get("refusal") or ""
    choice.annotations += message.get("annotations") or []
    choice.logprobs += [token["token"] for token in (entry.get("logprobs") or {}).get("content") or []]


def stream(body: bytes) -> Answer:
    answer = Answer()
    fragments: dict[tuple[int, int], list[str]] = {}
    calls: dict[tuple[int, int], Call] = {}
    for _, data in server_sent(body):
        if data == "[DONE]":
            break
        chunk = json_or_none(data)
        if not isinstance(chunk, dict):
            answer.failure = Failure("server", "broken JSON")
            break
        answer.id = answer.id or chunk.get("id") or ""
        answer.model = answer.model or chunk.get("model") or ""
        answer.usage = usage(chunk.get("usage") or (chunk.get("x_groq") or {}).get("usage")) or answer.usage
        if error := chunk.get("error"):
            answer.failure = failure(error, 502, {})
            break
        for entry in chunk["choices"]:
            choice = answer.choice(entry["index"])
            choice.finish = choice.finish or entry.get("finish_reason")
            if "text" in entry:
                choice.content += entry["text"]
                continue
            delta = entry.get("delta") or {}
            add_text(choice, delta, entry)
            for part in delta.get("tool_calls") or []:
                place = (entry["index"], part.get("index", 0))
                if place not in calls:
                    calls[place] = Call(part["function"]["name"], None, part.get("id") or "")
                    choice.calls.append(calls[place])
                fragments.setdefault(place, []).append(part["function"].get("arguments") or "")
    for place, call in calls.items():
        call.arguments = arguments("".join(fragments[place]))
    if answer.failure is None and (not answer.choices or any(c.finish is None for c in answer.choices.values())):
        answer.failure = Failure("server", "the stream ended early")
    return answer


def usage(counts: dict | None) -> Usage | None:
    if not counts or counts.get("prompt_tokens") is None:
        return None
    prompt = counts.get("prompt_tokens_details") or {}
    completion = counts.get("completion_tokens_details") or {}
    return Usage(
        counts["prompt_tokens"],
        counts.get("completion_tokens") or 0,
        counts["total_tokens"],
        # A part of the prompt, although Grok on Azure reports more.
        min(prompt.get("cached_tokens") or 0, counts["prompt_tokens"]),
        prompt.get("cache_write_tokens") or 0,
        completion.get("reasoning_tokens") or 0,
    )


def embeddings(body: bytes) -> list[list[float]]:
    """The vectors in their order, from either encoding."""
    entries = sorted(json.loads(body)["data"], key=lambda entry: entry["index"])
    return [vector(entry["embedding"]) for entry in entries]


def vector(embedding: str | list[float]) -> list[float]:
    if isinstance(embedding, list):
        return embedding
    raw = base64.b64decode(embedding)
    return list(struct.unpack(f"<{len(raw) // 4}f", raw))
