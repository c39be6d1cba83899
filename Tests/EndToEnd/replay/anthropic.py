"""Reads recorded answers of Anthropic's Messages API (contracts, section 2.1)."""

from __future__ import annotations

import json

from .answer import Answer, Call, Choice, Failure, Usage
from .events import arguments, json_or_none, server_sent
from .failures import by_status, retry_after

FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
KIND = {
    "authentication_error": "auth",
    "permission_error": "auth",
    "billing_error": "billing",
    "not_found_error": "model_not_found",
    "request_too_large": "too_large",
    "rate_limit_error": "rate_limit",
    "overloaded_error": "overloaded",
    "api_error": "server",
}
BILLING_TEXTS = ("credit balance is too low", "specified API usage limits")


def read(body: bytes, status: int, headers: dict[str, str], streaming: bool) -> Answer:
    if status >= 400:
        return Answer(failure=failure(json.loads(body), status, headers))
    return stream(body) if streaming else whole(json.loads(body))


def failure(body: dict, status: int, headers: dict[str, str]) -> Failure:
    error = body["error"]
    message = error["message"]
    kind = KIND.get(error["type"]) or by_status(status)
    if "prompt is too long" in message:
        kind = "context_length"
    elif any(text in message for text in BILLING_TEXTS):
        kind = "billing"
    elif (error.get("details") or {}).get("error_code") == "enforced_spend_limit_reached":
        kind = "billing"
    return Failure(kind, message, wait=retry_after(headers))


def whole(body: dict) -> Answer:
    answer = Answer(id=chat_id(body["id"]), model=body["model"], usage=usage(body["usage"]))
    choice = answer.choice(0)
    for block in body["content"]:
        match block["type"]:
            case "text":
                choice.content += block["text"]
            case "thinking":
                choice.reasoning += block["thinking"]
            case "tool_use":
                choice.calls.append(Call(block["name"], block["input"], block["id"]))
    finish(choice, body["stop_reason"], body.get("stop_details"))
    return answer


def stream(body: bytes) -> Answer:
    answer = Answer()
    choice = answer.choice(0)
    counts: dict = {}
    inputs: dict[int, list[str]] = {}
    calls: dict[int, Call] = {}
    reason, details = "end_turn", None
    for _, data in server_sent(body):
        event = json_or_none(data)
        if not isinstance(event, dict):
            break
        match event["type"]:
            case "message_start":
                message = event["message"]
                answer.id = answer.id or chat_id(message["id"])
                answer.model = answer.model or message["model"]
                merge(counts, message["usage"])
            case "content_block_start" if event["content_block"]["type"] == "tool_use":
                block = event["content_block"]
                call = calls[event["index"]] = Call(block["name"], None, block["id"])
                choice.calls.append(call)
                inputs[event["index"]] = []
            case "content_block_delta":
                delta = event["delta"]
                match delta["type"]:
                    case "text_delta":
                        choice.content += delta["text"]
                    case "thinking_delta":
                        choice.reasoning += delta["thinking"]
                    case "input_json_delta" if event["index"] in inputs:
                        inputs[event["index"]].append(delta["partial_json"])
            case "message_delta":
                reason = event["delta"].get("stop_reason") or reason
                details = event["delta"].get("stop_details") or details
                merge(counts, event.get("usage") or {})
            case "error":
                answer.failure = failure(event, 500, {})
                break
            case "message_stop":
                finish(choice, reason, details)
    for index, call in calls.items():
        call.arguments = arguments("".join(inputs[index]))
    if counts:
        answer.usage = usage(counts)
    if choice.finish is None and answer.failure is None:
        answer.failure = Failure("server", "the stream ended early")
    return answer


def finish(choice: Choice, reason: str, details: dict | None) -> None:
    choice.finish = FINISH[reason]
    if reason == "refusal":
        choice.refusal = (details or {}).get("explanation")


def chat_id(id: str) -> str:
    return "chatcmpl-" + id.removeprefix("msg_")


def merge(counts: dict, more: dict) -> None:
    """Counts are cumulative: the last one that is there wins."""
    counts.update({key: value for key, value in more.items() if value is not None})


def usage(counts: dict) -> Usage:
    written = counts.get("cache_creation_input_tokens") or 0
    cached = counts.get("cache_read_input_tokens") or 0
    prompt = counts["input_tokens"] + written + cached
    completion = counts["output_tokens"]
    thinking = (counts.get("output_tokens_details") or {}).get("thinking_tokens") or 0
    return Usage(prompt, completion, prompt + completion, cached, written, thinking)
