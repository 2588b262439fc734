# SPDX-License-Identifier: GPL-2.0-or-later
"""TenGeoP-SARwv: imagettes in folders that are named after their class."""

import numpy as np
import pytest
from imported_shards import meta, shards
from metocean.core.classes import value_of
from metocean.core.errors import InputError
from metocean.training.data.readers.importing import recognise


@pytest.mark.parametrize("inside", ["", "GeoTIFF"])
def test_tengeop_has_tags_by_letter(tengeop, tmp_path, inside):
    assert recognise(tengeop / inside).source == "TenGeoP-SARwv"
    (shard,) = shards(tengeop / inside, tmp_path / "cache")
    assert shard.images.shape == (20, 512, 512) and shard.labels is None and shard.step == 8
    grey = 10 * shard.tags.astype(int)
    assert sorted(shard.tags) == sorted(list(range(1, 11)) * 2)
    assert set(shard.images[:, 100, 100] - grey) == {0, 1}
    assert meta(shard) == {
        "count": 20,
        "simulated": False,
        "source": "TenGeoP-SARwv",
        "step": 8,
        "encoding": None,
        "percentiles": None,
    }


def test_tengeop_as_png_in_any_case(tmp_path, write_raster):
    write_raster(tmp_path / "data" / "png" / "k" / "ONE.PNG", np.full((8, 8), 200, np.uint8))
    (shard,) = shards(tmp_path / "data", tmp_path / "cache")
    assert shard.tags.tolist() == [value_of("SI")] and np.unique(shard.images).tolist() == [200]


def test_unknown_class_letters_are_named(tengeop, tmp_path, write_raster):
    write_raster(tengeop / "GeoTIFF" / "P" / "s1a.tiff", np.zeros((8, 8), np.uint8))
    with pytest.raises(InputError, match=r"P is named after no class; TenGeoP-SARwv has F POW, .*O OF"):
        recognise(tengeop)
