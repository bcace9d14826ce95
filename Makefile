# `make help` says what there is. Each target sets up what it needs, also on a bare machine:
# Debian packages (with sudo), .venv with the locked Python packages, and pjsua2.
#
#   PYTHON            the interpreter, instead of python3 (3.11, 3.12 or 3.13)
#   PJPROJECT_SOURCE  the source of PJSIP, instead of Debian's (a folder or a tarball)
#   IVR_CACHE         what is fetched or built once, instead of ~/.cache/ivr

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup deps prompts demo test test-train check bench bench-speech model lock clean

export PYTHON PJPROJECT_SOURCE IVR_CACHE
export PATH := $(CURDIR)/.venv/bin:$(PATH)

set_up = python=$$(setup/find-python) && "$$python" -m setup
scripts = $$(grep --recursive --files-with-matches --max-count=1 '^\#!.*bash$$' .ci setup deploy)

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: deps prompts ## everything that running needs; again in a second when it is there

deps:
	@$(set_up)

prompts: deps ## speaks the prompts that have no recording
	@ivr prompts render

demo: setup ## a gateway to call, with a caller that calls it
	@python -m demo

test: ## the tests, with the coverage of the engine and the configuration
	@$(set_up) test
	@ivr prompts render
	@pytest --cov

test-train: ## a miniature of making the speech model, and the tests that need torch
	@$(set_up) test train
	@pytest tests/training

check: ## style, types, contracts, and the configurations that come along
	@$(set_up) check
	ruff check
	ruff format --check
	mypy
	lint-imports
	ivr check firmware_config/*
	shellcheck $(scripts)

bench: ## how many calls this machine carries
	@$(set_up) test
	@ivr prompts render
	@python -m bench

bench-speech: ## how well the speech model hears voices it never learned from
	@$(set_up) test train
	@python -m speech_model corpus --work build/bench_speech --clips 0 --dev-clips 0
	@python -m speech_model evaluate --work build/bench_speech

model: ## the speech model anew, in less than an hour on two cores; goes on where it stopped
	@$(set_up) test train
	@python -m speech_model

lock: ## newer Python packages into requirements/*.txt
	@setup/lock

clean: ## away with everything made here; the cache outside the checkout stays
	rm -rf .venv build dist var htmlcov .coverage prompts/*/rendered *.egg-info
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
