#!/usr/bin/env bash
# Builds release and prints CPU time per request beside nginx, in one run, then the stages one by one.
set -euo pipefail
cd "$(dirname "$0")/.."
swift build -c release --product martlet --static-swift-stdlib
python3 Benchmarks/run.py "$@"
swift run -c release micro-benchmarks
