# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings by the server they are of, whatever it is called, in the order in which they were made."""

from __future__ import annotations

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.by_server import ByServer


def test_a_server_has_what_any_of_its_names_has_in_the_order_it_came() -> None:
    given = [("EX1", 1), ("ex2", 2), ("ex1.corp.test", 3), ("Ex1", 4), ("", 5)]
    found = ByServer(given, lambda item: item[0])
    assert [number for _name, number in found.of(["ex1.corp.test", "ex1"])] == [1, 3, 4]
    assert found.of(["ex3"]) == []
    assert found.of([""]) == [("", 5)]
