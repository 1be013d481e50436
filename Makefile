# The first two targets are all that a newcomer needs: `make demo` and `make test`.
# Everything sets itself up in .venv from hashed lock files; nothing is installed outside this folder.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEER := build/benchmarks/peer/.ready
ZENSICAL := build/zensical/.ready
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)

.PHONY: help demo test browser coverage lint types check wheel site serve zensical bench chaos mutants plug pictures fixtures record schemas lock clean

help:  ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info < (3, 14); sys.exit(None if ok else "Python 3.11 to 3.13 is needed: make PYTHON=python3.12 ...")'
	@echo "setting up $(VENV) (once; about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)  ## Train two toy runs, keep a journal of them, build its site
	@$(BIN)/python demo/demo.py

test: $(READY)  ## Run the tests, but for those in a browser
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not browser"

browser: $(READY)  ## Try the site in Chromium; pictures go to build/screenshots
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m browser tests/site

coverage: $(READY)  ## The same with branch coverage, which takes a quarter longer
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --cov --cov-report=term:skip-covered

lint: $(READY)  ## Check format and style
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(READY)  ## Check types, strictly
	@$(BIN)/mypy

check: $(READY)  ## Check this repository's own journal
	@$(BIN)/journal check

wheel: $(READY)  ## Build the wheel, install it in a clean environment, run the demo from it
	@sh requirements/wheel.sh $(BIN)/python

site: $(READY)  ## Build this repository's own site
	@$(BIN)/journal build

serve: $(READY)  ## Serve this repository's own site
	@$(BIN)/journal serve

zensical: site $(ZENSICAL)  ## Try the other builder on the same pages: build/zensical/site
	@sh requirements/zensical.sh

$(ZENSICAL): requirements/zensical.txt | $(READY)
	@echo "setting up build/zensical (once)"
	@rm -rf build/zensical
	@$(BIN)/python -m venv build/zensical/venv
	@build/zensical/venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/zensical.txt
	@touch $@

bench: $(READY) $(PEER)  ## Measure start-up and the reading of logs against their peers (minutes)
	@$(BIN)/python benchmarks/startup.py
	@$(BIN)/python benchmarks/reading.py

$(PEER): requirements/peer.txt | $(READY)
	@echo "setting up build/benchmarks/peer (once)"
	@rm -rf build/benchmarks/peer
	@$(BIN)/python -m venv build/benchmarks/peer
	@build/benchmarks/peer/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peer.txt
	@touch $@

chaos: $(READY)  ## Long programmes that try to break the writing of files (minutes)
	@$(BIN)/python tests/chaos/store_chaos.py

mutants: $(READY)  ## Read 100,000 damaged logs (minutes)
	@$(BIN)/python tests/chaos/mutate_logs.py

plug: $(READY)  ## Pull the plug of a W&B server at every request of a fill (minutes)
	@$(BIN)/python tests/chaos/pull_the_plug.py

pictures: $(READY)  ## Make the README's pictures again, after `make demo`; needs Chromium
	@$(BIN)/python demo/pictures.py

fixtures: $(READY)  ## Make the run folders of the tests again, with the real SDKs
	@$(BIN)/python tests/fixtures/make_runs.py

record: $(READY)  ## Record the shape of W&B's contract: RUN=entity/project/id, with your own key
	@$(BIN)/python tests/record_wandb.py "$$RUN"

schemas: $(READY)  ## Make the published JSON Schemas again, from the models
	@$(BIN)/python docs/schemas/make_schemas.py

lock: $(READY)  ## Resolve the lock files anew
	@sh requirements/lock.sh $(BIN)/uv

clean:  ## Remove what can be made again
	@rm -rf $(VENV) build dist site .journal .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
