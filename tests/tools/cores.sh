#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Sanity, unit tests and stories on the supported ansible-cores, all or those of CORES ("3.12:2.20"); STEPS names the parts
# ("sanity tests"), CORES_ARGS what pytest gets. A Python that is missing is said and skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
steps=${STEPS:-sanity tests}
read -ra arguments <<< "${CORES_ARGS:-}"
for pair in ${CORES:-3.11:2.19 3.12:2.20 3.13:2.21}; do
  version=${pair%:*}; core=${pair#*:}
  candidates=()
  if command -v pyenv >/dev/null; then candidates+=("$(pyenv root)/versions/$version."*/bin/python); fi
  candidates+=("$(command -v "python$version" || true)")
  python=
  for candidate in "${candidates[@]}"; do
    if [ -x "$candidate" ] && "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" 2>/dev/null; then python=$candidate; fi
  done
  if [ -z "$python" ]; then
    echo "SKIPPED: ansible-core $core, because Python $version is not on this machine."
    continue
  fi
  echo "== ansible-core $core on Python $version"
  PYTHON=$python tests/tools/venv.sh ".venv-$core" "ansible-core~=$core.0" -r tests/requirements.txt
  if [[ " $steps " == *" sanity "* ]]; then CORE=$core tests/tools/sanity.sh; fi
  if [[ " $steps " == *" tests "* ]]; then
    tests/tools/in-tree.sh ".venv-$core" python -m pytest -n auto -q "${arguments[@]}"
  fi
done
