"""What limits count: money, tokens, failures, time. With both stores: in the process, and in Redis."""

import datetime
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import httpx
import openai
import pytest
from gateway import Fake, Gateway
from limit_helpers import Caller, Tenants, body, eventually, limit_name, limited_gateway, refused, rule

TENANTS = Tenants()
FAULTS = ["status-500", "error-overloaded", "refuse", "reset", "empty", "malformed-0", "cut-head", "fail-0"]
WAYS = {"whole": {}, "stream": {"stream": True}}


@pytest.fixture(scope="module", params=["process", "redis"])
def gateway(request: pytest.FixtureRequest, fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    policies = TENANTS.policy(fake.url)
    # A price of a tenth and two tenths of a cent a token, so that costs are easy to see.
    policies["models"]["dear-*"] = {
        "targets": [{"provider": "openai"}], "price": {"input_per_mtok": 1000, "output_per_mtok": 2000},
    }  # fmt: skip
    # A gateway may rest a provider in trouble: each fault has a provider of its own.
    for name in ["frail-broken", *(f"frail-{fault}-{way}" for fault in FAULTS for way in WAYS)]:
        policies["providers"][name] = policies["providers"]["openai"]
        policies["models"][f"{name}-*"] = {"targets": [{"provider": name}]}
    with limited_gateway(request.param, policies, tmp_path_factory.mktemp("limits")) as gateway:
        yield gateway


# Cost

BUDGET = TENANTS.add("budget", rule("tenant", "cost", "month", 0.1))


def test_cost_in_dollars(gateway: Gateway) -> None:
    caller = Caller(gateway, BUDGET)
    response = caller.chat("dear-fake-in-10-out-20", max_tokens=20)
    assert response.status_code == 200
    assert float(response.headers["x-martlet-cost-usd"]) == 0.05
    assert response.headers["x-martlet-limit"] == "tenant/cost/month"
    cost = caller.settled("tenant/cost/month")
    assert (cost["max"], cost["used"], cost["remaining"]) == (0.1, 0.05, 0.05)
    # More than was estimated: the balance is negative, and nothing of it is forgiven.
    assert caller.chat("dear-fake-in-30-out-40", max_tokens=20).status_code == 200
    cost = caller.settled("tenant/cost/month")
    assert (cost["used"], cost["remaining"]) == (0.16, -0.06)
    error = refused(caller.chat("dear-fake-in-1-out-1"), "tenant/cost/month")
    assert "limit $0.10, used $0.16" in error["message"]


BLOCKS = TENANTS.add("blocks", rule("key", "requests", "day", 100), unknown_price="block")
FLAGS = TENANTS.add("flags", rule("key", "cost", "day", 1), unknown_price="flag")


def test_models_without_a_price(gateway: Gateway, fake: Fake) -> None:
    blocks, flags = Caller(gateway, BLOCKS), Caller(gateway, FLAGS)
    fake.clear()
    response = blocks.chat("openai_compatible-nobodys")
    assert response.status_code == 403, response.text
    assert response.json()["error"]["code"] == "price_unknown"
    assert fake.requests() == []
    assert blocks.limit("key/requests/day")["used"] == 0
    priced = blocks.chat("dear-one")
    assert priced.status_code == 200 and "x-martlet-price" not in priced.headers
    flagged = flags.chat("openai_compatible-nobodys")
    assert flagged.status_code == 200 and flagged.headers["x-martlet-price"] == "unknown"
    assert flags.settled("key/cost/day")["used"] == 0


# What is counted

COUNTED = TENANTS.add(
    "counted", rule("key", "requests", "day", 1000), rule("key", "tokens", "day", 1_000_000), rule("key", "cost", "day", 100),
    rule("key", "concurrency", None, 10),
)  # fmt: skip

SMALL = TENANTS.add("small-window", rule("key", "tokens", "day", 10))


def test_an_empty_window_admits_its_first_request_however_large(gateway: Gateway) -> None:
    caller = Caller(gateway, SMALL)
    response = caller.chat("openai-fake-in-500-out-700", text="Hello " * 200)
    assert response.status_code == 200
    tokens = caller.settled("key/tokens/day")
    assert (tokens["used"], tokens["remaining"]) == (1200, -1190)
    response = caller.chat()
    assert "limit 10, used 1200, reserved 0" in refused(response, "key/tokens/day")["message"]
    assert response.headers["x-ratelimit-remaining-tokens"] == "0"


NEVER = TENANTS.add("never", rule("key", "tokens", "day", 0))


def test_a_limit_of_nothing_admits_nothing(gateway: Gateway) -> None:
    refused(Caller(gateway, NEVER).chat(max_tokens=1), "key/tokens/day")


@pytest.mark.parametrize("way", WAYS)
def test_a_failed_call_costs_a_request_but_no_tokens(gateway: Gateway, way: str) -> None:
    caller = Caller(gateway, COUNTED)
    counted: dict[str, list] = {}
    # `fail` is a fault of streams only.
    faults = FAULTS if way == "stream" else FAULTS[:-1]
    for fault in faults:
        before = {limit_name(row): row["used"] for row in caller.limits()}
        response = caller.chat(f"frail-{fault}-{way}-fake-{fault}", **WAYS[way])
        assert response.status_code >= 500, (fault, response.text)
        counted[fault] = [
            caller.settled(name)["used"] - before[name] for name in ("key/requests/day", "key/tokens/day", "key/cost/day")
        ]
    assert counted == {fault: [1, 0, 0] for fault in faults}
    assert caller.limit("key/concurrency")["remaining"] == 10


def test_what_never_reaches_a_provider_costs_nothing(gateway: Gateway) -> None:
    caller = Caller(gateway, COUNTED)
    bad = {"model": "openai-chat", "messages": "Hello"}
    assert caller.http.post("/v1/chat/completions", json=bad).status_code == 400
    assert caller.http.post("/v1/chat/completions", content=b"{").status_code == 400
    assert caller.chat("nobody-knows").status_code == 404
    assert caller.http.get("/v1/models").status_code == 200
    assert all(row["used"] == row["reserved"] == 0 for row in caller.limits()), caller.limits()


def test_a_broken_stream_costs_what_came_of_it(gateway: Gateway) -> None:
    caller = Caller(gateway, COUNTED)
    with caller.stream("frail-broken-fake-chunks-40-size-80-cut-20") as response:
        assert b"[DONE]" not in response.read()
    assert caller.settled("key/tokens/day")["used"] == pytest.approx(400, rel=0.03)
    assert caller.limit("key/requests/day")["used"] == 1


# Asking without spending

ASKED = TENANTS.add(
    "asked", rule("key", "requests", "day", 2), rule("key_model", "requests", "hour", 50),
    rule("tenant_model", "tokens", "hour", 9000), rule("end_user", "requests", "hour", 5), rule("key", "cost", "month", 20),
)  # fmt: skip


def test_a_check_says_what_would_happen_and_spends_nothing(gateway: Gateway, fake: Fake) -> None:
    caller = Caller(gateway, ASKED)
    fake.clear()
    for _ in range(5):
        answer = caller.check(max_tokens=100, user="ana")
        assert answer["allowed"] is True and answer["refused_by"] is None
        assert answer["estimate"]["completion_tokens"] == 100
        assert 0 < answer["estimate"]["prompt_tokens"] < 30
        assert answer["estimate"]["cost_usd"] > 0
        assert {limit_name(row): row["used"] for row in answer["limits"]} == {
            "key/requests/day": 0, "key_model/requests/hour": 0, "tenant_model/tokens/hour": 0,
            "end_user/requests/hour": 0, "key/cost/month": 0,
        }  # fmt: skip
        assert not any(row["reserved"] for row in answer["limits"])
    assert fake.requests() == []
    for _ in range(2):
        assert caller.chat().status_code == 200
    caller.settled("key/requests/day")
    answer = caller.check()
    assert answer["allowed"] is False and answer["refused_by"] == "key/requests/day"
    assert caller.http.post("/v1/limits/check", json={"model": "openai-chat"}).status_code == 400
    assert caller.http.post("/v1/limits/check", json=body("nobody-knows")).status_code == 404
    for method, path in (("POST", "/v1/limits/check"), ("GET", "/v1/limits")):
        assert httpx.request(method, gateway.url + path, json=body()).status_code == 401


def test_limits_per_model_and_end_user_are_shown_on_request(gateway: Gateway) -> None:
    caller = Caller(gateway, ASKED)
    assert caller.chat(user="eve").status_code == 200
    assert {limit_name(row) for row in caller.limits()} == {"key/requests/day", "key/cost/month"}
    assert caller.settled("key_model/requests/hour", model="openai-chat")["used"] == 1
    assert caller.limit("key_model/requests/hour", model="groq-chat")["used"] == 0
    assert caller.limit("tenant_model/tokens/hour", model="openai-chat")["used"] > 0
    assert caller.limit("end_user/requests/hour", user="eve")["used"] == 1
    assert caller.limit("end_user/requests/hour", user="bob")["used"] == 0
    row = caller.limit("key/requests/day")
    assert set(row) == {"scope", "resource", "per", "max", "used", "reserved", "remaining", "resets_at", "shadow"}


# Time

ZONES = ["America/Fortaleza", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Australia/Lord_Howe"]
for zone in ZONES:
    calendar = [rule("key", "requests", per, 9) for per in ("day", "week", "month")]
    TENANTS.add(f"zone-{ZONES.index(zone)}", *calendar, tenant={"timezone": zone})


@pytest.mark.parametrize("zone", ZONES)
def test_days_end_where_the_tenant_lives(gateway: Gateway, zone: str) -> None:
    caller = Caller(gateway, f"zone-{ZONES.index(zone)}")
    assert caller.chat().status_code == 200

    def expected() -> dict[str, datetime.datetime]:
        day = datetime.datetime.now(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        ends = {
            "day": day + datetime.timedelta(days=1), "week": day + datetime.timedelta(days=7 - day.weekday()),
            "month": (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1),
        }  # fmt: skip
        return {f"key/requests/{per}": end.astimezone(datetime.UTC) for per, end in ends.items()}

    def shown() -> dict[str, datetime.datetime]:
        return {limit_name(row): datetime.datetime.fromisoformat(row["resets_at"]) for row in caller.limits()}

    # Midnight may pass between the two.
    assert eventually(lambda: shown() == expected(), 1), (shown(), expected())


MINUTE = TENANTS.add("minute", rule("key", "requests", "minute", 2), rule("key", "requests", "hour", 1000))


def test_windows_slide_and_say_when_there_is_room(gateway: Gateway) -> None:
    caller = Caller(gateway, MINUTE)
    # All in one minute of the clock.
    assert eventually(lambda: time.time() % 60 < 57, 4)
    for _ in range(2):
        assert caller.chat().status_code == 200
    response = caller.chat()
    refused(response, "key/requests/minute")
    # Half of two requests must have slid out: not before the middle of the next minute.
    wait = int(response.headers["retry-after-ms"])
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(milliseconds=wait)
    assert 28_000 <= wait <= 90_500
    assert 29 <= until.second + until.microsecond / 1e6 <= 31


BURST = TENANTS.add("burst", rule("key", "requests", "second", 1))


def test_the_official_sdk_sees_a_rate_limit_and_its_own_retry_succeeds(gateway: Gateway) -> None:
    key = gateway.key(BURST)
    request = {"model": "openai-chat", "messages": [{"role": "user", "content": "Hello"}]}
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=key, max_retries=0) as client:

        def refusal() -> openai.RateLimitError | None:
            try:
                client.chat.completions.create(**request)
            except openai.RateLimitError as error:
                return error
            return None

        # The first is admitted; the second comes within two seconds of it on any machine, or the next does.
        error = next(filter(None, (refusal() for _ in range(5))))
        assert error.status_code == 429 and error.code == "rate_limit_exceeded" and error.type == "requests"
        assert 0 < int(error.response.headers["retry-after-ms"]) <= 2000
        assert error.response.headers["retry-after"] in ("1", "2")
        stream = client.with_options(max_retries=2).chat.completions.create(**request, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
