# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark as a whole."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.training.benchmark import __main__ as command
from result_tables import rows
from tiny_benchmark import SIDE_PX, TRAININGS, KilledError, run


@pytest.mark.usefixtures("one_thread")
def test_a_killed_benchmark_goes_on_and_writes_everything(simulated, counted, tmp_path, capsys):
    for kill_at in (3, 9):
        counted["kill_at"] = kill_at
        with pytest.raises(KilledError):
            run(tmp_path, simulated)
    counted["kill_at"] = None
    run(tmp_path, simulated)
    assert len(counted["trained"]) == len(set(counted["trained"])) == TRAININGS
    assert len(counted["scored"]) == 7 * 2 + 3
    said = capsys.readouterr().out
    assert "categorizer-0.01-coarser1.2-seed0" in said and "unet-1-4masks-seed0" in said
    assert "mask_mean of categorizer-0.01-seed1 on few images" in said and "all that is left" in said
    out = tmp_path / "out"
    written = "README.md bundled.csv bundled.md figure3.csv figure3.md figure3.png figure4.md figure4.png"
    assert sorted(path.name for path in out.iterdir()) == [
        *written.split(),
        *("table1.csv", "table1.md", "table2.csv", "table2.md"),
    ]
    for page in out.glob("*.md"):
        assert "simulated test set" in page.read_text().splitlines()[0]
    for picture in out.glob("*.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")
    for part in ("table1", "table2", "figure3"):
        assert {row["test_set"] for row in rows(out / f"{part}.csv")} == {"simulated test set"}
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    counted["kill_at"] = TRAININGS + 7 * 2 + 3  # nothing is left to do
    run(tmp_path, simulated)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    check_contents(out)


def check_contents(out):
    assert [row["resolution_m"] for row in rows(out / "table1.csv")] == ["50.0"] * 4 + ["60.0"] * 4
    few = {row["method"]: (row["images"], row["trainings"]) for row in rows(out / "table2.csv")}
    assert few["mask_mean"] == ("4", "2") and few["cam"] == few["unet"] == ("6", "2")
    assert [row["masks_per_class"] for row in rows(out / "figure3.csv")] == ["2.0", "4.0", "6.0"]
    index = (out / "README.md").read_text()
    assert "12 simulated images" in index and "6 simulated images" in index and "tiny" in index
    assert "| categorizer-0.01-seed1 | simulated scenes | 12 |" in (out / "table2.md").read_text()


def test_real_data_sets_give_the_same_tables(counted, tmp_path, write_raster):
    rng = np.random.default_rng(0)
    for i in range(4):
        greys = rng.integers(0, 255, (3, SIDE_PX, SIDE_PX), dtype=np.uint8)
        write_raster(tmp_path / "tags" / "GeoTIFF" / "FG"[i % 2] / f"{i}.tiff", greys[2])
        for part, grey in zip(("train", "val"), greys):
            write_raster(tmp_path / "masks" / part / "input" / f"{i}.png", grey)
            write_raster(
                tmp_path / "masks" / part / "output" / f"{i}.png", np.full((64, 64), 1 + i, np.uint8)
            )
    real = ["--data", tmp_path / "tags", "--masks", tmp_path / "masks" / "train", "--test"]
    line = ["--work", tmp_path / "work", "--out", tmp_path / "out", "--quick", "--parts", "figure3", *real]
    command.main([*map(str, line), str(tmp_path / "masks" / "val")])
    assert "real test set" in (tmp_path / "out" / "figure3.md").read_text().splitlines()[0]
    assert "simulated" not in (tmp_path / "out" / "figure3.md").read_text()
    with pytest.raises(SystemExit, match="--data, --masks and --test"):
        command.main([*map(str, line[:-3])])
    with pytest.raises(SystemExit, match="no images for test; it has 4 for train, 4 for val"):
        command.main([*map(str, line), str(tmp_path / "masks")])
