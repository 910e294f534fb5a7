# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The public variables: each one's name, where it is set, and the option whose type it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ._argspec import SPECS
from ._bounds import OF_ROLES, bounded
from ._hma.base.errors import ParseError
from ._hma.exchange.virtual_directories import KINDS
from ._hma.probe.targets import checked_identity, split_address
from ._hma.recording.trials import TRIED_KINDS
from ._hma.settings.settings import HEAD, ORGANIZATION, ROLE, SERVER, TENANT, Setting
from ._hma.settings.shapes import Shape
from ._hma.settings.texts import is_proxy

_TEXT: Final = {"type": "str"}
_BOOL: Final = {"type": "bool"}
_TEXTS: Final = {"type": "list", "elements": "str"}
_RUN_ID: Final = {
    "type": "str",
    "pattern": r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
    "wording": "letters, digits, dots, dashes and underscores, in one line",
}
_GROUP: Final = {"type": "str", "filled": True, "pattern": r"[^\s,:!&]+", "wording": "the name of one group"}
# An empty path would be the folder that somebody stands in.
_FOLDER: Final = {"type": "path", "filled": True, "pattern": r"(?s).*\S.*", "wording": "the path of a folder"}
_MODE: Final = {"type": "str", "pattern": r"0?[0-7]{3}", "wording": "octal digits in quotes, as '0640'"}
_NUMBER_OR_SHARE: Final = {
    "type": "raw",
    "pattern": r"[1-9][0-9]{0,4}|(100|[1-9][0-9]?)%",
    "wording": "a number of servers, as 2, or a share of them, as 25%, up to 100%",
}
# With none of them nothing would be written, and nothing proven.
_KINDS: Final = {"type": "list", "elements": "str", "choices": list(KINDS), "filled": True}
_WAVE: Final = {
    "type": "raw",
    "pattern": r"[0-9]{1,3}|last",
    "wording": "0 for the policies, the number of a wave of hma_block_waves, or last",
}
_WAVES: Final = {"type": "list", "elements": "dict", "options": {"people": _TEXTS, "groups": _TEXTS}}
# Met in step 6, after the switch, where nobody looks at it before.
_ADDRESS: Final = {
    "type": "str",
    "accepts": lambda value: _parses(split_address, value),
    "filled": True,
    "wording": "an address, as host, host:port or [IPv6]:port, without https://",
}
_PROXY: Final = {
    "type": "str",
    "accepts": is_proxy,
    "hidden": True,
    "wording": "the address of a proxy, as http://proxy.contoso.com:8080, with %23 for a # and %5C for a \\ in its "
    "user or password",
}
_NAME: Final = {
    "filled": True,
    "type": "str",
    "pattern": r"[^\s/:?#@]*[^\s/:?#@.]",
    "wording": "the host of a URL, as mail.contoso.com",
}
_MAIL_SERVER: Final = "a mail server, as host, host:port or [IPv6]:port"
_MAILBOX: Final = {
    "type": "str",
    "accepts": lambda value: _parses(checked_identity, value),
    "wording": "the address of a mailbox, as user@contoso.com",
}

# Scope, name, and the option or the specification that says what may be in it.
_TABLE: Final[tuple[tuple[str, str, str | Mapping[str, Any]], ...]] = (
    (SERVER, "hma_server", "hma_info.server"),
    (SERVER, "exchange_user", "hma_info.exchange_user"),
    (SERVER, "exchange_password", "hma_info.exchange_password"),
    (SERVER, "hma_vdir_mapi_empty", "hma_vdir_oauth.mapi_empty"),
    (TENANT, "hma_tenant_id", "hma_spn.tenant.tenant_id"),
    (TENANT, "hma_tenant_domain", {"type": "str", "required": True}),
    (TENANT, "hma_client_id", "hma_spn.client_id"),
    (TENANT, "hma_certificate_path", "hma_spn.certificate_path"),
    (TENANT, "hma_certificate_password", "hma_spn.certificate_password"),
    (TENANT, "hma_client_secret", "hma_spn.client_secret"),
    (TENANT, "hma_client_assertion", "hma_spn.client_assertion"),
    (TENANT, "hma_managed_identity", "hma_spn.managed_identity"),
    (TENANT, "hma_cloud", "hma_spn.cloud"),
    (TENANT, "hma_spn_mode", "hma_spn.mode"),
    (TENANT, "hma_prove_tokens", "hma_spn.prove_tokens"),
    (TENANT, "hma_authority", "hma_spn.authority"),
    (TENANT, "hma_graph_endpoint", "hma_spn.graph_endpoint"),
    (TENANT, "hma_ca_path", "hma_spn.ca_path"),
    (TENANT, "hma_validate_certs", "hma_spn.validate_certs"),
    (TENANT, "hma_proxy", _PROXY),
    (ORGANIZATION, "hma_default_tenant", "hma_assess.settings.default_tenant"),
    (ORGANIZATION, "hma_replace_default_authserver", "hma_authserver.replace_default_authserver"),
    (ORGANIZATION, "hma_spn_extra_names", "hma_spn.extra_names"),
    (ORGANIZATION, "hma_spn_ignored", "hma_spn.ignored"),
    (ORGANIZATION, "hma_servers_excluded", "hma_assess.settings.servers_excluded"),
    (ORGANIZATION, "hma_vdir_kinds", _KINDS),
    (ORGANIZATION, "hma_unsynced_accepted", "hma_assess.settings.unsynced_accepted"),
    (ORGANIZATION, "hma_identity_entra", _BOOL),
    (ORGANIZATION, "hma_identity_page", "hma_info.page"),
    (ORGANIZATION, "hma_refresh_metadata", "hma_authserver.refresh_metadata"),
    (ORGANIZATION, "hma_oauth_mailbox", _MAILBOX),
    (ORGANIZATION, "hma_policy", "hma_assess.settings.policy"),
    (ORGANIZATION, "hma_custom_checks", "hma_assess.settings.custom_checks"),
    (ORGANIZATION, "hma_audit_read", "hma_assess.read"),
    (ORGANIZATION, "hma_audit_fail_on", "hma_assess.fail_on"),
    (ORGANIZATION, "hma_audit_resolve", "hma_assess.resolve"),
    (ORGANIZATION, "hma_record_dir", _FOLDER),
    (ORGANIZATION, "hma_discover_dir", _FOLDER),
    (ORGANIZATION, "hma_access_playbooks", "hma_access.playbooks"),
    (ORGANIZATION, "hma_report_dir", _FOLDER),
    (
        ORGANIZATION,
        "hma_report_name",
        {**_RUN_ID, "wording": "letters, digits, dots, dashes and underscores, without a folder"},
    ),
    (ORGANIZATION, "hma_report_mode", _MODE),
    (ORGANIZATION, "hma_report_formats", "hma_report.formats"),
    (ORGANIZATION, "hma_replication_deadline", "hma_replication.deadline"),
    (ORGANIZATION, "hma_restore_record", {"type": "paths"}),
    (ORGANIZATION, "hma_restore_list", _BOOL),
    (ORGANIZATION, "hma_restore_keep_names", _TEXTS),
    (ORGANIZATION, "hma_restore_despite_connector", _BOOL),
    (ORGANIZATION, "hma_disable_despite_policy", _TEXT),
    (ORGANIZATION, "hma_disable_despite_owa", _TEXTS),
    (ORGANIZATION, "hma_owa_admins", "hma_assess.settings.owa_admins"),
    (ORGANIZATION, "hma_owa_single_admin", "hma_assess.settings.owa_single_admin"),
    (ORGANIZATION, "hma_owa_webconfig_done", "hma_assess.settings.owa_webconfig_done"),
    (ORGANIZATION, "hma_owa_overrides", "hma_assess.settings.owa_overrides"),
    (ORGANIZATION, "hma_owa_restart_iis", "hma_web_refresh.restart_iis"),
    (ORGANIZATION, "hma_owa_reapply", _BOOL),
    (ORGANIZATION, "hma_recording_dir", _FOLDER),
    (ORGANIZATION, "hma_try_server", _TEXT),
    (ORGANIZATION, "hma_try_directory", {"type": "str", "choices": list(TRIED_KINDS)}),
    (ORGANIZATION, "hma_try_out_of_use", "hma_try_writes.out_of_use"),
    (ORGANIZATION, "hma_block_wave", _WAVE),
    (ORGANIZATION, "hma_block_waves", _WAVES),
    (ORGANIZATION, "hma_block_sign_ins", {"type": "paths"}),
    (ORGANIZATION, "hma_block_days", "hma_policy_wave.days"),
    (ORGANIZATION, "hma_block_protocols", "hma_policy_wave.protocols"),
    (ORGANIZATION, "hma_block_policy", "hma_policy_wave.policy"),
    (ORGANIZATION, "hma_block_exceptions", "hma_policy_wave.exceptions"),
    (ORGANIZATION, "hma_block_exceptions_policy", "hma_policy_wave.exceptions_policy"),
    (ORGANIZATION, "hma_block_replace_policies", "hma_policy_wave.replace_policies"),
    (ORGANIZATION, "hma_block_domains", "hma_policy_wave.domains"),
    (ORGANIZATION, "hma_watch_dir", _FOLDER),
    (ORGANIZATION, "hma_watch_keep", "hma_drift.keep"),
    (ORGANIZATION, "hma_watch_days", "hma_drift.days"),
    (ORGANIZATION, "hma_watch_fail_on", "hma_drift.fail_on"),
    (ORGANIZATION, "hma_notify_when", "hma_notify.when"),
    (ORGANIZATION, "hma_notify_webhook", "hma_notify.webhook"),
    (ORGANIZATION, "hma_notify_format", "hma_notify.format"),
    (ORGANIZATION, "hma_notify_ca_path", "hma_notify.ca_path"),
    (ORGANIZATION, "hma_notify_proxy", {**_PROXY, "no_log": True}),
    (ORGANIZATION, "hma_notify_mail_to", "hma_notify.mail_to"),
    (ORGANIZATION, "hma_notify_mail_from", "hma_notify.mail_from"),
    (ORGANIZATION, "hma_notify_mail_server", {**_ADDRESS, "filled": False, "wording": _MAIL_SERVER}),
    (ORGANIZATION, "hma_notify_mail_tls", "hma_notify.mail_tls"),
    (ORGANIZATION, "hma_notify_mail_user", "hma_notify.mail_user"),
    (ORGANIZATION, "hma_notify_mail_password", "hma_notify.mail_password"),
    (ORGANIZATION, "hma_notify_metrics_file", "hma_notify.metrics_file"),
    (ORGANIZATION, "hma_probe_enabled", _BOOL),
    (ORGANIZATION, "hma_audit_probe", _BOOL),
    (SERVER, "hma_probe_identities", {"type": "list", "element": _MAILBOX, "commas": False}),
    (ORGANIZATION, "hma_probe_from", _TEXT),
    (SERVER, "hma_probe_address", {**_ADDRESS, "filled": False}),
    (SERVER, "hma_probe_certificate_name", _TEXT),
    (SERVER, "hma_probe_ca_path", "hma_probe.ca_path"),
    (SERVER, "hma_probe_validate_certs", "hma_probe.validate_certs"),
    (ORGANIZATION, "hma_probe_connect_to", {"type": "dict", "keys": _NAME, "values": _ADDRESS}),
    (ORGANIZATION, "hma_probe_expected", "hma_probe.expected"),
    (ORGANIZATION, "hma_probe_authorization_hosts", "hma_probe.authorization_hosts"),
    (ORGANIZATION, "hma_probe_unproven", "hma_probe.unproven"),
    (ORGANIZATION, "hma_probe_timeout", "hma_probe.timeout"),
    (ORGANIZATION, "hma_probe_deadline", "hma_probe.deadline"),
    (ORGANIZATION, "hma_probe_pause", "hma_probe.pause"),
    (ORGANIZATION, "hma_measure_days", "hma_sign_ins.days"),
    (ORGANIZATION, "hma_measure_time_limit", "hma_sign_ins.time_limit"),
    (ORGANIZATION, "hma_measure_continue", "hma_sign_ins.go_on"),
    (SERVER, "hma_measure_folder", "hma_sign_ins.log_folder"),
    (ORGANIZATION, "hma_measure_rows", "hma_sign_ins.rows"),
    (ORGANIZATION, "hma_measure_mailboxes", _BOOL),
    (ORGANIZATION, "hma_measure_masked", "hma_sign_ins.masked"),
    (ORGANIZATION, "hma_measure_dir", _FOLDER),
    (HEAD, "hma_servers_group", _GROUP),
    (HEAD, "hma_tenants_group", _GROUP),
    (HEAD, "hma_serial", _NUMBER_OR_SHARE),
)
# What disable_hma reads.
_WAY_OUT: Final = frozenset(
    {
        *(
            "hma_server",
            "exchange_user",
            "exchange_password",
            "hma_record_dir",
            "hma_restore_record",
            "hma_disable_despite_policy",
            "hma_disable_despite_owa",
        ),
        *("hma_vdir_kinds", "hma_spn_extra_names", "hma_spn_ignored", "hma_servers_group", "hma_tenants_group"),
        *(name for _scope, name, _source in _TABLE if name.startswith("hma_probe_")),
    }
)
# What is read of the tenants' hosts as well as of the servers'.
_SHARED: Final = frozenset({"hma_spn_extra_names", "hma_spn_ignored", "hma_record_dir"})


def _parses(parse: Callable[[str], Any], value: str) -> bool:
    try:
        parse(value)
    except ParseError:
        return False
    return True


def option_of(path: str) -> Mapping[str, Any]:
    """The specification of an option, or of a suboption, that is named as module.option or module.option.suboption."""
    module, *names = path.split(".")
    spec: Mapping[str, Any] = {"options": SPECS[module]["argument_spec"]}
    for name in names:
        spec = spec["options"][name]
    return spec


def _setting(scope: str, name: str, source: str | Mapping[str, Any]) -> Setting:
    spec = bounded(source, option_of(source)) if isinstance(source, str) else source
    return Setting(name, scope, Shape.of(spec), name in _WAY_OUT, name in _SHARED)


PUBLIC: Final[dict[str, Setting]] = {row[1]: _setting(*row) for row in _TABLE}
# Who runs what is given by the playbooks; it begins as a public variable does.
WIRING: Final = frozenset({"hma_playbook", "hma_awx_job", "hma_awx_workflow"})


def with_roles(options: Mapping[str, Mapping[str, Any]]) -> dict[str, Setting]:
    """The public variables, and the variables of roles by their argument specifications; a public one comes first."""
    roles = {
        name: Setting(
            name, ROLE, Shape.of(_RUN_ID if name.endswith("_run_id") else bounded(OF_ROLES.get(name, ""), spec))
        )
        for name, spec in options.items()
    }
    return {**roles, **PUBLIC}
