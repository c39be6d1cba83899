"""The client's own deadline, and clients that leave."""

import json
import socket

import pytest
from fallback_routes import MODES, PING, ROUTES, Asker, Seen, answered, both, pairs, refused
from gateway import Gateway
from limit_helpers import Caller, eventually, rule

pytest_plugins = ["fallback_stage"]

DEADLINE = ROUTES.pair("deadline", "silent")
DEADLINE_SECOND = pairs("deadline-second", "status-503", "silent")
DEADLINE_WAIT = ROUTES.pair("deadline-wait", "error-rate_limit-retry-3s")


def test_the_clients_deadline_ends_the_walk(ask: Asker, seen: Seen) -> None:
    answer = ask(DEADLINE, extra_headers={"x-martlet-timeout": "600ms"})
    refused(answer, 504, "upstream_timeout")
    assert 0.55 <= answer.seconds < 3
    assert seen.counts(DEADLINE) == (1, 0)


@both
def test_the_clients_deadline_covers_all_attempts(ask: Asker, seen: Seen, mode: str) -> None:
    model = DEADLINE_SECOND.format(mode)
    answer = ask(model, mode, extra_headers={"x-martlet-timeout": "1500ms"})
    refused(answer, 504, "upstream_timeout")
    assert 1.45 <= answer.seconds < 4
    assert answer.headers["x-should-retry"] == "false"
    listed = [(target, failure) for target, failure, _ in answer.attempt_list()]
    assert listed == 2 * [(f"{model}-a/gpt-4o", "overloaded")] + [(f"{model}-b/claude-sonnet-4-5", "timeout")]
    assert eventually(lambda: seen.requests(f"{model}-b")[0]["closed_by_peer"])
    assert seen.counts(model) == (2, 1)


def test_a_wait_that_does_not_fit_the_deadline_is_not_begun(ask: Asker, seen: Seen) -> None:
    answer = ask(DEADLINE_WAIT, extra_headers={"x-martlet-timeout": "2s"})
    answered(answer, "deadline-wait-b", attempts=2)
    assert answer.seconds < 2
    assert seen.counts(DEADLINE_WAIT) == (1, 1)


def leaving(name: str, *specs: str) -> str:
    return ROUTES.model(name, *(ROUTES.target(f"{name}-{letter}", spec) for letter, spec in zip("abc", specs)))


LEAVES = {mode: leaving(f"leaves-{mode}", "status-503", "silent", "") for mode in MODES}
LEAVES_BEFORE = leaving("leaves-before", "silent", "")
LEAVES_WAITING = leaving("leaves-waiting", "error-rate_limit-retry-1s", "")
WAITS = leaving("waits", "error-rate_limit-retry-1500ms-first-1")
LEAVES_SLOT = leaving("leaves-slot", "status-503", "silent")
ROUTES.tenants["one-at-a-time"] = [rule("tenant", "concurrency", None, 1)]


class Leaver:
    """A client that sends a request and hangs up when it likes."""

    def __init__(self, gateway: Gateway, key: str, model: str, mode: str):
        host, port = gateway.url.removeprefix("http://").split(":")
        body = json.dumps(
            {"model": model, "messages": [{"role": "user", "content": "Hello"}], "stream": mode == "stream"}
        )
        self.socket = socket.create_connection((host, int(port)))
        self.socket.sendall(
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()
        )

    def leave(self) -> None:
        self.socket.close()


@both
def test_a_client_that_leaves_during_the_fallback_stops_everything(
    failover: Gateway, failover_key: str, ask: Asker, seen: Seen, mode: str
) -> None:
    model = LEAVES[mode]
    client = Leaver(failover, failover_key, model, mode)
    assert eventually(lambda: seen.count(f"{model}-b") == 1)
    client.leave()
    assert eventually(lambda: seen.requests(f"{model}-b")[0]["closed_by_peer"])
    # Whatever the gateway still meant to do would come before this request's answer.
    assert ask(PING).error is None
    assert seen.counts(model, "abc") == (2, 1, 0)


def test_a_client_that_leaves_during_the_fallback_gives_its_slot_back(failover: Gateway, seen: Seen) -> None:
    caller = Caller(failover, "one-at-a-time")
    client = Leaver(failover, caller.key, LEAVES_SLOT, "stream")
    assert eventually(lambda: seen.count(f"{LEAVES_SLOT}-b") == 1)
    assert caller.chat(PING).status_code == 429
    client.leave()
    assert eventually(lambda: caller.chat(PING).status_code == 200)


def test_a_client_that_leaves_during_the_first_attempt_starts_no_other(
    failover: Gateway, failover_key: str, ask: Asker, seen: Seen
) -> None:
    client = Leaver(failover, failover_key, LEAVES_BEFORE, "stream")
    assert eventually(lambda: seen.count(f"{LEAVES_BEFORE}-a") == 1)
    client.leave()
    assert eventually(lambda: seen.requests(f"{LEAVES_BEFORE}-a")[0]["closed_by_peer"])
    assert ask(PING).error is None
    assert seen.counts(LEAVES_BEFORE) == (1, 0)


def test_a_client_that_leaves_during_a_wait_is_not_waited_for(
    failover: Gateway, failover_key: str, ask: Asker, seen: Seen
) -> None:
    client = Leaver(failover, failover_key, LEAVES_WAITING, "whole")
    assert eventually(lambda: seen.count(f"{LEAVES_WAITING}-a") == 1)
    client.leave()
    # A request that waits longer: when it has its answer, the other's wait is over as well.
    patient = ask(WAITS)
    answered(patient, "waits-a", attempts=2, text=patient.text)
    assert seen.counts(LEAVES_WAITING) == (1, 0)
