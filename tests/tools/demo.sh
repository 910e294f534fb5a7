#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# The main job on the lab: predict, do, do again.
set -euo pipefail
cd "$(dirname "$0")/../.."
demo=$PWD/.demo
inventory=$demo/inventory.yml
say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
lab() { tests/tools/in-tree.sh .venv python -m tests.lab "$@" --dir "$demo"; }
play() { tests/tools/in-tree.sh .venv ansible-playbook hybrid.exchange.enable_hma -i "$inventory" "$@"; }
rm -rf "$demo"
lab start --scenario "${SCENARIO:-default}"
trap 'lab stop' EXIT
say "1. What would be done (--check --diff); nothing is written"
play --check --diff
say "2. Do it"
play
say "3. Do it again: nothing changes"
play | tee "$demo/second-run.log"
if grep -E ' changed=[1-9]' "$demo/second-run.log"; then
  echo "The second run changed something." >&2
  exit 1
fi
lab journal > "$demo/journal.json"
lab state > "$demo/state.json"
say "Done. Second run: changed=0"
echo "Record of what was changed:   $demo/records/"
echo "The simulated organization:   $demo/state.json"
echo "Everything that was sent:     $demo/journal.json"
echo "The inventory that was used:  $inventory"
