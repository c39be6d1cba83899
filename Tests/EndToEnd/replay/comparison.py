"""Compares what a client got with what the recorded answer says."""

from __future__ import annotations

import math
import re

from .answer import Answer, Choice, Failure
from .asking import KEYS, Run
from .client import Got
from .failures import TOLD

# Identifiers in recorded error texts, scrubbed or not, and the key that a provider quotes.
IDENTIFIERS = re.compile(r"\b(?:org|user|proj)[-_]\w+")
QUOTED_KEY = re.compile(r"key provided: ([^\s.]+)")


def differences(run: Run, got: Got) -> list[str]:
    expected = run.case.expected
    notes = list(got.broken) + leaks(run, got)
    # A failed attempt shows in the status until the first output; a body that came whole is known to the end by then.
    is_early = not (run.stream and run.case.streams and expected.is_visible)
    if "obfuscation" in got.text and b"obfuscation" not in run.case.body:
        notes.append("obfuscation")
    if expected.failure is not None:
        return notes + told(expected.failure, got, is_early) + ([] if is_early else texts(run, got.answer))
    if got.error is not None or got.status != 200:
        return [*notes, f"status {got.status}: {got.error}"]
    if run.case.endpoint == "/v1/embeddings":
        return notes + vectors(run.case.vectors, got.vectors)
    return notes + identity(run, got.answer) + texts(run, got.answer) + usage(run, got.answer)


def told(failure: Failure, got: Got, is_early: bool) -> list[str]:
    if got.error is None:
        return [f"no error, but {failure}"]
    told, notes = TOLD[failure.kind], []
    if got.status not in (told.statuses if is_early else (200,)):
        notes.append(f"status {got.status} for {failure}: {got.error}")
    if told.type and got.error["type"] != told.type:
        notes.append(f"type {got.error['type']!r}, not {told.type!r} for {failure.kind}")
    if told.code and got.error["code"] != told.code:
        notes.append(f"code {got.error['code']!r}, not {told.code!r} for {failure.kind}")
    if failure.param and got.error["param"] != failure.param:
        notes.append(f"param {got.error['param']!r}, not {failure.param!r}")
    if failure.kind == "asynchronous" and "asynchronous" not in got.error["message"]:
        notes.append(f"message {got.error['message']!r}")
    # The gateway's own attempts are over: another round of the SDK's would only multiply them.
    if is_early and failure.kind != "rate_limit" and (got.status == 429 or got.status >= 500):
        if got.headers.get("x-should-retry") != "false":
            notes.append(f"x-should-retry {got.headers.get('x-should-retry')!r}")
    if is_early and failure.wait:
        wait = float(got.headers.get("retry-after", "nan"))
        if not math.floor(failure.wait) <= wait <= math.ceil(failure.wait) + 1:
            notes.append(f"retry-after {wait}, not {failure.wait}")
    return notes


def leaks(run: Run, got: Got) -> list[str]:
    secrets = set(KEYS.values())
    if failure := run.case.expected.failure:
        recorded = run.case.body.decode()
        secrets |= set(IDENTIFIERS.findall(recorded)) | set(QUOTED_KEY.findall(failure.message))
    words = set(re.findall(r"[\w-]+", got.text))
    return [f"leaks {secret!r}" for secret in sorted(secrets) if secret in words]


def identity(run: Run, got: Answer) -> list[str]:
    expected, notes = run.case.expected, []
    if run.case.kind == "n8n":
        return []
    if expected.id and got.id != expected.id:
        notes.append(f"id {got.id!r}, not {expected.id!r}")
    if expected.model and got.model != expected.model:
        notes.append(f"model {got.model!r}, not {expected.model!r}")
    return notes


def texts(run: Run, got: Answer) -> list[str]:
    expected = run.case.expected.choices
    if sorted(expected) != sorted(got.choices):
        return [f"choices {sorted(got.choices)}, not {sorted(expected)}"]
    names = {"content", "reasoning", "finish"}
    # Members beyond the text are not promised where a whole answer is told as a stream.
    names |= {"annotations", "logprobs"} if run.stream == run.case.streams else set()
    notes = []
    for index, choice in expected.items():
        notes += of_choice(choice, got.choices[index], names | ({"refusal"} if choice.refusal is not None else set()))
    return notes


def of_choice(expected: Choice, got: Choice, names: set[str]) -> list[str]:
    notes = [
        f"{name} {getattr(got, name)!r}, not {getattr(expected, name)!r}"
        for name in sorted(names)
        if getattr(got, name) != getattr(expected, name)
    ]
    if len(got.calls) != len(expected.calls):
        return [*notes, f"calls {got.calls}, not {expected.calls}"]
    for wanted, call in zip(expected.calls, got.calls, strict=True):
        if (call.name, call.arguments, call.signature) != (wanted.name, wanted.arguments, wanted.signature):
            notes.append(f"call {call}, not {wanted}")
        if wanted.id and call.id != wanted.id:
            notes.append(f"call id {call.id!r}, not {wanted.id!r}")
    ids = [call.id for call in got.calls]
    if len(set(ids)) != len(ids):
        notes.append(f"call ids {ids}")
    return notes


def usage(run: Run, got: Answer) -> list[str]:
    if run.stream and not run.include_usage:
        return []
    if got.usage is None:
        return ["no usage"]
    expected = run.case.expected.usage
    if expected is None:
        total = got.usage.prompt + got.usage.completion
        return [] if got.usage.total == total > 0 else [f"estimate {got.usage}"]
    return [] if got.usage == expected else [f"usage {got.usage}, not {expected}"]


def vectors(expected: list[list[float]], got: list[list[float]]) -> list[str]:
    if [len(vector) for vector in got] != [len(vector) for vector in expected]:
        return ["other vectors"]
    pairs = [pair for left, right in zip(expected, got, strict=True) for pair in zip(left, right, strict=True)]
    return [] if all(math.isclose(*pair, abs_tol=1e-6) for pair in pairs) else ["other numbers in the vectors"]
