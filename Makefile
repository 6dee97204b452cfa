# Everything that this needs is put into .venv and .tools, inside of this folder.

PYTHON ?= python3
KUSTOMIZE := sigs.k8s.io/kustomize/kustomize/v5@v5.8.1
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/bin:$(PATH)
.DEFAULT_GOAL := help

.PHONY: help
help: ## Lists the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 20

.PHONY: demo
demo: .venv/program tools ## Runs InjectLWS on the examples, by itself, in kustomize and in kpt, and shows what changed.
	@examples/demo.sh

.PHONY: test
test: .venv/dev tools ## Runs all tests.
	.venv/bin/python -m pytest

.PHONY: e2e-cluster
e2e-cluster: .venv/dev ## Runs the admission policy's tests on a real API server; needs Go and etcd, builds it once.
	.venv/bin/python -m pytest -m cluster -s tests/cluster

.PHONY: lint
lint: .venv/dev ## Runs the linters: ruff and mypy.
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

.PHONY: format
format: .venv/dev ## Formats the code.
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

.PHONY: fuzz
fuzz: .venv/dev ## Runs the property tests with many more cases; takes an hour.
	HYPOTHESIS_PROFILE=fuzz .venv/bin/python -m pytest tests/property

.PHONY: bench
bench: .venv/program ## Measures the program against the same function in Go; needs Go, takes five minutes.
	.venv/bin/python bench/bench.py

.PHONY: update-expected
update-expected: .venv/dev tools ## Writes what the examples give now into their .expected folders.
	UPDATE_EXPECTED=1 .venv/bin/python -m pytest tests/hosts/test_examples.py

.PHONY: lock
lock: .venv/dev ## Writes requirements.txt, the image's dependencies with their hashes.
	.venv/bin/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header --upgrade \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.txt pyproject.toml

.PHONY: tools
tools: ## Installs kustomize into .tools, where Go is.
	@if [ ! -x .tools/bin/kustomize ] && command -v go >/dev/null; then \
		echo "Installing $(KUSTOMIZE) into .tools"; \
		GOBIN="$(CURDIR)/.tools/bin" go install $(KUSTOMIZE) || rm -f .tools/bin/kustomize; \
	fi

.PHONY: clean
clean: ## Removes all that was installed or built here.
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache .tools .venv dist

.venv/program: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	@echo "Installing the program into .venv"
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/dev: .venv/program
	@echo "Installing the tests' tools into .venv"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
