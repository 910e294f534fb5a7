#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Every static check. All of them run, also after one that failed; the names of those that failed come last.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
failed=()
run() { printf '== %s\n' "$*"; tests/tools/in-tree.sh .venv "$@" || failed+=("$*"); }
mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
mapfile -t workflows < <(git ls-files '.github/workflows/*.yml')
run ruff check plugins tests
run ruff format --check plugins tests
run yamllint --strict .
run shellcheck "${scripts[@]}"
run reuse lint --quiet
# mypy wants the collection's own path, or it sees each module twice.
run sh -c 'cd .ansible-tree && mypy --config-file ../mypy.ini ansible_collections/hybrid/exchange/plugins'
MYPYPATH=.:.ansible-tree run mypy --config-file mypy.ini -p tests.lab -p tests.tools
run ansible-lint --profile production --offline --nocolor
run antsibull-changelog lint
run antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=all .
if [ ${#workflows[@]} -gt 0 ]; then
  run check-jsonschema --builtin-schema vendor.github-workflows "${workflows[@]}"
fi
if [ ${#failed[@]} -gt 0 ]; then
  printf 'FAILED: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "Every static check passed."
