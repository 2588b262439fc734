# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of the project's own irregular products against what they were written from.

What tests with real annotations (outside the repository) promise is promised here, too.
"""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.files.xml_file import load
from metocean.core.roughness.prepare import working_grid
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.sentinel1.grd import read_borders
from metocean.core.scenes.sentinel1.product_files import choose_image
from metocean.training.simulator.product.options import IRREGULAR, Irregularities, NoiseFormat
from osgeo import gdal

SHAPE, PIXEL_M = (420, 630), 400.0


def test_the_product_is_as_irregular_as_it_says(written, tmp_path):
    made = written()
    grid = made.grid()
    for positions in (grid.lines, grid.samples):
        steps = np.diff(positions)
        assert len(set(steps[:-1])) == 1 and steps[-1] < 0.8 * steps[0]
    assert grid.heights_m.max() == pytest.approx(1500) and (grid.heights_m == 0).mean() > 0.9
    assert (grid.heights_m > 0).sum() >= 4


def rows_of(made, dn):
    """Sigma0 and incidence of every pixel of an image of one amplitude."""
    (image,) = (made.safe / "measurement").iterdir()
    dataset = gdal.Open(str(image), gdal.GA_Update)
    dataset.GetRasterBand(1).WriteArray(np.full(SHAPE, dn, np.uint16))
    del dataset
    scene = open_scene(made.safe)
    assert not scene.warnings and "subtracted" in " ".join(scene.notes)
    grid = working_grid(scene, PIXEL_M)
    return scene.source.reader(grid).rows(0, SHAPE[0])


@pytest.mark.parametrize("noise", NoiseFormat)
def test_sigma0_and_noise_are_those_of_the_tables_at_every_pixel(written, tmp_path, noise):
    made = written(noise=noise)
    lines, samples = np.arange(SHAPE[0]), np.arange(SHAPE[1])
    sigma0, _ = rows_of(made, 100)
    found = 100.0**2 - sigma0 * made.tables.calibration(lines, samples) ** 2
    known = made.tables.noise(lines, samples)
    assert known.min() > 100
    # Tables are written with seven digits.
    np.testing.assert_allclose(found, known, rtol=1e-5)


def test_incidence_is_that_of_the_orbit_where_there_is_no_terrain(written, tmp_path):
    made = written(irregularities=Irregularities(uneven_grid=True))
    _, incidence_deg = rows_of(made, 100)
    truth = made.imaging.locate(np.arange(SHAPE[0]), np.arange(SHAPE[1])).incidence_deg
    np.testing.assert_allclose(incidence_deg, truth, atol=1e-4)


def test_terrain_moves_the_incidence_of_the_sea_beside_it_by_no_more_than_its_own(written, tmp_path):
    """Annotated angles are those of the terrain, an eighth of a degree for each kilometre of height."""
    made = written()
    _, incidence_deg = rows_of(made, 100)
    truth = made.imaging.locate(np.arange(SHAPE[0]), np.arange(SHAPE[1])).incidence_deg
    off = np.abs(incidence_deg - truth)
    assert off.max() < 0.2 and np.median(off) < 1e-3


def test_borders_of_sub_swaths_are_those_of_each_block(written, tmp_path):
    made = written()
    borders = read_borders(load(str(next((made.safe / "annotation").glob("*.xml")))))
    for number, swath in enumerate(("IW1", "IW2")):
        blocks = [block for block in made.tables.blocks if block.swath == swath]
        assert len(blocks) >= IRREGULAR.border_steps
        middles = [(block.first_line + block.last_line + 1) / 2 for block in blocks]
        np.testing.assert_array_equal(borders.lines[number], middles)
        np.testing.assert_array_equal(borders.samples[number], [block.last_sample + 1 for block in blocks])


def test_items_of_a_wave_mode_product_by_their_names(tmp_path):
    """As ESA names them: WV1 and WV2 in turn, the time before the number, so that names do not sort by it."""
    (tmp_path / "measurement").mkdir()
    names = [
        f"s1b-wv{2 - item % 2}-slc-vv-20210615t07{item // 4:02d}{item % 4 * 15:02d}-"
        f"20210615t07{item // 4:02d}{item % 4 * 15 + 3:02d}-027364-0344b4-{item:03d}.tiff"
        for item in range(1, 121)
    ]
    for name in names:
        (tmp_path / "measurement" / name).touch()
    assert sorted(names) != names
    for item, name in enumerate(names, 1):
        choice = choose_image(str(tmp_path), str(tmp_path), item=item)
        assert (choice.item, choice.items) == (item, 120) and choice.path.endswith(name)
        assert choice.key.number == item and choice.key.swath == ("WV1" if item % 2 else "WV2")
