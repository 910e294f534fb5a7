#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# What Galaxy and Automation Hub check at an upload (tests/galaxy-importer.cfg). antsibull-nox passes what the importer only warns
# of; here a warning fails as an error does.
set -euo pipefail
cd "$(dirname "$0")/../.."
log=$(mktemp); trap 'rm -f "$log"' EXIT
tests/tools/nox.sh -R -e build-import-check 2>&1 | tee "$log"
if grep -E '^ *(WARNING|ERROR):' "$log"; then echo "galaxy-importer is not content." >&2; exit 1; fi
