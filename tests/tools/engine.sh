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
# Whatever the mark of a story: most of these are part of the matrix.
run() { tests/tools/in-tree.sh .venv python -m pytest -q -n 2 "$@"; }
run -m engine
# The product's script in the engine over winrm and psrp, and the engine's own PSRP server behind Exchange's endpoint.
# Not "slow" (the engine needs longer than two seconds to open) and "cut" (docs/lab.md).
HMA_LAB_ENGINE=both run -m "" tests/integration/test_contract.py -k "equal or (psrp-exchange and not slow and not cut)"
stories=tests/integration/test_enable_hma.py::test_enable
HMA_LAB_ENGINE=both run -m "" "${stories}[default]" "${stories}[default-exchange]" tests/integration/test_modules.py::test_story \
  tests/integration/test_record_organization.py::test_the_lab_agrees_with_itself
