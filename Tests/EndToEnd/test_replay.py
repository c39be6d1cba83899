"""Recorded traffic of every provider, replayed byte for byte: what the client gets is valid and says the same."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gateway import Fake, Gateway
from replay import asking, client, comparison, received, translated
from replay.cases import FIXTURES, SKIPPED, Case, load

CASES = load()
REPLAYED = [case for case in CASES if case.id not in SKIPPED]

pytestmark = pytest.mark.skipif(not CASES, reason=f"no recorded traffic: {FIXTURES.name}/index.json is absent")


@pytest.fixture(scope="module")
def replay_fake() -> Iterator[Fake]:
    """A provider of this module's own: what it is scripted to say must not reach other tests."""
    fake = Fake()
    yield fake
    fake.stop()


@pytest.fixture(scope="module")
def replay_gateway(replay_fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    policies = asking.policy(replay_fake.url, REPLAYED)
    gateway = Gateway(tmp_path_factory.mktemp("replay"), policies, {"shutdown_grace": "1s"}, asking.KEYS).start()
    yield gateway
    gateway.stop()


@pytest.fixture(scope="module")
def gateway_client(replay_gateway: Gateway) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {replay_gateway.key()}"}
    with httpx.Client(base_url=replay_gateway.url, headers=headers, timeout=30) as http:
        yield http


@pytest.fixture(scope="module")
def control(replay_fake: Fake) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{replay_fake.url}/__fake") as http:
        yield http


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_recorded_answer(case: Case, gateway_client: httpx.Client, control: httpx.Client) -> None:
    if reason := SKIPPED.get(case.id):
        pytest.skip(reason)
    found = []
    for run in asking.runs(case):
        control.delete("/").raise_for_status()
        control.post("/script", json=asking.script(run)).raise_for_status()
        response = gateway_client.post(case.endpoint, json=asking.body(run))
        requests = control.get("/requests").raise_for_status().json()["requests"]
        notes = comparison.differences(run, client.read(response, case.endpoint, run.stream, run.include_usage))
        notes += received.problems(run, requests[0]) if requests else ["the provider was not asked"]
        found += [f"{run.label}: {note}" for note in notes]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("kind", asking.TRANSLATED)
@pytest.mark.parametrize("case", [case for case in REPLAYED if asking.is_portable(case)], ids=lambda case: case.id)
def test_recorded_request(case: Case, kind: str, gateway_client: httpx.Client, control: httpx.Client) -> None:
    """Real requests, made for OpenAI's format, reach providers of another one complete and well-formed."""
    control.delete("/").raise_for_status()
    request = asking.elsewhere(case, kind)
    response = gateway_client.post("/v1/chat/completions", json=request)
    assert response.status_code == 200, response.text
    received = control.get("/requests").raise_for_status().json()["requests"]
    notes = translated.problems(request, kind, received[0]["body"])
    assert not notes, "\n".join(notes)


def test_skips_are_recorded_cases() -> None:
    assert set(SKIPPED) <= {case.id for case in CASES}
