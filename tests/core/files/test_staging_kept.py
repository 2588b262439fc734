# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run reads, and what others put beside its results, is never written over."""

from __future__ import annotations

import os

import pytest
from feedback import Recorder
from metocean.core.errors import OutputError
from metocean.core.files.companions import is_signed, sign
from metocean.core.files.read_files import ReadFiles, on_disk
from metocean.core.files.staging import Staging


def write(folder, *names, text="earlier"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def run(folder, reads, *targets, beside=(), feedback=None):
    """Write results and files beside them, as a run does."""
    names = [str(folder / name) for name in targets]
    with Staging(*names, reads=reads, feedback=feedback) as staging:
        for name in (*names, *(str(folder / name) for name in beside)):
            with open(staging.path(name), "w") as file:
                file.write("new")
        staging.commit()


@pytest.mark.parametrize(
    ("reads", "target", "words"),
    [
        (ReadFiles("x.tif"), "x.tif", "overwrite the scene"),
        (ReadFiles("x.vrt", ("x.vrt", "part/a.tif")), "part/a.tif", "which the run reads"),
        (ReadFiles("x.vrt", ("part/a.tif",)), "link/a.tif", "which the run reads"),
        (ReadFiles("x.vrt", ("part/a.tif",)), "hard.tif", "which the run reads"),
        (ReadFiles("x.vrt", ("x.tif.ovr",)), "x.tif", "which the run reads"),
        (ReadFiles("x.vrt", ("x.tif.aux.xml",)), "x.tif.aux.xml", "which the run reads"),
        (ReadFiles("x.vrt", ("/vsizip/part/a.tif/inside/b.tif",)), "part/a.tif", "which the run reads"),
        (ReadFiles("x.vrt", ("/vsizip/{part/a.tif}/b.tif",)), "part/a.tif", "which the run reads"),
        (ReadFiles("p.SAFE", (), ("p.SAFE",)), "p.SAFE/annotation/new.csv", "choose another folder"),
        (ReadFiles("p.SAFE", (), ("p.SAFE",)), "safe link/new.tif", "choose another folder"),
    ],
)
def test_what_is_read_is_not_written_over(tmp_path, monkeypatch, reads, target, words):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "x.tif", "x.vrt", "part/a.tif", "x.tif.ovr", "x.tif.aux.xml", "p.SAFE/annotation/a.xml")
    os.symlink("part", "link")
    os.symlink("p.SAFE/annotation", "safe link")
    os.link("part/a.tif", "hard.tif")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OutputError, match=words), Staging(target, reads=reads):
        pytest.fail("work must not start")
    with Staging("other.tif", target) as staging, pytest.raises(OutputError, match=words):
        staging.protect(reads)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "targets",
    [
        ("x.tif", "x.tiff"),
        ("x.tif", "x.qml"),
        ("x.tif", "x.tif.aux.xml"),
        ("x.tif.ovr", "x.tif"),
        ("x.png", "x.tif"),
        ("sub/x.tif", "link/x.tif"),
        ("sub/x.tif", "link/x.qml"),
    ],
)
def test_two_results_never_share_a_file(tmp_path, monkeypatch, targets):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    os.symlink("sub", "link")
    with pytest.raises(OutputError, match=r"share|same path"), Staging(*targets):
        pytest.fail("work must not start")
    assert os.listdir("sub") == []


@pytest.mark.parametrize(
    "targets", [("x.tif", "x.csv"), ("x.tif", "y.tiff"), ("lock", "new", "journal.json")]
)
def test_names_that_share_nothing_are_taken(tmp_path, targets):
    run(tmp_path, None, *targets)
    assert sorted(os.listdir(tmp_path)) == sorted(targets)
    assert {(tmp_path / name).read_text() for name in targets} == {"new"}


def test_a_name_that_is_too_long_with_its_sidecars_is_said_before_work(tmp_path):
    with pytest.raises(OutputError, match="choose another name"), Staging(str(tmp_path / f"{'x' * 248}.tif")):
        pytest.fail("work must not start")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("owner", ["user", "run", "user after the run", "nobody"])
def test_only_a_style_that_a_run_wrote_is_written_over(tmp_path, owner):
    style, recorder = tmp_path / "x.qml", Recorder()
    if owner != "nobody":
        write(tmp_path, "x.qml", "x.tif", text="<qgis/>")
    if "run" in owner:
        sign(str(style))
        assert is_signed(style)
    if owner == "user after the run":
        style.write_text(style.read_text().replace("<qgis/>", "<qgis opacity='1'/>"))
    before = style.read_text() if style.exists() else ""
    run(tmp_path, None, "x.tif", beside=["x.qml"], feedback=recorder)
    kept = "user" in owner
    assert style.read_text() == (before if kept else "new")
    assert (tmp_path / "x.tif").read_text() == "new"
    assert len(recorder.warnings) == kept


def test_no_style_is_written_that_another_raster_would_be_shown_with(tmp_path):
    write(tmp_path, "x.png")
    recorder = Recorder()
    run(tmp_path, None, "x.tif", "y.tif", beside=["x.qml", "y.qml"], feedback=recorder)
    assert sorted(os.listdir(tmp_path)) == ["x.png", "x.tif", "y.qml", "y.tif"]
    assert "x.png" in recorder.warnings[0]


def test_paths_of_gdal_lead_to_files(tmp_path):
    write(tmp_path, "a.zip")
    archive = tmp_path / "a.zip"
    for path in (f"/vsizip/{archive}/b/c.tif", f"/vsizip/{{{archive}}}/c.tif", str(archive)):
        assert on_disk(path) == archive
