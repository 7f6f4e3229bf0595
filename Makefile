# make run: set up and run the virtual basin at full size; make test: set up and test. Python 3.11+ and make are enough.
PYTHON ?= python3
CORES ?= $(shell nproc 2>/dev/null || echo 2)
BIN := .venv/bin

.PHONY: run acquire acquire_plan test test-runs test-parts test-cluster test-environments lint format docs lock clean

run: .venv/ready
	$(BIN)/snakemake --profile profiles/default --cores $(CORES)

# Fetch the raw data of the area of a site: make acquire SITE=config/my_site.yaml; acquire_plan lists them first.
acquire acquire_plan: CORES = 16
acquire acquire_plan: .venv/ready
	$(if $(SITE),,$(error give the settings of the site: make $@ SITE=config/my_site.yaml))
	@test -f "$(SITE)" || { echo "$(SITE) does not exist; copy config/example_site.yaml to it and fill it in"; exit 2; }
	$(BIN)/snakemake --profile profiles/default --cores $(CORES) --configfile $(SITE) $(if $(DATA),--config data=$(DATA)) -- $@

# The tests that run the workflow take a process, all others another.
test: .venv/ready lint
	@$(MAKE) --jobs 2 --output-sync test-runs test-parts

test-runs: .venv/ready
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/workflow

test-parts: .venv/ready
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --ignore=tests/workflow --ignore=tests/cluster --ignore=tests/environments

# On a real Slurm with three nodes, which is installed (Debian, root) and started on this machine; some minutes.
test-cluster: .venv/ready
	OMP_NUM_THREADS=1 timeout --signal=INT --kill-after=60 720 $(BIN)/python -m pytest tests/cluster

# What each file of envs/ lists, installed alone.
test-environments: .venv/ready
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python -m pytest tests/environments

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules workflow
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/python tests/support/plain_english.py
	$(BIN)/snakemake --lint

format: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile rules workflow

# The site of the documents in build/docs; a warning is an error.
docs: .venv/ready
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env -b html -d build/doctrees docs build/docs
	@echo "open build/docs/index.html"

.venv/ready: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	touch $@

# New pins after a change of pyproject.toml: hashes, no index lines.
lock: .venv/ready
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra workflow --extra dev --extra docs --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet --output-file requirements.txt

clean:
	rm -rf results/virtual_basin results/tiny .snakemake build
