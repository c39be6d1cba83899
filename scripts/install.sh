#!/usr/bin/env bash
# Installs the Debian packages that the named groups need and that are missing. Asks before it uses sudo.
#   scripts/install.sh build [test] [bench]
set -euo pipefail

build=(libcurl4-openssl-dev libhiredis-dev libjemalloc-dev libpq-dev libssl-dev libsqlite3-dev pkg-config)
test=(python3 python3-venv curl openssl postgresql redis-server)
bench=(nginx-light python3)

if ! command -v swift >/dev/null; then
    echo "Swift 6.2 or newer is needed: https://www.swift.org/install/linux/" >&2
    exit 1
fi
if ! command -v dpkg-query >/dev/null; then
    echo "This system has no dpkg; install the development files of libcurl, OpenSSL and SQLite yourself." >&2
    exit 0
fi

missing=()
for group in "$@"; do
    declare -n packages="$group"
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
done
[ ${#missing[@]} -eq 0 ] && exit 0

sudo=()
if [ "$(id -u)" -ne 0 ]; then
    if [ ! -t 0 ]; then
        echo "Missing packages: ${missing[*]}. Install them with: sudo apt-get install ${missing[*]}" >&2
        exit 1
    fi
    read -r -p "Install ${missing[*]} with sudo apt-get? [y/N] " answer
    [[ "$answer" == [yY]* ]] || exit 1
    sudo=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
