"""Whether a provider was asked in its own format: address, credentials, body (contracts, section 2)."""

from __future__ import annotations

import json

from .asking import BASES, KEYS, Run

KEY = KEYS["FAKE_KEY"]


def problems(run: Run, request: dict) -> list[str]:
    case = run.case
    headers = {name.lower(): value for name, value in request["headers"]}
    body = json.loads(request["body"])
    wrong = [] if request["scripted"] else ["the recorded answer was not asked for"]

    def expect(what: str, got: object, wanted: object) -> None:
        if got != wanted:
            wrong.append(f"{what}: {got!r}, not {wanted!r}")

    expect("method", request["method"], "POST")
    expect("content type", headers.get("content-type"), "application/json")
    if case.kind != "n8n":
        for name in ("openai-organization", "x-stainless-lang", "x-client-request-id"):
            expect(name, headers.get(name), None)
    match case.kind:
        case "anthropic":
            expect("uri", request["uri"], "/v1/messages")
            expect("x-api-key", headers.get("x-api-key"), KEY)
            expect("anthropic-version", headers.get("anthropic-version"), "2023-06-01")
            expect("model", body.get("model"), case.model)
            expect("stream", body.get("stream", False), run.stream)
            expect("max_tokens", isinstance(body.get("max_tokens"), int) and body["max_tokens"] > 0, True)
            expect("roles", [message["role"] for message in body.get("messages") or []], ["user"])
            expect("tools", [tool["name"] for tool in body.get("tools") or []], case.tools)
        case "gemini":
            expect("uri", request["uri"], f"/v1beta/models/{case.model}:{gemini_method(run)}")
            expect("x-goog-api-key", headers.get("x-goog-api-key"), KEY)
            if case.endpoint != "/v1/embeddings":
                expect("roles", [content["role"] for content in body["contents"]], ["user"])
                declared = [d for tool in body.get("tools") or [] for d in tool["functionDeclarations"]]
                expect("tools", [d["name"] for d in declared], case.tools)
        case "n8n":
            expect("uri", request["uri"], "/webhook/replay")
            expect("messages", body["messages"], [{"role": "user", "content": "Hello there"}])
            expect("sessionId", bool(body.get("sessionId")), True)
        case kind:
            path = case.endpoint.removeprefix("/v1")
            uri = f"/models{path}?api-version=2024-05-01-preview" if case.provider == "azure" else BASES[kind] + path
            expect("uri", request["uri"], uri)
            name = "api-key" if case.provider == "azure" else "authorization"
            expect(name, headers.get(name), KEY if case.provider == "azure" else f"Bearer {KEY}")
            expect("model", body.get("model"), case.model)
            expect("stream", body.get("stream", False), run.stream)
            if run.stream:
                expect("usage is asked for", body.get("stream_options", {}).get("include_usage"), True)
            if kind == "groq":
                left = {"logprobs", "top_logprobs", "logit_bias"} & set(body)
                expect("members that Groq refuses", left, set())
    return wrong


def gemini_method(run: Run) -> str:
    if run.case.endpoint == "/v1/embeddings":
        return "batchEmbedContents"
    return "streamGenerateContent?alt=sse" if run.stream else "generateContent"
