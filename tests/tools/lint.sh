#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
cd "$(dirname "$0")/../.."
run() { printf '== %s\n' "$*"; tests/tools/in-tree.sh .venv "$@"; }
run ruff check plugins tests
run ruff format --check plugins tests
run yamllint .
(cd .ansible-tree && ../.venv/bin/mypy --config-file ../mypy.ini ansible_collections/hybrid/exchange/plugins)
MYPYPATH=. run mypy --config-file mypy.ini -p tests.lab
run ansible-lint --profile production --offline --nocolor
run antsibull-changelog lint
run antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=all .
