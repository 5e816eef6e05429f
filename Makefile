# The commands of the project; `make help` lists them. Everything runs in .venv, made from the locks in requirements/.

VENV ?= .venv
INI ?= development.ini
# What answers pages: sql, or elasticsearch, which is started as a process of this machine.
STORE ?= sql
# Processes that share the tests; `auto` is one a core.
WORKERS ?= 2
# More for pytest, as in: make test ARGS="-k cursor"
ARGS ?=

BIN := $(VENV)/bin
TOOLS := .venv-tools
PEERS := .venv-peers
SCAN := .venv-scan

.DEFAULT_GOAL := help
.PHONY: help run test check services drills coverage format lock audit scan higgs parity announcement peers contest pictures messages lighthouse clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run-installed ## the site with a demo network on http://localhost:6543 (STORE=elasticsearch: on a real node)
	@scripts/run $(VENV) $(INI) $(STORE)

test: check services peers ## everything: checks, then all tests but the drills
	$(BIN)/pytest -n $(WORKERS) $(ARGS)

check: $(VENV)/.test-installed ## lint, types, import rules, templates, dependencies, spelling
	@scripts/check $(VENV)

services: $(VENV)/.test-installed ## PostgreSQL, Chromium, Redis and Elasticsearch for the tests, installed where that is possible
	@$(BIN)/python scripts/ensure_test_services

drills: check services peers ## what takes long: whole matrices, big loads, kills
	@# A drill may take longer than anything that hangs: what dumps the stack of a test after minutes is for the others.
	CI=true $(BIN)/pytest --drills -o faulthandler_timeout=0 -n $(WORKERS) $(ARGS)

coverage: $(VENV)/.test-installed services ## the tests in one process, and which lines they did not reach
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

format: $(VENV)/.test-installed ## put the code into the house's form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(TOOLS)/.installed ## write requirements/*.txt anew (UPGRADE=1: with the newest versions)
	scripts/lock $(TOOLS)/bin/uv

audit: $(TOOLS)/.installed ## known weaknesses of the locked libraries (asks the network)
	$(TOOLS)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/run.txt
	$(TOOLS)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/test.txt

scan: $(VENV)/.test-installed $(SCAN)/.installed ## a scanner of web sites against the site with its demo network, figures into docs/security.md
	$(BIN)/python bench/scan.py --program $(SCAN)/bin/wapiti

higgs: $(VENV)/.test-installed services ## the real data set on both databases, figures into docs/real-data.md (FILE=...)
	$(BIN)/python bench/higgs.py $(FILE)

announcement: $(VENV)/.test-installed ## notifications and hours of the real data set, compared with a reading of its file (FILE=...)
	$(BIN)/python bench/announcement.py $(FILE)

parity: $(VENV)/.test-installed services ## every kind of page of the real data set, Elasticsearch's against SQLite's (FILE=...)
	$(BIN)/python bench/parity.py $(FILE)

lighthouse: $(VENV)/.test-installed ## Lighthouse on the main pages, figures into docs/pages.md (fetches it from npm)
	@$(BIN)/python bench/lighthouse/measure.py

peers: $(PEERS)/.installed ## the libraries that the benchmark compares with, in an environment of their own

contest: $(VENV)/.test-installed services peers ## all pages beside the peers' in one run, into docs/benchmarks.md (an hour; ARGS="--acts 1000000")
	$(BIN)/python bench/contest.py --write $(ARGS)

pictures: $(VENV)/.test-installed ## draw the pictures of docs/aggregators.md again
	@$(BIN)/python -m tests.house.pictures

messages: $(VENV)/.run-installed ## gather the sentences for translators into feedsite/locale/feedsite.pot
	@scripts/messages $(BIN)

clean: ## remove the environments and caches (the development database stays: it is in var/)
	rm -rf $(VENV) $(TOOLS) $(PEERS) $(SCAN) bench/lighthouse/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage* build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: an environment is made again only when its lock or the package's own description is newer.

$(VENV)/.run-installed: requirements/run.txt pyproject.toml setup.py
	@scripts/make_venv $(VENV) requirements/run.txt
	@scripts/install_package $(VENV)
	@touch $@

$(VENV)/.test-installed: $(VENV)/.run-installed requirements/test.txt
	@scripts/make_venv $(VENV) requirements/test.txt
	@touch $@

$(PEERS)/.installed: requirements/peers.txt
	@scripts/make_venv $(PEERS) requirements/peers.txt
	@touch $@

$(SCAN)/.installed: requirements/scan.txt
	@scripts/make_venv $(SCAN) requirements/scan.txt
	@touch $@

$(TOOLS)/.installed: requirements/tools.txt
	@scripts/make_venv $(TOOLS) requirements/tools.txt
	@touch $@
