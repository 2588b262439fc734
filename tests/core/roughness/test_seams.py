# SPDX-License-Identifier: GPL-2.0-or-later
"""Steps put between sub-swaths by hand are found and taken out; a sea without any keeps its fronts."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.feedback import Silent
from metocean.core.files.xml_file import load
from metocean.core.geometry.working_grid import Axis, WorkingGrid
from metocean.core.roughness.prepare import prepare
from metocean.core.roughness.roughness import RoughnessOptions
from metocean.core.roughness.seams import SeamCorrection, Seams, typical
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.sentinel1.grd import read_borders
from metocean.core.scenes.types.borders import Borders
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import Product
from metocean.training.simulator.product.safe import write_safe
from osgeo import gdal

SHAPE = 300, 400
STEPS_DB = 0.4, -0.3


def bounds(first_line, last_line, first_sample, last_sample):
    names = "firstAzimuthLine", "lastAzimuthLine", "firstRangeSample", "lastRangeSample"
    values = zip(names, (first_line, last_line, first_sample, last_sample))
    return f"<swathBounds>{''.join(f'<{name}>{value}</{name}>' for name, value in values)}</swathBounds>"


def annotation(path, *swaths):
    merges = "".join(
        f"<swathMerge><swathBoundsList>{''.join(swath)}</swathBoundsList></swathMerge>" for swath in swaths
    )
    path.write_text(
        f"<product><swathMerging><swathMergeList>{merges}</swathMergeList></swathMerging></product>"
    )
    return load(str(path))


def test_borders_follow_the_bounds_of_sub_swaths(tmp_path):
    first = bounds(0, 99, 0, 49), bounds(100, 199, 0, 59)
    second = bounds(0, 99, 50, 99), bounds(100, 199, 60, 99)
    borders = read_borders(annotation(tmp_path / "a.xml", second, first))
    assert len(borders.lines) == 1
    np.testing.assert_array_equal(borders.lines[0], [50, 150])
    np.testing.assert_array_equal(borders.samples[0], [50, 60])
    seams = Seams.from_borders(borders, WorkingGrid(Axis.from_step(200, 10), Axis.from_step(100, 5)))
    # Cells of 10 lines and 5 samples; between lines 50 and 150 the border moves evenly.
    assert seams.columns[0, 0] == 10 and seams.columns[0, -1] == 12
    assert seams.columns[0, 9] == pytest.approx(10 + 2 * (95 - 50) / 100)
    assert not read_borders(annotation(tmp_path / "b.xml", first)).lines


def stepped(rng, trend_db=0.0):
    """A sea with speckle, a gradient along range, and two steps at moving borders."""
    borders = Borders((np.array([0.0, 300.0]),) * 2, (np.array([130.0, 140.0]), np.array([270.0, 265.0])))
    seams = Seams.from_borders(borders, WorkingGrid(Axis.from_step(SHAPE[0], 1), Axis.from_step(SHAPE[1], 1)))
    sea_db = np.broadcast_to(np.linspace(0, trend_db, SHAPE[1]), SHAPE)
    beyond = np.arange(SHAPE[1]) + 0.5 > seams.columns[:, :, None]
    level = 10 ** ((sea_db + np.tensordot(STEPS_DB, beyond, 1)) / 10)
    return seams, level * rng.gamma(100, 0.01, SHAPE)


@pytest.mark.parametrize("trend_db", [0.0, -6.0])
def test_steps_are_measured_whatever_the_trend_along_range(rng, trend_db):
    seams, power = stepped(rng, trend_db)
    power[:, :5] = np.nan
    power[40:60] = np.nan
    found = typical([seams.steps(power[i : i + 70], i) for i in range(0, SHAPE[0], 70)])
    np.testing.assert_allclose(found, STEPS_DB, atol=0.05)


def test_evening_takes_steps_out_and_keeps_the_level(rng):
    seams, power = stepped(rng)
    even = SeamCorrection(seams, np.array(STEPS_DB)).rows(power, 0)
    columns = 10 * np.log10(even.mean(axis=0))
    assert np.ptp([columns[20:120].mean(), columns[150:260].mean(), columns[280:].mean()]) < 0.02
    assert np.log10(even).mean() == pytest.approx(np.log10(power).mean(), abs=1e-9)


def test_what_is_no_matter_of_calibration_stays(rng):
    seams, power = stepped(rng)
    high = SeamCorrection(seams, np.array([3.0, -3.0]))
    np.testing.assert_array_equal(high.rows(power, 0), power)
    # A front across the border in some rows hardly moves the median of all.
    power[:60, 150:] *= 2
    np.testing.assert_allclose(typical([seams.steps(power, 0)]), STEPS_DB, atol=0.15)


def test_too_few_rows_or_none_known_say_nothing(rng):
    seams, power = stepped(rng)
    power[15:] = np.nan
    found = typical([seams.steps(power, 0)])
    assert np.isnan(found).all()
    np.testing.assert_array_equal(SeamCorrection(seams, found).rows(power, 0), power)


def test_seams_of_a_product_are_told_and_on_request_evened_out(tmp_path, rng):
    sigma0 = 0.05 * rng.gamma(50, 0.02, (120, 520))
    safe = write_safe(tmp_path, SeaSigma0(sigma0, 500.0), product=Product(pixel_m=100.0))
    borders = open_scene(safe).borders
    image = next((safe / "measurement").iterdir())
    numbers = gdal.Open(str(image), gdal.GA_Update)
    values = numbers.ReadAsArray().astype(float)
    cut = int(borders.samples[0][0])
    values[:, cut:] *= 10 ** (0.5 / 20)
    numbers.GetRasterBand(1).WriteArray(np.rint(values).astype(np.uint16))
    del numbers
    notes, ratios = {}, {}
    for even in (False, True):
        options = RoughnessOptions(resolution_m=500.0, even_seams=even)
        result = prepare(open_scene(safe), str(tmp_path / "r.tif"), options, Silent())
        notes[even] = [float(v) for v in result.notes[-1].split("steps of ")[1].split(" dB")[0].split(", ")]
        power = gdal.Open(result.path).ReadAsArray().astype(float) ** 2
        column = cut // 5
        ratios[even] = 10 * np.log10(
            power[:, column + 2 : column + 40].mean() / power[:, column - 40 : column - 2].mean()
        )
        assert ("evened out" in result.notes[-1]) == even
    assert len(borders.samples) == 2
    assert notes[False] == pytest.approx([0.5, 0.0], abs=0.1) and notes[True] == pytest.approx(
        [0, 0], abs=0.05
    )
    assert ratios[False] - ratios[True] == pytest.approx(0.5, abs=0.1)
