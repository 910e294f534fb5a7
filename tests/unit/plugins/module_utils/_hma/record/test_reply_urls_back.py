# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which reply URLs go back: those that were added, each by the slash at its end too."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.reply_urls import reply_urls_back

TENANT, PAGE = "11111111-aaaa-4bbb-8ccc-000000000001", "https://mail.contoso.test/owa"
ENDS = [PAGE, f"{PAGE}/"]
FOREIGN = "https://outlook.office365.com/owa"


def write(before: list[str], after: list[str]) -> Recorded:
    return Recorded(
        id="1", time="2026-11-27T01:00:00+00:00", run="r", host="contoso", object="replyUrls", command="PATCH",
        target={"type": "reply_urls", "tenant_id": TENANT}, before={"replyUrls": before}, after={"replyUrls": after},
        result="done",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "back"),
    [
        ([FOREIGN], ENDS),
        ([FOREIGN, ENDS[0]], [ENDS[1]]),
        ([FOREIGN, ENDS[1]], [ENDS[0]]),
        ([FOREIGN, "https://MAIL.contoso.test/owa"], [ENDS[1]]),
    ],
)
def test_what_was_registered_by_hand_stays_with_its_end(before: list[str], back: list[str]) -> None:
    added = [url for url in ENDS if url in back]
    assert reply_urls_back([write(before, [*before, *added])]) == {TENANT: back}


def test_what_two_runs_added_goes_and_what_the_second_one_found_does_not_stay() -> None:
    """A record of before both were registered, and the run that added the other one."""
    first, second = write([FOREIGN], [FOREIGN, PAGE]), write([FOREIGN, PAGE], [FOREIGN, *ENDS])
    assert reply_urls_back([first, second]) == {TENANT: ENDS}
