#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Usage: nox.sh nox-arguments...   nox with antsibull-nox, in a virtual environment of its own (.venv-nox).
# Environments of sessions are kept, in a folder (.nox) that is named for the files that say what is in them: a change makes new
# ones, and takes none away from a run that is going on.
set -euo pipefail
cd "$(dirname "$0")/../.."
environments=.nox/$(cat noxfile.py antsibull-nox.toml requirements.txt meta/runtime.yml tests/requirements*.txt | git hash-object --stdin | cut -c1-10)
if [ ! -e .venv-nox/ready ] || [ tests/requirements-nox.txt -nt .venv-nox/ready ]; then
  tests/tools/venv.sh .venv-nox -r tests/requirements-nox.txt
  touch .venv-nox/ready
fi
# Real interpreters only: pyenv's shims refuse versions that are not switched on, and do not survive ansible-test's environment.
path=$PWD/.venv-nox/bin:$(tr : '\n' <<< "$PATH" | grep -v '/\.pyenv/\|/pyenv/shims' | paste -sd :)
if command -v pyenv > /dev/null; then
  for python in "$(pyenv root)"/versions/3.1[1-9].*/bin; do [ -d "$python" ] && path=$path:$python; done
fi
PATH=$path exec .venv-nox/bin/nox --envdir "$environments" "$@"
