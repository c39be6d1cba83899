#!/usr/bin/env bash
# The long proofs: the release binary under a random mix of good and bad traffic, with checks on every answer and on
# what is left at the end. Exit code 0 when everything held.
#   scripts/soak.sh [20m | 90s] [--seed N] [--clients N] [--growth MB]     (or SOAK_TIME=90s make soak)
# CHAOS_TIME (10m) is how long providers flap before that.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -c release --product martlet --static-swift-stdlib
if [ ! -x .venv/bin/python3 ] || ! cmp -s Tests/EndToEnd/requirements.txt .venv/requirements.txt; then
    python3 -m venv --clear .venv
    .venv/bin/pip install -q --disable-pip-version-check -r Tests/EndToEnd/requirements.txt
    cp Tests/EndToEnd/requirements.txt .venv/
fi
# What two gateways on one Redis admit, and what each plan does while Redis stands still, for longer than in the suite.
MARTLET_BINARY=$PWD/.build/release/martlet SOAK_LIMITS_SECONDS=20 SOAK_OUTAGE_SECONDS=30 .venv/bin/pytest \
    Tests/EndToEnd/test_limits_redis.py Tests/EndToEnd/test_limits_outage.py -q -p no:cacheprovider
# Two hundred clients of three providers that fail at random.
MARTLET_BINARY=$PWD/.build/release/martlet .venv/bin/python3 Tests/EndToEnd/chaos.py "${CHAOS_TIME:-10m}"
[ $# -eq 0 ] && set -- "${SOAK_TIME:-20m}"
exec .venv/bin/python3 Tests/EndToEnd/soak.py "$@"
