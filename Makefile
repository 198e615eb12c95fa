# The commands of this project. `make` alone lists them. No root needed; PYTHON=… and PORT=… are heard.

BIN := .venv/bin
PORT ?= 8000
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header pyproject.toml

.PHONY: help demo demo-reset test check fmt e2e bench bench-cpu bench-search lock
.DEFAULT_GOAL := help

help:
	@echo "make demo        起動 (http://127.0.0.1:$(PORT)、止めるときは Ctrl-C) / start the portal with demo data"
	@echo "make demo-reset  デモのデータを消して、はじめから / start the demo over"
	@echo "make test        すべてのテスト / the whole test suite"
	@echo "make check       静的な検査 / linters, types, layers, templates, translations"
	@echo "make fmt         整形 / format the code"
	@echo "make e2e         ブラウザのテストだけ / browser tests only"
	@echo "make bench       速さを測る / measure the main pages"
	@echo "make bench-cpu   画面の重さを、最小の画面とくらべる / processor time beside a bare page"
	@echo "make bench-search  検索の質と速さを測る (DATA=フォルダ) / measure the search"
	@echo "make lock        requirements*.lock を作り直す / pin the dependencies again"

demo:
	@scripts/venv.sh requirements.lock
	@PORT=$(PORT) exec $(BIN)/python scripts/demo.py

demo-reset:
	@scripts/venv.sh requirements.lock
	@PORT=$(PORT) exec $(BIN)/python scripts/demo.py --reset

test:
	@scripts/venv.sh requirements-dev.lock
	@exec $(BIN)/python scripts/test.py

e2e:
	@scripts/venv.sh requirements-dev.lock
	@exec $(BIN)/python scripts/test.py e2e

check:
	@scripts/venv.sh requirements-dev.lock
	@exec $(BIN)/python scripts/check.py

fmt:
	@scripts/venv.sh requirements-dev.lock
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .
	@# djade exits with 1 when it changed something; the second run tells whether all is well now.
	@git ls-files -z --cached --others --exclude-standard '*.html' | xargs -0 $(BIN)/djade --target-version 5.2 || \
	 git ls-files -z --cached --others --exclude-standard '*.html' | xargs -0 $(BIN)/djade --target-version 5.2

bench:
	@scripts/venv.sh requirements-dev.lock
	@exec $(BIN)/python -m scripts.bench --needs $(or $(NEEDS),10000)

bench-cpu:
	@scripts/venv.sh requirements-dev.lock
	@exec $(BIN)/python -m scripts.bench_cpu --needs $(or $(NEEDS),14000)

bench-search:
	@scripts/venv.sh requirements-dev.lock
	@exec $(BIN)/python -m scripts.bench_search $(DATA)

lock:
	@scripts/venv.sh requirements-dev.lock
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group dev --output-file requirements-dev.lock
