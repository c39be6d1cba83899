"""What a client sees when a provider misbehaves."""

import json
import time

import httpx
import pytest

DIALECTS = ["openai", "anthropic", "gemini", "groq", "openrouter"]


def chat(model: str, **more: object) -> dict:
    return {"model": model, "messages": [{"role": "user", "content": "Hello there, tell me something"}], **more}


def events(http: httpx.Client, body: dict) -> list[str]:
    """The data lines of a stream, as far as it came."""
    with http.stream("POST", "/v1/chat/completions", json=body) as response:
        if response.status_code != 200:
            response.read()
            return [json.dumps({"status": response.status_code, **response.json()})]
        return [line.removeprefix("data: ") for line in response.iter_lines() if line.startswith("data: ")]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("fault", ["cut-3", "reset-cut-3", "noend", "malformed-3", "fail-3", "badframe-3"])
def test_a_broken_stream_never_ends_well(http: httpx.Client, dialect: str, fault: str) -> None:
    lines = events(http, chat(f"{dialect}-fake-chunks-8-{fault}", stream=True))
    assert "[DONE]" not in lines
    last = json.loads(lines[-1])
    assert "error" in last
    assert not any('"finish_reason":"stop"' in line for line in lines)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("fault", ["cut-head", "reset-cut-head", "fail-0", "malformed-0", "empty"])
def test_a_stream_that_breaks_before_its_first_token_is_an_error_status(
    http: httpx.Client, dialect: str, fault: str
) -> None:
    answer = json.loads(events(http, chat(f"{dialect}-fake-{fault}", stream=True))[0])
    assert answer["status"] in (502, 503)
    assert set(answer["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("fault", ["refuse", "reset", "cut-0", "body-nonsense", "empty"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_whole_answer_that_never_comes(http: httpx.Client, dialect: str, fault: str) -> None:
    response = http.post("/v1/chat/completions", json=chat(f"{dialect}-fake-{fault}"))
    assert response.status_code == 502, response.text
    assert response.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_missing_done_after_a_complete_answer_is_no_fault(http: httpx.Client, dialect: str) -> None:
    lines = events(http, chat(f"{dialect}-fake-nodone", stream=True))
    assert lines[-1] == "[DONE]"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_drips_and_pings_are_only_slow(http: httpx.Client, dialect: str) -> None:
    lines = events(http, chat(f"{dialect}-fake-drip-7-gap-100us-pings-3-chunks-5", stream=True))
    assert lines[-1] == "[DONE]"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_whole_json_to_a_stream_request_becomes_a_stream(http: httpx.Client, dialect: str) -> None:
    lines = events(http, chat(f"{dialect}-fake-whole", stream=True))
    assert lines[-1] == "[DONE]"
    assert any(json.loads(line)["choices"][0]["delta"].get("content") for line in lines[:-1])


def test_a_silent_provider_is_a_timeout_that_names_its_phase(http: httpx.Client) -> None:
    response = http.post(
        "/v1/chat/completions", json=chat("openai-fake-silent"), headers={"x-martlet-timeout": "300ms"}
    )
    assert response.status_code == 504
    assert response.json()["error"]["code"] == "upstream_timeout"


def test_a_client_that_leaves_ends_the_upstream_call(http: httpx.Client, fake) -> None:
    fake.clear()
    with http.stream(
        "POST", "/v1/chat/completions", json=chat("openai-fake-chunks-2000-gap-10ms", stream=True)
    ) as response:
        next(response.iter_lines())
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if (seen := fake.requests()) and seen[-1]["closed_by_peer"]:
            return
    pytest.fail("the provider still streams to nobody")


def test_a_huge_answer_is_relayed(http: httpx.Client) -> None:
    response = http.post("/v1/chat/completions", json=chat("openai-fake-huge-4M"))
    assert response.status_code == 200
    assert len(response.json()["choices"][0]["message"]["content"]) >= 4 << 20
