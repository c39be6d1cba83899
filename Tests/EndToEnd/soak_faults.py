"""The faults of the soak: what the fake provider is told to do, what garbage clients send, and what is right for it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway import policy
from soak_wire import post

DIALECTS = ["openai", "anthropic", "gemini", "groq", "openrouter", "openai_compatible", "n8n"]
TIMEOUT = {"x-martlet-timeout": "400ms"}


def soak_policy(fake_url: str) -> dict:
    """The tests' policy, with a second provider of each dialect for the faults: whatever a gateway concludes about a
    provider in trouble, the other one has to go on."""
    whole = policy(fake_url)
    for name in DIALECTS:
        whole["providers"][f"{name}-faulty"] = whole["providers"][name]
        if name != "n8n":
            whole["models"][f"{name}-faulty-*"] = {"targets": [{"provider": f"{name}-faulty"}]}
    for provider in ("n8n", "n8n-faulty"):
        for mode in ("object", "stream"):
            target = {"provider": provider, "chat_url": f"{fake_url}/webhook/{mode}"}
            whole["models"][f"{provider}-{mode}-*"] = {"targets": [target]}
    return whole


@dataclass(frozen=True)
class Fault:
    """A fault of the fake provider's grammar, and the error statuses that are right for it."""

    spec: str
    statuses: frozenset[int]
    besides: frozenset[str] = frozenset()
    """Dialects for which this is no fault, or another one."""
    headers: dict[str, str] | None = None


def fault(spec: str, *statuses: int, besides: str = "", headers: dict[str, str] | None = None) -> Fault:
    # A gateway that rests a provider in trouble says 429 or 503 without asking it.
    return Fault(spec, frozenset(statuses) | {429, 503}, frozenset(besides.split()), headers)


FINE = ["", "late-20ms", "drip-7-gap-100us", "nolength", "close", "thinking-2"]
FINE_STREAM = [*FINE, "pings-3", "ttft-20ms", "gap-2ms", "usage-none", "usage-empty"]

CUT_STREAMS = [
    fault("cut-3", 502), fault("reset-cut-3", 502), fault("noend", 502), fault("malformed-3", 502),
    fault("fail-3", 502), fault("badframe-3", 502), fault("gap-2ms-cut-5", 502), fault("gap-2ms-reset-cut-5", 502),
    fault("stall-3", 504, headers=TIMEOUT), fault("gap-2ms-stall-4", 504, headers=TIMEOUT),
]  # fmt: skip
NO_STREAMS = [
    fault("cut-head", 502), fault("reset-cut-head", 502), fault("fail-0", 502), fault("malformed-0", 502),
    fault("empty", 502), fault("refuse", 502), fault("reset", 502), fault("silent", 504, headers=TIMEOUT),
    fault("stall-head", 504, headers=TIMEOUT), fault("late-5s", 504, headers=TIMEOUT),
]  # fmt: skip
NO_ANSWERS = [
    fault("refuse", 502), fault("reset", 502), fault("cut-0", 502), fault("cut-1", 502), fault("badframe-0", 502),
    fault("empty", 502), fault("malformed-0", 502, besides="n8n"), fault("silent", 504, headers=TIMEOUT),
    fault("stall-1", 504, headers=TIMEOUT), fault("late-5s", 504, headers=TIMEOUT),
]  # fmt: skip
REFUSALS = [
    fault("status-400", 400), fault("status-401", 502), fault("status-404", 404, besides="n8n"),
    fault("status-413", 413), fault("status-429", 429), fault("status-500", 502), fault("status-503", 503),
    fault("error-overloaded", 503), fault("error-server", 502), fault("error-rate_limit", 429),
]  # fmt: skip

MUTATED = {
    "model": "openai-chat", "temperature": 0.5, "max_tokens": 50, "stop": ["a", "b"], "user": "ana",
    "messages": [{"role": "system", "content": "é"}, {"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
}  # fmt: skip

GARBAGE: list[tuple[str, bytes]] = [
    ("random bytes", b""), ("half a head", b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthor"),
    ("half a body", b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"),
    ("bad chunk", b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
    ("two lengths", b"POST /v1/models HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"),
    ("length and chunks", b"POST / HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("negative length", b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n"),
    ("enormous length", b"POST /v1/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n"),
    ("large header", b"GET /v1/models HTTP/1.1\r\nhost: x\r\nx-a: " + b"a" * 100_000 + b"\r\n\r\n"),
    ("many headers", b"GET /v1/models HTTP/1.1\r\nhost: x\r\n" + b"x-a: b\r\n" * 500 + b"\r\n"),
    ("unknown path", b"GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n"), ("unknown method", b"BREW /v1/models HTTP/1.1\r\n\r\n"),
    ("no key", b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}"),
    ("invented key", post({}, "mk-aaaaaaaaaaaaaaaa-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
    ("invented token", post({}, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmEifQ.")), ("HTTP/0.9", b"GET /\r\n\r\n"),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"), ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    ("HTTP/1.0", b"GET /health/live HTTP/1.0\r\n\r\n"), ("wrong version", b"GET / HTTP/9.9\r\nhost: x\r\n\r\n"),
]  # fmt: skip
