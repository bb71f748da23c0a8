# Chores in one word each. Needed: Rust with cargo (https://rustup.rs), a C compiler, and for `make fuzz` a C++ compiler.

target := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
corpus := $(if $(YAGURA_CORPUS),$(YAGURA_CORPUS),target/corpus)
SECONDS_PER_FUZZ_TARGET ?= 10
SOAK_BYTES ?= 10G
SOAK_DAYS ?= 5,25,50,100,250

.PHONY: help demo test bench gate soak fuzz deny corpus browser tools

help:
	@echo "make demo    builds yagura and shows reports: the intrusions of 2025 and 2020 in an invented company, and a recorded attack"
	@echo "make test    format, lints, tidiness, all tests"
	@echo "make bench   measures beside other programs and methods (the curve of detections alone a quarter of an hour; minutes to build Vector's parsers; needs the corpora)"
	@echo "make gate    every scenario in twenty companies: what is found, how early, at how many alarms a day (ten minutes)"
	@echo "make soak    memory and speed on $(SOAK_BYTES) of multiplied logs (needs the corpora, and as much disk), and on days $(SOAK_DAYS) of a drill (0.2 KB of temporary space an event: 10 GB)"
	@echo "make fuzz    $(SECONDS_PER_FUZZ_TARGET) seconds of arbitrary bytes for each parser"
	@echo "make deny    licences and advisories of dependencies (installs cargo-deny first, which takes minutes)"

demo: tools
	cargo build --release --package yagura
	@if [ -x ../shared/corpus/unpack ]; then ../shared/corpus/unpack $(corpus) otrf >/dev/null; fi
	@demo/run $(abspath $(target))/release/yagura $(abspath $(corpus))

test: tools corpus browser
	cargo fmt --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo run --quiet --package xtask --no-default-features -- tidy
	cargo test --workspace

bench: tools corpus
	cargo bench --package yagura-sigma --bench matching
	cargo bench --package yagura-sigma --bench intel
	cargo bench --package yagura-sources --bench formats
	cd benches/peers && CARGO_TARGET_DIR=$(abspath $(target))/peers cargo run --release --quiet
	cargo xtask compare --corpus $(corpus) --rules $(corpus)/sigma/rules

gate: tools
	cargo build --release --package yagura
	@mkdir -p target/gate && cd target/gate && $(abspath $(target))/release/yagura drill run --scenario all --seeds 20 --users 100 --days 14

soak: tools corpus
	cargo xtask compare --corpus $(corpus) --rules $(corpus)/sigma/rules --only big --big $(SOAK_BYTES) --runs 1
	cargo xtask compare --corpus $(corpus) --rules $(corpus)/sigma/rules --only grow --grow $(SOAK_DAYS) --runs 1

fuzz: tools corpus
	fuzz/run $(SECONDS_PER_FUZZ_TARGET)

deny: tools
	@command -v cargo-deny >/dev/null || { echo "installing cargo-deny; this takes minutes"; cargo install --locked cargo-deny; }
	cargo deny check

# Recorded logs of others, for tests and measurements; they are no part of this repository.
corpus:
	@if [ -x ../shared/corpus/unpack ]; then ../shared/corpus/unpack $(corpus) >/dev/null; \
	elif [ ! -d $(corpus) ]; then echo "no corpora in $(corpus): tests on recorded logs will say that they did not run"; fi

# Tests look at reports in a browser; without one they say that they were skipped.
browser:
	@.ci/browser

tools:
	@command -v cargo >/dev/null || { echo "cargo is missing; install Rust: https://rustup.rs"; exit 1; }
	@command -v cc >/dev/null || { echo "a C compiler is missing (Debian, Ubuntu: apt install build-essential)"; exit 1; }
