# SPDX-License-Identifier: GPL-2.0-or-later
import csv

import pytest
from matplotlib.image import imread
from metocean.core.classes import CODES
from metocean.training.fit.run_log import Log, append, draw_curves, read_columns


def test_columns_come_back_from_the_file(tmp_path):
    path = tmp_path / "log.csv"
    assert read_columns(path) == {}
    append(path, {"minutes": 0.5, "loss": 2.0})
    append(path, {"minutes": 1.0, "loss": float("nan")})
    assert path.read_text().splitlines() == ["minutes,loss", "0.5,2.0", "1.0,nan"]
    assert read_columns(path)["minutes"] == [0.5, 1.0]


def test_without_a_terminal_lines_take_the_place_of_the_bar(tmp_path, capsys):
    log = Log(tmp_path, share=0.25, visible=True)
    log.advance(0.5)
    log.train({"minutes": 1.0, "loss": 0.123456})
    log.validate({"minutes": 1.0, "loss": 0.5, **dict.fromkeys(CODES, 0.5), "mean": 0.5})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "minutes 1 loss 0.1235"
    assert lines[1].startswith("minutes 1 loss 0.5 AF 0.5") and len(lines) == 2
    with (tmp_path / "validation.csv").open() as file:
        assert next(csv.DictReader(file))["WS"] == "0.5"
    assert imread(tmp_path / "curves.png").shape[2] == 4


def test_other_processes_write_nothing(tmp_path, capsys):
    log = Log(tmp_path, share=0.0, visible=False)
    log.advance(0.5)
    log.train({"minutes": 1.0, "loss": 1.0})
    assert capsys.readouterr() == ("", "") and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("validated", [True, False])
def test_curves_need_no_validation(tmp_path, validated):
    append(tmp_path / "log.csv", {"minutes": 1.0, "loss": 2.0})
    if validated:
        append(
            tmp_path / "validation.csv", {"minutes": 1.0, "loss": 2.0, **dict.fromkeys(CODES, 0.5), "mean": 1}
        )
    draw_curves(tmp_path)
    assert imread(tmp_path / "curves.png")[..., :3].std() > 0.02
