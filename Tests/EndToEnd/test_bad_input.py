"""Bad input gets a 4xx in OpenAI's envelope that names what is wrong."""

import json

import httpx
import pytest

GOOD = {"model": "openai-chat", "messages": [{"role": "user", "content": "Hello"}]}


def check(response: httpx.Response, status: int, param: str | None = None) -> dict:
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    assert response.headers["x-request-id"].startswith("req_")
    if param:
        assert error["param"] == param
    return error


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"nonsense", b'{"model":}', b'{"model":"openai-chat","messages":[1,]}',
        b'{"model":"openai-chat","model":"x","messages":[{"role":"user","content":"a"}]}',
        b'{"model":"openai-chat","messages":[{"role":"user","role":"system","content":"a"}]}',
        b'{"model":"openai-chat","messages":[{"role":"user","content":"\xff\xfe"}]}',
        b'{"model":"openai-chat","messages":[{"role":"user","content":"a"}]} trailing',
        b'{"model":"openai-chat","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 50_000,
    ],
)  # fmt: skip
def test_malformed_json(http: httpx.Client, body: bytes) -> None:
    check(http.post("/v1/chat/completions", content=body), 400)


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"model": None}, "model"), ({"model": ""}, "model"), ({"model": 5}, "model"),
        ({"messages": None}, "messages"), ({"messages": []}, "messages"), ({"messages": "hi"}, "messages"),
        ({"messages": [5]}, "messages[0]"), ({"messages": [{"content": "a"}]}, "messages[0].role"),
        ({"messages": [{"role": "robot", "content": "a"}]}, "messages[0].role"),
        ({"stream": "yes"}, "stream"), ({"temperature": "hot"}, "temperature"), ({"temperature": 3}, "temperature"),
        ({"top_p": 2}, "top_p"), ({"max_tokens": "many"}, "max_tokens"), ({"max_tokens": 0}, "max_tokens"),
        ({"n": 0}, "n"), ({"n": 1000}, "n"), ({"stop": 5}, "stop"), ({"tools": {}}, "tools"),
        ({"stream_options": {"include_usage": True}}, "stream_options"), ({"user": 5}, "user"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dialect", ["openai", "anthropic", "gemini"])
def test_wrong_types_and_values(http: httpx.Client, dialect: str, change: dict, param: str) -> None:
    body = {**GOOD, "model": f"{dialect}-chat", **change}
    check(http.post("/v1/chat/completions", json=body), 400, param)


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/embeddings"])
def test_other_endpoints_check_too(http: httpx.Client, path: str) -> None:
    check(http.post(path, json={"model": "openai-chat", "prompt": {}, "input": {}}), 400)
    check(http.post(path, json={"prompt": "a", "input": "a"}), 400, "model")


def test_unknown_model(http: httpx.Client) -> None:
    error = check(http.post("/v1/chat/completions", json={**GOOD, "model": "no-such"}), 404)
    assert error["code"] == "model_not_found"


def test_unknown_route_and_method(http: httpx.Client) -> None:
    check(http.post("/v1/nonsense", json={}), 404)
    assert http.get("/nonsense").json()["error"]["code"] == "unknown_url"
    response = http.get("/v1/chat/completions")
    check(response, 405)
    assert "POST" in response.headers["allow"]


def test_preflight(gateway) -> None:
    response = httpx.options(f"{gateway.url}/v1/chat/completions")
    assert response.status_code == 204
    assert "POST" in response.headers["allow"]


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"authorization": ""}, {"authorization": "Bearer"}, {"authorization": "Basic abc"},
        {"authorization": "Bearer nonsense"}, {"authorization": "Bearer mk-abc-def"},
        {"authorization": "Bearer mk-" + "a" * 100_00}, {"x-api-key": "mk-0-0"},
        {"authorization": "Bearer eyJhbGciOiJub25lIn0.e30."},
    ],
)  # fmt: skip
def test_who_are_you(gateway, headers: dict) -> None:
    response = httpx.post(f"{gateway.url}/v1/chat/completions", json=GOOD, headers=headers)
    check(response, 401)
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", ["x-api-key", "api-key"])
def test_other_credential_headers(gateway, key: str, name: str) -> None:
    assert httpx.get(f"{gateway.url}/v1/models", headers={name: key}).status_code == 200


def test_body_limit(gateway, key: str) -> None:
    size = 33 << 20
    body = json.dumps({**GOOD, "x": "a" * size})
    response = httpx.post(
        f"{gateway.url}/v1/chat/completions", content=body, headers={"authorization": f"Bearer {key}"}
    )
    assert response.status_code == 413


def test_bad_timeout_header(http: httpx.Client) -> None:
    response = http.post("/v1/chat/completions", json=GOOD, headers={"x-martlet-timeout": "soon"})
    check(response, 400, "x-martlet-timeout")
