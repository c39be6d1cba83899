"""Reads recorded answers of Google's Generative Language API (contracts, section 2.2)."""

from __future__ import annotations

import json
import re

from .answer import Answer, Call, Choice, Failure, Usage
from .events import json_or_none, server_sent
from .failures import by_status

LENGTH = {"MAX_TOKENS"}
FILTERED = {
    "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
}  # fmt: skip
FAILED = {"MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE", "IMAGE_OTHER", "NO_IMAGE"}
STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]|\['([^']*)'\]")


def read(body: bytes, status: int, streaming: bool, declared: set[str]) -> Answer:
    """`declared`: the tools of the request, which decide what an unexpected call means."""
    if status >= 400:
        return Answer(failure=failure(json.loads(body)))
    if not streaming:
        return assemble([json.loads(body)], declared)
    if body.lstrip().startswith(b"["):
        return assemble(json.loads(body), declared)
    return assemble([json_or_none(data) for _, data in server_sent(body)], declared)


def failure(body: object) -> Failure:
    error = (body[0] if isinstance(body, list) else body)["error"]
    details = error.get("details") or []
    kind = by_status(error["code"])
    if any(detail.get("reason") == "API_KEY_INVALID" for detail in details):
        kind = "auth"
    elif "exceeds the maximum number of tokens" in error["message"]:
        kind = "context_length"
    elif error["status"] == "FAILED_PRECONDITION":
        kind = "billing"
    wait = None
    for detail in details:
        if delay := detail.get("retryDelay"):
            wait = float(delay.removesuffix("s"))
    return Failure(kind, error["message"], wait=wait)


def assemble(pieces: list, declared: set[str]) -> Answer:
    answer = Answer()
    reasons: dict[int, str] = {}
    partial: dict[int, PartialCall] = {}
    for piece in pieces:
        if not isinstance(piece, dict):
            answer.failure = Failure("server", "broken JSON")
            break
        if "error" in piece:
            answer.failure = failure(piece)
            break
        if id := piece.get("responseId"):
            answer.id = "chatcmpl-" + id
        answer.model = piece.get("modelVersion") or answer.model
        answer.usage = usage(piece.get("usageMetadata") or {}) or answer.usage
        if not piece.get("candidates") and piece.get("promptFeedback", {}).get("blockReason"):
            answer.choice(0)
            reasons[0] = "SAFETY"
        for candidate in piece.get("candidates") or []:
            index = candidate.get("index", 0)
            choice = answer.choice(index)
            for part in (candidate.get("content") or {}).get("parts") or []:
                read_part(part, choice, partial, index)
            reasons[index] = candidate.get("finishReason") or reasons.get(index, "")
    for call in partial.values():
        call.close()
    if answer.failure is None:
        finish(answer, reasons, declared)
    return answer


def read_part(part: dict, choice: Choice, partial: dict[int, PartialCall], index: int) -> None:
    if "text" in part:
        if part.get("thought"):
            choice.reasoning += part["text"]
        else:
            choice.content += part["text"]
    if (call := part.get("functionCall")) is None:
        return
    if open := partial.get(index):
        open.add(call)
        if not call.get("willContinue"):
            open.close()
            del partial[index]
        return
    read = Call(call["name"], call.get("args") or {}, call.get("id") or "", part.get("thoughtSignature") or "")
    choice.calls.append(read)
    if call.get("willContinue"):
        partial[index] = PartialCall(read)
        partial[index].add(call)


class PartialCall:
    """A call whose arguments come leaf by leaf, each with the path of its place."""

    def __init__(self, call: Call):
        self.call = call
        self.leaves: dict[str, object] = {}

    def add(self, call: dict) -> None:
        for leaf in call.get("partialArgs") or []:
            path = leaf["jsonPath"]
            if "stringValue" in leaf:
                self.leaves[path] = str(self.leaves.get(path, "")) + leaf["stringValue"]
            elif "numberValue" in leaf:
                self.leaves[path] = leaf["numberValue"]
            elif "boolValue" in leaf:
                self.leaves[path] = leaf["boolValue"]
            else:
                self.leaves[path] = None

    def close(self) -> None:
        tree: dict = {}
        for path, value in self.leaves.items():
            steps = [int(number) if number else name or quoted for name, number, quoted in STEP.findall(path)]
            place = tree
            for step in steps[:-1]:
                place = place.setdefault(step, {})
            place[steps[-1]] = value
        self.call.arguments = as_lists(tree)


def as_lists(tree: object) -> object:
    """Turns mappings from positions into lists."""
    if not isinstance(tree, dict):
        return tree
    if tree and all(isinstance(key, int) for key in tree):
        return [as_lists(tree[key]) for key in sorted(tree)]
    return {key: as_lists(value) for key, value in tree.items()}


def finish(answer: Answer, reasons: dict[int, str], declared: set[str]) -> None:
    if not answer.choices or not all(reasons.get(index) for index in answer.choices):
        answer.failure = Failure("server", "the stream ended early")
        return
    for index, choice in answer.choices.items():
        reason = reasons[index]
        if reason == "UNEXPECTED_TOOL_CALL" and not (choice.calls and {c.name for c in choice.calls} <= declared):
            answer.failure = Failure("model_failure", "a call of an undeclared tool")
        elif reason in FAILED:
            answer.failure = Failure("model_failure", reason)
        elif reason in FILTERED:
            choice.finish = "content_filter"
        elif reason in LENGTH:
            choice.finish = "length"
        else:
            choice.finish = "tool_calls" if choice.calls else "stop"


def usage(counts: dict) -> Usage | None:
    if "promptTokenCount" not in counts:
        return None
    thoughts = counts.get("thoughtsTokenCount", 0)
    prompt = counts["promptTokenCount"] + counts.get("toolUsePromptTokenCount", 0)
    completion = counts.get("candidatesTokenCount", 0) + thoughts
    cached = counts.get("cachedContentTokenCount", 0)
    return Usage(prompt, completion, counts["totalTokenCount"], cached, reasoning=thoughts)


def embeddings(body: bytes) -> list[list[float]]:
    return [entry["values"] for entry in json.loads(body)["embeddings"]]
