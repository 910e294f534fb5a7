# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/checks/README.md: every check, by topic, made from the catalogue. A link to a check is its id in small letters:
docs/checks/README.md#hma-vdir-001.

Usage: make checks
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import waves, web_gate
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Check

PAGE = Path(__file__).parents[2] / "docs" / "checks" / "README.md"
_HEAD = """<!--
Copyright (c) 2026 hybrid.exchange contributors
SPDX-License-Identifier: GPL-3.0-or-later
Made from the catalogue of checks by `make checks`.
-->
"""
_SCOPES = {"organization": "the organization", "server": "each server", "tenant": "each tenant"}
# The middle of an id says what a check is about. A new topic is entered here; one that is missing fails `make checks`
# and its test.
TOPICS = {
    "What was read, and what the run covers": ("READ", "RUN", "COV"),
    "Servers": ("ORG", "LIFE", "MNT", "SSL", "EWS", "OVR", "PROXY", "NET"),
    "Virtual directories": ("VDIR", "EAS", "EP"),
    "Client URLs and registered names": ("NAME", "SPN"),
    "Organization: the switch, its conditions and its policies": ("FLAG", "MAPI", "POL"),
    "Trust: AuthServer objects, tenants, certificates": ("AUTH", "TEN", "CERT"),
    "Hybrid": ("HYB", "APP", "OAUTH", "SFB"),
    "Sign-in names": ("ID",),
    "What clients are offered": ("PRB",),
    "Outlook on the web and the admin center": ("OWA", "ADM"),
}
_INTRODUCTION = """# Checks

Each check has an id that never changes its meaning; a finding of a report names it. A **gate** stops its playbook,
`enable_hma` for most, when it is not met, and when it could not be checked: unread is never taken for right.
`audit_hma` judges everything that can be judged from reading, and fails by `hma_audit_fail_on` (`fail`, `warn`,
`never`).

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

Taking a gate out of the way (`enabled: false`, `gate: false` or `on_bad: warn`) needs a `reason`. The run warns about
it, the finding says it, and the record of the run has it. Only the prerequisites can be overridden: what is read
right before enabling is not open to opinion. An id or key that does not exist fails the task. `hma_unsynced_accepted:
12` accepts up to twelve mailboxes in HMA-ID-001 and HMA-ID-003; the second counts the people of the first too.

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

The query is [JMESPath](https://jmespath.org) over one document; its schema is
[facts.schema.json](../schemas/facts.schema.json). A query that is no JMESPath fails the task and shows where. One
that names a part that could not be read is *not checked*; so is one that gives null, because a misspelt name gives
null too. Ids are your own; `HMA-` is taken.
"""


def page() -> str:
    """The page: what a check is, how to grade it anew, a table of all, and each one by its topic."""
    by_topic = checks_by_topic(CHECKS.values())
    return "\n".join(
        [
            _HEAD + _INTRODUCTION,
            *_table(by_topic),
            *(line for topic, checks in by_topic.items() for line in _section(topic, checks)),
        ]
    )


def checks_by_topic(checks: Iterable[Check]) -> dict[str, list[Check]]:
    """The checks under the headings of the page, in the order of their ids."""
    topic_of = {word: topic for topic, words in TOPICS.items() for word in words}
    by_topic: dict[str, list[Check]] = {topic: [] for topic in TOPICS}
    for check in sorted(checks, key=lambda check: check.id):
        topic = topic_of.get(check.id.split("-")[1])
        if topic is None:
            raise SystemExit(
                f"{check.id}: this check has no topic. Enter the middle of its id in TOPICS of "
                f"tests/tools/check_pages.py."
            )
        by_topic[topic].append(check)
    return by_topic


def _table(by_topic: dict[str, list[Check]]) -> list[str]:
    rows = ["## All checks\n", "| Topic | Check | What is right | Severity | Gate |", "|---|---|---|---|---|"]
    for topic, checks in by_topic.items():
        for number, check in enumerate(checks):
            link = f"[{check.id}](#{check.id.lower()})"
            rows.append(
                f"| {'' if number else topic} | {link} | {check.title} | {check.severity} | "
                f"{'yes' if check.gate else ''} |"
            )
    return rows


def _section(topic: str, checks: list[Check]) -> list[str]:
    return [f"\n## {topic}", *(_entry(check) for check in checks)]


def _entry(check: Check) -> str:
    gate = f"a **gate**: it stops `{_stops(check)}`" if check.gate else f"no gate: not met, it is a *{check.on_bad}*"
    source = f"<{check.source}>" if check.source.startswith("https://") else check.source
    return f"""
### {check.id}

**{check.title}.** Severity {check.severity}; judged for {_SCOPES[check.scope]}; {gate}.

- *Why it matters.* {check.why}
- *How it is judged.* {check.read}
- *What to do.* {_code(check.remedy)}
- *Source.* {source} (advice checked on {check.checked})"""


def _stops(check: Check) -> str:
    """The playbook that a gate is of."""
    of = {"enable_owa_hma": web_gate.CHECKS, "block_legacy_auth": waves.CHECKS}
    return next((playbook for playbook, checks in of.items() if check in checks), "enable_hma")


def _code(text: str) -> str:
    """Angle brackets of a placeholder are no HTML."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def main() -> None:
    PAGE.write_text(page() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
