# SPDX-License-Identifier: GPL-2.0-or-later
"""A kill at any moment leaves the earlier results or the new ones, and the next run tidies up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from metocean.core.errors import OutputError
from metocean.core.files.hidden_folder import HiddenFolder
from metocean.core.files.staging import Staging

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are forked and killed")
NAMES = "a.tif", "other/b.csv", "c.tif"
SUPPORT = Path(__file__).parents[2] / "support"


def earlier(folder: Path) -> dict[str, str]:
    """Make the results of an earlier run, of which c.tif is not one, and return what all should hold."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "other").mkdir(parents=True)
    held = {name: f"earlier {name}" for name in (*NAMES[:2], "a.tif.aux.xml", "other/user.txt")}
    for name, text in held.items():
        (folder / name).write_text(text)
    return held


def run(folder: Path, commit: bool = True) -> None:
    targets = [str(folder / name) for name in NAMES]
    with Staging(*targets) as staging:
        for name, target in zip(NAMES, targets):
            with open(staging.path(target), "w") as file:
                file.write(f"new {name}")
        if commit:
            staging.commit()


def found(folder: Path, hidden: bool = True) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    names = [str(path.relative_to(folder)) for path in files]
    return {n: (folder / n).read_text() for n in names if hidden or ".metocean-" not in n}


def kill_everywhere(folder: Path) -> dict[str, int]:
    """Kill a run before each of its steps, and the run that finds what it left before each of its own."""
    from kills import killed_before

    old = earlier(folder)
    new = {**{name: f"new {name}" for name in NAMES}, "other/user.txt": old["other/user.txt"]}
    counts = {"runs killed": 0, "runs after them killed": 0, "old": 0, "new": 0}
    for first in count():
        lived = False
        # Every thirtieth of them, another one each time: all pairs would take minutes.
        for second in count(first % 30, 30):
            earlier(folder)
            lived = killed_before(first, lambda: run(folder), str(folder))
            if lived:
                break
            tidied = killed_before(second, lambda: run(folder, commit=False), str(folder))
            if tidied:
                break
            counts["runs after them killed"] += 1
            run(folder, commit=False)
            assert found(folder) in (old, new), (first, second)
        assert found(folder) in (old, new), first
        counts["new" if found(folder) == new else "old"] += 1
        if lived:
            return counts
        counts["runs killed"] += 1
        run(folder)
        assert found(folder) == new, first


def test_a_kill_before_any_step_leaves_all_old_or_all_new(tmp_path):
    code = (
        "import json, os, sys; from pathlib import Path\n"
        # Signals lose nothing that the system holds, and waiting for the disk would take minutes.
        "os.fsync = lambda _: None\n"
        f"sys.path[:0] = [{str(SUPPORT)!r}, {str(Path(__file__).parent)!r}]\n"
        "from test_staging_killed import kill_everywhere\n"
        "print(json.dumps(kill_everywhere(Path(sys.argv[1]).resolve())))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert counts["old"] > 10 and counts["new"] > 5 and counts["runs after them killed"] > 10, counts


def test_the_folder_of_a_run_that_lives_is_left_alone(tmp_path):
    with Staging(str(tmp_path / "a.tif")) as staging:
        Path(staging.path(str(tmp_path / "a.tif"))).write_text("new")
        run_beside = (
            "from metocean.core.files.staging import Staging; import sys\nwith Staging(sys.argv[1]): pass"
        )
        subprocess.run([sys.executable, "-c", run_beside, str(tmp_path / "b.tif")], check=True)
        with Staging(str(tmp_path / "c.tif")):
            pass
        staging.commit()
    assert found(tmp_path) == {"a.tif": "new"}


def unfinished(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a run in ``folder`` whose journal is written and nothing more."""
    from metocean.core.files import staging as module

    with monkeypatch.context() as patch:
        patch.setattr(module.Journal, "finish", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        patch.setattr(module.Staging, "_remove", lambda self: [f.release() for f in self._folders.values()])
        with pytest.raises(KeyboardInterrupt):
            run(folder)


def test_what_somebody_put_there_since_is_not_written_over(tmp_path, monkeypatch):
    earlier(tmp_path)
    unfinished(tmp_path, monkeypatch)
    (tmp_path / "a.tif").write_text("somebody's own file")
    (tmp_path / "c.tif").write_text("another one")
    run(tmp_path, commit=False)
    kept = found(tmp_path)
    assert (kept["a.tif"], kept["c.tif"]) == ("somebody's own file", "another one")
    assert kept["other/b.csv"] == "new other/b.csv" and not [n for n in kept if ".metocean-" in n]


def test_an_unfinished_commit_is_finished_where_the_results_were_moved_to(tmp_path, monkeypatch):
    earlier(tmp_path / "results")
    unfinished(tmp_path / "results", monkeypatch)
    os.rename(tmp_path / "results", tmp_path / "moved")
    run(tmp_path / "moved", commit=False)
    assert {name: found(tmp_path / "moved")[name] for name in NAMES} == {n: f"new {n}" for n in NAMES}


@pytest.mark.parametrize("name", ["../victim", "sub/../../victim", "..", ""])
def test_a_journal_that_came_with_foreign_files_moves_nothing_elsewhere(tmp_path, name):
    """Whoever unpacks an archive from elsewhere may get a hidden folder with it."""
    (tmp_path / "victim").write_text("precious")
    hidden = tmp_path / "unpacked" / ".metocean-evil"
    (hidden / "new").mkdir(parents=True)
    (hidden / "new" / "victim").write_text("evil")
    step = {"name": name, "earlier": None, "new": [4, 0]}
    (hidden / "journal.json").write_text(json.dumps({"undo": False, "steps": {".": [step]}}))
    with Staging(str(tmp_path / "unpacked" / "a.tif")):
        pass
    assert (tmp_path / "victim").read_text() == "precious"


def test_a_foreign_journal_takes_no_files_through_links(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "key").write_text("precious")
    hidden = tmp_path / "unpacked" / ".metocean-evil"
    hidden.mkdir(parents=True)
    (hidden / "new").symlink_to(tmp_path / "home")
    step = {"name": "key", "earlier": None, "new": [8, 0]}
    (hidden / "journal.json").write_text(json.dumps({"undo": False, "steps": {".": [step]}}))
    with Staging(str(tmp_path / "unpacked" / "a.tif")):
        pass
    assert (tmp_path / "home" / "key").read_text() == "precious"


def test_where_locks_are_unknown_a_run_works_and_takes_nobodys_folder(tmp_path, monkeypatch):
    from metocean.core.files import hidden_folder

    def unknown(_):
        raise OSError(95, "not supported")

    HiddenFolder.make(tmp_path).release()
    monkeypatch.setattr(hidden_folder, "lock", unknown)
    with Staging(str(tmp_path / "a.tif")) as staging:
        Path(staging.path(str(tmp_path / "a.tif"))).write_text("new")
        staging.commit()
    assert (tmp_path / "a.tif").read_text() == "new" and len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_in_is_said_before_work(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="choose a folder"), Staging(str(tmp_path / "a.tif")):
        pytest.fail("work must not start")
