# Everything a developer runs.  Each target sets up what it needs on a fresh Debian machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo test quick lint bench docs lock clean

demo: $(READY)  ## generate the story, open it, ask who it was, verify it
	$(BIN)/actum demo demo-home

test: $(READY)  ## every test, the slow ones too
	$(BIN)/pytest -n auto --maxprocesses 8 --dist loadfile

quick: $(READY)  ## the tests without the slow ones
	$(BIN)/pytest -n auto --maxprocesses 8 --dist loadfile -m "not slow"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)  ## the table of the README's figures; takes a quarter of an hour
	$(BIN)/python -m bench

docs: $(READY)  ## write the generated pages again: commands, columns, fields, sources
	$(BIN)/python -m actum.docs docs

lock:  ## resolve the dependencies again
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	    --no-emit-index-url --no-header --generate-hashes -o requirements.lock

# A machine without ensurepip (Debian without python3-venv) gets it from apt, if it can.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { \
	  echo "python3-venv is missing: installing it"; rm -rf $(VENV); \
	  apt-get update -q && apt-get install -yq python3-venv && $(PYTHON) -m venv $(VENV); }
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

clean:
	rm -rf $(VENV) demo-home .pytest_cache .mypy_cache .ruff_cache .hypothesis
