# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the release's tarball: python -m tests.tools.release [FOLDER]. The same commit gives the same bytes.

ansible-galaxy builds it from a copy of the files that git tracks, so nothing else of a working clone can get in. Its
archive is then written anew, because it holds the time of the build and the order of the file system: FILES.json is
sorted (and its checksum in MANIFEST.json follows), and every entry gets the time of SOURCE_DATE_EPOCH, or else of the
last commit.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist").resolve()
    target.mkdir(parents=True, exist_ok=True)
    if output("git", "status", "--porcelain"):
        print(
            "WARNING: there are changes that are not committed; a release is built from a clean clone.", file=sys.stderr
        )
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or output("git", "log", "-1", "--format=%ct"))
    with tempfile.TemporaryDirectory(prefix="hx-release-") as scratch:
        built = galaxy_build(Path(scratch))
        artifact = target / built.name
        artifact.write_bytes(normalized(built.read_bytes(), epoch))
    print(f"{hashlib.sha256(artifact.read_bytes()).hexdigest()}  {artifact}")


def output(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def galaxy_build(scratch: Path) -> Path:
    """The archive that ansible-galaxy makes of the tracked files."""
    clean = scratch / "clean"
    for name in output("git", "ls-files").splitlines():
        if (ROOT / name).is_file():
            (clean / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clean / name)
    galaxy = Path(sys.executable).with_name("ansible-galaxy")
    subprocess.run([galaxy, "collection", "build", clean, "--output-path", scratch], check=True, capture_output=True)
    return next(scratch.glob("*.tar.gz"))


def normalized(archive: bytes, epoch: int) -> bytes:
    """The same files in one order and with one time, and the two manifests that agree with that."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as source:
        entries = {
            member.name: (member, (source.extractfile(member) or io.BytesIO()).read() if member.isfile() else b"")
            for member in source
        }
    files = json.loads(entries["FILES.json"][1])
    files["files"].sort(key=lambda item: item["name"])
    manifest = json.loads(entries["MANIFEST.json"][1])
    manifest["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(dumped(files)).hexdigest()
    replaced = {"FILES.json": dumped(files), "MANIFEST.json": dumped(manifest)}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as result:
        for name in ["MANIFEST.json", "FILES.json", *sorted(entries.keys() - replaced.keys())]:
            member, content = entries[name][0], replaced.get(name, entries[name][1])
            member.mtime, member.size, member.pax_headers = epoch, len(content), {}
            result.addfile(member, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), compresslevel=9, mtime=epoch)


def dumped(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()


if __name__ == "__main__":
    main()
