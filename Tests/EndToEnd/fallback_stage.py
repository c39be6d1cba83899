"""The gateway that all tests of fallback share, and what runs on it beside them. A plugin of those tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from fallback_routes import LONG, ROUTES, Asker, Seen, Stage, text_of
from fallback_wall import Wall
from gateway import Fake, Gateway
from limit_helpers import noon_zone

KEYS = ["KEY_ONE", "KEY_TWO", "KEY_THREE"]
WALLS = ["busy", "refused", "silent"]


@pytest.fixture(scope="session")
def walls() -> Iterator[dict[str, Wall]]:
    walls = {name: Wall(text_of(f"s15-{name}-a")) for name in WALLS}
    # The fallback of all three: not the fake provider, whose record holds the last 512 requests only.
    walls["spare"] = Wall(text_of("spare"))
    yield walls
    for wall in walls.values():
        wall.stop()


@pytest.fixture(scope="session")
def upstream() -> Iterator[Fake]:
    """A fake provider of its own: requests are counted."""
    upstream = Fake()
    yield upstream
    upstream.stop()


@pytest.fixture(scope="session")
def failover(
    upstream: Fake, walls: dict[str, Wall], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    policies = ROUTES.policy(upstream.url)
    for name in WALLS:
        for side, wall in (("a", walls[name]), ("b", walls["spare"])):
            policies["providers"][f"s15-{name}-{side}"] = {
                "kind": "openai", "base_url": wall.url, "api_key": "env:FAKE_KEY", "allow_private_network": True,
            }  # fmt: skip
        policies["models"][f"s15-{name}"] = {
            "targets": [
                {"provider": f"s15-{name}-a", "model": "gpt-4o"},
                {"provider": f"s15-{name}-b", "model": "gpt-4o-mini"},
            ]
        }
    for tenant in policies["tenants"].values():
        tenant["timezone"] = noon_zone()
    secrets = {name: f"sk-{name.lower().replace('_', '-')}-0123456789" for name in KEYS}
    gateway = Gateway(tmp_path_factory.mktemp("failover"), policies, environment=secrets).start()
    yield gateway
    assert gateway.stop() == 0, gateway.program.output


@pytest.fixture(scope="session")
def failover_key(failover: Gateway) -> str:
    return failover.key()


@pytest.fixture(scope="session")
def seen(upstream: Fake) -> Seen:
    return Seen(upstream)


@pytest.fixture(scope="session")
def begun(
    request: pytest.FixtureRequest, failover: Gateway, failover_key: str, walls: dict[str, Wall]
) -> Iterator[Callable[[str], object]]:
    """Starts the long scenarios of the tests that were chosen, all at once and before the first test."""
    chosen = {getattr(item, "originalname", None) for item in request.session.items}
    asker = Asker(failover, failover_key)
    stage = Stage(asker, walls)
    pool = ThreadPoolExecutor(max(1, len(LONG)))
    futures: dict[str, Future] = {name: pool.submit(run, stage) for name, run in LONG.items() if name in chosen}
    yield lambda name: futures[name].result(120)
    stage.curtain.set()
    pool.shutdown(wait=False, cancel_futures=True)
    asker.close()


@pytest.fixture(scope="session")
def ask(failover: Gateway, failover_key: str, begun: object) -> Iterator[Asker]:
    asker = Asker(failover, failover_key)
    yield asker
    asker.close()


@pytest.fixture
def result(request: pytest.FixtureRequest, begun: Callable[[str], object]):
    """Of the scenario that this test started long ago."""
    return begun(request.node.originalname)
