#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests and stories on every supported ansible-core; a Python that is missing is said and skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
for pair in ${CORES:-3.11:2.19 3.12:2.20 3.13:2.21}; do
  version=${pair%:*}; core=${pair#*:}
  python=
  for candidate in "$(command -v pyenv >/dev/null && ls -d "$(pyenv root)/versions/$version."*/bin/python 2>/dev/null | tail -n 1)" "$(command -v "python$version" || true)"; do
    if [ -n "$candidate" ] && "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" 2>/dev/null; then python=$candidate; break; fi
  done
  if [ -z "$python" ]; then
    echo "SKIPPED: ansible-core $core, because Python $version is not on this machine."
    continue
  fi
  echo "== ansible-core $core on Python $version"
  PYTHON=$python tests/tools/venv.sh ".venv-$core" "ansible-core~=$core.0" -r tests/requirements.txt
  tests/tools/in-tree.sh ".venv-$core" python -m pytest -n auto -q ${CORES_ARGS:-}
done
