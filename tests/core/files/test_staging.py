# SPDX-License-Identifier: GPL-2.0-or-later
"""All results or none."""

from __future__ import annotations

import os
from contextlib import nullcontext

import pytest
from metocean.core.errors import OutputError
from metocean.core.files.companions import sign
from metocean.core.files.read_files import ReadFiles
from metocean.core.files.staging import Staging, new_folder


def test_nothing_is_seen_before_commit_and_nothing_hidden_stays(tmp_path):
    first, second = tmp_path / "a.tif", tmp_path / "other"
    second.mkdir()
    second /= "b.csv"
    with Staging(str(first), None, "", str(second)) as staging:
        for target in (first, second):
            with open(staging.path(str(target)), "w") as file:
                file.write(target.name)
        with open(staging.scratch("work.tif"), "w") as file:
            file.write("x")
        assert not first.exists() and not second.exists()
        staging.commit()
    assert (first.read_text(), second.read_text()) == ("a.tif", "b.csv")
    assert sorted(os.listdir(tmp_path)) == ["a.tif", "other"]
    assert os.listdir(second.parent) == ["b.csv"]


def test_a_failed_run_leaves_the_earlier_result(tmp_path):
    target = tmp_path / "a.tif"
    target.write_text("earlier")
    with pytest.raises(ZeroDivisionError), Staging(str(target)) as staging:
        with open(staging.path(str(target)), "w") as file:
            file.write("half")
        raise ZeroDivisionError
    assert target.read_text() == "earlier"
    assert os.listdir(tmp_path) == ["a.tif"]


def test_sidecars_follow_their_raster(tmp_path):
    target, sidecar, overview = (tmp_path / f"a.tif{ending}" for ending in ("", ".aux.xml", ".ovr"))
    for written in ("new", ""):
        target.write_text("earlier")
        sidecar.write_text("earlier")
        overview.write_text("earlier")
        with Staging(str(target)) as staging:
            with open(staging.path(str(target)), "w") as file:
                file.write("new")
            if written:
                with open(staging.path(str(target)) + ".aux.xml", "w") as file:
                    file.write(written)
            staging.commit()
        assert (sidecar.read_text() if sidecar.exists() else "") == written
        assert not overview.exists()


def _fill(staging, *targets):
    for target in targets:
        with open(staging.path(str(target)), "w") as file:
            file.write("new")


def test_what_lies_beside_a_result_goes_with_it(tmp_path):
    target = tmp_path / "a.tif"
    (tmp_path / "a.qml").write_text("earlier")
    sign(str(tmp_path / "a.qml"))
    with Staging(str(target)) as staging:
        _fill(staging, target, tmp_path / "a.qml")
        staging.commit()
    assert ((tmp_path / "a.qml").read_text(), target.read_text()) == ("new", "new")


@pytest.mark.parametrize("failing", range(4))
def test_when_one_result_cannot_be_moved_all_stay_as_they_were(tmp_path, monkeypatch, failing):
    """Two results with a sidecar in two folders: whichever of the moves fails."""
    (tmp_path / "other").mkdir()
    targets = [tmp_path / "a.tif", tmp_path / "other" / "b.csv"]
    for path in (*targets, tmp_path / "a.tif.aux.xml"):
        path.write_text("earlier")
    replace, calls = os.replace, []

    def fail_once(source, target):
        if source != target:
            calls.append(target)
            if len(calls) == failing + 1:
                raise PermissionError(13, "in use")
        replace(source, target)

    # The first is that of the journal, which is no result.
    words = "close what has it open" if failing else "Cannot write the results"
    outcome = pytest.raises(OutputError, match=words) if failing < 3 else nullcontext()
    with outcome, Staging(*map(str, targets)) as staging:
        _fill(staging, *targets)
        monkeypatch.setattr(os, "replace", fail_once)
        staging.commit()
    expected = "earlier" if failing < 3 else "new"
    assert [path.read_text() for path in targets] == [expected] * 2
    assert (tmp_path / "a.tif.aux.xml").exists() == (failing < 3)
    assert sorted(os.listdir(tmp_path)) == [*["a.tif", "a.tif.aux.xml"][: 2 if failing < 3 else 1], "other"]
    assert os.listdir(tmp_path / "other") == ["b.csv"]


@pytest.mark.parametrize("what", ["replace", "access"])
def test_a_result_in_use_is_said_before_work_starts(tmp_path, monkeypatch, what):
    target = tmp_path / "a.tif"
    target.write_text("earlier")

    def in_use(*_):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(os, what, in_use if what == "replace" else lambda *_: False)
    with pytest.raises(OutputError, match=r"Cannot replace .*a\.tif"), Staging(str(target)):
        pytest.fail("work must not start")
    assert os.listdir(tmp_path) == ["a.tif"]


@pytest.mark.parametrize(
    ("targets", "source", "words"),
    [
        (["no/such/a.tif"], "", "choose a folder"),
        (["a.tif", "a.tif"], "", "same path"),
        (["a.tif"], "a.tif", "overwrite the scene"),
        (["."], "", "is a folder"),
        (["a.tif", "no/such/b.tif"], "", "choose a folder"),
    ],
)
def test_what_cannot_be_written_is_said_before_work_starts(tmp_path, monkeypatch, targets, source, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match=words), Staging(*targets, reads=ReadFiles(source)):
        pytest.fail("work must not start")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("source", ["sub/../a.tif", "link.tif"])
def test_a_scene_by_another_name_is_not_overwritten(tmp_path, source):
    (tmp_path / "a.tif").write_text("scene")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.tif").symlink_to(tmp_path / "a.tif")
    staging = Staging(str(tmp_path / "a.tif"), reads=ReadFiles(str(tmp_path / source)))
    with pytest.raises(OutputError, match="overwrite the scene"), staging:
        pytest.fail("work must not start")


def test_a_new_folder_stays_only_where_all_went_well(tmp_path):
    folder = tmp_path / "maps"
    with pytest.raises(ZeroDivisionError), new_folder(str(folder)):
        assert folder.is_dir()
        raise ZeroDivisionError
    assert not folder.exists()
    for _ in range(2):
        with new_folder(str(folder)):
            (folder / "result").touch()
    with pytest.raises(ZeroDivisionError), new_folder(str(folder)):
        raise ZeroDivisionError
    assert (folder / "result").exists()
    with pytest.raises(OutputError, match="choose another"), new_folder(str(tmp_path / "no" / "maps")):
        pass
