"""A Redis of the test's own: Debian's redis-server on a free port, with nothing kept on disk."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import pytest


class RedisServer:
    """Ends with `stop`. After `end`, `start` brings an empty one back on the same port."""

    def __init__(self) -> None:
        self.program = shutil.which("redis-server")
        if not self.program:
            pytest.skip("redis-server is not installed (apt-get install redis-server)")
        self.directory = tempfile.TemporaryDirectory(prefix="martlet-redis-")
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        # Another program can take the port between asking for a free one and using it.
        for _ in range(5):
            port = self.port or free_port()
            self.process = subprocess.Popen(
                [
                    self.program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                    "--dir", self.directory.name,
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            if self._answers(port):
                self.port = port
                return
            self.end()
        raise RuntimeError("redis-server did not start")

    def command(self, *words: str) -> bytes:
        """One command, and the beginning of what it answers."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
            return self._ask(connection, *words)

    def pause(self) -> None:
        """It takes connections and bytes, but answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)

    def stop(self) -> None:
        self.end()
        self.directory.cleanup()

    def _answers(self, port: int) -> bool:
        deadline = time.monotonic() + 10
        pause = threading.Event()
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                    if self._ask(connection, "PING") == b"+PONG\r\n":
                        return True
            except OSError:
                pause.wait(0.01)
        return False

    @staticmethod
    def _ask(connection: socket.socket, *words: str) -> bytes:
        parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
        connection.sendall(f"*{len(words)}\r\n{''.join(parts)}".encode())
        return connection.recv(65_536)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
