"""Keys, tenants, tokens, reload and shutdown, as an operator sees them."""

import base64
import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from gateway import BINARY, Fake, Gateway, policy

CHAT = {"model": "openai-chat", "messages": [{"role": "user", "content": "Hello"}]}


def eventually(condition: Callable[[], bool], seconds: float = 5) -> bool:
    """Polls until the condition holds; false when it never does."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < deadline:
        if condition():
            return True
        pause.wait(0.02)
    return False


def status(gateway: Gateway, key: str, body: dict = CHAT) -> int:
    return httpx.post(
        f"{gateway.url}/v1/chat/completions", json=body, headers={"authorization": f"Bearer {key}"}
    ).status_code


@pytest.fixture
def own(fake: Fake, tmp_path: Path):
    """A gateway for a test that changes or stops it."""
    gateway = Gateway(tmp_path, policy(fake.url)).start()
    yield gateway
    assert gateway.program
    gateway.program.stop()


class TestKeys:
    def test_life_of_a_key(self, gateway: Gateway) -> None:
        key = gateway.key("acme", "--name", "life", "--user", "ana")
        assert status(gateway, key) == 200
        listed = json.loads(gateway.command("key", "list", "--tenant", "acme", "--json").stdout)["data"]
        row = next(k for k in listed if k["name"] == "life")
        assert row["user"] == "ana" and row["prefix"].startswith("mk-") and "key" not in row
        assert key not in json.dumps(listed)

        assert gateway.command("key", "revoke", row["id"]).returncode == 0
        started = time.monotonic()
        assert eventually(lambda: status(gateway, key) == 401)
        assert time.monotonic() - started < 1.5

    def test_rotation_with_grace(self, gateway: Gateway) -> None:
        old = gateway.key("acme", "--name", "rotating")
        rotated = json.loads(gateway.command("key", "rotate", old.rsplit("-", 1)[0], "--grace", "1h", "--json").stdout)
        assert rotated["key"] != old
        assert eventually(lambda: status(gateway, rotated["key"]) == 200)
        assert status(gateway, old) == 200
        again = json.loads(gateway.command("key", "rotate", rotated["id"], "--json").stdout)
        assert eventually(lambda: status(gateway, rotated["key"]) == 401)
        assert status(gateway, again["key"]) == 200

    def test_models_of_a_key(self, gateway: Gateway) -> None:
        key = gateway.key("acme", "--models", "anthropic-*,openai-chat")
        assert status(gateway, key) == 200
        assert status(gateway, key, CHAT | {"model": "anthropic-chat"}) == 200
        assert status(gateway, key, CHAT | {"model": "gemini-chat"}) == 403
        ids = [
            m["id"]
            for m in httpx.get(f"{gateway.url}/v1/models", headers={"authorization": f"Bearer {key}"}).json()["data"]
        ]
        assert "openai-chat" in ids and "gemini-chat" not in ids

    def test_models_of_a_plan(self, gateway: Gateway) -> None:
        key = gateway.key("small")
        assert status(gateway, key) == 403
        assert status(gateway, key, CHAT | {"model": "openai-a"}) == 200

    def test_expiry(self, gateway: Gateway) -> None:
        key = gateway.key("acme", "--expires", "1s")
        assert status(gateway, key) == 200
        assert eventually(lambda: status(gateway, key) == 401)

    def test_scopes(self, gateway: Gateway) -> None:
        assert status(gateway, gateway.key("acme", "--scopes", "usage")) == 403

    def test_tenants(self, gateway: Gateway) -> None:
        assert gateway.command("tenant", "add", "beta", "--plan", "narrow").returncode == 0
        assert "beta" in gateway.command("tenant", "list").stdout
        key = gateway.key("beta")
        assert eventually(lambda: status(gateway, key) == 403)
        assert gateway.command("tenant", "remove", "beta").returncode == 0
        assert eventually(lambda: status(gateway, key) == 401)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("key", "create", "--tenant", "nobody"), ("key", "revoke", "mk-nothing"),
            ("key", "create", "--tenant", "acme", "--expires", "soon"), ("tenant", "add", "with space"),
            ("tenant", "add", "x", "--timezone", "Mars/Olympus"),
            ("key", "create", "--tenant", "acme", "--scopes", "everything"),
        ],
    )  # fmt: skip
    def test_mistakes(self, gateway: Gateway, arguments: tuple[str, ...]) -> None:
        done = gateway.command(*arguments)
        assert done.returncode != 0
        assert done.stderr.strip()
        assert "Fatal" not in done.stderr

    def test_no_secret_is_stored(self, gateway: Gateway) -> None:
        key = gateway.key("acme")
        secret = key.rsplit("-", 1)[1].encode()
        for file in gateway.data.rglob("*"):
            assert file.is_dir() or secret not in file.read_bytes(), file
        assert (gateway.data / "master.key").stat().st_mode & 0o077 == 0


def jwk(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, kid: str, alg: str) -> dict:
    algorithm = jwt.algorithms.RSAAlgorithm if alg.startswith("RS") else jwt.algorithms.ECAlgorithm
    return json.loads(algorithm.to_jwk(private.public_key())) | {"kid": kid, "alg": alg, "use": "sig"}


class TestTokens:
    @pytest.fixture(scope="class")
    def issuer(self, fake: Fake, tmp_path_factory: pytest.TempPathFactory):
        directory = tmp_path_factory.mktemp("issuer")
        keys = {
            "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
            "ec": ec.generate_private_key(ec.SECP256R1()),
        }
        jwks = directory / "jwks.json"
        jwks.write_text(json.dumps({"keys": [jwk(keys["rsa"], "rsa", "RS256"), jwk(keys["ec"], "ec", "ES256")]}))
        config = {
            "jwt": {
                "issuers": [
                    {
                        "issuer": "https://issuer.example", "jwks_file": str(jwks), "audiences": ["martlet"],
                        "algorithms": ["RS256", "ES256"], "tenant_claim": "org.id", "scopes_claim": "scope",
                    }
                ]
            }
        }  # fmt: skip
        gateway = Gateway(directory, policy(fake.url), config).start()
        yield gateway, keys, jwks
        gateway.stop()

    def token(self, key: object, kid: str, alg: str, headers: dict | None = None, **claims: object) -> str:
        now = int(time.time())
        payload = {
            "iss": "https://issuer.example", "aud": "martlet", "sub": "ana", "exp": now + 60, "nbf": now - 10,
            "org": {"id": "acme"}, "scope": "inference",
        }  # fmt: skip
        payload |= claims
        return jwt.encode({k: v for k, v in payload.items() if v is not None}, key, alg, {"kid": kid} | (headers or {}))

    @pytest.mark.parametrize(("kid", "alg"), [("rsa", "RS256"), ("ec", "ES256")])
    def test_good(self, issuer, kid: str, alg: str) -> None:
        gateway, keys, _ = issuer
        token = self.token(keys[kid], kid, alg)
        assert [status(gateway, token) for _ in range(3)] == [200, 200, 200]

    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": 1}, {"nbf": 4_000_000_000}, {"iss": "https://other.example"}, {"aud": "somebody"}, {"aud": None},
            {"org": None}, {"org": {"id": []}}, {"exp": None}, {"exp": "soon"},
        ],
    )  # fmt: skip
    def test_bad_claims(self, issuer, claims: dict) -> None:
        gateway, keys, _ = issuer
        token = self.token(keys["rsa"], "rsa", "RS256", **{k: v for k, v in claims.items()})
        assert status(gateway, token) == 401

    def test_bad_signatures(self, issuer) -> None:
        gateway, keys, _ = issuer
        good = self.token(keys["rsa"], "rsa", "RS256")
        head, body, signature = good.split(".")
        stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = keys["rsa"].public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        none = base64.urlsafe_b64encode(b'{"alg":"none","kid":"rsa"}').rstrip(b"=").decode()
        confused = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"rsa","typ":"JWT"}').rstrip(b"=").decode()
        import hashlib
        import hmac

        mac = hmac.new(public, f"{confused}.{body}".encode(), hashlib.sha256).digest()
        forged = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
        for token in (
            f"{head}.{body}.{signature[:-4]}AAAA", f"{head}.{body}.", f"{none}.{body}.", f"{confused}.{body}.{forged}",
            self.token(stranger, "rsa", "RS256"), self.token(stranger, "other", "RS256"),
            self.token(keys["ec"], "rsa", "ES256"),
        ):  # fmt: skip
            assert status(gateway, token) == 401

    def test_rotation_without_a_restart(self, issuer) -> None:
        gateway, _, jwks = issuer
        fresh = ec.generate_private_key(ec.SECP256R1())
        document = json.loads(jwks.read_text())
        document["keys"].append(jwk(fresh, "fresh", "ES256"))
        jwks.write_text(json.dumps(document))
        assert eventually(lambda: status(gateway, self.token(fresh, "fresh", "ES256")) == 200, 10)


class TestReload:
    def test_new_model_without_a_restart(self, own: Gateway) -> None:
        key = own.key()
        assert status(own, key, CHAT | {"model": "fresh"}) == 404
        policies = own.policies
        policies["models"]["fresh"] = {"targets": [{"provider": "openai", "model": "gpt-4o"}]}
        own.write_policies(policies)
        assert eventually(lambda: status(own, key, CHAT | {"model": "fresh"}) == 200)

    def test_an_invalid_version_changes_nothing(self, own: Gateway) -> None:
        key = own.key()
        own.write_policies("version: 1\nmodles: {}\n")
        assert own.program
        assert eventually(lambda: "modles" in own.program.output)
        assert 'did you mean "models"' in own.program.output
        assert status(own, key) == 200

    def test_sighup(self, own: Gateway) -> None:
        assert own.program
        own.program.signal(signal.SIGHUP)
        assert eventually(lambda: "policy reloaded" in own.program.output)


class TestCheck:
    def test_good(self, gateway: Gateway) -> None:
        done = gateway.command("check")
        assert done.returncode == 0 and done.stdout.startswith("ok:")

    def test_every_problem_with_its_place(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_text(
            "version: 1\nproviders:\n  main:\n    kind: opena\nmodels:\n  m:\n    targets:\n      - {provider: mian}\n"
            "tenants:\n  t: {plan: gold}\n"
        )
        done = subprocess.run([BINARY, "check", "--policies", tmp_path], capture_output=True, text=True)
        assert done.returncode == 1
        assert 'a.yaml:4: providers.main.kind' in done.stderr and 'did you mean "openai"' in done.stderr
        assert 'a.yaml:8: models.m.targets[0].provider' in done.stderr and 'did you mean "main"' in done.stderr
        assert 'a.yaml:10: tenants.t.plan' in done.stderr

    def test_serve_refuses_it_too(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_text("version: 2\n")
        done = subprocess.run(
            [BINARY, "serve", "--policies", tmp_path, "--data", tmp_path / "data"], capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 1 and "a.yaml:1: version" in done.stderr


class TestShutdown:
    def test_a_stream_finishes_before_the_end(self, own: Gateway) -> None:
        key = own.key()
        body = CHAT | {"model": "openai-fake-chunks-20-gap-50ms", "stream": True}
        headers = {"authorization": f"Bearer {key}"}
        assert own.program
        with httpx.stream("POST", f"{own.url}/v1/chat/completions", json=body, headers=headers, timeout=30) as response:
            lines = response.iter_lines()
            next(lines)
            own.program.signal(signal.SIGTERM)
            rest = [line for line in lines if line]
        assert rest[-1] == "data: [DONE]"
        assert own.program.process.wait(10) == 0

    def test_no_new_connections_while_draining(self, own: Gateway) -> None:
        key = own.key()
        body = CHAT | {"model": "openai-fake-chunks-40-gap-50ms", "stream": True}
        assert own.program
        with httpx.stream(
            "POST", f"{own.url}/v1/chat/completions", json=body, headers={"authorization": f"Bearer {key}"}, timeout=30
        ) as response:
            next(response.iter_lines())
            own.program.signal(signal.SIGTERM)

            def refused() -> bool:
                try:
                    httpx.get(f"{own.url}/health/live", timeout=2)
                except httpx.HTTPError:
                    return True
                return False

            assert eventually(refused)

    def test_the_grace_ends(self, fake: Fake, tmp_path: Path) -> None:
        gateway = Gateway(tmp_path, policy(fake.url), {"shutdown_grace": "300ms"}).start()
        body = CHAT | {"model": "openai-fake-chunks-2000-gap-50ms", "stream": True}
        headers = {"authorization": f"Bearer {gateway.key()}"}
        with httpx.stream("POST", f"{gateway.url}/v1/chat/completions", json=body, headers=headers, timeout=30) as response:
            next(response.iter_lines())
            assert gateway.stop() == 0

    def test_kill_and_start_again(self, own: Gateway) -> None:
        key = own.key()
        assert own.program
        own.program.kill()
        own.start()
        assert status(own, key) == 200


def test_health(gateway: Gateway) -> None:
    assert httpx.get(f"{gateway.url}/health/live").json() == {"status": "ok"}
    assert httpx.get(f"{gateway.url}/health/ready").status_code == 200
    assert httpx.get(f"{gateway.url}/health").json()["checks"]["database"] == "ok"
    assert httpx.head(f"{gateway.url}/health/live").status_code == 200


def test_tls(fake: Fake, tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    gateway = Gateway(tmp_path, policy(fake.url), {"tls": {"cert": str(certificate), "key": str(key)}}).start()
    try:
        assert gateway.url.startswith("https://")
        import ssl

        context = ssl.create_default_context(cafile=str(certificate))
        with httpx.Client(verify=context, headers={"authorization": f"Bearer {gateway.key()}"}) as client:
            assert client.post(f"{gateway.url}/v1/chat/completions", json=CHAT).status_code == 200
            with client.stream("POST", f"{gateway.url}/v1/chat/completions", json=CHAT | {"stream": True}) as response:
                assert [line for line in response.iter_lines() if line][-1] == "data: [DONE]"
    finally:
        assert gateway.stop() == 0


@pytest.mark.parametrize("variable", ["MARTLET_LISTN", "MARTLET_LOG_LEVEL"])
def test_a_wrong_variable_is_an_error(tmp_path: Path, variable: str) -> None:
    done = subprocess.run(
        [BINARY, "check", "--policies", tmp_path], capture_output=True, text=True, env={variable: "nonsense"}
    )
    assert done.returncode == 1 and variable in done.stderr
