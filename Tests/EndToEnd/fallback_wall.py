"""A provider that comes and goes, with a clock on who knocks."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fallback_answers import Answer, Asker


@dataclass
class Knock:
    """A request that reached the wall. Times are those of the monotonic clock."""

    mode: str
    start: float
    end: float | None = None


class Wall:
    """Speaks OpenAI's chat format. Modes: `up`, `busy` (503 after a while), `silent`, `refused` (nobody listens)."""

    #: Long enough for requests that come together to be seen together.
    BUSY_SECONDS = 0.3

    def __init__(self, text: str):
        self.text = text
        self.mode = "up"
        self.knocks: list[Knock] = []
        self.lock = threading.Lock()
        self.sockets: set[socket.socket] = set()
        self.server: ThreadingHTTPServer | None = None
        self.port = 0
        self.stopping = threading.Event()
        self._listen()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def turn(self, mode: str) -> float:
        """From now on; returns when that was."""
        self.mode = mode
        if mode == "refused":
            self._close()
        elif self.server is None:
            self._listen()
        return time.monotonic()

    def stop(self) -> None:
        self.mode = "refused"
        self.stopping.set()
        self._close()

    def _listen(self) -> None:
        server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler(), bind_and_activate=False)
        server.daemon_threads = True
        server.block_on_close = False
        server.request_queue_size = 64
        server.server_bind()
        server.server_activate()
        self.port = server.server_address[1]
        self.server = server
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def _close(self) -> None:
        if self.server is None:
            return
        self.server.shutdown()
        self.server.server_close()
        self.server = None
        with self.lock:
            for connection in self.sockets:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wall = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                with wall.lock:
                    wall.sockets.add(self.connection)

            def finish(self) -> None:
                with wall.lock:
                    wall.sockets.discard(self.connection)
                try:
                    super().finish()
                except OSError:
                    pass

            def log_message(self, *arguments: object) -> None:
                pass

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["content-length"])))
                knock = Knock(wall.mode, time.monotonic())
                with wall.lock:
                    wall.knocks.append(knock)
                try:
                    wall._answer(self, knock.mode, request)
                except OSError:
                    self.close_connection = True
                finally:
                    knock.end = time.monotonic()

        return Handler

    def _answer(self, handler: BaseHTTPRequestHandler, mode: str, request: dict) -> None:
        if mode == "up":
            kind, body = self._good(request)
            self._send(handler, 200, kind, body)
        elif mode == "busy":
            self.stopping.wait(self.BUSY_SECONDS)
            self._send(handler, 503, "application/json", '{"error":{"message":"busy","type":"server_error"}}')
        else:
            # Silent for as long as the peer is there, whatever the wall does by then.
            handler.connection.recv(1)
            handler.close_connection = True

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, status: int, kind: str, body: str) -> None:
        handler.send_response(status)
        handler.send_header("content-type", kind)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body.encode())

    def _good(self, request: dict) -> tuple[str, str]:
        usage = {"prompt_tokens": 5, "completion_tokens": 4, "total_tokens": 9}
        head = {"id": "chatcmpl-wall", "created": 1, "model": request["model"]}
        if not request.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": self.text}, "finish_reason": "stop"}
            return "application/json", json.dumps(
                head | {"object": "chat.completion", "choices": [choice], "usage": usage}
            )
        parts = [({"role": "assistant", "content": ""}, None), ({"content": self.text}, None), ({}, "stop")]
        chunks = [
            head | {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": end}]}
            for delta, end in parts
        ]
        chunks.append(head | {"object": "chat.completion.chunk", "choices": [], "usage": usage})
        lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
        return "text/event-stream", "".join(lines) + "data: [DONE]\n\n"


@dataclass
class Served:
    start: float
    end: float
    answer: Answer


class Traffic:
    """Clients that ask one after the other, all the time."""

    def __init__(self, ask: Asker, model: str, modes: list[str], pause: float = 0.15):
        self.served: list[Served] = []
        self.news = threading.Condition()
        self.ended = threading.Event()
        self.threads = [
            threading.Thread(target=self._run, args=(ask, model, mode, pause), daemon=True) for mode in modes
        ]
        for thread in self.threads:
            thread.start()

    def _run(self, ask: Asker, model: str, mode: str, pause: float) -> None:
        while not self.ended.is_set():
            start = time.monotonic()
            answer = ask(model, mode)
            with self.news:
                self.served.append(Served(start, time.monotonic(), answer))
                self.news.notify_all()
            self.ended.wait(pause)

    def returned(self, provider: str, since: float, within: float) -> float | None:
        """Seconds until this provider answered a request again; None when it did not."""
        with self.news:
            self.news.wait_for(lambda: self._first(provider, since), max(0.0, since + within - time.monotonic()))
            first = self._first(provider, since)
        return first.end - since if first else None

    def _first(self, provider: str, since: float) -> Served | None:
        return next((one for one in self.served if one.end > since and one.answer.provider == provider), None)

    def stop(self) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(40)


@dataclass
class Outage:
    start: float
    end: float
    #: Seconds from its end to the first answer of the primary; None: it did not come back in time.
    back_after: float | None


@dataclass
class FlapReport:
    served: list[Served]
    outages: list[Outage]
    knocks: list[Knock]
    #: Who answered in the seconds after the last return.
    at_last: list[str | None]

    def knocks_at(self, outage: Outage, grace: float) -> list[Knock]:
        """Those that found the wall down, the beginning apart: somebody has to notice."""
        return [k for k in self.knocks if k.mode != "up" and outage.start + grace < k.start < outage.end]

    def most_together(self, outage: Outage, grace: float) -> int:
        late = self.knocks_at(outage, grace)
        down = [knock for knock in self.knocks if knock.mode != "up"]

        def at(moment: float) -> int:
            return sum(k.start <= moment < (k.end or moment + 1) for k in down)

        return max((at(knock.start) for knock in late), default=0)


def flap(
    wall: Wall, ask: Asker, model: str, primary: str, modes: list[str], down: str, times: list[tuple[float, float]],
    patience: float, stopped: Callable[[float], bool],
) -> FlapReport:  # fmt: skip
    """Takes the wall down and up again under traffic. `times`: seconds down and then up, for each outage."""
    traffic = Traffic(ask, model, modes)
    outages: list[Outage] = []
    try:
        if traffic.returned(primary, time.monotonic(), 10) is None:
            raise AssertionError(f"{primary} did not answer while it was up")
        for number, (bad, good) in enumerate(times, 1):
            start = wall.turn(down)
            if stopped(bad):
                break
            end = wall.turn("up")
            last = number == len(times)
            back = traffic.returned(primary, end, patience if last else good)
            outages.append(Outage(start, end, back))
            if stopped(max(0.0, end + good - time.monotonic()) if not last else 2):
                break
    finally:
        traffic.stop()
    last_return = outages[-1].end + (outages[-1].back_after or 0) if outages else 0
    at_last = [one.answer.provider for one in traffic.served if one.start > last_return]
    return FlapReport(traffic.served, outages, list(wall.knocks), at_last)
