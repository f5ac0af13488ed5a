# Pageside. `make serve` runs the example book; `make test` runs every check. Both install what they need.
SHELL := /bin/sh
BOOK ?= examples/physical-ai/docs
PYTHON ?= python3
# Tests wait for processes as often as they compute, so more of them run at once than there are processors.
JOBS ?= 4
export UV_PROJECT_ENVIRONMENT := .venv
# Compiled once at the installation: otherwise every process does it anew where Python may not write beside its files.
export UV_COMPILE_BYTECODE := 1

# A uv already on the machine is used; otherwise one is installed in a folder of its own, without root.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)

.PHONY: help install serve test lint types imports audit format fuzz bench clean

help:
	@echo "make serve    index the example book and serve it     (BOOK=folder for another)"
	@echo "make test     lint, types, import rules, then every test"
	@echo "make install  only the program: .venv/bin/pageside"
	@echo "make audit    asks osv.dev whether a dependency is known to be vulnerable"
	@echo "make bench    speed and quality figures               (slow)"
	@echo "make fuzz     some 50,000 requests, against the OpenAPI document (slow)"
	@echo "make format   put the code in its one format"

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv

.venv/.installed: pyproject.toml uv.lock | $(filter .uv/bin/uv,$(UV))
	$(UV) sync --quiet --frozen --inexact --no-default-groups
	@touch $@

.venv/.installed-dev: pyproject.toml uv.lock | $(filter .uv/bin/uv,$(UV))
	$(UV) sync --quiet --frozen --inexact
	@touch $@ .venv/.installed

.venv/.installed-bench: pyproject.toml uv.lock | $(filter .uv/bin/uv,$(UV))
	$(UV) sync --quiet --frozen --inexact --all-groups
	@touch $@ .venv/.installed-dev .venv/.installed

install: .venv/.installed

serve: install
	.venv/bin/pageside serve $(BOOK)

lint: .venv/.installed-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: .venv/.installed-dev
	.venv/bin/mypy

imports: .venv/.installed-dev
	.venv/bin/lint-imports

audit: | $(filter .uv/bin/uv,$(UV))
	$(UV) audit --frozen --no-dev --preview-features audit-command

test: lint types imports
	.venv/bin/pytest -n $(JOBS) --dist worksteal

fuzz: .venv/.installed-dev
	FUZZ_EXAMPLES=2000 .venv/bin/pytest tests/web/test_contract.py --timeout 0 -s

format: .venv/.installed-dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: .venv/.installed-bench
	.venv/bin/python -m benchmarks.indexing $(BOOK)
	.venv/bin/python -m benchmarks.example_book
	.venv/bin/python -m benchmarks.search
	.venv/bin/python -m benchmarks.answers
	.venv/bin/python -m benchmarks.engines

clean:
	rm -rf .venv .uv .pageside .mypy_cache .ruff_cache .pytest_cache .hypothesis
