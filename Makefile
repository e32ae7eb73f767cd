# The two commands are `make run` and `make test`; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
UV := $(CURDIR)/.tools/bin/uv
PY := .venv/bin/python
ASSISTANT := bot/assistant
RASA := $(ASSISTANT)/.venv/bin/rasa

export RASA_TELEMETRY_ENABLED := false
export PYTHONPATH := $(CURDIR)
# Nothing here talks to a model hub: the encoder's base comes inside a package.
export HF_HUB_OFFLINE := 1

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

# --- environments -------------------------------------------------------------------------------

$(UV):
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv

# Platform: Python 3.11 or newer, current releases. torch is installed apart from the lock, because the
# registry's own Linux build brings 3 GB of CUDA (README, "Decisions").
.venv/.installed: requirements.lock | $(UV)
	@echo "== installing the platform environment"
	[ -x $(PY) ] || $(UV) venv --quiet --python 3.11 .venv
	$(UV) pip install --quiet -p $(PY) --no-deps --require-hashes -r requirements.lock
	.tools/bin/pip --quiet --disable-pip-version-check --python $(PY) install --no-deps --retries 1 \
	    --extra-index-url https://download.pytorch.org/whl/cpu torch==2.13.0
	touch $@

# Assistant: Rasa 3.6 needs Python 3.10; the .python-version in its folder makes uv and pyenv pick one.
$(ASSISTANT)/.venv/.installed: $(ASSISTANT)/requirements.lock | $(UV)
	@echo "== installing the assistant's environment"
	cd $(ASSISTANT) && { [ -x .venv/bin/python ] || $(UV) venv --quiet --python 3.10 .venv; }
	cd $(ASSISTANT) && $(UV) pip install --quiet -p .venv/bin/python --no-deps --require-hashes -r requirements.lock
	touch $@

.PHONY: install lock
install: .venv/.installed $(ASSISTANT)/.venv/.installed ## install both environments from their lock files

lock: | $(UV) ## resolve both lock files again
	$(UV) pip compile pyproject.toml --group train --group dev --universal --python-version 3.11 --generate-hashes \
	    --no-emit-package torch --no-annotate --no-header --quiet -o requirements.lock
	cd $(ASSISTANT) && $(UV) pip compile pyproject.toml --universal --python-version 3.10 --generate-hashes \
	    --no-annotate --no-header --quiet -o requirements.lock

# --- models -------------------------------------------------------------------------------------
# Each artefact is made again when what it is made from is newer. The encoder's adapter is trained apart
# (`make train-encoder`, long) and kept in git; everything else trains from a clean clone in minutes.

MESSAGES := $(shell find nlu_data -name '*.yml' 2>/dev/null)
ARTICLES := $(shell find kb_index/articles -name '*.md' 2>/dev/null)
ADAPTER := $(wildcard models/encoder-adapter/*)

models/encoder/encoder.json: .venv/.installed $(ADAPTER) $(wildcard kb_index/encoder/*.py)
	@echo "== encoder: merging and exporting (about a minute)"
	$(PY) -m kb_index.encoder
	@touch $@

models/faq/current: models/encoder/encoder.json $(ARTICLES) $(MESSAGES) $(wildcard kb_index/*.py kb_index/*.yml kb_index/error_codes/*.py kb_index/error_codes/codes.yml)
	@echo "== FAQ index"
	$(PY) -m kb_index.index
	@touch $@

models/assistant/assistant.tar.gz: $(ASSISTANT)/.venv/.installed models/faq/current config.yml $(MESSAGES) \
    $(shell find bot/assistant -path '*/.venv' -prune -o \( -name '*.py' -o -name '*.yml' \) -print)
	@echo "== assistant: training Rasa's NLU and dialogue (a few minutes)"
	$(RASA) train --config config.yml --domain bot/assistant/domain --data nlu_data bot/assistant/rules \
	    --out models/assistant --fixed-model-name assistant

.PHONY: train train-encoder run
train: models/assistant/assistant.tar.gz ## train what is missing or older than its data

train-encoder: .venv/.installed ## train the encoder's adapter anew (hours on a CPU; the result is kept in git)
	$(PY) -m kb_index.encoder.train

run: install train ## start the whole product (Ctrl-C ends it)
	@exec $(PY) -m bot.launch

# --- checks -------------------------------------------------------------------------------------

.PHONY: lint check test evaluate
lint: .venv/.installed
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m kb_index.validate
	$(PY) -m kb_index.message_report --most 5

check: install ## linters, data validation and the fast tests
	$(MAKE) --jobs=2 --output-sync=target lint train
	$(RASA) data validate --config config.yml --domain bot/assistant/domain --data nlu_data bot/assistant/rules
	$(PY) -m pytest -m "not slow"

evaluate: install train ## the assistant's figures beside their goals and baselines; details in reports/
	$(PY) -m tests.bench.evaluate

test: check ## everything: also whole processes and browsers
	$(PY) -m pytest -m slow
