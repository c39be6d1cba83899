"""Starts the real programs for a test: the gateway and the fake provider, each on a port of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import yaml

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("MARTLET_BINARY", ROOT / ".build" / "release" / "martlet"))
READY = re.compile(r"https?://127\.0\.0\.1:\d+")


class Program:
    """A child process whose first line with an address tells that it is ready."""

    def __init__(self, *arguments: str | Path, environment: dict[str, str] | None = None):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("MARTLET_") and not k.endswith("_API_KEY")}
        self.process = subprocess.Popen(
            [str(a) for a in arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=clean | (environment or {}),
        )
        self.lines: list[str] = []
        self._ready = threading.Event()
        self._url: str | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(30) or self._url is None:
            self.kill()
            raise RuntimeError(f"{arguments[:2]} did not start:\n" + "\n".join(self.lines))

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            found = READY.search(line)
            if found and not self._ready.is_set():
                self._url = found.group(0)
                self._ready.set()
        self._ready.set()

    @property
    def url(self) -> str:
        assert self._url
        return self._url

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def stop(self, timeout: float = 20) -> int:
        """Asks the program to end and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        finally:
            self.kill()

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)


class Fake(Program):
    """The fake provider, with its control paths."""

    def __init__(self) -> None:
        super().__init__(BINARY, "demo-provider", "--listen", "127.0.0.1:0")

    def clear(self) -> None:
        httpx.delete(f"{self.url}/__fake/requests").raise_for_status()

    def requests(self) -> list[dict]:
        """What the provider received, oldest first."""
        return httpx.get(f"{self.url}/__fake/requests").raise_for_status().json()["requests"]

    def script(self, **script: object) -> None:
        """Sets the answer to the next matching request, byte for byte."""
        httpx.post(f"{self.url}/__fake/script", json=script).raise_for_status()


CHAT_MODELS = {
    "openai": "gpt-4o",
    "anthropic": "claude-sonnet-4-5",
    "gemini": "gemini-2.5-flash",
    "groq": "llama-3.3-70b-versatile",
    "openrouter": "meta-llama/llama-3.3-70b-instruct",
    "openai_compatible": "llama3.2",
}


def policy(fake_url: str) -> dict:
    """Every dialect, all behind the fake provider. A model `NAME/x` goes to provider NAME as model `x`."""
    bases = {
        "openai": f"{fake_url}/v1",
        "anthropic": fake_url,
        "gemini": f"{fake_url}/v1beta",
        "groq": f"{fake_url}/openai/v1",
        "openrouter": f"{fake_url}/api/v1",
        "openai_compatible": f"{fake_url}/v1",
    }
    providers: dict = {
        name: {"kind": name, "base_url": base, "api_key": "env:FAKE_KEY", "allow_private_network": True}
        for name, base in bases.items()
    }
    providers["n8n"] = {"kind": "n8n", "allow_private_network": True}
    # `NAME-chat` is a model as people use it; `NAME-fake-…` carries a fault in its name.
    models: dict = {f"{name}-*": {"targets": [{"provider": name}]} for name in bases}
    for name, model in CHAT_MODELS.items():
        models[f"{name}-chat"] = {"targets": [{"provider": name, "model": model}]}
    models["text-embedding-3-small"] = {"targets": [{"provider": "openai"}]}
    models["gemini-embedding-001"] = {"targets": [{"provider": "gemini"}]}
    for mode in ("object", "array", "nested", "text", "respond", "openai", "stream", "agents", "started", "failed"):
        target = {"provider": "n8n", "chat_url": f"{fake_url}/webhook/{mode}"}
        models[f"n8n-{mode}"] = {"targets": [target]}
    return {
        "version": 1,
        "providers": providers,
        "models": models,
        "plans": {"standard": {"models": ["*"]}, "narrow": {"models": ["openai-a*"]}},
        "tenants": {"acme": {"plan": "standard"}, "small": {"plan": "narrow"}},
    }


@dataclass
class Gateway:
    """A gateway over a directory of its own."""

    directory: Path
    policies: dict
    config: dict = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    program: Program | None = None

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def policies_dir(self) -> Path:
        return self.directory / "policies"

    def write_policies(self, policies: dict | str) -> None:
        self.policies_dir.mkdir(parents=True, exist_ok=True)
        text = policies if isinstance(policies, str) else yaml.safe_dump(policies, sort_keys=False)
        target = self.policies_dir / "policy.yaml"
        # Replaced in one step, as editors do: a reader never sees half a file.
        temporary = target.with_suffix(".new")
        temporary.write_text(text)
        temporary.rename(target)

    def start(self) -> "Gateway":
        self.write_policies(self.policies)
        arguments: list[str | Path] = ["--policies", self.policies_dir, "--data", self.data, "--listen", "127.0.0.1:0"]
        if self.config:
            (self.directory / "martlet.yaml").write_text(yaml.safe_dump(self.config))
            arguments += ["--config", self.directory / "martlet.yaml"]
        self.program = Program(
            BINARY, "serve", *arguments, environment={"FAKE_KEY": "sk-fake-0123456789", **self.environment}
        )
        return self

    @property
    def url(self) -> str:
        assert self.program
        return self.program.url

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs an offline command of the binary on this gateway's data."""
        return subprocess.run(
            [str(BINARY), *arguments, "--data", str(self.data), "--policies", str(self.policies_dir)],
            capture_output=True,
            text=True,
            timeout=30,
            env=os.environ | {"FAKE_KEY": "sk-fake-0123456789"},
        )

    def key(self, tenant: str = "acme", *arguments: str) -> str:
        """Creates a key and returns its secret."""
        done = self.command("key", "create", "--tenant", tenant, "--json", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)["key"]

    def stop(self) -> int:
        assert self.program
        return self.program.stop()
