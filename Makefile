# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Needs git, make and Python 3.11 or newer; everything else is set up in this clone (.venv, .ansible-tree).

# A worker that has nothing left takes stories of another one, so that no long story runs at the end with idle cores.
PARALLEL = -n auto --dist worksteal

NOX = tests/tools/nox.sh -R
CORES = 2.19 2.20 2.21

.PHONY: demo
demo: .venv/ready
	tests/tools/demo.sh

# All tests but the long ones; `make test ARGS="-k name"` runs those that are named, in one process.
.PHONY: test
test: .venv/ready
	tests/tools/in-tree.sh .venv python -m pytest $(or $(ARGS),$(PARALLEL))

# The stories with Kerberos, on a KDC of their own; skipped, and said so, where its packages are missing.
.PHONY: kerberos
kerberos:
	tests/tools/kerberos.sh

# The stories that `make test` leaves out and that are not marked long; of one that is written for many cases as many as show each
# fault and each way into Exchange once (tests/tools/tiers.py). ARGS as for `make test`.
.PHONY: matrix
matrix: .venv/lint
	tests/tools/in-tree.sh .venv python -m pytest -m "matrix and not long and not engine" $(or $(ARGS),$(PARALLEL))

# What `make matrix` leaves out: stories that are marked long, and every fault over every way into Exchange.
.PHONY: long
long: .venv/lint
	tests/tools/in-tree.sh .venv python -m pytest -m "long and not engine" $(or $(ARGS),$(PARALLEL))

# Drawn organizations through real playbooks (tests/wild): SEEDS=1-200, or else 25 fixed ones and ten of this commit. -rA prints what
# was run of each seed, of one that passes too.
.PHONY: wild
wild: .venv/ready
	HMA_WILD_SEEDS="$(SEEDS)" HMA_WILD_COMMIT="$(or $(COMMIT),$(shell git rev-parse HEAD))" \
		tests/tools/in-tree.sh .venv python -m pytest -m wild -rA tests/integration/test_wild.py $(or $(ARGS),$(PARALLEL))

# Every static check, each a session of nox: `.venv-nox/bin/nox -l` lists them, `nox -Re yamllint` runs one.
.PHONY: lint
lint:
	$(NOX) -e lint typing project docs-check license-check extra-checks ansible-lint

# ansible-test sanity on the oldest supported ansible-core; `make sanity-2.20` on another one.
.PHONY: sanity
sanity: sanity-$(firstword $(CORES))

sanity-%:
	$(NOX) -e ansible-test-sanity-$*

# Sanity and the tests on every supported ansible-core; `make core-2.20` is one of them, `make tests-2.20 ARGS=...` its tests.
.PHONY: cores
cores:
	$(NOX) -e $(foreach core,$(CORES),ansible-test-sanity-$(core) tests-$(core))

core-%:
	$(NOX) -e ansible-test-sanity-$* tests-$*

tests-%:
	$(NOX) -e tests-$* $(if $(ARGS),-- $(ARGS))

# What differs between versions of the dependencies: with the lowest that requirements.txt and meta/runtime.yml allow, and with the
# newest there are, pre-releases too.
.PHONY: lowest
lowest: tests-lowest
.PHONY: newest
newest: tests-newest

# What a fleet costs, counted on the lab: prints one table and writes docs/benchmark.md. BENCH="--servers 100 --seconds" measures
# that size by the clock, BENCH=--models compares with the article's commands as single tasks. It begins no further row after
# 20 minutes; --commands, --ways, --throttle, --names and --minutes limit it (python -m tests.bench -h).
.PHONY: bench
bench: .venv/ready
	PYTHONPATH=. tests/tools/in-tree.sh .venv python -m tests.bench $(BENCH)

# The stories with the real PowerShell engine in the loop (docs/lab.md); needs pwsh on the path or HMA_PWSH.
.PHONY: engine
engine: .venv/ready
	tests/tools/engine.sh

# The reproducible tarball in dist/, and what Galaxy's importer says of it.
.PHONY: release
release: .venv/ready
	tests/tools/in-tree.sh .venv python -m tests.tools.release

# docs/variables.md from docs/variables.yml, and the tables of the roles' READMEs from their argument specifications.
.PHONY: variables
variables: .venv/ready
	.venv/bin/python -m tests.tools.variables
	.venv/bin/python -m tests.tools.roles
	PYTHONPATH=.ansible-tree tests/tools/in-tree.sh .venv python -m tests.tools.fleet

# docs/checks/README.md from the catalogue of checks in plugins/module_utils/_hma.
.PHONY: checks
checks: .venv/ready
	PYTHONPATH=.ansible-tree tests/tools/in-tree.sh .venv python -m tests.tools.check_pages

# The README's list of guides and reference pages, from the folders.
.PHONY: contents
contents: .venv/ready
	.venv/bin/python -m tests.tools.contents

# The documentation site, in .docs/html; a warning fails it.
.PHONY: docs
docs: .venv/lint
	tests/tools/in-tree.sh .venv python -m tests.tools.docs

# What Galaxy's importer says of the tarball; a warning fails as an error does.
.PHONY: importer
importer:
	tests/tools/importer.sh

.venv/ready: tests/requirements.txt requirements.txt
	tests/tools/venv.sh .venv 'ansible-core>=2.19.4,<2.22' -r tests/requirements.txt
	touch $@

# With what makes the documentation site.
.venv/lint: .venv/ready tests/requirements-lint.txt
	.venv/bin/python -m pip install --quiet -r tests/requirements-lint.txt
	touch $@

.PHONY: clean
clean:
	rm -rf .venv .venv-* .nox .ansible-tree .demo dist .docs .pytest_cache .mypy_cache .ruff_cache .hypothesis .wild
