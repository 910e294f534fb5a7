# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The failures that are recognised, and what to do about each. Tables only; failures.py reads them.

What no language changes comes first: the id of an error, Exchange's [FailureCategory=...], the class of the exception,
an HResult, a code of WS-Management. Sentences come last, for they are localised.
"""

from __future__ import annotations

from typing import Final

Hints = tuple[tuple[str, str], ...]

# -- Exchange opened no shell

NO_ROLE: Final = (
    "the account has no Exchange role. Add it to Organization Management (to change) or View-Only "
    "Organization Management (to audit). Where it has one, remote PowerShell may be off for it: Get-User <account> | "
    "Format-List RemotePowerShellEnabled."
)
NO_ROLE_OF_COMPUTER: Final = (
    "this is the account of a server, so the administrator's roles are not the cause: look whether the server is in "
    "Exchange Servers and Exchange Trusted Subsystem, and whether a policy denies it to impersonate a client or to "
    "serialize tokens (ms-Exch-EPI-Token-Serialization); restart it after a change of its groups."
)
SHELLS: Final = (
    "the account has too many Exchange shells open on it. Close them or wait for 15 minutes, then they expire; "
    "or lower forks."
)
BUDGET: Final = (
    "Exchange's throttling policy lets this account open no shell for some seconds; wait, lower forks, then run this "
    "again."
)
BACK_END: Final = (
    "the front end did not reach the back end of Exchange: look at the certificate and the binding of the site "
    "'Exchange Back End' (port 444) of the server that the message names, and whether it is up."
)
_ELSEWHERE: Final = (
    "the shell was opened on another back-end server than the one that answers now; run this again, and connect to the "
    "server itself, not to a load balancer."
)
_BROKEN: Final = (
    "Exchange is broken on this server, most often after an update that did not end: look into the event log of "
    "MSExchange, and run the setup of the update again."
)
_NO_LANGUAGE: Final = (
    "the endpoint runs no script text; set ansible_psrp_configuration_name: Microsoft.Exchange where it is "
    "Exchange's own."
)
# Exchange's own words for a category, in [FailureCategory=...].
CATEGORIES: Final[dict[str, str]] = {
    "authz-cmdletaccessdeniedexception": NO_ROLE,
    "authz-authorizationexception": BUDGET,
    "authz-typeinitializationexception": _BROKEN,
    "cafe-sendfailure": BACK_END,
    "wsman-invalidshellid": _ELSEWHERE,
}
# A category that stands for several causes, which only the sentence tells apart.
SESSION_SENTENCES: Final[Hints] = (
    ("exceeded the maximum number of connections", SHELLS),
    ("concurrent shells", SHELLS),
    ("exceeded your budget", BUDGET),
    ("cmdletaccessdeniedexception", NO_ROLE),
    ("isn't assigned to any management roles", NO_ROLE),
    ("scriptsnotallowed", _NO_LANGUAGE),
    ("no-language", _NO_LANGUAGE),
)
DOUBLE_HOP: Final = (
    "the connection has no password to pass on to Exchange, and Windows did not delegate the logon (double "
    "hop). Ways out: set "
    "exchange_user and exchange_password; CredSSP; Kerberos with a forwardable ticket and "
    "ansible_winrm_kerberos_delegation or "
    "ansible_psrp_negotiate_delegate; or psrp straight to Exchange's own endpoint, where a ticket is enough "
    "(docs/authentication.md)."
)
REFUSED_BY_EXCHANGE: Final = (
    "Exchange refused the account; check exchange_user and exchange_password (or the connection's own), "
    "as DOMAIN\\user. Where both are right, remote PowerShell may be off for it: Get-User <account> | Format-List "
    "RemotePowerShellEnabled; Set-User <account> -RemotePowerShellEnabled $true turns it on."
)
NO_EXCHANGE: Final = (
    "is this an Exchange server, and does https://<server>/PowerShell answer? See Get-PowerShellVirtualDirectory."
)
# How a logon that was refused is known. The id AccessDenied is that of New-PSSession; 5 is ERROR_ACCESS_DENIED, 1312 no
# logon session to pass on; 0x8009030e and 0x8009030c are of SSPI.
DENIED_IDS: Final = ("accessdenied", "5", "1312")
DENIED_CODES: Final = ("0x8009030e", "0x8009030c", "0x80070005")
# English, German, French, Spanish, Italian, Russian: Windows' own text of error 5. Only ASCII letters are compared
# without case, so the Russian one begins behind its capital.
DENIED_SENTENCES: Final = (
    "access is denied",
    "access denied",
    "zugriff verweigert",
    "acc\u00e8s refus\u00e9",
    "acces refuse",
    "acceso denegado",
    "accesso negato",
    "\u0442\u043a\u0430\u0437\u0430\u043d\u043e \u0432 \u0434\u043e\u0441\u0442\u0443\u043f\u0435",
)

# -- the connection itself

REFUSED: Final = (
    "the user name, password or ticket was refused; check ansible_user, ansible_password and {authentication}."
)
_QUOTA: Final = (
    "the quota of shells or commands on the server is used up; close other sessions, wait, lower forks, or raise "
    "the quota."
)
_SLOW: Final = "it did not answer within the operation timeout; check that it is well, or raise {timeout}."
_STOPPED: Final = "the server is too busy to answer, or its application pool is stopped; run this again later."
_WRONG_PLACE: Final = (
    "this endpoint has no such configuration; check ansible_psrp_configuration_name and ansible_psrp_path "
    "(Microsoft.Exchange is at PowerShell, Microsoft.PowerShell at wsman)."
)
_OTHER_NAME: Final = (
    "its certificate is of another name than the connection has: set ansible_host to a name that is in the "
    "certificate, or give the server a certificate with this one."
)
_SCHEME: Final = (
    "this port does not speak https: {scheme} and ansible_port have to fit each other (WinRM: http 5985, https 5986; "
    "Exchange's own endpoint: http 80, https 443)."
)
_CLOSED: Final = (
    "it ended the connection without an answer: look whether it restarted, whether {scheme} and ansible_port fit each "
    "other (WinRM: http 5985, https 5986; Exchange's own endpoint: http 80, https 443), and whether a firewall or a "
    "balancer is between."
)
_NO_NAME: Final = "the control node finds no address of this name: check ansible_host, and DNS of the control node."
# WS-Management's codes are those of wsmerror.h; other sources: docs/lab.md.
QUOTAS: Final = tuple(
    str(code) for code in (*range(2150859173, 2150859177), 2150859179, *range(2150859236, 2150859241))
)
WSMAN: Final[dict[str, str]] = {
    "2150858811": _WRONG_PLACE,
    "2150858843": "its shell is gone: idle for too long, or the server recycled it. Run this again.",
    "2150858793": _SLOW,
    "170": "the server is too busy to answer; lower forks, or run this again later.",
    "5": REFUSED,
    **dict.fromkeys(QUOTAS, _QUOTA),
}
CONNECTION: Final[Hints] = (
    ("credentials were rejected", REFUSED),
    ("failed to authenticate", REFUSED),
    ("code 401", REFUSED),
    ("code: 401", REFUSED),
    ("code: 404", "nothing is at this path; is it an Exchange server, and is {path} right?"),
    # Of what the certificate itself has wrong, no authority helps.
    ("certificate is not valid for", _OTHER_NAME),
    (
        "certificate has expired",
        "its certificate has expired: renew it on the server, or set the control node's clock.",
    ),
    (
        "certificate is not yet valid",
        "its certificate is not valid yet: set the clocks of the server and of this machine.",
    ),
    ("certificate verify failed", "its certificate is not trusted here; set {ca} to the CA that issued it."),
    ("wrong version number", _SCHEME),
    ("wrong_version_number", _SCHEME),
    ("http request was sent to https", _SCHEME),
    ("connection reset", _CLOSED),
    ("remote end closed", _CLOSED),
    ("failed to resolve", _NO_NAME),
    ("name or service not known", _NO_NAME),
    ("temporary failure in name resolution", _NO_NAME),
    ("requires a username", "no user is set for this connection: set ansible_user and ansible_password."),
    ("code 503", _STOPPED),
    ("code: 503", _STOPPED),
    ("within the operation timeout", _SLOW),
    (
        "timed out",
        "it did not answer in time; check that it is up and that the port is open, or raise the connection's timeouts.",
    ),
    ("refused", "nothing listens there; check that it is up, and ansible_host and ansible_port."),
)
UNKNOWN_CONNECTION: Final = (
    "check that it is up, and ansible_host, ansible_port and the way to it; run this again with -vvvv, which shows "
    "what the connection did."
)
# Signing in, looked for before the general words of CONNECTION: what the libraries of each method say.
_LOCAL: Final = (
    "WinRM takes Basic over https only and for local accounts only; an account of the domain signs in with "
    "ntlm, kerberos or credssp: "
    "set {authentication}. For a local account the user name or password was refused."
)
_BOUND: Final = (
    f"{REFUSED} Where they are right, the server insists on the channel binding of https: {{binding}} must not "
    f"be false, nor a proxy between."
)
_PLAIN: Final = (
    "over http Windows takes encrypted messages only: leave {encryption} at auto (with ntlm, kerberos or "
    "credssp), or use https."
)
SIGN_IN: Final[Hints] = (
    ("basic: the specified credentials were rejected", _LOCAL),
    ("ssl: the specified credentials were rejected", _LOCAL),
    ("plaintext: the specified credentials were rejected", _LOCAL),
    (" with basic", _LOCAL),
    ("ntlm: the specified credentials were rejected", _BOUND),
    (" with ntlm", _BOUND),
    (" with negotiate", _BOUND),
    ("0x8009030c", REFUSED),
    (": bad http response returned from server. code 500", _PLAIN),
    ("response returned from the server. code: 500, content: ''", _PLAIN),
    ("did not response with a credssp token after step credential exchange", _PLAIN),
    (
        "did not response credssp being an available",
        "CredSSP is not switched on there (Enable-WSManCredSSP -Role Server); or use ntlm or kerberos.",
    ),
    ("requests-credssp is not installed", "install it for the Python that runs Ansible: pip install requests-credssp."),
    (
        "kerberos library is not installed",
        "install it for the Python that runs Ansible: pip install -r requirements-kerberos.txt of this collection.",
    ),
    (
        "no credentials were supplied",
        "there is no Kerberos ticket of this user; run kinit before (winrm: ansible_winrm_kinit_mode: "
        "manual), or give ansible_password.",
    ),
    ("preauthentication failed", REFUSED),
    (
        "not found in kerberos database",
        "Kerberos does not know this name. For a user: check ansible_user (user@REALM, the realm in "
        "capitals). For a service: connect to the server's own "
        "full name in the domain, not to an address or a load balancer's name, which has no service principal name.",
    ),
    ("clock skew", "the clocks of the control node and of the domain differ by more than five minutes; set them."),
    (
        "cannot find kdc",
        "no domain controller is known for this realm; check the realm of ansible_user, and krb5.conf or DNS "
        "of the control node.",
    ),
    (
        "cannot contact any kdc",
        "no domain controller answered; check krb5.conf, and that port 88 is open from the control node.",
    ),
    ("ticket expired", "the time of the Kerberos ticket is over; run kinit again, or give ansible_password."),
    # Last of these: what pywinrm says before kinit's own reason.
    (
        "kerberos auth failure",
        "kinit got no ticket; check ansible_user (user@REALM, the realm in capitals), its password, and "
        "krb5.conf of the control node.",
    ),
)
OPTIONS: Final[dict[str, dict[str, str]]] = {
    "winrm": {
        "authentication": "ansible_winrm_transport",
        "binding": "ansible_winrm_send_cbt",
        "encryption": "ansible_winrm_message_encryption",
        "path": "ansible_winrm_path",
        "ca": "ansible_winrm_ca_trust_path",
        "timeout": "ansible_winrm_operation_timeout_sec",
        "scheme": "ansible_winrm_scheme",
    },
    "psrp": {
        "authentication": "ansible_psrp_auth",
        "binding": "ansible_psrp_negotiate_send_cbt",
        "encryption": "ansible_psrp_message_encryption",
        "path": "ansible_psrp_path",
        "ca": "ansible_psrp_ca_cert",
        "timeout": "ansible_psrp_operation_timeout",
        "scheme": "ansible_psrp_protocol",
    },
}
GIVEN_UP: Final[Hints] = (
    (
        "redirect",
        "it was not followed, for what is sent holds a password. WinRM never redirects: look for a proxy, a "
        "load balancer or a rule of IIS in between, "
        "and connect to the server itself.",
    ),
    ("compressed", "look for a proxy or a rule of IIS in between, and connect to the server itself."),
    (" mb", "is this a server of yours? If it is, read less at once, for instance with a smaller page."),
)

# -- a cmdlet wrote an error

ASKED: Final = (
    "the cmdlet asks for a confirmation, and nobody can answer here. Run it by hand in the Exchange "
    "Management Shell, read what it asks, and decide; "
    "then run this again: it reads first."
)
# HResults of the IIS of the server that a directory is on.
HRESULTS: Final[dict[str, str]] = {
    "-2147024891": "the server that the shell ran on may not read the IIS of that server: put Exchange Trusted "
    "Subsystem into the local group Administrators there, or connect to that server itself.",
    "-2147024893": "the directory is in Active Directory and not in IIS of that server any more: remove its object "
    "(Remove-*VirtualDirectory), or make the directory anew.",
}
CMDLET: Final[Hints] = (
    (
        "commandnotfound",
        "the shell does not have it: the account's roles hide it, or this Exchange version is too old.",
    ),
    (
        "namedparameternotfound",
        "the shell does not have the parameter: the account's roles hide it, or this Exchange version is too old.",
    ),
    (
        "managementobjectnotfound",
        "the object is not there (any more), or the domain controller has not seen it yet. Run this again.",
    ),
    ("iisnotreachable", "IIS of that server did not answer; check that it is up and that the W3SVC service runs."),
    ("rpcclientexception", "that server is off, or did not answer to RPC; check that it is up, and its firewall."),
    ("cmdletasked", ASKED),
    ("noninteractive", ASKED),
    ("promptforchoice", ASKED),
    ("hostfunction", ASKED),
    ("connect to iis", "IIS of that server did not answer; check that it is up and that the W3SVC service runs."),
    (
        "exchange certificate operation has failed",
        "the server that the message names is off, or this account may not ask it for its certificates; check that it "
        "is up, and that the account has the role Exchange Server Certificates.",
    ),
    ("write scope", "the account may not change this object; check the write scope of its role assignment."),
)
