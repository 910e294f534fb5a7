# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How a run was called, so that a command that is printed means the same as the one that was typed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from .quoting import shell_quoted

# Where a value of the command line stands, in a message of what is wrong with it.
GIVEN_WITH_E: Final = "given with -e"
# They say what one run does, and the command that follows says it itself or must not.
_NEVER: Final = frozenset({"hma_restore_list", "hma_measure_continue"})
# They are meant for the playbook that they were given to.
_OF_THE_PLAYBOOK: Final = frozenset(
    {
        *("hma_restore_record", "hma_probe_expected", "hma_block_wave", "hma_report_name", "hma_discover_dir"),
        *("hma_disable_despite_policy", "hma_disable_despite_owa", "hma_owa_reapply"),
        *("hma_try_server", "hma_try_directory", "hma_try_out_of_use"),
    }
)


@dataclass(frozen=True)
class Hidden:
    """A variable whose value is not shown. The shell refuses the command until its own variable of that name is set, so
    that nobody signs in with a placeholder. Ansible takes the value from its environment, where it is read as it is:
    key=value ends a password at its first blank, and shows it where a quote in it is not closed.

    ``is_text``: any other value is written as YAML. ``all_of_it``: it stands for all of one -e that nobody could read.
    """

    name: str
    is_text: bool = True
    all_of_it: bool = False

    @property
    def text(self) -> str:
        if self.all_of_it:
            return self._of_the_shell
        read = "" if self.is_text else " | from_yaml"
        # The name is one of Ansible's: letters, digits and underscores.
        return f"""'{self.name}={{{{ lookup("env", "{self._own}"){read} }}}}'"""

    @property
    def before(self) -> tuple[str, ...]:
        """What stands before the command, for its environment."""
        return () if self.all_of_it else (f"{self._own}={self._of_the_shell}",)

    @property
    def _own(self) -> str:
        # A name in capitals, as PATH, is one of every shell, and one without an underscore, as path, may be one of zsh.
        return self.name if self.name.islower() and "_" in self.name else f"given_{self.name}"

    @property
    def _of_the_shell(self) -> str:
        return f'"${{{self._own}:?its value is not shown, set it in this shell}}"'


@dataclass(frozen=True)
class Given:
    """One ``-e``: the names in it (none where it is a file), and what is typed."""

    names: frozenset[str]
    word: str | Hidden


@dataclass(frozen=True)
class How:
    """The rest of a command line. ``options`` say how one signs in, and are meant for every playbook; a limit, and
    --diff, are meant for those that were ``typed``."""

    typed: frozenset[str] = frozenset()
    options: tuple[str, ...] = ()
    variables: tuple[Given, ...] = ()
    limit: str = ""
    diff: bool = False

    def words(self, name: str, own: Sequence[str]) -> Iterator[str | Hidden]:
        """What a command of that playbook has from this run, beside the words it has of its ``own``."""
        same, named = name in self.typed, frozenset(names_in(own))
        if same and self.diff and "--check" in own and "--diff" not in own:
            yield "--diff"
        yield from self.options
        left_out = named | _NEVER | (frozenset() if same else _OF_THE_PLAYBOOK)
        for given in self.variables:
            if not given.names or not given.names <= left_out:
                yield from ("-e", given.word)

    def limit_of(self, name: str) -> str | None:
        return self.limit if self.limit and name in self.typed else None


if TYPE_CHECKING:
    _Sources = tuple[str, ...]
else:
    # Python 3.8, where hma_probe may run, has no tuple[str].
    _Sources = tuple


class Called(_Sources):
    """The sources of the inventory, and how else the run was called."""

    how: How

    def __new__(cls, sources: Iterable[str], how: How | None = None) -> Called:
        made = super().__new__(cls, tuple(sources))
        made.how = how or How()
        return made


def how_of(inventory: Sequence[str]) -> How:
    return inventory.how if isinstance(inventory, Called) else How()


def without(inventory: Sequence[str], name: str) -> Called:
    """The same command line without a variable that was given with -e on its own."""
    how = how_of(inventory)
    return Called(inventory, replace(how, variables=tuple(given for given in how.variables if given.names != {name})))


def names_in(words: Sequence[str]) -> Iterator[str]:
    """The variables that the options of a command give."""
    for place, word in enumerate(words[1:]):
        if words[place] == "-e":
            yield from json.loads(word) if word.startswith("{") else [word.partition("=")[0]]


def text_of(words: Sequence[str | Hidden]) -> str:
    """The command line, with what its environment needs before it."""
    before = dict.fromkeys(text for word in words if isinstance(word, Hidden) for text in word.before)
    return " ".join([*before, *(word.text if isinstance(word, Hidden) else shell_quoted(word) for word in words)])
