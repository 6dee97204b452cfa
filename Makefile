# Everything that this needs is put into .venv and .tools, inside of this folder.

PYTHON ?= python3
DIST := dist
KUSTOMIZE := sigs.k8s.io/kustomize/kustomize/v5@v5.8.1
HELM := helm.sh/helm/v3/cmd/helm@v3.22.0
HELM4 := helm.sh/helm/v4/cmd/helm@v4.3.1
VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"$$/\1/p' fn/modelserving_lws/__init__.py)
NAME = modelserving_lws-$(VERSION)
KUBECONFORM := github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
# The image's name, without a tag. Docker, podman, kpt and kustomize take it as it is: to a name
# without a host, each adds another one. `example.com` is nobody's, so that none can serve it.
IMAGE ?= registry.example.com/modelserving-lws
SOURCE ?= https://git.example.com/modelserving-lws
# What builds and runs it: docker or podman; and further options for its `build`.
ENGINE ?= docker
BUILD ?=
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/bin:$(PATH)
# The time that the wheel's files have: of the last commit, else of the oldest that a ZIP can hold.
EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || echo 315532800)
.DEFAULT_GOAL := help

.PHONY: help
help: ## Lists the targets.
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/' | expand -t 20

.PHONY: demo
demo: .venv/program kustomize ## Moves a LeaderWorkerSet to kthena and shows each step; takes some seconds.
	@examples/demo.sh

.PHONY: test
test: .venv/dev tools ## Runs all tests.
	.venv/bin/python -m pytest -n 2

.PHONY: e2e-cluster
e2e-cluster: .venv/dev helm kubeconform ## Runs the tests on a real API server, with the controllers of kthena and LWS where KTHENA and LWS name checkouts; needs Go and etcd, builds it once.
	.venv/bin/python -m pytest -m cluster -s tests/cluster

.PHONY: lint
lint: .venv/dev actionlint ## Runs the linters: ruff and mypy; those of Dockerfiles, workflows and prose if they are there.
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	@if [ -x .venv/bin/hadolint ]; then .venv/bin/hadolint Dockerfile examples/argo-cd/Dockerfile; fi
	@if [ -x .tools/bin/actionlint ]; then .tools/bin/actionlint; fi
	@docs/prose/check

.PHONY: site
site: .venv/site .tools/site wheel ## Builds the site of the documents, and its page in the browser, into dist/site; needs Node.
	@.venv/bin/python docs/site/try/pack.py $(DIST)/$(NAME)-py3-none-any.whl .venv/site/lib/python3*/site-packages .tools/try
	@cp docs/site/try/build.mjs .tools/site && node .tools/site/build.mjs docs/site/try .tools/try $(DIST)/try
	NO_MKDOCS_2_WARNING=1 .venv/site/bin/mkdocs build --quiet --config-file docs/site/mkdocs.yml

.PHONY: screenshots
screenshots: site ## Looks at each page of the site in Chromium, and takes screenshots into dist/screenshots; installs Chromium where it may.
	@docs/site/screenshots

.PHONY: test-site
test-site: site ## Tests the page of the site that runs the program, in Chromium and Firefox; installs these where it may.
	@tests/browser/run

.PHONY: update-picture
update-picture: site ## Takes the picture of the page that runs the program anew, for the README; needs Chromium.
	@cp docs/site/picture.mjs docs/site/serve.mjs .tools/site && node .tools/site/picture.mjs dist/site docs/try-in-the-browser.png \
		"$$(command -v chromium || command -v chromium-browser || command -v google-chrome)"

.PHONY: format
format: .venv/dev ## Formats the code.
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

.PHONY: fuzz
fuzz: .venv/dev ## Runs the property tests with many more cases; takes an hour.
	HYPOTHESIS_PROFILE=fuzz .venv/bin/python -m pytest -n 2 -m "not cluster and not image" tests/property tests/judge

.PHONY: bench
bench: .venv/program ## Measures the program against the same function in Go; needs Go, takes ten minutes.
	.venv/bin/python -m modelserving_lws.cli.compile_patterns
	.venv/bin/python bench/bench.py

.PHONY: bench-files
bench-files: .venv/dev ## Measures the commands on 10,000 files; takes a minute.
	.venv/bin/python bench/files.py

.PHONY: bounds
bounds: .venv/dev ## Measures what hostile inputs of 10 MB and more take; takes ten minutes.
	.venv/bin/python -m tests.bounds

.PHONY: update-expected
update-expected: .venv/dev tools ## Writes what the program gives and says now into the examples and the docs.
	UPDATE_EXPECTED=1 .venv/bin/python -m pytest tests/hosts/test_examples.py tests/project/test_functions.py tests/project/test_migrating.py \
		tests/project/test_blocks.py tests/acceptance/test_messages.py::test_the_docs_have_the_table

TAG = v$(VERSION)
.PHONY: image
image: ## Builds the image with Docker, or with ENGINE=podman; IMAGE=registry/name names it.
	$(ENGINE) build $(BUILD) $(if $(filter %podman,$(ENGINE)),--layers=false --timestamp $(EPOCH)) \
		--build-arg SOURCE_DATE_EPOCH=$(EPOCH) --build-arg SOURCE=$(SOURCE) --build-arg VERSION=$(VERSION) \
		--tag $(IMAGE):$(TAG) .

.PHONY: test-image
test-image: .venv/dev tools ## Builds the image and runs the examples through it; installs podman where it may and needs to.
	.venv/bin/python -m pytest -m image -s tests/image

.PHONY: bench-image
bench-image: .venv/dev ## Measures what the image's starts cost, beside the same function in Go; needs Go and an engine.
	.venv/bin/python -m tests.image.costs

.PHONY: tag
tag: ## Tags the commit with the version, if it is whole and the changelog has the version.
	git diff --exit-code HEAD
	grep -E '^## \[$(VERSION)\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$$' CHANGELOG.md
	git tag --annotate --message 'modelserving-lws $(VERSION)' v$(VERSION)

.PHONY: release-check
release-check: wheel ## Builds and tries out the wheel and the sdist.
	.venv/bin/python -m build --sdist --outdir $(DIST) .
	! tar -tzf $(DIST)/$(NAME).tar.gz | grep -Ev '^[^/]+/(fn/modelserving_lws/.+|[^/]+)$$'
	rm -rf .venv/release && $(PYTHON) -m venv .venv/release
	SOURCE_DATE_EPOCH=$(EPOCH) .venv/release/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps \
		--wheel-dir .venv/release $(DIST)/$(NAME).tar.gz
	cmp .venv/release/$(NAME)-py3-none-any.whl $(DIST)/$(NAME)-py3-none-any.whl
	.venv/release/bin/python -m pip install --quiet --disable-pip-version-check $(DIST)/$(NAME)-py3-none-any.whl
	.venv/release/bin/modelserving-lws --version | grep -Fx 'modelserving-lws $(VERSION)'
	.venv/release/bin/modelserving-lws < examples/inject-lws-imperative/resources.yaml | \
		cmp - examples/inject-lws-imperative/.expected/2.yaml

# The architectures of this machine's images: its own, and others where the kernel runs their programs.
NATIVE := $(patsubst aarch64,arm64,$(patsubst x86_64,amd64,$(shell uname -m)))
ARCHES ?= $(sort $(NATIVE) $(if $(wildcard /proc/sys/fs/binfmt_misc/qemu-aarch64),arm64) \
	$(if $(wildcard /proc/sys/fs/binfmt_misc/qemu-x86_64),amd64))
ASSETS = $(NAME)-py3-none-any.whl $(NAME).tar.gz $(ARCHES:%=sbom-%.json)
BUILT = $(ARCHES:%=$(IMAGE):v$(VERSION)-%)

.PHONY: release
release: release-check $(ARCHES:%=image-%) ## Builds all of a release into dist, and prints the commands that publish it; PUBLISH=1 runs them.
	awk '/^## / { on = index($$0, "[$(VERSION)]") } on' CHANGELOG.md > $(DIST)/notes.md
	@[ -s $(DIST)/notes.md ] || echo 'The changelog has no version $(VERSION) yet: no notes, and no tag.'
	cd $(DIST) && sha256sum $(ASSETS) > SHA256SUMS
	@echo 'Built for $(ARCHES): $(ASSETS), SHA256SUMS and notes.md in $(DIST); $(BUILT) in $(ENGINE).'
ifndef PUBLISH
	@echo 'What publishes it, and was not run:'
	@$(MAKE) --no-print-directory --dry-run tag
	@echo 'git push origin v$(VERSION)'
endif
	@$(MAKE) --no-print-directory $(if $(PUBLISH),,--dry-run) publish

image-%:
	@$(MAKE) --no-print-directory image TAG=v$(VERSION)-$* BUILD='$(BUILD) --platform linux/$*'
	@mkdir -p $(DIST)
	@container=$$($(ENGINE) create --platform linux/$* $(IMAGE):v$(VERSION)-$*) && \
		{ $(ENGINE) cp $$container:/usr/local/share/modelserving-lws.cdx.json $(DIST)/sbom-$*.json; \
		code=$$?; $(ENGINE) rm $$container > /dev/null; exit $$code; }

.PHONY: publish
publish:
	$(foreach built,$(BUILT),$(ENGINE) push $(built) && )true
ifeq ($(filter %podman,$(ENGINE)),)
	docker buildx imagetools create --tag $(IMAGE):v$(VERSION) $(BUILT)
	docker buildx imagetools inspect --format '{{.Manifest.Digest}}' $(IMAGE):v$(VERSION) > $(DIST)/digest
else
	$(ENGINE) manifest rm $(IMAGE):v$(VERSION)-all 2> /dev/null || true
	$(ENGINE) manifest create $(IMAGE):v$(VERSION)-all $(BUILT:%=docker://%)
	$(ENGINE) manifest push --all --digestfile $(DIST)/digest $(IMAGE):v$(VERSION)-all docker://$(IMAGE):v$(VERSION)
endif
	cosign sign --yes $(IMAGE)@$$(cat $(DIST)/digest)
	$(foreach arch,$(ARCHES),cosign attest --yes --type cyclonedx --predicate $(DIST)/sbom-$(arch).json $(IMAGE):v$(VERSION)-$(arch) && )true
	cosign sign-blob --yes --bundle $(DIST)/SHA256SUMS.sigstore.json $(DIST)/SHA256SUMS

.PHONY: lock
lock: .venv/dev ## Locks the dependencies of the image, of the site and of the prose check, with their hashes.
	.venv/bin/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header --upgrade \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.txt pyproject.toml
	.venv/bin/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header --upgrade \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file docs/site/requirements.txt docs/site/requirements.in
	for folder in docs/prose docs/site; do \
		npm update --prefix $$folder --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved; done

# Vulnerabilities are no part of a package index that only has packages, and pip-audit then skips
# what it can't look up; --strict makes that a failure.
.PHONY: audit
audit: .venv/supply-chain ## Looks for known vulnerabilities of the image's dependencies; needs PyPI's own JSON API.
	@.venv/supply-chain/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements.txt || \
		{ echo "Not audited, or vulnerable: see above. pip-audit asks PyPI's JSON API for known vulnerabilities;"; \
		echo "a mirror that has packages alone knows none, and \`not found\` above means just that."; exit 1; }

.PHONY: wheel
wheel: .venv/dev ## Builds the wheel into dist, the same bytes each time.
	SOURCE_DATE_EPOCH=$(EPOCH) .venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir $(DIST) .

.PHONY: test-lowest
test-lowest: wheel ## Runs the tests against the wheel, with the lowest versions of its dependencies.
	@rm -rf .venv/lowest && $(PYTHON) -m venv .venv/lowest
	@.venv/lowest/bin/python -m pip install --quiet --disable-pip-version-check \
		pyyaml==6.0.1 jsonschema==4.18.0 pytest pytest-xdist hypothesis dist/modelserving_lws-*.whl
	.venv/lowest/bin/python -m pytest -q -n 2 -p no:cacheprovider tests/unit tests/acceptance \
		tests/property/test_bytes.py tests/property/test_readers.py --ignore tests/acceptance/test_bounds.py \
		--ignore tests/acceptance/test_library.py

.PHONY: tools
tools: kustomize helm ## Installs kustomize and Helm into .tools, where Go is.

.PHONY: kustomize helm actionlint kubeconform
actionlint:
	@$(call install,actionlint,actionlint,$(ACTIONLINT))
kustomize:
	@$(call install,kustomize,kustomize,$(KUSTOMIZE))
helm:
	@$(call install,helm,helm,$(HELM))
kubeconform:
	@$(call install,kubeconform,kubeconform,$(KUBECONFORM))

.PHONY: helm4
helm4: ## Installs Helm 4 into .tools as well, for its tests, where Go is; takes some minutes.
	@$(call install,helm4,helm,$(HELM4))

define install
	if [ ! -x .tools/bin/$(1) ] && command -v go >/dev/null; then \
		echo "Installing $(3) into .tools"; \
		mkdir -p .tools/bin; \
		GOBIN="$(CURDIR)/.tools/$(1)" go install -ldflags='-s -w' $(3) && \
			mv .tools/$(1)/$(2) .tools/bin/$(1); \
		rm -rf .tools/$(1); \
	fi
endef

.PHONY: clean
clean: ## Removes all that was installed or built here.
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache .tools .venv dist

.venv/supply-chain: pyproject.toml
	@echo "Installing the supply chain's tools into .venv/supply-chain"
	@$(PYTHON) -m venv .venv/supply-chain
	@.venv/supply-chain/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	@touch $@

.venv/site: docs/site/requirements.txt
	@echo "Installing MkDocs into .venv/site"
	@$(PYTHON) -m venv .venv/site
	@.venv/site/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.tools/site: docs/site/package-lock.json
	@command -v npm > /dev/null || { echo 'npm is not on the PATH: see https://nodejs.org/en/download'; exit 1; }
	@echo "Installing what the site serves into .tools/site"
	@mkdir -p $@
	@cp docs/site/package.json docs/site/package-lock.json docs/site/.npmrc $@
	@npm ci --silent --ignore-scripts --prefix $@
	@touch $@

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
