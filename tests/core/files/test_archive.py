# SPDX-License-Identifier: GPL-2.0-or-later
"""Archives are told by what they hold, and what cannot be read in them is said."""

from __future__ import annotations

import shutil
import struct
import subprocess
import tarfile
import zipfile

import pytest
from metocean.core.errors import InputError
from metocean.core.files.archive import archive_root, names_in
from metocean.core.files.xml_file import load


def zipped(path, method=zipfile.ZIP_DEFLATED, entries=("a/b.xml",)):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in entries:
            archive.writestr(name, "<r>sea</r>")
    return path


def renumber(path, method):
    """Give the entries another compression in both of their headers."""
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = content.find(mark)
        while at >= 0:
            struct.pack_into("<H", content, at + offset, method)
            at = content.find(mark, at + 4)
    path.write_bytes(content)
    return path


def refused(path, words):
    with pytest.raises(InputError, match=words) as caught:
        root = archive_root(str(path))
        load(f"{root}/a/b.xml")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", ["a.zip", "a.ZIP", "a.SAFE", "a", "a.zip.part", "a.kmz", "a b.tif"])
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_zips_by_any_name(tmp_path, name, method):
    root = archive_root(str(zipped(tmp_path / name, method)))
    assert names_in(root) == ["a/", "a/b.xml"] and load(f"{root}/a/b.xml").text == "sea"


@pytest.mark.parametrize(
    ("method", "name"), [(9, "Deflate64"), (12, "BZIP2"), (93, "Zstandard"), (77, "number 77")]
)
@pytest.mark.parametrize("path", ["a.zip", "a.SAFE"])
def test_compressions_that_cannot_be_read(tmp_path, path, method, name):
    message = refused(renumber(zipped(tmp_path / path), method), f"compressed by {name}.*unpack")
    assert "damaged" not in message and "b.xml" in message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressions_that_python_writes(tmp_path, method):
    refused(zipped(tmp_path / "a.zip", method), "is compressed by")


def test_damaged_zips(tmp_path):
    content = zipped(tmp_path / "a.zip", entries=[f"a/{i}.xml" for i in range(50)]).read_bytes()
    start, end = content.find(b"PK\x01\x02"), content.rfind(b"PK\x05\x06")
    for damaged, words in (
        (content[: len(content) * 2 // 3], "is incomplete.*cut short"),
        (content[: end + 10], "is incomplete.*cut short"),
        (content[:start] + b"XX" + content[start + 2 :], "directory of a.zip is damaged"),
        (content[: end + 12] + struct.pack("<I", 2**31) + content[end + 16 :], "too many files"),
        (content[: end + 10] + struct.pack("<H", 65535) + content[end + 12 :], "too many files"),
    ):
        (tmp_path / "a.zip").write_bytes(damaged)
        refused(tmp_path / "a.zip", words)


@pytest.mark.skipif(not shutil.which("zip"), reason="nothing here encrypts")
def test_encrypted_zips(tmp_path):
    (tmp_path / "b.xml").write_text("<r/>")
    subprocess.run(["zip", "-qP", "sea", "a.zip", "b.xml"], cwd=tmp_path, check=True)
    refused(tmp_path / "a.zip", "is encrypted; unpack it")


@pytest.mark.parametrize(
    ("name", "mode"), [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a", "w:gz")]
)
def test_tars_have_to_be_unpacked(tmp_path, name, mode):
    (tmp_path / "b.xml").write_text("<r/>")
    with tarfile.open(tmp_path / name, mode) as archive:
        archive.add(tmp_path / "b.xml", "a/b.xml")
    refused(tmp_path / name, "is a tar archive.*unpack")


@pytest.mark.parametrize(("start", "kind"), [(b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "RAR")])
def test_other_archives_have_to_be_unpacked(tmp_path, start, kind):
    (tmp_path / "a").write_bytes(start + bytes(600))
    refused(tmp_path / "a", f"is a {kind} archive.*unpack")


def test_what_is_no_archive(tmp_path):
    (tmp_path / "a.zip").write_text("Dear sea, ...")
    assert archive_root(str(tmp_path / "a.zip")) == archive_root(str(tmp_path)) == ""
