# SPDX-License-Identifier: GPL-2.0-or-later
"""The command that trains."""

import numpy as np
import pytest
from metocean.models.checkpoint import load_weights
from metocean.training import train

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_command_line_trains_on_a_published_data_set(tmp_path, write_raster, monkeypatch, capsys):
    rng = np.random.default_rng(0)
    for part, count in (("train", 3), ("val", 2)):
        for i in range(count):
            folder = tmp_path / "masks" / part
            write_raster(folder / "input" / f"{i}.png", rng.integers(0, 255, (40, 40), dtype=np.uint8))
            write_raster(folder / "output" / f"{i}.png", np.full((64, 64), 1 + i, np.uint8))
    line = f"--data {tmp_path / 'masks'} --out {tmp_path / 'run'} --steps 1 --batch 2 --width 1 --device cpu"
    train.main(line.split())
    assert str(tmp_path / "run" / "unet.safetensors") in capsys.readouterr().out
    _, card = load_weights(tmp_path / "run" / "unet.safetensors")
    assert card.training["images_in_pool"] == 3 and card.scores["images"] == 2
    assert card.scores["test_set"] == "real, used to fit the temperature, too"
    with pytest.raises(SystemExit, match="other settings"):
        train.main([*line.split(), "--loss", "wbce"])
