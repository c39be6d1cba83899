"""The official OpenAI SDK through the gateway to every dialect."""

import asyncio
import base64
import json

import openai
import pytest
from gateway import CHAT_MODELS, Gateway
from pydantic import BaseModel

DIALECTS = list(CHAT_MODELS)
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
CLOCK = {
    "type": "function",
    "function": {
        "name": "get_time",
        "description": "The time of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082"
    )
).decode()


def ask(text: str) -> list[dict]:
    return [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_chat(client: openai.OpenAI, dialect: str) -> None:
    answer = client.chat.completions.create(model=f"{dialect}-chat", messages=ask("Say hello."), temperature=0.5)
    assert answer.object == "chat.completion"
    assert answer.id.startswith("chatcmpl-") or dialect in ("openrouter",)
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage and answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens > 0


@pytest.mark.parametrize("include_usage", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_stream_equals_whole(client: openai.OpenAI, dialect: str, include_usage: bool) -> None:
    whole = client.chat.completions.create(model=f"{dialect}-chat", messages=ask("Tell me a story."))
    options = {"stream_options": {"include_usage": True}} if include_usage else {}
    chunks = list(
        client.chat.completions.create(model=f"{dialect}-chat", messages=ask("Tell me a story."), stream=True, **options)
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content
    assert len({c.id for c in chunks}) == 1
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == ["stop"]
    assert [c.choices[0].delta.role for c in chunks if c.choices and c.choices[0].delta.role] == ["assistant"]
    usages = [c.usage for c in chunks if c.usage]
    assert len(usages) == (1 if include_usage else 0)
    if include_usage:
        assert chunks[-1].choices == []
        assert usages[0].total_tokens == usages[0].prompt_tokens + usages[0].completion_tokens


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_parallel_tools_and_their_results(client: openai.OpenAI, dialect: str, stream: bool) -> None:
    messages: list = ask("Call get_weather and get_time for Fortaleza.")
    model = f"{dialect}-chat"
    calls = tool_calls(client, model, messages, stream)
    assert sorted(call["function"]["name"] for call in calls) == ["get_time", "get_weather"]
    assert len({call["id"] for call in calls}) == 2
    for call in calls:
        assert set(json.loads(call["function"]["arguments"])) == {"city"}
    messages.append({"role": "assistant", "content": None, "tool_calls": calls})
    messages += [{"role": "tool", "tool_call_id": c["id"], "content": f"{c['function']['name']} says 31"} for c in calls]
    answer = client.chat.completions.create(model=model, messages=messages, tools=[WEATHER, CLOCK])
    assert answer.choices[0].finish_reason == "stop"
    assert "says 31" in (answer.choices[0].message.content or "")


def tool_calls(client: openai.OpenAI, model: str, messages: list, stream: bool) -> list[dict]:
    tools = [WEATHER, CLOCK]
    if not stream:
        answer = client.chat.completions.create(model=model, messages=messages, tools=tools)
        assert answer.choices[0].finish_reason == "tool_calls"
        return [call.model_dump(exclude_none=True) for call in answer.choices[0].message.tool_calls or []]
    calls: dict[int, dict] = {}
    finish = []
    for chunk in client.chat.completions.create(model=model, messages=messages, tools=tools, stream=True):
        choice = chunk.choices[0]
        finish += [choice.finish_reason] if choice.finish_reason else []
        for part in choice.delta.tool_calls or []:
            call = calls.setdefault(part.index, {"type": "function", "function": {"name": "", "arguments": ""}})
            if part.id:
                call["id"] = part.id
            call["function"]["name"] += part.function.name or ""
            call["function"]["arguments"] += part.function.arguments or ""
    assert finish == ["tool_calls"]
    assert sorted(calls) == list(range(len(calls)))
    return [calls[i] for i in sorted(calls)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_forced_tool(client: openai.OpenAI, dialect: str) -> None:
    choice = {"type": "function", "function": {"name": "get_weather"}}
    answer = client.chat.completions.create(
        model=f"{dialect}-chat", messages=ask("Anything."), tools=[WEATHER, CLOCK], tool_choice=choice
    )
    assert [c.function.name for c in answer.choices[0].message.tool_calls or []] == ["get_weather"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_vision(client: openai.OpenAI, dialect: str) -> None:
    content = [
        {"type": "text", "text": "What is in the picture?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
    ]
    answer = client.chat.completions.create(model=f"{dialect}-chat", messages=[{"role": "user", "content": content}])
    assert "image/png" in (answer.choices[0].message.content or "")


class City(BaseModel):
    name: str
    population: int


@pytest.mark.parametrize("dialect", DIALECTS)
def test_structured_output(client: openai.OpenAI, dialect: str) -> None:
    answer = client.chat.completions.parse(
        model=f"{dialect}-chat", messages=ask("Name a city."), response_format=City
    )
    assert isinstance(answer.choices[0].message.parsed, City)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_length(client: openai.OpenAI, dialect: str) -> None:
    answer = client.chat.completions.create(model=f"{dialect}-chat", messages=ask("Tell me a story."), max_tokens=3)
    assert answer.choices[0].finish_reason == "length"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_legacy_completions(client: openai.OpenAI, dialect: str, stream: bool) -> None:
    if stream:
        chunks = list(client.completions.create(model=f"{dialect}-chat", prompt="Once upon a time", stream=True))
        assert "".join(c.choices[0].text for c in chunks if c.choices)
        assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason]
        assert {c.object for c in chunks} == {"text_completion"}
    else:
        answer = client.completions.create(model=f"{dialect}-chat", prompt="Once upon a time")
        assert answer.object == "text_completion"
        assert answer.choices[0].text


@pytest.mark.parametrize("mode", ["object", "array", "nested", "text", "respond", "openai", "stream", "agents"])
@pytest.mark.parametrize("stream", [False, True])
def test_n8n(client: openai.OpenAI, mode: str, stream: bool) -> None:
    if stream:
        chunks = list(client.chat.completions.create(model=f"n8n-{mode}", messages=ask("Hello flow"), stream=True))
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == ["stop"]
    else:
        answer = client.chat.completions.create(model=f"n8n-{mode}", messages=ask("Hello flow"))
        text = answer.choices[0].message.content or ""
        assert answer.usage and answer.usage.completion_tokens > 0
    assert text


def test_n8n_payload(client: openai.OpenAI, fake) -> None:
    fake.clear()
    client.chat.completions.create(model="n8n-object", messages=ask("Hello flow"), user="ana")
    body = json.loads(fake.requests()[-1]["body"])
    assert body["webhook_type"] == "chat"
    assert body["userId"] == "ana"
    assert body["model"] == "n8n-object"
    assert body["sessionId"]
    assert body["messages"][-1] == {"role": "user", "content": "Hello flow"}


@pytest.mark.parametrize("model", ["text-embedding-3-small", "gemini-embedding-001"])
def test_embeddings(client: openai.OpenAI, model: str) -> None:
    # The SDK asks for base64 unless told otherwise; both must give the same numbers.
    binary = client.embeddings.create(model=model, input=["one", "two"])
    floats = client.embeddings.create(model=model, input=["one", "two"], encoding_format="float")
    assert [d.index for d in binary.data] == [0, 1]
    for left, right in zip(binary.data, floats.data, strict=True):
        assert left.embedding == pytest.approx(right.embedding, abs=1e-6)
    assert binary.usage.prompt_tokens > 0


def test_models(client: openai.OpenAI) -> None:
    ids = [model.id for model in client.models.list()]
    assert "openai-chat" in ids and "n8n-object" in ids
    assert client.models.retrieve("openai-chat").id == "openai-chat"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("no-such-model")
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("kind", "status"),
    [("rate_limit", 429), ("overloaded", 503), ("server", 502), ("context", 400), ("auth", 502), ("billing", 503)],
)
def test_provider_errors(client: openai.OpenAI, dialect: str, kind: str, status: int) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(model=f"{dialect}-fake-error-{kind}", messages=ask("Hello"))
    assert caught.value.status_code == status
    body = caught.value.response.json()["error"]
    assert set(body) == {"message", "type", "param", "code"}
    assert "sk-fake" not in caught.value.response.text


def test_retries_of_the_sdk_follow_our_headers(gateway: Gateway, key: str, fake) -> None:
    """A rate limit is worth another try, so the SDK makes one and gets the answer."""
    fake.clear()
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=key, max_retries=2) as patient:
        answer = patient.chat.completions.create(
            model="openai-fake-error-rate_limit-retry-10ms-first-1-id-sdk", messages=ask("Hello")
        )
    assert answer.choices[0].message.content
    assert len(fake.requests()) == 2


async def test_two_hundred_streams_at_once(gateway: Gateway, key: str) -> None:
    async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=key, max_retries=0, timeout=60) as client:

        async def one(number: int) -> str:
            dialect = DIALECTS[number % len(DIALECTS)]
            stream = await client.chat.completions.create(
                model=f"{dialect}-fake-chunks-20-gap-20ms", messages=ask(f"Stream {number}"), stream=True
            )
            finish = None
            text = ""
            async for chunk in stream:
                for choice in chunk.choices:
                    text += choice.delta.content or ""
                    finish = choice.finish_reason or finish
            assert finish == "stop"
            return text

        texts = await asyncio.gather(*(one(number) for number in range(200)))
    assert all(texts)
