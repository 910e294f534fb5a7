# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Needs git, make and Python 3.11 or newer; everything else is set up in this clone (.venv, .ansible-tree).

# A worker that has nothing left takes stories of another one, so that no long story runs at the end with idle cores.
PARALLEL = -n auto --dist worksteal

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

# The long stories that `make test` leaves out; ARGS as for `make test`.
.PHONY: matrix
matrix: .venv/ready
	tests/tools/in-tree.sh .venv python -m pytest -m "matrix and not engine" $(or $(ARGS),$(PARALLEL))

.PHONY: lint
lint: .venv/lint
	tests/tools/lint.sh

# Sanity, unit tests and stories on every supported ansible-core; `make core-2.20` is one of them.
.PHONY: cores
cores:
	tests/tools/cores.sh

.PHONY: core-2.19
core-2.19: ; CORES=3.11:2.19 tests/tools/cores.sh
.PHONY: core-2.20
core-2.20: ; CORES=3.12:2.20 tests/tools/cores.sh
.PHONY: core-2.21
core-2.21: ; CORES=3.13:2.21 tests/tools/cores.sh

.PHONY: sanity
sanity: .venv/ready
	tests/tools/sanity.sh

# The stories with the real PowerShell engine in the loop (docs/lab.md); needs pwsh on the path or HMA_PWSH.
.PHONY: engine
engine: .venv/ready
	tests/tools/engine.sh

# The reproducible tarball in dist/, and what Galaxy's importer says of it.
.PHONY: release
release: .venv/ready
	tests/tools/in-tree.sh .venv python -m tests.tools.release

# docs/variables.md from docs/variables.yml.
.PHONY: variables
variables: .venv/ready
	.venv/bin/python -m tests.tools.variables

# docs/checks/README.md from the catalogue of checks in plugins/module_utils/_hma.
.PHONY: checks
checks: .venv/ready
	PYTHONPATH=.ansible-tree tests/tools/in-tree.sh .venv python -m tests.tools.check_pages

# The documentation site, in .docs/html; a warning fails it.
.PHONY: docs
docs: .venv/lint
	tests/tools/in-tree.sh .venv python -m tests.tools.docs

.PHONY: importer
importer: .venv/lint
	tests/tools/importer.sh

.venv/ready: tests/requirements.txt requirements.txt
	tests/tools/venv.sh .venv 'ansible-core>=2.19,<2.22' -r tests/requirements.txt
	touch $@

.venv/lint: .venv/ready tests/requirements-lint.txt
	.venv/bin/python -m pip install --quiet -r tests/requirements-lint.txt
	touch $@

.PHONY: clean
clean:
	rm -rf .venv .venv-* .ansible-tree .demo dist .docs .pytest_cache .mypy_cache .ruff_cache .hypothesis
