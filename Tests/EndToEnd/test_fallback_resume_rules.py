"""When a broken stream is not continued, what a continued one costs, and other clients than the SDK's chat."""

import json
from collections.abc import Iterator

import httpx
import pytest
from fallback_resume import GIVEN, REST, USAGE, WHOLE, begins, completed, one_stream, resumed, says
from fallback_routes import PING, ROUTES, Asker, Seen, broke_off
from gateway import Gateway
from limit_helpers import Caller, eventually, rule

pytest_plugins = ["fallback_stage"]

COUNTED = {"stream_options": {"include_usage": True}}
GOOD = f"{says(WHOLE)}-{USAGE}"

# Not continued: what is more than one text.

TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}
SCHEMA = {"name": "words", "schema": {"type": "object", "properties": {}}}
STRUCTURED = {
    "tools": {"tools": [TOOL]}, "functions": {"functions": [TOOL["function"]]}, "n": {"n": 2},
    "logprobs": {"logprobs": True}, "json": {"response_format": {"type": "json_object"}},
    "schema": {"response_format": {"type": "json_schema", "json_schema": SCHEMA}},
}  # fmt: skip
HARMLESS = {
    "no-tools": {"tools": []}, "one": {"n": 1}, "text": {"response_format": {"type": "text"}},
    "null": {"tools": None, "response_format": None, "n": None, "logprobs": None}, "no-logprobs": {"logprobs": False},
}  # fmt: skip
KEEPS = {name: resumed(f"keeps-{name}", begins(), GOOD) for name in STRUCTURED}
STAYS = {name: resumed(f"stays-{name}", begins(), GOOD) for name in HARMLESS}


@pytest.mark.parametrize("name", list(STRUCTURED))
def test_an_answer_with_structure_is_not_continued(ask: Asker, seen: Seen, name: str) -> None:
    model = KEEPS[name]
    answer = ask(model, "stream", "Tell me something in JSON.", extra_body=STRUCTURED[name])
    # Of two choices the fault counts the pieces of both.
    broke_off(answer, answer.text if name == "n" else GIVEN)
    assert answer.text
    assert seen.counts(model) == (1, 0)


@pytest.mark.parametrize("name", list(HARMLESS))
def test_what_says_no_more_than_the_default_does_not_matter(ask: Asker, seen: Seen, name: str) -> None:
    model = STAYS[name]
    completed(ask(model, "stream", extra_body=HARMLESS[name]), f"{model}-a")
    assert seen.counts(model) == (1, 1)


THOUGHT = resumed("resume-thought", (begins("thinking-2-cut-42"), "anthropic"), GOOD)
OFF = resumed("resume-off", begins(), GOOD, resume=False)
ONCE = resumed("resume-once", begins(), GOOD, max_attempts=1)
UNNAMED = resumed("resume-unnamed", begins(), GOOD, fallback_on=["rate_limit", "timeout"])
FILTERED = resumed("resume-filtered", begins("fail-40-error-bad_request"), GOOD)
LAST = resumed("resume-last", begins())


def test_thoughts_cannot_be_continued(ask: Asker, seen: Seen) -> None:
    broke_off(ask(THOUGHT, "stream"), GIVEN)
    assert seen.counts(THOUGHT) == (1, 0)


@pytest.mark.parametrize("model", [OFF, ONCE, UNNAMED, FILTERED])
def test_what_the_policy_or_the_break_does_not_allow(ask: Asker, seen: Seen, model: str) -> None:
    answer = ask(model, "stream")
    broke_off(answer, GIVEN)
    assert answer.attempts == 1
    assert seen.counts(model) == (1, 0)


def test_without_another_target_the_break_is_told(ask: Asker, seen: Seen) -> None:
    broke_off(ask(LAST, "stream"), GIVEN)
    assert seen.count("resume-last-a") == 1


# A prefill that the target's format cannot carry is none: then the answer is verified from its start.

OTHER = "Quite another answer, which must not be shown to anybody."
# No white space where it breaks: what does not have to be repeated cannot give another answer away.
SHIFTED = "." + WHOLE
THINKING = resumed("prefill-thinking", begins("cut-40", SHIFTED), (says(OTHER), "anthropic"))
LEGACY_OTHER = resumed("prefill-legacy", begins("cut-40", SHIFTED), (says(OTHER), "anthropic"))


def test_a_model_that_thinks_takes_no_prefill(ask: Asker, seen: Seen) -> None:
    broke_off(ask(THINKING, "stream", reasoning_effort="low"), SHIFTED[:320])
    assert seen.counts(THINKING) == (1, 1)


BOUNDED = {
    "prefill": resumed("bounded-prefill", begins(), (says(REST), "anthropic")), "again": resumed("bounded-again", begins(), GOOD),
}  # fmt: skip


@pytest.mark.parametrize("way", list(BOUNDED))
def test_the_clients_maximum_holds_for_both_together(ask: Asker, way: str) -> None:
    """A hundred tokens, of four bytes each here; eighty of them are out when the stream breaks."""
    answer = ask(BOUNDED[way], "stream", max_tokens=100)
    assert answer.error is None, answer.message
    assert answer.finish == "length"
    assert WHOLE.startswith(answer.text) and len(GIVEN) < len(answer.text) <= 400


# `/v1/completions`, without the SDK: the bytes as they come.


@pytest.fixture
def raw(failover: Gateway, failover_key: str) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {failover_key}"}
    with httpx.Client(base_url=f"{failover.url}/v1", headers=headers, timeout=30, verify=False) as client:
        yield client


LEGACY = {
    "again": resumed("legacy-again", begins(), GOOD), "anthropic": resumed("legacy-anthropic", begins(), (GOOD, "anthropic")),
    "from-anthropic": resumed("legacy-from", (begins(), "anthropic"), GOOD),
}  # fmt: skip
LEGACY_STRUCTURE = {
    "logprobs": {"logprobs": 0}, "echo": {"echo": True}, "n": {"n": 2},
}  # fmt: skip
LEGACY_KEEPS = {name: resumed(f"legacy-keeps-{name}", begins(), GOOD) for name in LEGACY_STRUCTURE}
LEGACY_SDK = resumed("legacy-sdk", begins(), GOOD)
RAW_CHAT = resumed("raw-chat", begins(), GOOD)


def complete(client: httpx.Client, model: str, **more: object) -> str:
    body = {"model": model, "prompt": "Tell me something.", "stream": True, "max_tokens": 500, **more}
    response = client.post("/completions", json=body)
    assert response.status_code == 200, response.text
    return response.text


@pytest.mark.parametrize("name", list(LEGACY))
def test_legacy_completions_are_continued(raw: httpx.Client, ask: Asker, seen: Seen, name: str) -> None:
    model = LEGACY[name]
    usage = {"prompt": 123, "completion": 45, "total": 168}
    chunks = one_stream(complete(raw, model, **COUNTED), WHOLE, usage=usage)
    assert {chunk["object"] for chunk in chunks} == {"text_completion"}
    assert seen.counts(model) == (1, 1)


def test_legacy_completions_through_the_sdk(ask: Asker, seen: Seen) -> None:
    parts = ask.client.completions.create(model=LEGACY_SDK, prompt="Tell me something.", stream=True, max_tokens=500)
    assert "".join(choice.text for part in parts for choice in part.choices) == WHOLE
    assert seen.counts(LEGACY_SDK) == (1, 1)



def test_legacy_completions_never_mix_two_answers(raw: httpx.Client, ask: Asker, seen: Seen) -> None:
    """They have no place for a prefill, so the answer of a model that could take one is verified like any other."""
    wire = complete(raw, LEGACY_OTHER)
    assert "another" not in wire
    assert "[DONE]" not in wire
    events = [json.loads(line[6:]) for line in wire.splitlines() if line.startswith("data: ")]
    assert "".join(event["choices"][0]["text"] for event in events[:-1]) == SHIFTED[:320]
    assert events[-1]["error"]["type"] == "upstream_error"
    assert seen.counts(LEGACY_OTHER) == (1, 1)


@pytest.mark.parametrize("name", list(LEGACY_STRUCTURE))
def test_legacy_completions_with_structure_are_not_continued(
    raw: httpx.Client, ask: Asker, seen: Seen, name: str
) -> None:
    model = LEGACY_KEEPS[name]
    wire = complete(raw, model, **LEGACY_STRUCTURE[name])
    assert wire.count('"error"') == 1 and "[DONE]" not in wire
    assert seen.counts(model) == (1, 0)


def test_the_bytes_of_a_continued_chat(raw: httpx.Client, ask: Asker) -> None:
    body = {"model": RAW_CHAT, "messages": [{"role": "user", "content": "Tell me something."}], "stream": True}
    wire = raw.post("/chat/completions", json=body).text
    chunks = one_stream(wire, WHOLE, usage=None)
    # What the second target said again is nowhere in it.
    assert len(wire) < 1.1 * sum(len(json.dumps(chunk, separators=(",", ":"))) + len("data: \n\n") for chunk in chunks)


# What it costs: the answer, once.

for _tenant in ["resumed-again", "resumed-prefill", "resumed-third", "resumed-nobody"]:
    ROUTES.tenants[_tenant] = [
        rule("tenant", "tokens", "day", 1_000_000), rule("tenant", "requests", "day", 1000),
        rule("tenant", "concurrency", None, 3),
    ]  # fmt: skip
COSTS = {
    "again": resumed("costs-again", begins(), GOOD),
    "prefill": resumed("costs-prefill", begins(), (f"{says(REST)}-{USAGE}", "anthropic")),
    "third": resumed("costs-third", begins(), begins("cut-20"), GOOD),
}
COSTS_NOBODY = resumed("costs-nobody", begins(), says(OTHER))


def spent(caller: Caller) -> tuple[int, int]:
    """Tokens and requests."""
    return caller.settled("tenant/tokens/day")["used"], caller.settled("tenant/requests/day")["used"]


@pytest.mark.parametrize("name", list(COSTS))
def test_a_continued_answer_is_charged_once(failover: Gateway, ask: Asker, name: str) -> None:
    caller = Caller(failover, f"resumed-{name}")
    asker = Asker(failover, caller.key)
    answer = asker(COSTS[name], "stream", **COUNTED)
    asker.close()
    completed(answer, f"{COSTS[name]}-a", usage={"prompt": 123, "completion": 45, "total": 168})
    # As its usage says; the attempt that broke (999 and 888) is not the tenant's.
    assert spent(caller) == (168, 1)
    assert caller.limit("tenant/concurrency")["reserved"] == 0


def test_an_answer_that_nobody_could_continue_is_charged_once(failover: Gateway, ask: Asker) -> None:
    caller = Caller(failover, "resumed-nobody")
    asker = Asker(failover, caller.key)
    broke_off(asker(COSTS_NOBODY, "stream"), GIVEN)
    asker.close()
    tokens, requests = spent(caller)
    # Eighty tokens of text and a short prompt.
    assert requests == 1 and 80 <= tokens <= 120


# Deadlines and clients that leave while the answer is being continued.

DEADLINE = resumed("resume-deadline", begins(), "silent")
LEAVES = resumed("resume-leaves", begins(), "silent", GOOD)


def test_the_clients_deadline_covers_the_continuation(ask: Asker, seen: Seen) -> None:
    answer = ask(DEADLINE, "stream", extra_headers={"x-martlet-timeout": "1500ms"})
    broke_off(answer, GIVEN)
    assert 1.4 < answer.seconds < 5
    assert [target for target, _, _ in answer.attempt_list()] == [f"{DEADLINE}-a/gpt-4o", f"{DEADLINE}-b/gpt-4o"]
    assert eventually(lambda: seen.requests(f"{DEADLINE}-b")[0]["closed_by_peer"])


def test_a_client_that_leaves_stops_the_continuation(raw: httpx.Client, ask: Asker, seen: Seen) -> None:
    body = {"model": LEAVES, "messages": [{"role": "user", "content": "Tell me something."}], "stream": True}
    with raw.stream("POST", "/chat/completions", json=body) as response:
        received = b""
        # By name: a generator that is dropped closes the connection.
        pieces = response.iter_raw()
        for piece in pieces:
            received += piece
            if b"word 39" in received:
                break
        assert eventually(lambda: seen.count(f"{LEAVES}-b") == 1, 10)
    assert eventually(lambda: seen.requests(f"{LEAVES}-b")[0]["closed_by_peer"], 10)
    assert ask(PING).error is None
    assert seen.counts(LEAVES, "abc") == (1, 1, 0)


# What was kept of a stream is its text: the prefix is checked by bytes, not by characters.

COMPOSED = resumed("resume-composed", begins("size-1-cut-30", "é" * 40), says("e\u0301" * 40))


def test_letters_that_look_alike_are_different_text(ask: Asker, seen: Seen) -> None:
    broke_off(ask(COMPOSED, "stream"), "é" * 30)
    assert seen.counts(COMPOSED) == (1, 1)
