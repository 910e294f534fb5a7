# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody has recorded of a real server: each is a switch, and whoever is tested has to be right in every position.

A scenario turns them under ``assumptions`` of an organization; the first position is what the lab does by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

SWITCHES: Final[Mapping[str, tuple[str, ...]]] = {
    # What a read with -ADPropertiesOnly says of values that IIS keeps: false and an empty list, or nothing.
    "ad_only": ("wrong", "nothing"),
    # Which method lists -OAuthAuthentication touches beside the flag.
    "oauth_touches": ("both", "internal"),
    # Which method lists -IISAuthenticationMethods of MAPI touches beside itself; a pasted directory shows the first.
    "mapi_touches": ("both", "internal"),
    # What becomes of the URLs of a MAPI directory whose methods are set.
    "mapi_urls": ("kept", "emptied", "server"),
    # How a list without an element arrives.
    "empty_list": ("empty", "nothing"),
    # Where an account without a role is refused: while its shell is received, or when it is made.
    "no_role": ("receive", "create"),
    # The language of the server's own messages.
    "language": ("en", "de", "fr", "ru"),
    # Whether a Set that changes nothing says so.
    "unchanged": ("warns", "silent"),
    # The words for a server that does not answer when its certificates or component states are asked for.
    "server_off": ("exchange", "rpc"),
    # Whether Entra takes a reply URL with the other form of its end, too; the first organization's counts.
    "reply_url_slash": ("either", "exact"),
    # How the policy of a person, and the default one, are shown.
    "policy_shown": ("name", "dn"),
    # Whether a front end that is asked for a mailbox goes by the policy of its person before anybody has signed in.
    "policy_challenge": ("hint", "never"),
}
# Of pages where people sign in, and of their policies: no drawn organization gets there, and seeds stay what they were.
NOT_DRAWN: Final = frozenset({"reply_url_slash", "policy_shown", "policy_challenge"})
# Only the sentence is in the server's language: identifiers, categories and names of exceptions are not.
DENIED: Final[Mapping[str, str]] = {
    "en": "Access is denied.",
    "de": "Zugriff verweigert",
    "fr": "Accès refusé.",
    "ru": "Отказано в доступе.",
}
# PowerShell's own sentence (its public resources).
NOT_RECOGNIZED: Final[Mapping[str, str]] = {
    "de": 'Die Benennung "{0}" wurde nicht als Name eines Cmdlet, einer Funktion, einer Skriptdatei oder eines '
    "ausführbaren Programms erkannt.",
    "fr": "Le terme «{0}» n'est pas reconnu comme nom d'applet de commande, fonction, fichier de script ou programme "
    "exécutable.",
    "ru": 'Имя "{0}" не распознано как имя командлета, функции, файла сценария или выполняемой программы.',
}
CONNECTING: Final[Mapping[str, str]] = {
    "en": "Connecting to remote server {0} failed with the following error message : {1} For more information, see the "
    "about_Remote_Troubleshooting Help topic.",
    "de": "Beim Verbinden mit dem Remoteserver {0} ist folgender Fehler aufgetreten: {1} Weitere Informationen finden "
    'Sie im Hilfethema "about_Remote_Troubleshooting".',
    "fr": "La connexion au serveur distant {0} a échoué avec le message d'erreur suivant : {1} Pour plus "
    "d'informations, voir la rubrique d'aide about_Remote_Troubleshooting.",
    "ru": "Сбой подключения к удаленному серверу {0}. Сообщение об ошибке: {1} Подробности см. в разделе справки "
    "about_Remote_Troubleshooting.",
}


def unknown(given: Mapping[str, Any]) -> list[str]:
    """What is wrong with the switches of a scenario."""
    return [
        f"{name}: {position} (known: {', '.join(SWITCHES.get(name, ())) or 'no such switch'})"
        for name, position in given.items()
        if position not in SWITCHES.get(name, ())
    ]


class Assumptions:
    """The positions of one organization."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = dict(given)

    def __call__(self, name: str) -> str:
        return self._given.get(name, SWITCHES[name][0])

    def not_recognized(self, name: str, english: str) -> str:
        """What the server says to a command that is not there."""
        return NOT_RECOGNIZED.get(self("language"), english).format(name)

    def refusal(self, server: str) -> str:
        """What the server says to an account that it does not take."""
        language = self("language")
        return CONNECTING[language].format(server, DENIED[language])
