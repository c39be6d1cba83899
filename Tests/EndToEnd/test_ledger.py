"""What is written down of each request, and that it is still there whatever ends the gateway."""

import asyncio
import json
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest
from gateway import Fake, Gateway, policy
from limit_helpers import eventually
from postgres_server import PostgresServer

ENGINES = ["sqlite", "postgresql"]


@pytest.fixture(scope="module", params=ENGINES)
def database(request: pytest.FixtureRequest) -> Iterator[PostgresServer | None]:
    """None: SQLite in the gateway's own directory."""
    server = PostgresServer() if request.param == "postgresql" else None
    yield server
    if server:
        server.close()


@pytest.fixture
def ledger(database: PostgresServer | None, fake: Fake, tmp_path: Path) -> Iterator[Gateway]:
    gateway = make(database, fake, tmp_path).start()
    yield gateway
    gateway.program.kill()


def make(database: PostgresServer | None, fake: Fake, directory: Path, **config: object) -> Gateway:
    policies = policy(fake.url)
    policies["models"]["falls"] = {
        "targets": [{"provider": "openai", "model": "fake-status-503"}, {"provider": "anthropic", "model": "claude-sonnet-4-5"}]
    }
    policies["providers"]["patient"] = {**policies["providers"]["openai"], "on_disconnect": "drain"}
    policies["models"]["drains"] = {"targets": [{"provider": "patient", "model": "fake-chunks-60-gap-10ms-in-5-out-77"}]}
    policies["plans"]["once"] = {
        "models": ["*"], "limits": [{"scope": "tenant", "resource": "requests", "per": "month", "max": 1}],
    }  # fmt: skip
    policies["tenants"]["once"] = {"plan": "once"}
    if database:
        # A database of its own for each test, so that one server serves them all.
        name = "t" + format(random.getrandbits(48), "x")
        database.query(f"CREATE DATABASE {name}")
        config["database_url"] = database.url(name)
    return Gateway(directory, policies, dict(config))


def rows(gateway: Gateway, *arguments: str) -> list[dict]:
    done = gateway.command("usage", "export", "--format", "json", *config_of(gateway), *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def config_of(gateway: Gateway) -> list[str]:
    return ["--config", str(gateway.directory / "martlet.yaml")] if gateway.config else []


def key(gateway: Gateway, tenant: str = "acme") -> str:
    done = gateway.command("key", "create", "--tenant", tenant, "--json", *config_of(gateway))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["key"]


def ask(gateway: Gateway, secret: str, model: str, **more: object) -> httpx.Response:
    return httpx.post(
        f"{gateway.url}/v1/chat/completions", headers={"authorization": f"Bearer {secret}", **more.pop("headers", {})},
        json={"model": model, "messages": [{"role": "user", "content": "Hello"}], **more}, timeout=30,
    )  # fmt: skip


def settled(gateway: Gateway, count: int) -> list[dict]:
    """The rows, once there are so many."""
    found: list[dict] = []

    def enough() -> bool:
        found[:] = rows(gateway)
        return len(found) >= count

    eventually(enough)
    assert len(found) == count
    return found


def test_a_row_says_who_asked_what_and_what_it_cost(ledger: Gateway) -> None:
    secret = key(ledger)
    answer = ask(ledger, secret, "openai-chat", user="u-7", headers={"x-martlet-session": "s-1"}).json()
    (row,) = settled(ledger, 1)
    assert row["tenant"] == "acme" and row["key"] and row["key"] in secret
    assert (row["end_user"], row["session"], row["endpoint"]) == ("u-7", "s-1", "chat/completions")
    assert (row["client_model"], row["provider"], row["upstream_model"]) == ("openai-chat", "openai", "gpt-4o")
    assert row["prompt_tokens"] == answer["usage"]["prompt_tokens"]
    assert row["completion_tokens"] == answer["usage"]["completion_tokens"]
    assert row["cost_nanodollars"] > 0 and row["price_version"]
    assert (row["status"], row["error"], row["stream"], row["attempts"]) == (200, None, False, 1)
    assert row["estimated"] is False and row["total_ms"] >= row["first_token_ms"] >= 0


def test_a_stream_is_one_row_with_its_usage(ledger: Gateway) -> None:
    with openai.OpenAI(base_url=f"{ledger.url}/v1", api_key=key(ledger)) as client:
        stream = client.chat.completions.create(
            model="anthropic-chat", messages=[{"role": "user", "content": "Hello"}], stream=True,
            stream_options={"include_usage": True},
        )  # fmt: skip
        usage = [chunk.usage for chunk in stream if chunk.usage][-1]
    (row,) = settled(ledger, 1)
    assert row["stream"] is True and row["provider"] == "anthropic"
    assert (row["prompt_tokens"], row["completion_tokens"]) == (usage.prompt_tokens, usage.completion_tokens)


def test_failures_refusals_and_fallbacks_are_rows_too(ledger: Gateway) -> None:
    secret, once = key(ledger), key(ledger, "once")
    assert ask(ledger, secret, "openai-fake-status-500").status_code == 502
    assert ask(ledger, secret, "no-such-model").status_code == 404
    assert ask(ledger, secret, "falls").status_code == 200
    assert ask(ledger, once, "openai-chat").status_code == 200
    assert ask(ledger, once, "openai-chat").status_code == 429
    found = settled(ledger, 5)
    by_status = {(row["tenant"], row["status"]): row for row in found}
    failed = by_status["acme", 502]
    assert failed["error"] == "server" and failed["attempts"] == 2 and not failed["cost_nanodollars"]
    assert by_status["acme", 404]["error"] == "model_not_found" and by_status["acme", 404]["attempts"] == 0
    fell = by_status["acme", 200]
    assert (fell["provider"], fell["error"]) == ("anthropic", None) and fell["attempts"] >= 2
    assert by_status["once", 429]["error"] in ("rate_limit_exceeded", "insufficient_quota")
    assert by_status["once", 429]["completion_tokens"] == 0


def test_a_client_that_leaves_is_written_down(ledger: Gateway) -> None:
    secret = key(ledger)
    body = {"model": "openai-fake-chunks-200-gap-20ms", "messages": [{"role": "user", "content": "Hello"}], "stream": True}
    with httpx.stream(
        "POST", f"{ledger.url}/v1/chat/completions", json=body, headers={"authorization": f"Bearer {secret}"}
    ) as response:
        for count, _ in enumerate(response.iter_lines()):
            if count > 20:
                break
    (row,) = settled(ledger, 1)
    assert row["error"] == "client_closed_request" and row["estimated"] is True and row["completion_tokens"] > 0


def test_an_answer_read_on_for_its_usage_was_not_seen(ledger: Gateway) -> None:
    secret = key(ledger)
    body = {"model": "drains", "messages": [{"role": "user", "content": "Hello"}], "stream": True}
    with httpx.stream(
        "POST", f"{ledger.url}/v1/chat/completions", json=body, headers={"authorization": f"Bearer {secret}"}
    ) as response:
        lines = response.iter_lines()
        for count, _ in enumerate(lines):
            if count > 20:
                break
    (row,) = settled(ledger, 1)
    # The provider's own count, and no claim that anybody got it.
    assert row["error"] == "client_closed_request" and row["estimated"] is False and row["completion_tokens"] == 77


def test_export_is_csv_by_default_and_takes_a_period(ledger: Gateway) -> None:
    ask(ledger, key(ledger), "openai-chat")
    settled(ledger, 1)
    done = ledger.command("usage", "export", *config_of(ledger))
    header, line = done.stdout.splitlines()
    assert header.startswith("id,time,tenant,user,key,end_user,session,module,endpoint,client_model") and "acme" in line
    assert rows(ledger, "--to", "2020-01-01") == [] and rows(ledger, "--tenant", "small") == []
    assert len(rows(ledger, "--from", "2020-01-01T00:00:00Z")) == 1
    wrong = ledger.command("usage", "export", "--from", "yesterday")
    assert wrong.returncode != 0 and "2026-11-01" in wrong.stderr


def test_sigterm_leaves_nothing_in_the_outbox(ledger: Gateway) -> None:
    secret = key(ledger)
    for _ in range(20):
        assert ask(ledger, secret, "openai-chat").status_code == 200
    assert ledger.stop() == 0
    assert len(rows(ledger)) == 20


class Clients:
    """Asks without end, and remembers which requests it saw the end of, by their `user`."""

    def __init__(self, gateway: Gateway, secret: str, prefix: str):
        self.gateway, self.secret, self.prefix = gateway, secret, prefix
        self.finished: set[str] = set()

    async def run(self, count: int) -> None:
        limits = httpx.Limits(max_connections=count)
        async with httpx.AsyncClient(base_url=self.gateway.url, limits=limits, timeout=30) as http:
            await asyncio.gather(*(self.client(http, index) for index in range(count)), return_exceptions=True)

    async def client(self, http: httpx.AsyncClient, index: int) -> None:
        for turn in range(10_000):
            user, stream = f"{self.prefix}{index}-{turn}", (index + turn) % 2 == 0
            body = {
                "model": "openai-fake-chunks-10-gap-5ms" if stream else "openai-chat", "stream": stream, "user": user,
                "messages": [{"role": "user", "content": "Hello"}],
            }  # fmt: skip
            headers = {"authorization": f"Bearer {self.secret}"}
            async with http.stream("POST", "/v1/chat/completions", json=body, headers=headers) as response:
                text = (await response.aread()).decode()
            if response.status_code == 200 and (not stream or text.endswith("data: [DONE]\n\n")):
                self.finished.add(user)


def test_kill_9_loses_no_finished_request_and_doubles_none(ledger: Gateway) -> None:
    """The short form; scripts/soak.sh repeats it."""
    secret = key(ledger)
    for round in range(3):
        clients = Clients(ledger, secret, f"{round}-")

        async def until_killed() -> None:
            load = asyncio.create_task(clients.run(100))
            enough = random.randint(50, 300)
            while len(clients.finished) < enough and not load.done():
                await asyncio.sleep(0.005)
            ledger.program.signal(signal.SIGKILL)
            await load

        asyncio.run(until_killed())
        ledger.program.kill()
        ledger.start()
        assert len(clients.finished) >= 50
        assert eventually(lambda: {row["end_user"] for row in rows(ledger)} >= clients.finished, seconds=20)
        found = [row["end_user"] for row in rows(ledger)]
        assert len(found) == len(set(found))


def test_the_gateway_goes_on_while_postgresql_is_away(fake: Fake, tmp_path: Path) -> None:
    server = PostgresServer()
    try:
        gateway = make(server, fake, tmp_path).start()
        try:
            secret = key(gateway)
            assert ask(gateway, secret, "openai-chat").status_code == 200
            server.stop()
            statuses = [ask(gateway, secret, "openai-chat").status_code for _ in range(50)]
            assert statuses == [200] * 50
            unknown = ask(gateway, secret[:-4] + "aaaa", "openai-chat")
            assert unknown.status_code in (401, 503)
            server.start()
            settled(gateway, 51)
        finally:
            gateway.program.kill()
    finally:
        server.close()
