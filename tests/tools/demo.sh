#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# The main job on the lab: predict, do, do again.
set -euo pipefail
cd "$(dirname "$0")/../.."
demo=$PWD/.demo
inventory=$demo/inventory.yml
# The lab is on this machine: no proxy, and no configuration of other projects, stands between.
export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost ANSIBLE_CONFIG=$demo/ansible.cfg ANSIBLE_STDOUT_CALLBACK=default
say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
lab() { tests/tools/in-tree.sh .venv python -m tests.lab "$@" --dir "$demo"; }
report=
play() { tests/tools/in-tree.sh .venv ansible-playbook hybrid.exchange.enable_hma -i "$inventory" -e hma_report_dir="$demo/reports" -e hma_report_name="$report" "$@"; }
stop() { if [ -e "$demo/control" ]; then lab stop; fi; }
stop 2>/dev/null || true  # one that an earlier run left behind
rm -rf "$demo"
mkdir "$demo"
: > "$ANSIBLE_CONFIG"
trap stop EXIT
lab start --scenario "${SCENARIO:-default}"
say "1. What would be done (--check --diff); nothing is written"
report=1-check play --check --diff
say "2. Do it"
report=2-run play
say "3. Do it again: nothing changes"
report=3-again play | tee "$demo/second-run.log"
if grep -E ' changed=[1-9]' "$demo/second-run.log" || ! grep -q ' changed=0 ' "$demo/second-run.log"; then
  echo "The second run changed something." >&2
  exit 1
fi
lab journal > "$demo/journal.json"
lab state > "$demo/state.json"
say "Done. Second run: changed=0"
echo "The reports, for a browser:   $demo/reports/*/report.html"
echo "Record of what was changed:   $demo/records/"
echo "The simulated organization:   $demo/state.json"
echo "Everything that was sent:     $demo/journal.json"
echo "The inventory that was used:  $inventory"
echo "Your own fleet, one command:  ansible-playbook hybrid.exchange.discover -i 'ex1.corp.contoso.com,' -c psrp -u 'CORP\\hma-audit' -k"
