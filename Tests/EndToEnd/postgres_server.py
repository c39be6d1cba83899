"""A PostgreSQL of the test's own: Debian's server on a free port, its data in a directory that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from limit_helpers import eventually
from redis_server import free_port


class PostgresServer:
    """Ends with `close`. After `stop` or `kill`, `start` brings it back with what it had."""

    def __init__(self) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        if not found:
            pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
        self.binaries = found[-1].parent
        self.directory = Path(tempfile.mkdtemp(prefix="martlet-postgres-"))
        self.port = free_port()
        # PostgreSQL does not run as root.
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.directory, self.user.pw_uid, self.user.pw_gid)
        self._run("initdb", "-D", self.data, "-U", "martlet", "-A", "trust", "--no-sync", check=True)
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def data(self) -> Path:
        return self.directory / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgres://martlet@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                self.binaries / "postgres", "-D", self.data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
                "-c", f"unix_socket_directories={self.directory}", "-c", "fsync=off",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as_owner(),
        )  # fmt: skip
        if not eventually(self._answers, seconds=60):
            raise RuntimeError("PostgreSQL did not start")

    def _answers(self) -> bool:
        return self._run("pg_isready", "-h", "127.0.0.1", "-p", str(self.port)).returncode == 0

    def query(self, sql: str) -> list[list[str]]:
        done = self._run(
            "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "martlet", "-d", "postgres", "-At", "-F", "\t", "-c", sql,
            check=True,
        )  # fmt: skip
        return [line.split("\t") for line in done.stdout.decode().splitlines()]

    def stop(self) -> None:
        """At once: clients see their connections go."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _run(self, program: str, *arguments: object, check: bool = False) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self.binaries / program, *map(str, arguments)], capture_output=True, check=check, cwd=self.directory,
            **self._as_owner(),
        )  # fmt: skip

    def _as_owner(self) -> dict:
        return {"user": self.user.pw_uid, "group": self.user.pw_gid} if self.user else {}
