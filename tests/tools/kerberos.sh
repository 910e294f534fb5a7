#!/usr/bin/env bash
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# The stories with Kerberos, in a virtual environment of their own: its libraries compile for minutes, once.
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin:/sbin
missing=
for program in krb5kdc kdb5_util kadmin.local kinit krb5-config gcc; do
  command -v "$program" >/dev/null || missing="$missing $program"
done
if [ -n "$missing" ]; then
  echo "SKIPPED: the Kerberos stories were not run; this machine lacks:$missing"
  echo "Debian: apt-get install --no-install-recommends krb5-kdc krb5-admin-server krb5-user libkrb5-dev gcc"
  echo "Fedora: dnf install krb5-server krb5-workstation krb5-devel gcc"
  exit 0
fi
ready=.venv-krb/ready
if [ ! -e "$ready" ] || [ -n "$(find tests/requirements.txt requirements.txt requirements-kerberos.txt -newer "$ready")" ]; then
  tests/tools/venv.sh .venv-krb 'ansible-core>=2.19.4,<2.22' -r tests/requirements.txt -r requirements-kerberos.txt
  touch "$ready"
fi
tests/tools/in-tree.sh .venv-krb python -m pytest -n auto -m kerberos "$@"
