#!/usr/bin/env python3
"""CPU time per request of Martlet beside nginx, in one run.

The gateway alone has one core, the fake provider and the load generator the other. The systems are all up at once and
measured in turns, so that slow and fast spells of the machine hit all alike. CPU time is the process's own clock, user and
kernel: it does not depend on how fast the load comes. Every figure is the median of the rounds; read the ratios, the
microseconds differ from machine to machine.

    Benchmarks/run.py [--rounds 5] [--seconds 1.5] [--binary .build/release/martlet] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
HARNESS_CPU, GATEWAY_CPU = "0", "1"
MOCK_PORT, NGINX_PORT, REDIS_PORT = 19001, 18080, 19002

NGINX = """
daemon off; worker_processes 1; pid {run}/nginx.pid; error_log {run}/error.log; worker_rlimit_nofile 20000;
events {{ worker_connections 19000; multi_accept on; }}
http {{
  access_log off; server_tokens off; tcp_nodelay on; keepalive_requests 100000000; keepalive_timeout 300s;
  client_body_buffer_size 256k; client_max_body_size 16m;
  client_body_temp_path {run}/t1; proxy_temp_path {run}/t2; fastcgi_temp_path {run}/t3;
  uwsgi_temp_path {run}/t4; scgi_temp_path {run}/t5;
  upstream up {{ server 127.0.0.1:{mock}; keepalive 6000; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection "";
                 proxy_buffering off; proxy_read_timeout 300s; }}
  }}
}}
"""

POLICY = """
version: 1
providers:
  mock: {{kind: openai, base_url: "http://127.0.0.1:{mock}/v1", api_key: "env:BENCH_KEY", allow_private_network: true, max_connections: 6000}}
  anthropic: {{kind: anthropic, base_url: "http://127.0.0.1:{mock}", api_key: "env:BENCH_KEY", allow_private_network: true, max_connections: 6000}}
  gemini: {{kind: gemini, base_url: "http://127.0.0.1:{mock}/v1beta", api_key: "env:BENCH_KEY", allow_private_network: true, max_connections: 6000}}
models:
  "mock*": {{targets: [{{provider: mock}}]}}
  claude: {{targets: [{{provider: anthropic, model: claude-sonnet-4-5}}]}}
  gemini: {{targets: [{{provider: gemini, model: gemini-2.5-flash}}]}}
plans:
  standard: {{models: ["*"]}}
  limited:
    models: ["*"]
    limits:
      - {{scope: tenant, resource: requests, per: minute, max: 1000000000}}
      - {{scope: tenant, resource: cost, per: month, max: 1000000}}
      - {{scope: key, resource: tokens, per: day, max: 100000000000}}
      - {{scope: key, resource: concurrency, max: 100000}}
      - {{scope: key_model, resource: tokens, per: minute, max: 100000000000}}
tenants:
  bench: {{plan: standard}}
  limited: {{plan: limited}}
"""


@dataclass
class System:
    name: str
    url: str
    pid: int
    arguments: list[str]


def pinned(cpu: str) -> list[str]:
    return ["taskset", "-c", cpu]


def process_cpu_ns(pid: int) -> int:
    """User and kernel time of a process with all its threads, by its CPU clock."""
    return time.clock_gettime_ns((~pid << 3) | 2) if pid else 0


def request_cpu_ns(pid: int) -> int:
    """The same of the threads that requests pass through: event loops and drivers. What is left over writes the ledger,
    in batches and after the answer."""
    tasks = Path(f"/proc/{pid}/task").iterdir() if pid else []
    names = {task: (task / "comm").read_text() for task in tasks}
    if not any(name.startswith("NIO-ELT") for name in names.values()):
        return process_cpu_ns(pid)
    return sum(
        int((task / "schedstat").read_text().split()[0])
        for task, name in names.items()
        if name.startswith(("NIO-ELT", "upstream-"))
    )


def peak_rss_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024


class Bench:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.run_dir = Path(tempfile.mkdtemp(prefix="martlet-bench-"))
        self.children: list[subprocess.Popen] = []
        self.build()

    def build(self) -> None:
        self.kit = HERE / ".build" / "kit"
        self.kit.mkdir(parents=True, exist_ok=True)
        compiler = shutil.which("clang") or shutil.which("gcc") or sys.exit("a C compiler is needed")
        for program in ("mock", "lg"):
            source = HERE / "kit" / f"{program}.c"
            flags = ["-O2", "-Wno-misleading-indentation", "-Wno-unused-result"]
            subprocess.run([compiler, *flags, "-o", self.kit / program, source], check=True)

    def spawn(self, cpu: str, *command: object, **options: object) -> subprocess.Popen:
        child = subprocess.Popen([*pinned(cpu), *map(str, command)], **options)
        self.children.append(child)
        return child

    def start(self) -> None:
        self.spawn(HARNESS_CPU, self.kit / "mock", "--port", MOCK_PORT)
        config = self.run_dir / "nginx.conf"
        config.write_text(NGINX.format(run=self.run_dir, mock=MOCK_PORT, port=NGINX_PORT))
        self.spawn(GATEWAY_CPU, "nginx", "-p", self.run_dir, "-c", config)
        url, keys, pid = self.start_martlet("memory", {})
        time.sleep(0.5)
        worker = int(subprocess.run(["pgrep", "-P", str(self.children[1].pid)], capture_output=True, text=True).stdout)
        path = "/v1/chat/completions"
        self.direct = System("direct", f"http://127.0.0.1:{MOCK_PORT}{path}", 0, [])
        self.nginx = System("nginx proxy_pass", f"http://127.0.0.1:{NGINX_PORT}{path}", worker, [])
        self.martlet = System("martlet, OpenAI", url + path, pid, ["--key", keys["bench"]])
        self.translated = [
            System(f"martlet, to {name}", url + path, pid, ["--key", keys["bench"], "--model", model])
            for name, model in (("Anthropic", "claude"), ("Gemini", "gemini"))
        ]

        # Five limits over three scopes, all with room.
        self.limited = [System("martlet, limits", url + path, pid, ["--key", keys["limited"]])]
        if shutil.which("redis-server"):
            options = ["--port", REDIS_PORT, "--bind", "127.0.0.1", "--save", "", "--dir", self.run_dir]
            self.spawn(HARNESS_CPU, "redis-server", *options, stdout=subprocess.DEVNULL)
            time.sleep(0.3)
            redis = {"MARTLET_REDIS_URL": f"redis://127.0.0.1:{REDIS_PORT}"}
            url, keys, pid = self.start_martlet("redis", redis)
            self.limited.append(System("martlet, limits in Redis", url + path, pid, ["--key", keys["limited"]]))

    def start_martlet(self, name: str, more: dict[str, str]) -> tuple[str, dict[str, str], int]:
        policies, data = self.run_dir / name / "policies", self.run_dir / name / "data"
        policies.mkdir(parents=True)
        (policies / "bench.yaml").write_text(POLICY.format(mock=MOCK_PORT))
        environment = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")} | {"BENCH_KEY": "sk-bench"} | more
        common = ["--policies", policies, "--data", data]
        child = self.spawn(
            GATEWAY_CPU, self.options.binary, "serve", *common, "--listen", "127.0.0.1:0", env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        for line in child.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                break
        else:
            sys.exit("martlet did not start")
        keys = {}
        for tenant in ("bench", "limited"):
            created = subprocess.run(
                [self.options.binary, "key", "create", "--tenant", tenant, "--json", *map(str, common)],
                capture_output=True, text=True, check=True, env=environment,
            )  # fmt: skip
            keys[tenant] = json.loads(created.stdout)["key"]
        return found.group(0), keys, child.pid

    def stop(self) -> None:
        for child in reversed(self.children):
            child.terminate()
        for child in self.children:
            child.wait(15)
        shutil.rmtree(self.run_dir, ignore_errors=True)

    def load(self, system: System, *arguments: object) -> dict:
        before, before_path = process_cpu_ns(system.pid), request_cpu_ns(system.pid)
        command = [*pinned(HARNESS_CPU), self.kit / "lg", *arguments, "--url", system.url, *system.arguments]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
        result = json.loads(done.stdout)
        count = result.get("chunks") or result["ok"]
        result["path_us"] = (request_cpu_ns(system.pid) - before_path) / 1000 / max(1, count)
        self.wait_until_idle(system.pid)
        result["cpu_us"] = (process_cpu_ns(system.pid) - before) / 1000 / max(1, count)
        return result

    @staticmethod
    def wait_until_idle(pid: int) -> None:
        """What a system still does after its answers belongs to them, and must not disturb the next measurement."""
        deadline = time.monotonic() + 60
        while pid and time.monotonic() < deadline:
            before = process_cpu_ns(pid)
            time.sleep(0.4)
            if process_cpu_ns(pid) - before < 20_000_000:
                return

    def unary(self) -> list[dict]:
        systems = [self.nginx, self.martlet, *self.limited, *self.translated]
        for system in systems:
            self.load(system, "closed", "-c", 32, "-d", 1, "-w", 0)
        rounds: dict[str, list[dict]] = {system.name: [] for system in systems}
        for _ in range(self.options.rounds):
            for system in systems:
                result = self.load(system, "closed", "-c", 32, "-d", self.options.seconds, "-w", 0)
                if result["bad"] or result["resets"]:
                    sys.exit(f"{system.name}: {result['bad']} bad answers, {result['resets']} resets")
                rounds[system.name].append(result)
        rows = []
        for system in systems:
            median = {k: statistics.median(r[k] for r in rounds[system.name]) for k in ("cpu_us", "path_us", "rps")}
            rows.append({"system": system.name, **median})
        for row in rows:
            row["ratio"] = row["path_us"] / rows[0]["path_us"]
        return rows

    def streams(self) -> list[dict]:
        rows = []
        shape = ["-c", 1000, "-d", 6, "--ramp", 1, "-w", 0, "--once", "--model", "mock-k80-d50000"]
        for system in (self.direct, self.nginx, self.martlet):
            runs = [self.load(system, "stream", *shape) for _ in range(3)]
            best = sorted(runs, key=lambda r: r["ttft_us"]["p99"])[1]
            rows.append(
                {
                    "system": system.name,
                    "streams": best["streams"],
                    "broken": max(r["broken"] + r["resets"] + r["conn_err"] for r in runs),
                    "ttft_p50_ms": best["ttft_us"]["p50"] / 1000,
                    "ttft_p99_ms": best["ttft_us"]["p99"] / 1000,
                    "chunk_p99_ms": best["chunk_us"]["p99"] / 1000,
                    "cpu_us": statistics.median(r["cpu_us"] for r in runs),
                    "rss_mb": peak_rss_mb(system.pid) if system.pid else 0,
                }
            )
        return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--binary", default=str(HERE.parent / ".build" / "release" / "martlet"))
    parser.add_argument("--json", help="also write the figures to this file")
    bench = Bench(parser.parse_args())
    try:
        bench.start()
        unary, streams = bench.unary(), bench.streams()
    finally:
        bench.stop()
    print("\nOne answer, 0.5 KB prompt, gateway on one core")
    print(f"{'system':24}{'µs on its way':>16}{'× nginx':>10}{'µs in all':>12}{'requests/s':>13}")
    for row in unary:
        print(f"{row['system']:24}{row['path_us']:16.1f}{row['ratio']:10.2f}{row['cpu_us']:12.1f}{row['rps']:13.0f}")
    print("\n1,000 streams at once, 20 chunks a second each")
    columns = ("streams", "broken", "first token p50", "first token p99", "chunk p99", "µs CPU/chunk", "peak RSS")
    print(f"{'system':24}" + "".join(f"{column:>16}" for column in columns))
    for row in streams:
        print(
            f"{row['system']:24}{row['streams']:16}{row['broken']:16}{row['ttft_p50_ms']:13.2f} ms{row['ttft_p99_ms']:13.2f} ms"
            f"{row['chunk_p99_ms']:13.2f} ms{row['cpu_us']:16.1f}{row['rss_mb']:13.1f} MB"
        )
    if bench.options.json:
        Path(bench.options.json).write_text(json.dumps({"unary": unary, "streams": streams}, indent=2) + "\n")


if __name__ == "__main__":
    main()
