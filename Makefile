# `make run` and `make test` set everything up themselves. `make help` lists the rest.
SHELL := /bin/sh
.DELETE_ON_ERROR:
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; exit; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
WORKERS ?= auto

.PHONY: run test test-all test-broad test-browser test-services test-release check check-types check-style choose-postgresql costs mutants messages settings lock release \
	bench soak shots help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Summit needs Python 3.11 or later with venv (Debian: apt install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.done: requirements/run.txt | $(BIN)/python
	@echo "Installing what the system needs ..."
	@$(PIP) -r requirements/run.txt
	@touch $@

$(VENV)/dev.done: requirements/dev.txt | $(BIN)/python
	@echo "Installing what tests and checks need ..."
	@$(PIP) -r requirements/dev.txt
	@touch $(VENV)/run.done $@

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))

locale/%.mo: locale/%.po | $(VENV)/run.done
	@$(BIN)/python manage.py compile_catalogues
	@touch $@

run: $(VENV)/run.done $(CATALOGUES) ## run everything here until Ctrl-C; PORT=8123 chooses the port, DEMO=day the first day, DEMO=0 nothing
	@exec $(BIN)/python manage.py serve --parent $$PPID $(if $(filter 0,$(DEMO)),--no-demo) $(if $(filter day,$(DEMO)),--act day)

test: $(VENV)/dev.done $(CATALOGUES) ## the tests, on SQLite, without any server or browser
	@TEST_STAGE=$(if $(ARGS),,$@) $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

choose-postgresql: $(VENV)/dev.done $(CATALOGUES) ## which tests are asked on PostgreSQL too: by what each asks on SQLite
	@$(BIN)/python -m pytest -n $(WORKERS) --choose-postgresql

test-all: $(VENV)/dev.done $(CATALOGUES) ## every test there is, also the slow and broad ones and those in a browser
	@TEST_STAGE=$(if $(ARGS),,$@) $(BIN)/python -m pytest -n $(WORKERS) -m "" $(ARGS)

check: $(VENV)/dev.done $(CATALOGUES) ## style, templates, types, layers, migrations, deployment
	@$(MAKE) --no-print-directory -j 2 check-types check-style

check-types:
	$(BIN)/mypy

check-style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python tests/deploy_check.py
	@$(BIN)/python -m tools.catalogues --check

test-browser: $(VENV)/dev.done $(CATALOGUES) ## the tour, pages by axe, every main task by keyboard, in a real Chromium (minutes)
	@TEST_STAGE=$(if $(ARGS),,$@) $(BIN)/python -m pytest -n 2 -m browser $(ARGS) tests/browser

test-broad: $(VENV)/dev.done $(CATALOGUES) ## what is slow and broad: all routes, all readers, all languages (minutes)
	@TEST_STAGE=$(if $(ARGS),,$@) $(BIN)/python -m pytest -n $(WORKERS) -m "broad and once" $(ARGS)

test-services: $(VENV)/dev.done $(CATALOGUES) ## the tests on PostgreSQL and Redis, with races and killed processes (DATABASE_URL, REDIS_URL)
	@test -n "$$DATABASE_URL" -a -n "$$REDIS_URL" || { \
		echo "Set DATABASE_URL and REDIS_URL, such as postgres://summit:summit@127.0.0.1/summit and redis://127.0.0.1:6379/9."; exit 1; }
	@TEST_STAGE=$(if $(ARGS),,$@) $(BIN)/python -m pytest -n $(WORKERS) -m "not browser and not once and not release" $(ARGS)

test-release: $(VENV)/dev.done $(CATALOGUES) ## what is shipped, by the real nginx, clamd, units, an image and several hosts (root, Debian's packages)
	@TEST_STAGE=$(if $(ARGS),,$@) $(BIN)/python -m pytest -m release $(ARGS) tests/release

costs: $(VENV)/run.done ## what the tests cost when they last ran here, beside what is recorded; ARGS=--accept records it
	@$(BIN)/python -m tools.costs $(ARGS)

mutants: $(VENV)/dev.done $(CATALOGUES) ## how many of 300 small faults the tests notice (an hour)
	@$(BIN)/python -m tools.mutants $(ARGS)

bench: $(VENV)/dev.done $(CATALOGUES) ## the figures, as ratios within one run
	@$(BIN)/python -m bench

soak: $(VENV)/dev.done $(CATALOGUES) ## a quarter of an hour of mixed work: nothing fails, and no process grows
	@$(BIN)/python -m bench.soaking

messages: $(VENV)/dev.done ## bring locale/ in line with the source, and compile it
	@$(BIN)/python -m tools.catalogues

.venv-release/done: requirements/release.txt
	@test -n "$(PYTHON)" || { echo "Summit needs Python 3.11 or later with venv (Debian: apt install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv .venv-release
	@.venv-release/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/release.txt
	@touch $@

release: .venv-release/done ## a release in dist/: wheel, locked versions, bill of materials, audit, digests (docs/releasing.md)
	@.venv-release/bin/python -m tools.release $(ARGS)

settings: $(VENV)/run.done ## write docs/settings.md from the declarations of the environment variables
	@$(BIN)/python manage.py describe_settings > docs/settings.md

shots: $(VENV)/dev.done $(CATALOGUES) ## every page of the tour as a picture, in var/shots; ONLY=press,search takes these, PICTURES=1 the README's too, HANDBOOK=1 the handbook's
	@$(BIN)/python -m tools.shots $(if $(ONLY),--only $(ONLY)) $(if $(PICTURES),--pictures) $(if $(HANDBOOK),--handbook)

lock: $(VENV)/dev.done ## compile requirements/*.in
	cd requirements && for f in base run sentry saml dev release; do ../$(BIN)/uv pip compile --universal --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 --quiet $$f.in -o $$f.txt; done
