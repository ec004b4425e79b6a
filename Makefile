# Every target installs what it misses: Debian's packages (cmake/packages.txt) and the portal's npm packages. Works as root or with sudo.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BUILD := build/release
PYTHON := /usr/bin/python3

.PHONY: help build demo test bench sanitize fuzz debian13 chaos format lint clean portal-modules peer-modules install-build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install-build:
	@cmake/install build

# npm ci leaves node_modules/.package-lock.json behind: older than the lockfile, or not there, means install.
portal-modules: install-build
	@if [ -f portal/package-lock.json ] && ! [ portal/node_modules/.package-lock.json -nt portal/package-lock.json ]; then \
	    (cd portal && npm ci --no-audit --no-fund && touch node_modules/.package-lock.json); \
	fi

# Programs by others that the tests hold ours against; no scripts of theirs run.
peer-modules: install-build
	@if ! [ tests/peers/node_modules/.package-lock.json -nt tests/peers/package-lock.json ]; then \
	    (cd tests/peers && npm ci --ignore-scripts --no-audit --no-fund && touch node_modules/.package-lock.json); \
	fi

build: portal-modules ## install what is missing and build everything into build/release
	@mkdir -p build && cmake --preset release >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	@cmake --build --preset release

demo: build ## the whole story on loopback: edge, core, mail; Ctrl-C stops everything
	@cmake/install demo
	@exec $(BUILD)/bin/sluis demo $(ARGS)

test: build peer-modules ## everything: unit, tidy, portal, integration, browser; ends with "N passed, N failed"
	@cmake/install test
	@tests/run --build $(BUILD)

bench: build ## the benchmarks, with the peers that are installed
	@cmake/install test
	@$(PYTHON) tests/benchmarks/run.py --build $(BUILD)

# GCC's ASan is the one that catches what GCC 12 miscompiles in careless coroutines; clang's catches the rest.
sanitize: portal-modules peer-modules ## unit and integration tests under ASan + UBSan (clang and GCC) and TSan
	@cmake/install test sanitize
	@for preset in asan asan-gcc tsan; do \
	    echo "== $$preset"; \
	    mkdir -p build && cmake --preset $$preset >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }; \
	    cmake --build --preset $$preset; \
	    tests/run --build build/$$preset unit integration; \
	done

fuzz: portal-modules ## libFuzzer over every parser of what strangers send, under ASan + UBSan (SECONDS_EACH=600)
	@cmake/install sanitize
	@mkdir -p build && cmake --preset fuzz >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	@cmake --build --preset fuzz
	@$(PYTHON) tests/fuzz/run.py --build build/fuzz --seconds $${SECONDS_EACH:-600}

debian13: portal-modules ## the age tests in a Debian 13 of its own, whose OpenSSL has ML-KEM: post-quantum keys (needs root or sudo)
	@tests/debian13

chaos: build ## many random kills of edge and core during uploads (KILLS=500 SEED=n)
	@cmake/install test
	@SLUIS_BUILD=$(BUILD) SLUIS_KILLS=$${KILLS:-500} SLUIS_SEED=$${SEED:-} $(PYTHON) -m unittest discover -v -s tests/integration -p 'kill_test.py'

format: ## clang-format over all C++ files
	@cmake/install lint
	@git ls-files -co --exclude-standard '*.cpp' '*.hpp' | xargs clang-format-19 -i

lint: build ## format check, tidy rules and clang-tidy
	@cmake/install lint test
	@git ls-files -co --exclude-standard '*.cpp' '*.hpp' | xargs clang-format-19 --dry-run -Werror
	@tests/run --build $(BUILD) tidy
	@git ls-files '*.cpp' | grep -v '^tests/' | xargs -P "$$(nproc)" -n 4 clang-tidy-19 --quiet -p $(BUILD)

clean: ## remove what was built
	@rm -rf build portal/dist
