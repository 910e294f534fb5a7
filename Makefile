# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Needs git, make and Python 3.11 or newer; everything else is set up in this clone (.venv, .ansible-tree).

.PHONY: demo test lint cores sanity clean

demo: .venv/ready
	tests/tools/demo.sh

test: .venv/ready
	tests/tools/in-tree.sh .venv python -m pytest -n auto

lint: .venv/lint
	tests/tools/lint.sh

cores:
	tests/tools/cores.sh

sanity: .venv/ready
	tests/tools/sanity.sh

.venv/ready: tests/requirements.txt requirements.txt
	tests/tools/venv.sh .venv 'ansible-core>=2.19,<2.22' -r tests/requirements.txt
	touch $@

.venv/lint: .venv/ready tests/requirements-lint.txt
	.venv/bin/python -m pip install --quiet -r tests/requirements-lint.txt
	touch $@

clean:
	rm -rf .venv .venv-* .ansible-tree .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
