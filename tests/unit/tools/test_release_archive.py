# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two builds of one commit are one file."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile

from tests.tools.release import normalized

CONTENT = {"README.md": b"read me\n", "plugins/action/hma_info.py": b"pass\n", "meta/runtime.yml": b"---\n"}


def archive(names: list[str], mtime: float) -> bytes:
    """What ansible-galaxy makes: its manifests first, then the files in the order in which the file system lists
    them."""
    files = {
        "files": [{"name": ".", "ftype": "dir"}, *({"name": name, "ftype": "file"} for name in names)],
        "format": 1,
    }
    listed = json.dumps(files, indent=1).encode()
    manifest = json.dumps({"file_manifest_file": {"chksum_sha256": hashlib.sha256(listed).hexdigest()}}).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in [
            ("MANIFEST.json", manifest),
            ("FILES.json", listed),
            *((name, CONTENT[name]) for name in names),
        ]:
            member = tarfile.TarInfo(name)
            member.mtime, member.size = mtime, len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def test_order_and_time_of_the_build_do_not_show() -> None:
    one = archive(sorted(CONTENT), 1000000000.25)
    two = archive(sorted(CONTENT, reverse=True), 1700000000.75)
    assert one != two
    assert normalized(one, 1234567890) == normalized(two, 1234567890)


def test_the_manifests_still_agree() -> None:
    with tarfile.open(fileobj=io.BytesIO(normalized(archive(sorted(CONTENT, reverse=True), 5.0), 7))) as tar:
        read = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
        assert {member.mtime for member in tar} == {7}
    assert {name: read[name] for name in CONTENT} == CONTENT
    assert [item["name"] for item in json.loads(read["FILES.json"])["files"]] == [".", *sorted(CONTENT)]
    assert (
        json.loads(read["MANIFEST.json"])["file_manifest_file"]["chksum_sha256"]
        == hashlib.sha256(read["FILES.json"]).hexdigest()
    )
