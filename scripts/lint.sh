#!/usr/bin/env bash
# The project's own rules, each with its reason. Prints every violation; exit 1 on any.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0

forbid() { # reason, pattern, paths...
    local reason=$1 pattern=$2 hits
    shift 2
    hits=$(git grep -nE -- "$pattern" -- "$@" || true)
    if [ -n "$hits" ]; then
        printf '%s\n%s\n' "error: $reason" "$(sed 's/^/    /' <<<"$hits")"
        status=1
    fi
}

forbid "a trap that input can reach kills every tenant's requests" '\btry!|\bfatalError\(|\bas! |\bpreconditionFailure\(' 'Sources/*.swift'
forbid "blocking a thread stalls every connection of its event loop" 'Thread\.sleep|DispatchSemaphore|\.wait\(\)|\busleep\(' 'Sources/*.swift'
forbid "this is an application: nothing outside the package can use a public declaration" '^\s*public ' 'Sources/*.swift'
forbid "pure modules import no I/O" '^(package |public |@testable )?import (NIO|Foundation|Glibc|Logging)' 'Sources/WireJSON/*' 'Sources/Dialects/*' 'Sources/Policy/*' 'Sources/Prices/*' 'Sources/Routing/*'
forbid "a test that sleeps is slow when it passes and flaky when it fails" 'Task\.sleep|usleep|time\.sleep' 'Tests/*.swift' 'Tests/*.py'
forbid "unfinished business belongs in an issue" '\b(TODO|FIXME|XXX)\b' 'Sources' 'Tests'
forbid "machine paths do not travel" '(^|[^A-Za-z0-9_./-])/(work|farm|root)/' . ':!scripts/lint.sh'

# Every unsafe spot says why it is safe, on the lines before it.
while IFS=: read -r file line _; do
    from=$((line > 8 ? line - 8 : 1))
    if ! sed -n "${from},${line}p" "$file" | grep -qE '//.*([Cc]onfined|[Ss]afe|[Ii]mmutable|@unchecked|unsafe|lock|pinned|immutable|Mutex)'; then
        echo "error: $file:$line: say why this is safe, in a comment just above"
        status=1
    fi
done < <(git grep -nE '@unchecked Sendable|nonisolated\(unsafe\)' -- 'Sources/*.swift' || true)

# A file is one thing.
while read -r lines file; do
    [ "$file" = total ] && continue
    case $file in *+Data.swift) continue ;; esac
    if [ "$lines" -gt 400 ]; then
        echo "error: $file has $lines lines; 400 is the limit, 300 the aim"
        status=1
    fi
done < <(git ls-files 'Sources/*.swift' 'Tests/*.swift' 'Tests/*.py' | xargs -r wc -l)

# Shell scripts parse.
for script in scripts/*.sh .ci/run; do bash -n "$script" || status=1; done

[ "$status" -eq 0 ] && echo "lint: clean"
exit "$status"
