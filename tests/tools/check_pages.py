# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/checks: one page per check and an index, made from the catalogue.

Usage: make checks
"""

from __future__ import annotations

from pathlib import Path

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.finding import Check

FOLDER = Path(__file__).parents[2] / "docs" / "checks"
_HEAD = """<!--
Copyright (c) 2026 hybrid.exchange contributors
SPDX-License-Identifier: GPL-3.0-or-later
Made from the catalogue of checks by `make checks`.
-->
"""
_SCOPES = {"organization": "the organization", "server": "each server", "tenant": "each tenant"}
_INTRODUCTION = """# Checks

Each check has an id that never changes its meaning, and a page. A **gate** stops `enable_hma` when it is not met, and when it could
not be checked: unread is never taken for right. `audit_hma` judges everything that can be judged from reading, and fails by
`hma_audit_fail_on` (`fail`, `warn`, `never`).

| Status | Means |
|---|---|
| pass | it is as it should be |
| fail | it is not, and clients or people feel it |
| warn | it is not, and somebody should know |
| not checked | it could not be read; the reason stands beside it. A missing right is this, never a fail |
| not applicable | the question does not arise here |

## Policy

```yaml
hma_policy:
  HMA-LIFE-001: {enabled: false}                 # switched off
  HMA-SSL-001: {severity: high, on_bad: fail}    # graded anew
  HMA-CERT-003: {not_checked: fail}              # a gap counts as a failure
  all: {not_checked: fail}                       # every gap does
  HMA-HYB-002: {gate: true}                      # made a gate
  HMA-COV-002: {gate: false, reason: "EX9 is being rebuilt, change 4711"}   # a gate overridden, by name
```

Taking a gate out of the way (`enabled: false`, `gate: false` or `on_bad: warn`) needs a `reason`. The run warns about it, the finding
says it, and the record of the run has it. Only the prerequisites can be overridden: what is read right before enabling is not open to opinion.
An id or key that does not exist fails the task. `hma_unsynced_accepted: 12` accepts up to twelve mailboxes in HMA-ID-001
and HMA-ID-003; the second counts the people of the first too.

## Checks of your own

```yaml
hma_custom_checks:
  - id: CONTOSO-URL-001
    title: Every client URL is in contoso.com
    severity: high
    query: organization.client_urls[?url && !contains(url, '.contoso.com/')].[server, kind, url]
    expect: empty          # or true, or equals or count with a value
    fix: Correct the URL of the directory.
```

The query is [JMESPath](https://jmespath.org) over one document; its schema is [facts.schema.json](../schemas/facts.schema.json). A query that is
no JMESPath fails the task and shows where. One that names a part that could not be read is *not checked*; so is one that gives null, because a
misspelt name gives null too. Ids are your own; `HMA-` is taken.
"""


def pages() -> dict[str, str]:
    """Every file of the folder by its name."""
    return {"README.md": _index(), **{f"{check.id}.md": _page(check) for check in CHECKS.values()}}


def _page(check: Check) -> str:
    gate = "yes: it stops `enable_hma`" if check.gate else f"no: not met it is a *{check.on_bad}*"
    source = f"<{check.source}>" if check.source.startswith("https://") else check.source
    return f"""{_HEAD}# {check.id}: {check.title}

| Severity | Gate | Judged for |
|---|---|---|
| {check.severity} | {gate} | {_SCOPES[check.scope]} |

**Why it matters.** {check.why}

**How it is known.** {check.read}

**What to do.** {_code(check.mend)}

**Source.** {source}

[All checks](README.md)
"""


def _index() -> str:
    rows = [f"| [{check.id}]({check.id}.md) | {check.title} | {check.severity} | {'yes' if check.gate else ''} |" for check in CHECKS.values()]
    return "\n".join([_HEAD + _INTRODUCTION, "## All checks\n", "| Check | What is right | Severity | Gate |", "|---|---|---|---|", *sorted(rows)]) + "\n"


def _code(text: str) -> str:
    """Angle brackets of a placeholder are no HTML."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
