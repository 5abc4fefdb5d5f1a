# The whole house from one place: make install | run | test | soak | soak-short | bench | spark | lint | format | lock | clean
#
# Needs Python 3.11 or newer with venv, and a package index. Everything else arrives in .venv.

SHELL   := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := install
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV    ?= .venv
PY      := $(VENV)/bin/python
UV      := $(PY) -m uv
PIP     := $(PY) -m pip --quiet --disable-pip-version-check
UV_PIN  := uv==0.13.9
HOST    ?= 127.0.0.1
PORT    ?= 8501
WORKERS ?= 2

# A moved or copied checkout installs again: the scripts in .venv carry its path.
PLACE   := $(shell printf '%s' '$(CURDIR)' | cksum | cut -d ' ' -f 1)
HAS_UV  := $(VENV)/.has-uv-$(PLACE)
HAS_RUN := $(VENV)/.has-run-$(PLACE)
HAS_DEV := $(VENV)/.has-dev-$(PLACE)
HAS_BENCH := $(VENV)/.has-bench-$(PLACE)
HAS_SPARK := $(VENV)/.has-spark-$(PLACE)

# Spark comes by `make spark`, or by `make test` where TIDU_REQUIRE names java; once there, it stays.
ASKED   := $(if $(findstring java,$(TIDU_REQUIRE)),$(HAS_SPARK))
KEPT    := $(if $(wildcard $(HAS_SPARK)),--no-build-isolation requirements-spark.lock)

.PHONY: install run test soak soak-short bench spark docs lint format lock clean

install: $(HAS_RUN)

# Later candidates count when an earlier one is too old, is a launcher that leads nowhere, or lacks venv.
$(HAS_UV):
	@usable='import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))'
	found=
	for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do
	  if "$$python" -c "$$usable" >/dev/null 2>&1; then found=$$python; break; fi
	done
	if [ -z "$$found" ]; then
	  echo "Tidu needs Python 3.11 or newer with its venv module, and none was found: install python3 and python3-venv, or name one with 'make PYTHON=/path/to/python3'." >&2; exit 1
	fi
	$(PY) -c "$$usable" 2>/dev/null || "$$found" -m venv --clear $(VENV) || { echo "$$found could not make a virtual environment in $(VENV): see the message above." >&2; exit 1; }
	$(PIP) install $(UV_PIN) || { echo "pip could not fetch $(UV_PIN): check that a package index can be reached." >&2; exit 1; }
	touch $@

# uv first, because it takes seconds; pip, which follows its own settings, where uv cannot reach the index.
define use_index
	index=$$($(PY) -m pip config get global.index-url 2>/dev/null || true)
	export PIP_ROOT_USER_ACTION=ignore UV_DEFAULT_INDEX=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$${index:-}}}
	[ -n "$$UV_DEFAULT_INDEX" ] || unset UV_DEFAULT_INDEX
endef

define install_lock
	$(call use_index)
	$(UV) pip sync --quiet --python $(PY) --require-hashes $(1) $(KEPT) \
	  || $(PIP) install --require-hashes -r $(1) \
	  || { echo "The packages of $(1) could not be installed: check that a package index can be reached." >&2; exit 1; }
	$(PIP) install --no-deps --no-build-isolation --editable .
endef

$(HAS_RUN): requirements.lock pyproject.toml | $(HAS_UV)
	@rm -f $(VENV)/.has-dev-* $(VENV)/.has-bench-*
	$(call install_lock,requirements.lock)
	touch $@

$(HAS_DEV): requirements-dev.lock pyproject.toml | $(HAS_UV)
	@rm -f $(VENV)/.has-bench-*
	$(call install_lock,requirements-dev.lock)
	touch $@ $(HAS_RUN)

$(HAS_BENCH): tests/bench/requirements.lock pyproject.toml | $(HAS_UV)
	@$(call install_lock,tests/bench/requirements.lock)
	touch $@ $(HAS_DEV) $(HAS_RUN)

# Beside what is there. PySpark comes as a source archive, which the pinned setuptools builds.
$(HAS_SPARK): requirements-spark.lock pyproject.toml | $(HAS_RUN)
	@$(call use_index)
	$(UV) pip install --quiet --python $(PY) --no-build-isolation-package pyspark --require-hashes -r requirements-spark.lock \
	  || $(PIP) install --no-build-isolation --require-hashes -r requirements-spark.lock \
	  || { echo "PySpark could not be installed: check that a package index can be reached." >&2; exit 1; }
	touch $@

spark: $(HAS_SPARK)

# An empty store is filled with a synthetic country first, so that there is something to look at.
run: $(HAS_RUN)
	$(VENV)/bin/tidu demo --if-empty
	exec $(PY) -m streamlit run app.py --server.headless true --server.address $(HOST) --server.port $(PORT)

test: $(HAS_DEV) $(ASKED)
	$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

soak: $(HAS_DEV)
	TIDU_SOAK=long $(PY) -m pytest -m soak -n $(WORKERS) --dist worksteal || [ $$? -eq 5 ]

soak-short: $(HAS_DEV)
	TIDU_SOAK=short $(PY) -m pytest -m soak -n $(WORKERS) --dist worksteal || [ $$? -eq 5 ]

bench: $(HAS_BENCH)
	$(PY) -m pytest tests/bench -m bench -s

format: $(HAS_DEV)
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

docs: $(HAS_RUN)
	$(PY) -m pipelines.docs

lint: $(HAS_DEV)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m pyright
	$(VENV)/bin/lint-imports

lock: $(HAS_UV)
	compile=($(UV) pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet)
	"$${compile[@]}" -o requirements.lock
	"$${compile[@]}" --extra spark -c requirements.lock -o requirements-spark.lock
	"$${compile[@]}" --group dev -c requirements.lock -o requirements-dev.lock
	"$${compile[@]}" --group bench -c requirements-dev.lock -o tests/bench/requirements.lock
	! grep -n '//' requirements.lock requirements-spark.lock requirements-dev.lock tests/bench/requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
