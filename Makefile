# What newcomers and maintainers run. `make` alone lists the targets.
# Another interpreter: make PYTHON=python3.12 test

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
STAMP := $(VENV)/.installed
# What runs the program, without what tests and measures it.
PLAIN := $(VENV)/.plain
UV := uv==0.13.9
SPARK := pyspark==4.0.1
# Compiled at once, as pip does: a first import of sources would warn of what newer Pythons find in them.
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --compile-bytecode
# All extras but `network`, which takes gigabytes.
EXTRAS := $(foreach extra,browser explorer replay export metrics postgres s3 distributed datatrove train notebook docs dev,--extra $(extra))

.DEFAULT_GOAL := help
.PHONY: help demo kernels spark test lint types format words lock docs bench clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(PLAIN) ## Crawl the bundled demo site and show what came out
	@$(BIN)/cleancopy demo

# By file, so that what its tests share is made once, and by name: xdist would begin the files of few long tests last.
test: lint types kernels ## Lint, check the types and run all tests
	$(BIN)/pytest --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder

kernels: $(STAMP) ## Compile what extraction gains most by, if there is a compiler
	CLEANCOPY_PURE= $(PIP) install --quiet --no-deps --no-build-isolation --editable .

# Half a gigabyte for one test, which is left out where it is not installed.
spark: $(STAMP) ## Install Spark, for the test that runs on it
	$(INSTALL) --require-hashes --requirement requirements-spark.txt

lint: $(STAMP) ## Check style, formatting and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-cache

types: $(STAMP) ## Check the types
	$(BIN)/mypy

format: $(STAMP) ## Format the code and mend what can be mended
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

words: $(STAMP) ## Make the lists of words anew, as the program reads them
	$(BIN)/python -m archive.extraction.word_files

# What builds the project is locked with the rest, so that installing it fetches nothing that has no hash; where nothing
# is compiled, that is the backend alone.
lock: $(STAMP) ## Resolve pyproject.toml anew into requirements.txt and requirements-plain.txt
	$(PIP) install --quiet $(UV)
	echo $(UV) | $(BIN)/uv pip compile - --universal --generate-hashes --quiet --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" --output-file requirements-uv.txt
	echo $(SPARK) | $(BIN)/uv pip compile - --universal --generate-hashes --quiet --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" --output-file requirements-spark.txt
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' \
	| $(BIN)/uv pip compile pyproject.toml - --universal $(EXTRAS) --generate-hashes --upgrade --quiet \
		--python-version 3.11 --no-emit-index-url --custom-compile-command "make lock" --overrides overrides.txt --output-file requirements.txt
	$(BIN)/python -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"][0])' \
	| $(BIN)/uv pip compile pyproject.toml - --universal --generate-hashes --quiet --constraint requirements.txt \
		--python-version 3.11 --no-emit-index-url --no-annotate --custom-compile-command "make lock" --output-file requirements-plain.txt

docs: $(STAMP) ## Build the documentation into build/docs
	NO_MKDOCS_2_WARNING=1 PYTHONPATH=. $(BIN)/python -m mkdocs build --quiet

bench: $(STAMP) ## Measure quality and speed
	$(BIN)/python -m benchmarks

clean: ## Remove the environment, caches and built files; collections stay
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv takes a tenth of pip's time. Modules are compiled as they are loaded: most never are.
$(PLAIN): requirements-plain.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("cleancopy needs Python 3.11 or newer: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV); this takes half a minute and happens once."
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --no-compile --require-hashes --requirement requirements-uv.txt
	$(INSTALL) --require-hashes --requirement requirements-plain.txt
	CLEANCOPY_PURE=1 $(INSTALL) --no-build-isolation --editable .
	@touch $@

$(STAMP): $(PLAIN) requirements.txt
	@echo "Adding what tests and measures; this takes a minute and happens once."
	$(INSTALL) --require-hashes --requirement requirements.txt
	@touch $@
