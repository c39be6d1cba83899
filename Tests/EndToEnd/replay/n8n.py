"""Reads answers of n8n webhooks (contracts, section 2.7)."""

from __future__ import annotations

import json

from .answer import Answer, Failure
from .events import json_or_none
from .failures import by_status

KEYS = ("output", "text", "response", "message", "answer", "content", "result", "reply")


def read(body: bytes, status: int, streaming: bool) -> Answer:
    if status >= 400:
        kind = "configuration" if status == 404 else by_status(status)
        return Answer(failure=Failure(kind, body.decode()))
    if streaming:
        return stream(body)
    parsed = json_or_none(body)
    if parsed == {"message": "Workflow was started"}:
        return Answer(failure=Failure("asynchronous", "asynchronous"))
    answer = Answer()
    choice = answer.choice(0)
    choice.content = unwrapped(body.decode()) if parsed is None else text(parsed)
    choice.finish = "stop"
    return answer


def stream(body: bytes) -> Answer:
    answer = Answer()
    choice = answer.choice(0)
    for line in body.decode().splitlines():
        event = json_or_none(line.removeprefix("data: "))
        if not isinstance(event, dict):
            continue
        if event["type"] == "item":
            choice.content += unwrapped(event.get("content") or "")
        elif event["type"] == "error":
            answer.failure = Failure("server", event.get("content") or "")
            return answer
    choice.finish = "stop"
    if not choice.content:
        answer.failure = Failure("server", "the workflow streamed nothing")
    return answer


def text(value: object) -> str:
    """The answer's text in any shape that workflows return."""
    if isinstance(value, str):
        return unwrapped(value)
    if isinstance(value, list):
        return "\n".join(text(element) for element in value)
    if isinstance(value, dict):
        if (found := named(value)) is not None:
            return unwrapped(found)
        if value.get("choices"):
            return value["choices"][0]["message"]["content"]
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def named(value: dict) -> str | None:
    for key in KEYS:
        if isinstance(value.get(key), str):
            return value[key]
        if isinstance(value.get(key), dict):
            for inner in KEYS:
                if isinstance(value[key].get(inner), str):
                    return value[key][inner]
    return None


def unwrapped(value: str) -> str:
    """A text that is itself such an object counts as the object."""
    parsed = json_or_none(value)
    found = named(parsed) if isinstance(parsed, dict) else None
    return value if found is None else found
