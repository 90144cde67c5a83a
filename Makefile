# `make demo` and `make test` are all that a newcomer needs; `make check` is for before each commit.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check bench eval compare lock format clean

demo: $(STAMP)
	$(BIN)/followupd demo

test: $(STAMP)
	$(BIN)/pytest -n auto --dist loadgroup

check: $(STAMP)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -n auto -m "not slow" -q

bench: $(STAMP)
	$(BIN)/python -m benchmarks

eval: $(STAMP)
	$(BIN)/python -m tests.eval

compare: $(STAMP)
	$(BIN)/pip install -q --require-hashes -r requirements/compare.txt
	$(BIN)/python -m tests.eval.quotes

format: $(STAMP)
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock:
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --strip-extras --allow-unsafe -o requirements/run.txt pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --strip-extras --allow-unsafe --extra dev -o requirements/dev.txt pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --strip-extras --allow-unsafe --extra compare -o requirements/compare.txt pyproject.toml

$(STAMP): pyproject.toml requirements/dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements/dev.txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build dist
