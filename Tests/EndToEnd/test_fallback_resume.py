"""Broken streams that the next target continues (`resume: true`): S08 to S11 and S14, and when it is not done."""

import pytest
from fallback_resume import (
    BREAK, GIVEN, KEPT, REST, USAGE, USED, WHOLE, begins, completed, conversation, resumed, says,
)  # fmt: skip
from fallback_routes import MODELS, Answer, Asker, Seen, Stage, answered, broke_off, runs_long
from gateway import Fake

pytest_plugins = ["fallback_stage"]

COUNTED = {"stream_options": {"include_usage": True}}
SHORT = {"idle": "700ms"}

# S08 to S11: whatever breaks an answer, and each way of continuing it.

BREAKS = {
    "s08-cut": "cut-40", "s08-reset": "reset-cut-40", "s08-frame": "badframe-40", "s08-event": "fail-40",
    "s09-stall": "stall-40", "s10-malformed": "malformed-40", "s11-noend": "noend", "s11-cut": "cut-60",
}  # fmt: skip
WAYS = {
    # The model continues what is given to it.
    "prefill": ("anthropic", KEPT, REST),
    # The model repeats the beginning that it is given, or ignores it.
    "repeated": ("anthropic", KEPT, WHOLE),
    # Asked anew: the same answer from the start.
    "again": ("openai", None, WHOLE),
}
MATRIX = {
    (fault, way): resumed(
        f"resume-{fault}-{way}", begins(BREAKS[fault]),
        (f"{says('' if way == 'prefill' and fault.startswith('s11') else text)}-size-5-{USAGE}", kind),
        timeouts=SHORT,
    )
    for fault in BREAKS
    for way, (kind, _, text) in WAYS.items()
}  # fmt: skip


@pytest.mark.parametrize(("fault", "way"), list(MATRIX))
def test_a_stream_that_breaks_is_continued(ask: Asker, seen: Seen, fault: str, way: str) -> None:
    model = MATRIX[fault, way]
    answer = ask(model, "stream", **COUNTED)
    completed(answer, f"{model}-a", usage=USED)
    assert seen.counts(model) == (1, 1)
    asked = conversation(seen.requests(f"{model}-b")[0])
    assert asked[0] == ("user", "Tell me something.")
    kept = WHOLE if fault.startswith("s11") else KEPT
    assert asked[1:] == ([] if way == "again" else [("assistant", kept)])
    # The headers are those of the attempt that began; what it was stays to be read in the model of the chunks.
    assert answer.attempts == 1
    assert answer.model == "gpt-4o"
    if "stall" not in fault:
        assert answer.seconds < 5


PLAIN = resumed("resume-plain", begins(), f"{says(WHOLE)}-{USAGE}")
AT_ONCE = resumed("resume-at-once", begins("cut-1"), (f"{says(WHOLE)}-{USAGE}", "anthropic"))


def test_without_include_usage_there_is_none(ask: Asker, seen: Seen) -> None:
    completed(ask(PLAIN, "stream"), "resume-plain-a")
    assert seen.counts(PLAIN) == (1, 1)


def test_with_too_little_text_the_answer_is_asked_for_anew(ask: Asker, seen: Seen) -> None:
    completed(ask(AT_ONCE, "stream"), "resume-at-once-a")
    assert len(conversation(seen.requests(f"{AT_ONCE}-b")[0])) == 1


# Every dialect as the one that breaks, and as the one that continues.

BREAKING = {kind: resumed(f"resume-from-{kind}", (begins(), kind), f"{says(WHOLE)}-{USAGE}") for kind in MODELS}
CONTINUING = {
    # One that continues an assistant's message is in the matrix above.
    kind: resumed(
        f"resume-to-{kind}", begins(),
        (f"{says(WHOLE)}-size-7-{USAGE}", kind, *(["claude-sonnet-4-6"] if kind == "anthropic" else [])),
    )
    for kind in MODELS
}  # fmt: skip
FLOW = resumed("resume-to-n8n", begins(), (f"mode-stream-{says(WHOLE)}", "n8n"))
FLOW_WHOLE = resumed("resume-to-n8n-whole", begins(), (says(WHOLE), "n8n"))


@pytest.mark.parametrize("kind", list(MODELS))
def test_every_dialect_can_break(ask: Asker, seen: Seen, kind: str) -> None:
    model = BREAKING[kind]
    answer = ask(model, "stream", **COUNTED)
    completed(answer, f"{model}-a", usage=USED)
    assert answer.model == MODELS[kind]
    assert seen.counts(model) == (1, 1)


@pytest.mark.parametrize("kind", list(MODELS))
def test_every_dialect_can_continue(ask: Asker, seen: Seen, kind: str) -> None:
    model = CONTINUING[kind]
    completed(ask(model, "stream", **COUNTED), f"{model}-a", usage=USED)
    assert seen.counts(model) == (1, 1)


@pytest.mark.parametrize("model", [FLOW, FLOW_WHOLE])
def test_a_workflow_can_continue(ask: Asker, seen: Seen, model: str) -> None:
    completed(ask(model, "stream"), f"{model}-a")
    assert seen.counts(model) == (1, 1)


SCRIPTS = "Grüße, 日本語のテキスト 🙂 e\u0301 👩‍👩‍👧 — “quoted\\” \"text\"\n\tindented, and more of it: {ok}"
WORLD = {
    way: resumed(f"resume-world-{way}", begins("size-1-cut-25", SCRIPTS), (f"{says(text)}-size-4", kind))
    for way, kind, text in [("again", "openai", SCRIPTS), ("repeated", "anthropic", SCRIPTS)]
}


@pytest.mark.parametrize("way", list(WORLD))
def test_text_of_all_scripts_survives(ask: Asker, seen: Seen, way: str) -> None:
    completed(ask(WORLD[way], "stream"), f"{WORLD[way]}-a", text=SCRIPTS)
    assert seen.counts(WORLD[way]) == (1, 1)


# S09 in its default time.

STALLED = resumed("resume-stalled", begins("stall-40"), f"{says(WHOLE)}-{USAGE}")


@runs_long("test_s09_a_stalled_stream_is_continued_in_default_time")
def stalled(stage: Stage) -> Answer:
    return stage.ask(STALLED, "stream", **COUNTED)


def test_s09_a_stalled_stream_is_continued_in_default_time(result: Answer, seen: Seen) -> None:
    completed(result, "resume-stalled-a", usage=USED)
    assert 14.9 < result.seconds < 22
    assert seen.counts(STALLED) == (1, 1)
    assert seen.requests("resume-stalled-a")[0]["closed_by_peer"]


# S14: the fallback rejects a prefill.

S14_TEXT = "Of S14: " + WHOLE
S14 = resumed("resume-s14", begins("cut-40", S14_TEXT), (f"{says(S14_TEXT)}-{USAGE}", "anthropic"))
S14_ALWAYS = resumed("resume-s14-always", begins(), ("error-bad_request", "anthropic"))
S14_THIRD = resumed("resume-s14-third", begins(), ("error-bad_request", "anthropic"), f"{says(WHOLE)}-{USAGE}")
NO_PREFILL = "This model does not support assistant message prefill. The conversation must end with a user message."


def test_s14_a_fallback_that_rejects_a_prefill_is_asked_anew(ask: Asker, seen: Seen, upstream: Fake) -> None:
    kept = S14_TEXT[:320].rstrip()
    error = {"type": "invalid_request_error", "message": NO_PREFILL}
    upstream.script(match={"body_contains": kept}, status=400, json={"type": "error", "error": error})
    completed(ask(S14, "stream", **COUNTED), "resume-s14-a", text=S14_TEXT, usage=USED)
    assert seen.count("resume-s14-a") == 1
    asked = [conversation(request) for request in seen.requests("resume-s14-b")]
    assert [messages[1:] for messages in asked] == [[("assistant", kept)], []]


def test_s14_a_fallback_that_rejects_everything_leaves_the_cause_visible(ask: Asker, seen: Seen) -> None:
    answer = ask(S14_ALWAYS, "stream")
    broke_off(answer, GIVEN)
    assert answer.error.body["type"] == "upstream_error"
    assert answer.seconds < 5
    listed = answer.attempt_list()
    assert [name for name, _, _ in listed][:2] == ["resume-s14-always-a/gpt-4o", "resume-s14-always-b/claude-sonnet-4-5"]
    assert listed[0][1] in BREAK
    assert {failure for _, failure, _ in listed[1:]} == {"bad_request"}
    # Once with the prefill, once without.
    assert seen.counts(S14_ALWAYS) == (1, 2)


def test_s14_a_third_target_continues(ask: Asker, seen: Seen) -> None:
    completed(ask(S14_THIRD, "stream", **COUNTED), "resume-s14-third-a", usage=USED)
    assert seen.counts(S14_THIRD, "abc") == (1, 2, 1)


# What does not extend the answer is never shown.

OTHER = "Something else altogether, and quite a lot of it, so that it goes on for longer than what is given."
DIFFERENT = {
    "from-the-start": OTHER, "late": WHOLE[:200] + OTHER, "one-letter": GIVEN[:-2] + "X" + WHOLE[319:],
    "too-short": WHOLE[:100], "one-byte-short": GIVEN[:-1],
}  # fmt: skip
DIVERGES = {name: resumed(f"diverges-{name}", begins(), f"{says(text)}-size-9") for name, text in DIFFERENT.items()}
DIVERGES_THIRD = resumed("diverges-third", begins(), says(OTHER), f"{says(WHOLE)}-{USAGE}")


@pytest.mark.parametrize("name", list(DIVERGES))
def test_another_answer_ends_with_an_error_that_names_both(ask: Asker, seen: Seen, name: str) -> None:
    model = DIVERGES[name]
    answer = ask(model, "stream", **COUNTED)
    broke_off(answer, GIVEN)
    assert answer.error.body["type"] == "upstream_error"
    assert answer.provider == f"{model}-a"
    assert answer.seconds < 5
    listed = answer.attempt_list()
    assert [target for target, _, _ in listed] == [f"{model}-a/gpt-4o", f"{model}-b/gpt-4o"]
    assert listed[0][1] in BREAK and listed[1][1] == "stream_broken"
    assert seen.counts(model) == (1, 1)


def test_after_another_answer_the_third_target_continues(ask: Asker, seen: Seen) -> None:
    completed(ask(DIVERGES_THIRD, "stream", **COUNTED), "diverges-third-a", usage=USED)
    assert seen.counts(DIVERGES_THIRD, "abc") == (1, 1, 1)


# A fallback in trouble itself.

THIRD = {
    # How b fails, and how often it is asked.
    "down": ("status-503", 2), "refuses-keys": ("error-auth", 1), "cut-early": (begins("cut-20"), 2),
    "cut-later": (begins("cut-50"), 1), "cut-at-the-place": (begins("cut-40"), 2), "head": ("cut-head", 2),
}  # fmt: skip
TROUBLE = {
    name: resumed(f"trouble-{name}", begins(), spec, f"{says(WHOLE)}-{USAGE}") for name, (spec, _) in THIRD.items()
}
PREFILLED_TWICE = resumed(
    "trouble-prefills", begins(), (begins("cut-10", REST), "anthropic"),
    (f"{says(WHOLE[len((KEPT + REST[:80]).rstrip()) :])}-{USAGE}", "anthropic"),
)  # fmt: skip
SILENT = resumed("trouble-silent", begins(), "silent", f"{says(WHOLE)}-{USAGE}", timeouts={"first_token": "800ms"})
SLOW_REPLAY = resumed(
    "trouble-slow-replay", begins(), f"{says(WHOLE)}-size-8-gap-40ms-{USAGE}", says(OTHER),
    timeouts={"first_token": "800ms"},
)  # fmt: skip


@pytest.mark.parametrize("name", list(TROUBLE))
def test_after_a_failed_fallback_the_third_target_continues(ask: Asker, seen: Seen, name: str) -> None:
    model = TROUBLE[name]
    completed(ask(model, "stream", **COUNTED), f"{model}-a", usage=USED)
    assert seen.counts(model, "abc") == (1, THIRD[name][1], 1)


def test_a_continuation_that_breaks_is_continued_with_all_of_it(ask: Asker, seen: Seen) -> None:
    completed(ask(PREFILLED_TWICE, "stream", **COUNTED), "trouble-prefills-a", usage=USED)
    assert seen.counts(PREFILLED_TWICE, "abc") == (1, 1, 1)
    assert conversation(seen.requests("trouble-prefills-c")[0])[1:] == [("assistant", (KEPT + REST[:80]).rstrip())]


def test_a_silent_fallback_is_left_at_its_deadline(ask: Asker, seen: Seen) -> None:
    answer = ask(SILENT, "stream", **COUNTED)
    completed(answer, "trouble-silent-a", usage=USED)
    assert 0.75 < answer.seconds < 5
    assert seen.counts(SILENT, "abc") == (1, 1, 1)
    assert seen.requests("trouble-silent-b")[0]["closed_by_peer"]


def test_the_beginning_said_again_is_no_silence(ask: Asker, seen: Seen) -> None:
    """The fallback takes 1.6 s to come to the place where the answer broke off, and speaks all the time."""
    completed(ask(SLOW_REPLAY, "stream", **COUNTED), "trouble-slow-replay-a", usage=USED)
    assert seen.counts(SLOW_REPLAY, "abc") == (1, 1, 0)


# Whole answers have nothing to continue: the next target answers all of it.

UNARY = resumed("resume-unary", begins(), f"{says(WHOLE)}-{USAGE}")


def test_a_whole_answer_falls_back_as_ever(ask: Asker, seen: Seen) -> None:
    answered(ask(UNARY), "resume-unary-b", attempts=3, text=WHOLE)
    assert seen.counts(UNARY) == (2, 1)
