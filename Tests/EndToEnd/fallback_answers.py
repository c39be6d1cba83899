"""Askers who see all of an answer: what the SDK makes of it, and its bytes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx2
import openai
from gateway import Gateway


def text_of(provider: str) -> str:
    """What a provider answers where its fault does not say otherwise."""
    return f"The answer of {provider}."


class Tap(httpx2.BaseTransport):
    """Keeps the bytes of each answer next to what the SDK makes of them."""

    def __init__(self) -> None:
        self.inner = httpx2.HTTPTransport(limits=httpx2.Limits(max_connections=None))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = self.inner.handle_request(request)
        wire = bytearray()
        response.stream = Recorded(response.stream, wire)
        response.extensions["wire"] = wire
        return response

    def close(self) -> None:
        self.inner.close()


class Recorded(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, wire: bytearray):
        self.inner = inner
        self.wire = wire

    def __iter__(self) -> Iterator[bytes]:
        for part in self.inner:
            self.wire += part
            yield part

    def close(self) -> None:
        self.inner.close()


@dataclass
class Answer:
    """An answer, or as much as came of it."""

    is_stream: bool
    text: str = ""
    finish: str | None = None
    #: As the body names it.
    model: str | None = None
    usage: object = None
    headers: httpx2.Headers = field(default_factory=httpx2.Headers)
    error: openai.APIError | None = None
    #: 0: the error came inside the stream.
    error_status: int = 0
    seconds: float = 0
    wire: str = ""

    @property
    def provider(self) -> str | None:
        return self.headers.get("x-martlet-provider")

    @property
    def attempts(self) -> int:
        return int(self.headers["x-martlet-attempts"])

    @property
    def message(self) -> str:
        assert self.error is not None, self
        return self.error.message

    def attempt_list(self) -> list[tuple[str, str, int]]:
        """The attempts that an error lists: provider/model, class, milliseconds."""
        found = re.findall(r"([\w.-]+/[\w./:-]+): (\w+) after (\d+) ms", self.message)
        return [(target, failure, int(latency)) for target, failure, latency in found]


class Asker:
    """The official SDK, with a tap on its wire."""

    def __init__(self, gateway: Gateway, key: str, *, retries: int = 0):
        self.http = httpx2.Client(transport=Tap())
        self.client = openai.OpenAI(
            base_url=f"{gateway.url}/v1", api_key=key, max_retries=retries, timeout=30, http_client=self.http
        )

    def __call__(self, model: str, mode: str = "whole", text: str = "Tell me something.", **more) -> Answer:
        answer = Answer(is_stream=mode == "stream")
        begun = time.monotonic()
        messages = [{"role": "user", "content": text}]
        create = self.client.chat.completions.with_raw_response.create
        response = None
        try:
            raw = create(model=model, messages=messages, stream=answer.is_stream, **more)
            response = raw.http_response
            answer.headers = response.headers
            if answer.is_stream:
                for chunk in raw.parse():
                    self._add(chunk, answer)
            else:
                self._take(raw.parse(), answer)
        except openai.APIStatusError as error:
            response, answer.headers = error.response, error.response.headers
            answer.error, answer.error_status = error, error.status_code
        except openai.APIError as error:
            answer.error = error
        answer.seconds = time.monotonic() - begun
        if response is not None:
            answer.wire = response.extensions["wire"].decode()
        return answer

    @staticmethod
    def _take(whole, answer: Answer) -> None:
        answer.text = whole.choices[0].message.content or ""
        answer.finish = whole.choices[0].finish_reason
        answer.model, answer.usage = whole.model, whole.usage

    @staticmethod
    def _add(chunk, answer: Answer) -> None:
        answer.model = chunk.model
        answer.usage = chunk.usage or answer.usage
        for choice in chunk.choices:
            answer.text += choice.delta.content or ""
            answer.finish = choice.finish_reason or answer.finish

    def close(self) -> None:
        self.client.close()


def answered(answer: Answer, provider: str, attempts: int, *, text: str | None = None) -> None:
    """Checks a whole and good answer, and that its headers tell the truth."""
    assert answer.error is None, answer
    assert answer.text == (text_of(provider) if text is None else text)
    assert answer.finish == "stop"
    assert answer.provider == provider
    assert answer.attempts == attempts
    if answer.is_stream:
        assert answer.wire.rstrip().endswith("data: [DONE]")
        assert answer.wire.count('"finish_reason":"stop"') == 1
        assert answer.wire.count('"role":"assistant"') == 1
        assert '"error"' not in answer.wire


def broke_off(answer: Answer, text: str) -> None:
    """Checks an answer that ended inside: what came of it, one error, and nothing that looks like an end."""
    assert answer.is_stream and answer.error is not None, answer
    assert answer.error_status == 0, "the error must be inside the stream"
    assert answer.text == text
    assert answer.finish is None
    assert "[DONE]" not in answer.wire
    assert '"finish_reason":"' not in answer.wire
    events = [line for line in answer.wire.splitlines() if line.startswith("data: ")]
    assert [number for number, line in enumerate(events, 1) if '"error"' in line] == [len(events)]
    assert isinstance(answer.error.body, dict)
    assert set(answer.error.body) == {"message", "type", "param", "code"}


def refused(answer: Answer, status: int, code: str | None) -> None:
    """Checks an error instead of an answer."""
    assert answer.error is not None, answer
    assert answer.error_status == status, answer.wire
    assert answer.error.code == code, answer.wire
    assert "[DONE]" not in answer.wire
    assert "sk-" not in answer.wire
