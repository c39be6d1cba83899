#!/usr/bin/env bash
# Builds release and prints CPU time per request beside nginx, then the micro-benchmarks of the hot path's stages.
set -euo pipefail
cd "$(dirname "$0")/.."
swift build -c release --product martlet --static-swift-stdlib
python3 Benchmarks/run.py "$@"
swift package --package-path Benchmarks benchmark --quiet --no-progress
