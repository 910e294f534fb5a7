#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# ansible-test sanity on a copy of the tracked files, outside any git checkout (a link or a nested folder is skipped silently).
set -euo pipefail
cd "$(dirname "$0")/../.."
core=${CORE:-2.19}
venv=$PWD/.venv
[ -x "$PWD/.venv-$core/bin/ansible-test" ] && venv=$PWD/.venv-$core
tree=$(mktemp -d); trap 'rm -rf "$tree"' EXIT
target=$tree/ansible_collections/hybrid/exchange; mkdir -p "$target"
while IFS= read -r -d "" file; do if [ -e "$file" ]; then printf "%s\0" "$file"; fi; done < <(git ls-files -coz --exclude-standard) | tar --null -T - -cf - | tar -C "$target" -xf -
# ansible-test fetches get-pip from a host of its own; CPython's ensurepip does the same without it.
mkdir -p ~/.ansible/test/cache
want=$(sed -n "s/^ *pip='\([0-9.]*\)'.*/\1/p" "$venv"/lib/python3*/site-packages/ansible_test/_internal/python_requirements.py | tr . _)
printf 'import ensurepip\nensurepip.bootstrap()\n' > ~/.ansible/test/cache/get_pip_"$want".py
cd "$target"
# Real interpreters only: pyenv's shims do not survive the environment that ansible-test makes.
PATH=$venv/bin:/usr/bin:/bin LC_ALL=C.UTF-8 ansible-test sanity --local --color no "$@" 2>&1 | tee "$tree/out"
if grep -q 'All targets skipped' "$tree/out"; then echo 'Nothing was tested.' >&2; exit 1; fi
