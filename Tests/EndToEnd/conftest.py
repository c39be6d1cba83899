from collections.abc import Iterator

import httpx
import openai
import pytest
from gateway import Fake, Gateway, policy


@pytest.fixture(scope="session")
def fake() -> Iterator[Fake]:
    fake = Fake()
    yield fake
    fake.stop()


@pytest.fixture(scope="session")
def gateway(fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    gateway = Gateway(tmp_path_factory.mktemp("gateway"), policy(fake.url)).start()
    yield gateway
    gateway.stop()


@pytest.fixture(scope="session")
def key(gateway: Gateway) -> str:
    return gateway.key()


@pytest.fixture
def client(gateway: Gateway, key: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=key, max_retries=0) as client:
        yield client


@pytest.fixture
def http(gateway: Gateway, key: str) -> Iterator[httpx.Client]:
    """For what the SDK would not send."""
    with httpx.Client(base_url=gateway.url, headers={"authorization": f"Bearer {key}"}, timeout=30) as client:
        yield client
