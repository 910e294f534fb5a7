#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Usage: venv.sh FOLDER pip-arguments...   A virtual environment with a Python that ansible-core supports.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$1; shift
python=${PYTHON:-}
if [ -z "$python" ]; then
  for name in python3 python3.11 python3.12 python3.13; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      python=$name; break
    fi
  done
fi
if [ -z "$python" ]; then
  echo "Python 3.11, 3.12 or 3.13 is needed and none was found. Install one, or name it: make PYTHON=/path/to/python3.12" >&2
  exit 1
fi
failed() { echo "$folder could not be set up: $1. What went wrong stands above; nothing was tested." >&2; exit 1; }
"$folder/bin/python" -c 'import pip' 2> /dev/null || "$python" -m venv "$folder" || failed "$python has no working venv (Debian: apt-get install python3-venv)"
"$folder/bin/python" -m pip install --quiet "$@" || failed "pip could not install $*"
