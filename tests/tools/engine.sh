#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# The engine tests, then the stories of the playbooks and of every module with PowerShell itself in the lab.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${HMA_PWSH:-}" ] && ! command -v pwsh > /dev/null; then
  echo "No PowerShell engine: put pwsh on the path or set HMA_PWSH. NOTHING WAS TESTED."
  exit 0
fi
run() { tests/tools/in-tree.sh .venv python -m pytest -q -n 2 "$@"; }
run -m engine
HMA_LAB_ENGINE=script run -m "not engine" tests/integration/test_enable_hma.py tests/integration/test_modules.py
