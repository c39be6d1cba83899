"""Checks requests in Anthropic's and Gemini's format against the OpenAI request they were made from
(contracts, the request tables of sections 2.1 and 2.2)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from .events import arguments, json_or_none

ANTHROPIC_MEMBERS = {
    "model", "max_tokens", "messages", "system", "tools", "tool_choice", "temperature", "top_p", "stop_sequences",
    "stream", "metadata", "thinking", "output_config", "service_tier",
}  # fmt: skip
GEMINI_MEMBERS = {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "safetySettings"}


@dataclass
class Said:
    """What a conversation says, in order and without its format."""

    system: list[str] = field(default_factory=list)
    user: list[str] = field(default_factory=list)
    assistant: list[str] = field(default_factory=list)
    images: int = 0
    calls: list[tuple[str, object]] = field(default_factory=list)
    # Name of the function that answered, and its answer.
    results: list[tuple[str, object]] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)

    def differences(self, got: Said) -> list[str]:
        notes = [
            f"{name}: {getattr(got, name)}, not {getattr(self, name)}"
            for name in ("user", "assistant", "images", "calls", "results", "tools")
            if getattr(got, name) != getattr(self, name)
        ]
        # More may follow: an instruction for what the provider has no parameter for.
        system = "\n".join(got.system)
        return notes + [f"system lacks {text!r}" for text in self.system if text not in system]


def from_openai(request: dict) -> Said:
    said = Said(tools=[tool["function"]["name"] for tool in request.get("tools") or []])
    names: dict[str, str] = {}
    for message in request["messages"]:
        content = message.get("content")
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
        texts = [part["text"] for part in parts if part["type"] == "text" and part["text"]]
        match message["role"]:
            case "system" | "developer":
                said.system += texts
            case "user":
                said.user += texts
                said.images += sum(part["type"] == "image_url" for part in parts)
            case "assistant":
                said.assistant += texts
                for call in message.get("tool_calls") or []:
                    names[call["id"]] = call["function"]["name"]
                    said.calls.append((call["function"]["name"], arguments(call["function"]["arguments"])))
            case "tool":
                said.results.append((names[message["tool_call_id"]], result("".join(texts))))
    if not said.user and not said.assistant:
        # Instructions alone are a turn of the user: no other provider answers to nobody.
        said.system, said.user = [], said.system
    return said


def result(text: str) -> object:
    """Gemini wants an object: a tool's answer that is none is wrapped. Compared in that form everywhere."""
    parsed = json_or_none(text)
    if isinstance(parsed, dict):
        return parsed
    return {"result": text if parsed is None else parsed}


def from_anthropic(body: dict) -> tuple[Said, list[str]]:
    said = Said(tools=[tool["name"] for tool in body.get("tools") or []])
    wrong = [f"unknown member {name}" for name in set(body) - ANTHROPIC_MEMBERS]
    for tool in body.get("tools") or []:
        if tool["input_schema"].get("type") != "object":
            wrong.append(f"input_schema of {tool['name']}")
    if not 0 <= body.get("temperature", 0) <= 1:
        wrong.append("temperature")
    said.system = [block["text"] for block in body.get("system") or []]
    open_calls: dict[str, str] = {}
    for message in body["messages"]:
        blocks = message["content"]
        if isinstance(blocks, str):
            blocks = [{"type": "text", "text": blocks}]
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        if sorted(results) != sorted(open_calls):
            wrong.append(f"results {results} for calls {sorted(open_calls)}")
        if [block["type"] for block in blocks[: len(results)]] != ["tool_result"] * len(results):
            wrong.append("a block before the tool results")
        names, open_calls = open_calls, {}
        for block in blocks:
            match block["type"]:
                case "text":
                    wrong += [] if block["text"].strip() else ["an empty text block"]
                    (said.user if message["role"] == "user" else said.assistant).append(block["text"])
                case "image":
                    said.images += 1
                case "tool_use":
                    said.calls.append((block["name"], block["input"]))
                    open_calls[block["id"]] = block["name"]
                case "tool_result":
                    content = block["content"]
                    text = content if isinstance(content, str) else "".join(part["text"] for part in content)
                    said.results.append((names.get(block["tool_use_id"], "nothing"), result(text)))
    if body["messages"][0]["role"] != "user":
        wrong.append("the first message is not the user's")
    return said, wrong


def from_gemini(body: dict) -> tuple[Said, list[str]]:
    declared = [d for tool in body.get("tools") or [] for d in tool["functionDeclarations"]]
    said = Said(tools=[declaration["name"] for declaration in declared])
    wrong = [f"unknown member {name}" for name in set(body) - GEMINI_MEMBERS]
    said.system = [part["text"] for part in body.get("systemInstruction", {}).get("parts", [])]
    roles = [content["role"] for content in body["contents"]]
    if any(left == right for left, right in zip(roles, roles[1:])):
        wrong.append(f"neighbours of one role: {roles}")
    open_calls = 0
    for content in body["contents"]:
        parts = content["parts"]
        wrong += [] if parts else ["a content without parts"]
        results = [part["functionResponse"] for part in parts if "functionResponse" in part]
        if len(results) != open_calls:
            wrong.append(f"{len(results)} results for {open_calls} calls")
        said.results += [(answer["name"], answer["response"]) for answer in results]
        calls = [part["functionCall"] for part in parts if "functionCall" in part]
        said.calls += [(call["name"], call.get("args") or {}) for call in calls]
        open_calls = len(calls)
        texts = [part["text"] for part in parts if "text" in part]
        (said.user if content["role"] == "user" else said.assistant).extend(texts)
        said.images += sum("inlineData" in part for part in parts)
    return said, wrong


def choice(request: dict) -> str:
    """What `tool_choice` asks for: `auto`, `none`, `required` or a function's name."""
    chosen = request.get("tool_choice") or "auto"
    return chosen if isinstance(chosen, str) else chosen["function"]["name"]


def problems(request: dict, kind: str, text: str) -> list[str]:
    body = json.loads(text)
    said, wrong = (from_anthropic if kind == "anthropic" else from_gemini)(body)
    wrong += from_openai(request).differences(said)
    if not request.get("tools"):
        return wrong
    wanted = choice(request)
    if kind == "anthropic":
        got = body.get("tool_choice") or {"type": "auto"}
        chosen = got.get("name") or {"any": "required"}.get(got["type"], got["type"])
    else:
        config = body.get("toolConfig", {}).get("functionCallingConfig", {"mode": "AUTO"})
        allowed = config.get("allowedFunctionNames") or []
        modes = {"ANY": "required", "NONE": "none", "AUTO": "auto", "VALIDATED": "auto"}
        chosen = allowed[0] if len(allowed) == 1 else modes[config["mode"]]
    return wrong if chosen == wanted else [*wrong, f"tool choice {chosen!r}, not {wanted!r}"]
