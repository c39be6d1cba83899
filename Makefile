# The commands of this project. `make run` and `make test` need nothing installed before but Swift.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.PHONY: run build test unit e2e lint format bench soak clean

run: build ## build the release binary and start the gateway on 127.0.0.1:8080
	exec .build/release/martlet serve

build:
	scripts/install.sh build
	swift build -c release --product martlet --static-swift-stdlib

test: ## every test: Swift, then the release binary as a user runs it
	scripts/install.sh build test
	scripts/test.sh unit e2e

unit: ## the Swift tests alone
	scripts/install.sh build
	scripts/test.sh unit

e2e: ## the end-to-end tests alone
	scripts/install.sh build test
	scripts/test.sh e2e

lint: ## formatter in lint mode and the project's own rules
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks
	scripts/lint.sh

format: ## apply the formatter
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

bench: ## CPU time per request beside nginx, streams, micro-benchmarks
	scripts/install.sh build bench
	scripts/bench.sh

soak: ## the long proofs: many streams for long, with faults
	scripts/install.sh build test
	scripts/soak.sh

clean:
	rm -rf .build .venv Benchmarks/.build
