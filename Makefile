# Everything here sets itself up: nothing has to be installed first but Python 3.11 or newer, and make.
# ARGS="…" is passed on to the program that a target runs; PYTHON=python3.12 chooses the Python of a new .venv.

SHELL := /bin/bash
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
# -I: nothing of the user's own Python comes in the way of the set-up.
SETUP := $(PYTHON) -I server/bootstrap

.DEFAULT_GOAL := help
.PHONY: help setup serve chat doctor evaluate docs test test-quick check fuzz soak system-packages lock clean

help: ## what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

setup: ## set up .venv: the engine that fits this machine, and its model
	@exec $(SETUP) $(ARGS)

serve: ## start the server (ARGS="--port 9000 --model …"; ARGS=--help lists them)
	@$(SETUP) && exec $(BIN)/loquent serve $(ARGS)

chat: ## talk with a character in this terminal, through the server that runs
	@$(SETUP) && exec $(BIN)/loquent chat $(ARGS)

doctor: ## look whether a server can start, and what to type in Unity (ARGS as for serve; or --url ws://…)
	@$(SETUP) && exec $(BIN)/loquent doctor $(ARGS)

evaluate: ## ask a character the cases of a suite, and measure (ARGS="innkeeper --model …"; see docs/evaluation.md)
	@$(SETUP) && exec $(BIN)/loquent evaluate $(ARGS)

docs: ## write docs/settings.md anew, from the settings' declarations
	@$(SETUP) && exec $(BIN)/python -m loquent.configuration docs/settings.md

test: system-packages ## check and test everything, C# and a real model included (ARGS="-k wire" for pytest)
	@$(SETUP) --dev
	@$(MAKE) --no-print-directory check
	@exec $(BIN)/pytest $(ARGS)

test-quick: system-packages ## the same without the tests that start a real model
	@$(SETUP) --dev
	@$(MAKE) --no-print-directory check
	@exec $(BIN)/pytest -m "not model" $(ARGS)

check: ## lint, format and types only
	@$(SETUP) --dev
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

fuzz: ## fuzz what reads bytes from the network (ARGS="--seconds 600 --keep"; see docs/testing.md)
	@$(SETUP) --dev
	@PYTHONPATH=tests exec $(BIN)/python -m fuzz $(ARGS)

soak: ## many clients on bad networks for a while, with the memory curve (ARGS="--minutes 60")
	@$(SETUP) --dev
	@PYTHONPATH=tests exec $(BIN)/python -m benchmarks.soak $(ARGS)

system-packages: ## install Mono and NUnit, which the C# tests need, where they are missing
	@exec $(PYTHON) -I tests/system_packages.py

lock: ## resolve the dependencies anew (see server/locks/README.md)
	@exec $(PYTHON) server/locks/refresh.py $(ARGS)

clean: ## remove what was installed and built here; the model in ~/.cache/loquent stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis server/*.egg-info
