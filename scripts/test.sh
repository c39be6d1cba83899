#!/usr/bin/env bash
# Runs the named suites (unit, e2e) and ends with one line: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Swift Testing reports every test; its closing line does not say how many were skipped.
unit() {
    swift build --build-tests || { failed=$((failed + 1)); return; }
    # One after the other: several suites measure real deadlines of some tens of milliseconds.
    swift test --skip-build --no-parallel 2>&1 | tee "$log" | grep -vE '^(◇|[^ ]+ (Test|Suite) .* (started|passed))' || true
    local status=${PIPESTATUS[0]}
    passed=$((passed + $(grep -E '^[^ ]+ Test .* passed after' "$log" | grep -vcE '^[^ ]+ Test run with ')))
    skipped=$((skipped + $(grep -cE '^[^ ]+ Test .* skipped' "$log")))
    local broken
    broken=$(grep -E '^[^ ]+ Test .* failed after' "$log" | grep -vcE '^[^ ]+ Test run with ')
    # A crash ends the run without a line for the test it was in.
    [ "$status" -ne 0 ] && [ "$broken" -eq 0 ] && broken=1
    failed=$((failed + broken))
}

e2e() {
    swift build -c release --product martlet --static-swift-stdlib || { failed=$((failed + 1)); return; }
    if [ ! -x .venv/bin/pytest ] || ! cmp -s Tests/EndToEnd/requirements.txt .venv/requirements.txt; then
        python3 -m venv --clear .venv && .venv/bin/pip install -q --disable-pip-version-check \
            -r Tests/EndToEnd/requirements.txt && cp Tests/EndToEnd/requirements.txt .venv/ ||
            { failed=$((failed + 1)); return; }
    fi
    .venv/bin/pytest Tests/EndToEnd -q -ra --junitxml "$log.xml" -p no:cacheprovider
    local status=$?
    if [ -f "$log.xml" ]; then
        read -r p f s < <(python3 - "$log.xml" <<'PY'
import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot().find("testsuite")
total, failures, errors, skipped = (int(suite.get(k)) for k in ("tests", "failures", "errors", "skipped"))
print(total - failures - errors - skipped, failures + errors, skipped)
PY
        )
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
        rm -f "$log.xml"
    elif [ "$status" -ne 0 ]; then
        failed=$((failed + 1))
    fi
}

for suite in "$@"; do "$suite"; done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
