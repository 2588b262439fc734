"""All results or none."""

from __future__ import annotations

import os

import pytest
from metocean.core.errors import OutputError
from metocean.core.staging import Staging


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
    target, sidecar = tmp_path / "a.tif", tmp_path / "a.tif.aux.xml"
    for written in ("new", ""):
        target.write_text("earlier")
        sidecar.write_text("earlier")
        with Staging(str(target)) as staging:
            with open(staging.path(str(target)), "w") as file:
                file.write("new")
            if written:
                with open(staging.path(str(target)) + ".aux.xml", "w") as file:
                    file.write(written)
            staging.commit()
        assert (sidecar.read_text() if sidecar.exists() else "") == written


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
    with pytest.raises(OutputError, match=words), Staging(*targets, source=source):
        pytest.fail("work must not start")
    assert os.listdir(tmp_path) == []
