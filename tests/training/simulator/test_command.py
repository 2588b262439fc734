# SPDX-License-Identifier: GPL-2.0-or-later
"""The command that writes shards."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.training import simulate
from metocean.training.simulator.scenes.training_images import training_image


def test_command_writes_shards_and_a_sheet_and_keeps_what_is_complete(tmp_path, monkeypatch):
    monkeypatch.setattr(simulate, "write_sheet", lambda path, rows: path.write_bytes(b"sheet"))
    options = ["--out", str(tmp_path), "--count", "3", "--shard", "2", "--workers", "1", "--held-out"]
    simulate.main(options)
    images, labels = (np.load(tmp_path / "shard-000" / name) for name in ("images.npy", "labels.npy"))
    assert images.shape == (2, 512, 512) and labels.shape == (2, 64, 64)
    assert np.load(tmp_path / "shard-000" / "tags.npy").min() >= 1
    np.testing.assert_array_equal(images[1], training_image(10_000_001, held_out=True)[0])
    before = (tmp_path / "shard-000" / "images.npy").stat().st_mtime_ns
    simulate.main(options)
    assert (tmp_path / "shard-000" / "images.npy").stat().st_mtime_ns == before
    assert np.load(tmp_path / "shard-001" / "images.npy").shape == (1, 512, 512)
    with pytest.raises(InputError, match="other images"):
        simulate.main([*options, "--seed", "2"])
