"""What an answer says, whatever format it came in. Readers of both sides fill it; the comparison knows only this."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Call:
    """A tool call. Arguments are parsed; text that is no JSON stays text."""

    name: str
    arguments: object
    id: str = ""
    signature: str = ""


@dataclass
class Choice:
    content: str = ""
    reasoning: str = ""
    # None: the provider refused without a word, and any will do.
    refusal: str | None = ""
    calls: list[Call] = field(default_factory=list)
    # None: the answer broke off.
    finish: str | None = None
    annotations: list = field(default_factory=list)
    # Tokens of `logprobs.content`.
    logprobs: list[str] = field(default_factory=list)

    @property
    def is_visible(self) -> bool:
        """Whether a client of a stream has seen anything of it."""
        return bool(self.content or self.reasoning or self.refusal or self.calls)


@dataclass
class Usage:
    prompt: int
    completion: int
    total: int
    cached: int = 0
    written: int = 0
    reasoning: int = 0


@dataclass
class Failure:
    """A failed attempt; `kind` is a class of the contracts' section 4, see `failures.py`."""

    kind: str
    message: str = ""
    param: str | None = None
    # Seconds until another try is worth it, where the provider says so.
    wait: float | None = None


@dataclass
class Answer:
    choices: dict[int, Choice] = field(default_factory=dict)
    # None: the provider said nothing, so the gateway has to estimate.
    usage: Usage | None = None
    failure: Failure | None = None
    id: str = ""
    model: str = ""

    def choice(self, index: int) -> Choice:
        return self.choices.setdefault(index, Choice())

    @property
    def is_visible(self) -> bool:
        return any(choice.is_visible for choice in self.choices.values())
