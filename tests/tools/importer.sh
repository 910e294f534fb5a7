#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# What Galaxy and Automation Hub check at an upload, on the tarball that `make release` built. A warning fails as an error does.
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d); trap 'rm -rf "$scratch"' EXIT
tests/tools/in-tree.sh .venv python -m tests.tools.release "$scratch"
cat > "$scratch/importer.cfg" <<'CONFIGURATION'
[galaxy-importer]
RUN_FLAKE8 = False
RUN_ANSIBLE_DOC = True
RUN_ANSIBLE_LINT = True
RUN_ANSIBLE_TEST = False
OFFLINE_ANSIBLE_LINT = True
CHECK_REQUIRED_TAGS = True
CHECK_RUNTIME_FILE = True
CHECK_CHANGELOG = True
CONFIGURATION
python=$PWD/.venv/bin
cd "$scratch"
PATH=$python:$PATH GALAXY_IMPORTER_CONFIG=importer.cfg "$python/python" -m galaxy_importer.main ./*.tar.gz 2>&1 | tee importer.log
if grep -E '^(WARNING|ERROR)' importer.log; then echo "galaxy-importer is not content." >&2; exit 1; fi
