from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest
from gateway import Fake, Gateway, policy
from limit_helpers import Replicas
from redis_server import RedisServer


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


@pytest.fixture
def replicas(fake: Fake, tmp_path: Path) -> Iterator[Replicas]:
    """No gateway yet: the test starts as many as it needs, on one Redis."""
    redis = RedisServer()
    replicas = Replicas(fake, redis, tmp_path)
    try:
        yield replicas
        redis.resume()
        for gateway in replicas.running:
            gateway.program.kill()
    finally:
        redis.stop()
