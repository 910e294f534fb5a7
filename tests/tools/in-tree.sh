#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Usage: in-tree.sh VENV command...   Run a command of a virtual environment with this clone as hybrid.exchange.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=$(cd "$1" && pwd); shift
tree=$PWD/.ansible-tree/ansible_collections/hybrid
mkdir -p "$tree"
ln -sfn "$PWD" "$tree/exchange"
export ANSIBLE_COLLECTIONS_PATH="$PWD/.ansible-tree" PATH="$venv/bin:$PATH" ANSIBLE_LOCALHOST_WARNING=False
exec "$@"
