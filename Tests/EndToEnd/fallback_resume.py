"""Answers that one target begins and another ends: their text, their models, and what makes one answer of them."""

from __future__ import annotations

import json
from urllib.parse import quote

from fallback_routes import ROUTES, Answer, answered

WHOLE = "".join(f"word {number:02d} " for number in range(60))[:-1] + "."
"""Sixty pieces of eight bytes, none like another: what is lost, repeated or moved shows."""
GIVEN = WHOLE[:320]
"""What a client has when its stream breaks after 40 of them."""
KEPT = GIVEN.rstrip()
"""The same as providers take it for the beginning of an answer."""
REST = WHOLE[len(KEPT) :]
USAGE = "in-123-out-45"
BREAK = {"connection", "stream_broken"}


def says(text: str) -> str:
    """Exactly this text, in the form of paths: decoded twice, as a path and as a spec."""
    if not text:
        return "chunks-0"
    return "text-" + quote(quote(text, safe="").replace("-", "%2D"), safe="")


def begins(fault: str = "cut-40", text: str = WHOLE) -> str:
    """The first 40 pieces of an answer, or as many as the fault says."""
    return f"{says(text)}-size-8-gap-1ms-in-999-out-888" + (f"-{fault}" if fault else "")


def target(name: str, spec: str, kind: str = "openai", **more) -> dict:
    if kind == "n8n":
        return ROUTES.flow(name, spec)
    return ROUTES.target(name, spec, kind=kind, **more)


def resumed(name: str, *targets: tuple[str, ...] | str, timeouts: dict | None = None, **options) -> str:
    """A model that continues broken streams, with the targets NAME-a, NAME-b …: each a spec, or a spec and a kind."""
    more = {"timeouts": timeouts} if timeouts else {}
    listed = []
    for letter, one in zip("abcd", targets):
        spec, kind, *model = (one, "openai") if isinstance(one, str) else one
        extra = {"model": model[0]} if model else {}
        listed.append(target(f"{name}-{letter}", spec, kind, **({} if kind == "n8n" else more | extra)))
    return ROUTES.model(name, *listed, **{"resume": True, **options})


def chunks_of(wire: str) -> list[dict]:
    """The chunks of a stream that ended well."""
    lines = [line for line in wire.replace("\r\n", "\n").split("\n") if line and not line.startswith(":")]
    assert all(line.startswith("data: ") for line in lines), wire[-2000:]
    assert [line for line in lines if line == "data: [DONE]"] == lines[-1:], wire[-2000:]
    return [json.loads(line[6:]) for line in lines[:-1]]


def one_stream(wire: str, text: str, *, usage: dict | None) -> list[dict]:
    """Checks by its bytes that a stream is one answer, whoever spoke. `usage`: None where nobody asked for it."""
    chunks = chunks_of(wire)
    for shared in ("id", "object", "created", "model"):
        assert len({chunk[shared] for chunk in chunks}) == 1, f"{shared}: {wire[:2000]}"
    told = [chunk for chunk in chunks if chunk["choices"]]
    choices = [choice for chunk in told for choice in chunk["choices"]]
    assert {choice["index"] for choice in choices} == {0}
    finishes = [choice["finish_reason"] for choice in choices]
    assert [finish for finish in finishes if finish] == ["stop"] and finishes[-1] == "stop", finishes
    if chunks[0]["object"] == "text_completion":
        assert "".join(choice["text"] for choice in choices) == text
    else:
        deltas = [choice["delta"] for choice in choices]
        assert "".join(delta.get("content") or "" for delta in deltas) == text
        roles = [place for place, delta in enumerate(deltas) if "role" in delta]
        assert roles == [0] and deltas[0]["role"] == "assistant", roles
    counted = [chunk for chunk in chunks if chunk.get("usage")]
    assert [chunk["usage"]["total_tokens"] for chunk in counted] == ([usage["total"]] if usage else [])
    if usage:
        # The last chunk, with nothing else in it.
        assert chunks[-1] is counted[0] and chunks[-1]["choices"] == []
        assert chunks[-1]["usage"]["prompt_tokens"] == usage["prompt"]
        assert chunks[-1]["usage"]["completion_tokens"] == usage["completion"]
    return chunks


USED = {"prompt": 123, "completion": 45, "total": 168}
"""What a target with USAGE says that it used."""


def completed(answer: Answer, first: str, *, text: str = WHOLE, usage: dict | None = None) -> None:
    """Checks an answer that `first` began and another target ended: complete, once, and one."""
    answered(answer, first, attempts=answer.attempts, text=text)
    one_stream(answer.wire, text, usage=usage)


def conversation(request: dict) -> list[tuple[str, str]]:
    """Role and text of each message that a provider was sent, in OpenAI's format or Anthropic's."""

    def text(content: object) -> str:
        return content if isinstance(content, str) else "".join(block["text"] for block in content)

    return [(message["role"], text(message["content"])) for message in json.loads(request["body"])["messages"]]
