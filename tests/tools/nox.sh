#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Usage: nox.sh nox-arguments...   nox with antsibull-nox, in a virtual environment of its own (.venv-nox).
# Environments of sessions (.nox) are kept until the versions that they are made of change.
set -euo pipefail
cd "$(dirname "$0")/../.."
made_of=(noxfile.py antsibull-nox.toml requirements.txt meta/runtime.yml tests/requirements.txt tests/requirements-lint.txt tests/requirements-nox.txt)
newer() { [ ! -e "$1" ] || [ -n "$(find "${made_of[@]}" -newer "$1")" ]; }
if newer .venv-nox/ready; then
  tests/tools/venv.sh .venv-nox -r tests/requirements-nox.txt
  rm -rf .nox
  touch .venv-nox/ready
fi
# Real interpreters only: pyenv's shims refuse versions that are not switched on, and do not survive ansible-test's environment.
path=$PWD/.venv-nox/bin:$(tr : '\n' <<< "$PATH" | grep -v '/\.pyenv/\|/pyenv/shims' | paste -sd :)
if command -v pyenv > /dev/null; then
  for python in "$(pyenv root)"/versions/3.1[1-9].*/bin; do [ -d "$python" ] && path=$path:$python; done
fi
PATH=$path exec .venv-nox/bin/nox "$@"
