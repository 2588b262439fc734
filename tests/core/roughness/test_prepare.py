from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from feedback import CancelAfter, Recorder
from metocean.core.cmod5n import reference_sigma0
from metocean.core.errors import Cancelled, InputError, OptionError, OutputError
from metocean.core.feedback import Silent
from metocean.core.files.raster import small_cache
from metocean.core.geometry.land import LandOptions
from metocean.core.geometry.working_grid import Axis, WorkingGrid, cell_means
from metocean.core.roughness.detrend import fit_trend
from metocean.core.roughness.histogram import Histogram
from metocean.core.roughness.prepare import RoughnessOptions, prepare, working_grid
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import SceneOptions
from osgeo import gdal
from rasters import utm, write_geotiff


def raster(path, values, spacing_m=100.0):
    return write_geotiff(path, values, utm(31, 5e5, 4e6, spacing_m) if spacing_m else None)


LINEAR = SceneOptions(units="linear", incidence="38")


def slow_means(values, valid, step_line, step_sample, shape):
    """Area-weighted means, cell by cell, from an eight-fold finer grid."""
    fine = 8
    big, ok = (np.kron(v, np.ones((fine, fine))) for v in (np.where(valid, values, 0), valid))
    out = np.full(shape, np.nan)
    for i in range(shape[0]):
        for j in range(shape[1]):
            window = np.s_[
                round(i * step_line * fine) : round((i + 1) * step_line * fine),
                round(j * step_sample * fine) : round((j + 1) * step_sample * fine),
            ]
            if ok[window].mean() >= 0.5:
                out[i, j] = big[window].sum() / ok[window].sum()
    return out


@pytest.mark.parametrize(("step_line", "step_sample"), [(3, 4), (2.5, 2.5), (1, 1), (3.25, 1.5), (2, 2.5)])
def test_cells_are_area_means_of_valid_pixels(rng, step_line, step_sample):
    values, valid = rng.random((26, 31)), rng.random((26, 31)) > 0.3
    grid = WorkingGrid(Axis.from_step(26, step_line), Axis.from_step(31, step_sample))

    def read(first, count):
        assert first >= 0 and first + count <= 26
        part = np.s_[first : first + count]
        return np.where(valid[part], values[part], 0).astype(np.float64), valid[part]

    parts = [
        cell_means(read, grid, start, min(start + 3, grid.shape[0])) for start in range(0, grid.shape[0], 3)
    ]
    wanted = slow_means(values, valid, step_line, step_sample, grid.shape)
    np.testing.assert_allclose(np.concatenate(parts), wanted, rtol=1e-5)


def test_a_cell_counts_if_just_half_of_it_is_valid_however_large(monkeypatch):
    # 300 x 300 pixels in a cell: more than 16 bits count to.
    valid = np.ones((600, 600), bool)
    valid[:150] = valid[150, 300] = False
    power = np.where(valid, 3.0, 0.0).astype(np.float32)
    grid = WorkingGrid(Axis.from_step(600, 300), Axis.from_step(600, 300))
    for pixels in (1, 10**9):
        monkeypatch.setattr("metocean.core.geometry.working_grid._CACHED_PIXELS", pixels)
        means = cell_means(lambda i, n: (power[i : i + n], valid[i : i + n]), grid, 0, 2)
        np.testing.assert_allclose(means, [[3, np.nan], [3, 3]], rtol=1e-6)


def test_coarse_pixels_are_interpolated_linearly():
    # A plane stays a plane between the centres of the outermost pixels.
    lines, samples = np.meshgrid(np.arange(9.0), np.arange(7.0), indexing="ij")
    grid = WorkingGrid(Axis.from_step(9, 0.5), Axis.from_step(7, 0.4))
    whole = cell_means(
        lambda first, n: ((lines + 10 * samples)[first : first + n], None), grid, 0, grid.shape[0]
    )
    rows, columns = grid.lines.centres(0, grid.shape[0]), grid.samples.centres(0, grid.shape[1])
    wanted = np.clip(rows, 0, 8)[:, None] + 10 * np.clip(columns, 0, 6)
    np.testing.assert_allclose(whole, wanted, atol=1e-5)


def test_steps_near_a_whole_number_keep_the_true_spacing():
    assert Axis.from_step(16685, 100 / 10.00088) == Axis(16685, 1668, 10.0)
    assert Axis.from_step(100, 2.5) == Axis(100, 40, 2.5)
    assert Axis.from_cells(565, 256).step == 565 / 256


def test_power_is_averaged_not_decibels(tmp_path):
    values = np.full((40, 40), -10.0, np.float32)
    values[:, ::2] = -20.0
    scene = open_scene(raster(tmp_path / "a.tif", values, 50.0), SceneOptions(incidence="38"))
    result = prepare(scene, str(tmp_path / "o.tif"), RoughnessOptions(), Silent())
    assert result.shape == (20, 20) and result.spacing_m == pytest.approx((100, 100), rel=1e-3)
    wanted = np.minimum(np.sqrt((0.1 + 0.01) / 2 / reference_sigma0(38.0)), 2)
    np.testing.assert_allclose(gdal.Open(result.path).ReadAsArray(), wanted, rtol=1e-4)


def test_result_is_recognised_and_passes_unchanged(tmp_path, rng):
    values = (0.03 * rng.gamma(20, 0.05, (70, 90))).astype(np.float32)
    values[3, 4] = np.nan
    first = prepare(
        open_scene(raster(tmp_path / "a.tif", values), LINEAR),
        str(tmp_path / "b.tif"),
        RoughnessOptions(),
        Silent(),
    )
    scene = open_scene(first.path)
    assert scene.quantity == "roughness" and "already prepared" in scene.units
    again = prepare(scene, str(tmp_path / "c.tif"), RoughnessOptions(), Silent())
    one, two = (gdal.Open(r.path) for r in (first, again))
    np.testing.assert_array_equal(one.ReadAsArray(), two.ReadAsArray())
    assert one.ReadAsArray()[3, 4] == -1 and one.GetRasterBand(1).GetNoDataValue() == -1
    assert one.GetGeoTransform() == two.GetGeoTransform()
    items = one.GetMetadata()
    assert items["METOCEAN_QUANTITY"] == "sqrt_roughness" and items["RESOLUTION_M"] == "100"
    assert items["SOURCE"] == "a" and "as chosen" in items["UNITS"] and "38" in items["INCIDENCE"]


def test_imagette_keeps_its_customary_size_when_prepared_twice(tmp_path, rng):
    path = raster(tmp_path / "a.tif", rng.integers(1, 255, (491, 565)).astype(np.uint8), 0)
    fine = prepare(open_scene(path), str(tmp_path / "f.tif"), RoughnessOptions(resolution_m=50), Silent())
    assert fine.shape == (512, 512) and fine.spacing_m is None
    coarse = prepare(open_scene(fine.path), str(tmp_path / "c.tif"), RoughnessOptions(), Silent())
    assert coarse.shape == (256, 256) and coarse.spacing_m is None


def test_land_is_left_out_of_result_and_statistics(tmp_path, rng):
    dn = (100 * rng.gamma(50, 0.02, (80, 80))).astype(np.uint16)
    dn[:, 30:] *= 5
    path = raster(tmp_path / "a.tif", dn)
    # The raster's western edge is 3° E; 30 pixels of 100 m further east are 3.0334° at 36.1° N.
    ring = [[3.0334, 30], [9, 30], [9, 40], [3.0334, 40], [3.0334, 30]]
    land = tmp_path / "land.geojson"
    land.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    options = RoughnessOptions(land=LandOptions(str(land), 0.0))
    result = prepare(open_scene(path), str(tmp_path / "o.tif"), options, Silent())
    values = gdal.Open(result.path).ReadAsArray()
    assert (values[:, 32:] == -1).all() and (values[:, :29] > 0).all()
    assert np.median(values[:, :29]) == pytest.approx(1, abs=0.02)
    ring = [[0, 30], [9, 30], [9, 40], [0, 40], [0, 30]]
    land.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    with pytest.raises(InputError, match="nothing but land and coast; choose a scene of the sea"):
        prepare(open_scene(path), str(tmp_path / "p.tif"), options, Silent())
    assert not list(tmp_path.glob("p.tif*"))


def test_chunks_leave_no_seam_and_cancelling_nothing_on_disk(tmp_path, rng, monkeypatch):
    values = (0.03 * rng.gamma(20, 0.05, (203, 91))).astype(np.float32)
    scene = open_scene(raster(tmp_path / "a.tif", values, 40.0), LINEAR)
    whole = prepare(scene, str(tmp_path / "whole.tif"), RoughnessOptions(), Recorder())
    monkeypatch.setattr("metocean.core.geometry.working_grid._CHUNK_PIXELS", 1500)
    watch = Recorder()
    parts = prepare(scene, str(tmp_path / "parts.tif"), RoughnessOptions(), watch)
    assert (
        len(watch.fractions) > 10
        and watch.fractions[-1] == 1.0
        and watch.fractions == sorted(watch.fractions)
    )
    one, two = (gdal.Open(r.path).ReadAsArray() for r in (whole, parts))
    np.testing.assert_allclose(one, two, rtol=1e-6)
    with pytest.raises(Cancelled):
        prepare(scene, str(tmp_path / "stopped.tif"), RoughnessOptions(), CancelAfter(looks=3))
    assert not list(tmp_path.glob("stopped*"))


def test_statistics_are_those_of_all_valid_pixels_however_few(tmp_path, rng):
    values = np.full((700, 900), np.nan, np.float32)
    values[333, 222:262] = 0.03 * rng.gamma(20, 0.05, 40)
    values[0, 0] = 0.03
    scene = open_scene(raster(tmp_path / "a.tif", values), LINEAR)
    result = prepare(scene, str(tmp_path / "o.tif"), RoughnessOptions(), Silent())
    dataset = gdal.Open(result.path)
    known = dataset.ReadAsArray()[dataset.ReadAsArray() >= 0]
    assert known.size == 41 and result.median == pytest.approx(np.median(known), abs=3e-4)
    stored = [float(dataset.GetMetadataItem(f"ROUGHNESS_P{p}")) for p in ("02", "98")]
    assert stored == pytest.approx([known.min(), known.max()], abs=3e-4)


def test_quantiles_of_a_histogram(rng):
    values = rng.gamma(5, 0.2, 10_000)
    histogram = Histogram(2.0)
    assert histogram.empty
    for part in np.array_split(values, 7):
        histogram.add(part)
    for share in (0.02, 0.5, 0.98):
        wanted = min(np.quantile(values, share), 2.0)
        assert histogram.quantile(share) == pytest.approx(wanted, abs=5e-3)


def test_finding_the_trend_reports_progress_and_can_be_cancelled(tmp_path, rng, monkeypatch):
    monkeypatch.setattr("metocean.core.geometry.working_grid._CHUNK_PIXELS", 1500)
    values = (0.03 * rng.gamma(20, 0.05, (203, 91))).astype(np.float32)
    scene = open_scene(raster(tmp_path / "a.tif", values), SceneOptions(units="linear"))
    watch = Recorder()
    prepare(scene, str(tmp_path / "o.tif"), RoughnessOptions(), watch)
    assert watch.fractions == sorted(watch.fractions) and watch.fractions[-1] == 1.0
    assert sum(f < 0.2 for f in watch.fractions) > 5
    with pytest.raises(Cancelled):
        prepare(scene, str(tmp_path / "stopped.tif"), RoughnessOptions(), CancelAfter(looks=2))
    assert not list(tmp_path.glob("stopped*"))


def test_overlapping_runs_give_the_cache_back():
    before = gdal.GetCacheMax()
    first, second = small_cache(), small_cache()
    first.__enter__()
    second.__enter__()
    assert gdal.GetCacheMax() < before
    first.__exit__(None, None, None)
    assert gdal.GetCacheMax() < before
    second.__exit__(None, None, None)
    assert gdal.GetCacheMax() == before


def test_a_grid_too_large_for_memory_is_refused(tmp_path):
    scene = open_scene(raster(tmp_path / "a.tif", np.full((30, 30), 0.03, np.float32)), LINEAR)
    with pytest.raises(InputError, match="cut out the part you need"):
        working_grid(replace(scene, shape=(9000, 9000), spacing_m=(20.0, 20.0)), 20.0)


def test_coarse_input_warns(tmp_path):
    watch = Recorder()
    path = raster(tmp_path / "a.tif", np.full((30, 30), 0.03, np.float32), 210.0)
    result = prepare(open_scene(path, LINEAR), str(tmp_path / "o.tif"), RoughnessOptions(), watch)
    assert result.shape == (63, 63) and "coarser than 100 m" in watch.warnings[0]
    assert result.warnings == tuple(watch.warnings)


def test_senseless_resolution_and_unwritable_path(tmp_path):
    scene = open_scene(raster(tmp_path / "a.tif", np.full((30, 30), 0.03, np.float32)), LINEAR)
    with pytest.raises(OptionError, match="resolution"):
        prepare(scene, str(tmp_path / "o.tif"), RoughnessOptions(resolution_m=1), Silent())
    with pytest.raises(OutputError, match="Cannot write"):
        prepare(scene, str(tmp_path / "no" / "o.tif"), RoughnessOptions(), Silent())


def test_trend_of_a_plane_survives_outliers(rng):
    rows, columns = np.meshgrid(np.arange(60), np.arange(50), indexing="ij")
    surface = np.exp(0.02 * columns - 0.01 * rows)
    power = surface * rng.gamma(200, 1 / 200, surface.shape)
    power[:12, :10] *= 30
    power[5, 5] = np.nan
    trend = fit_trend("plane", surface.shape, [(0, 30), (30, 60)], lambda a, b: power[a:b], Silent())
    ratio = power / trend.rows(0, 60)
    assert np.nanmedian(ratio) == pytest.approx(1, abs=1e-6)
    assert abs(np.log(trend.rows(0, 60) / surface)).max() < 0.15
    with pytest.raises(InputError, match="hardly any sea"):
        fit_trend("range", (4, 4), [(0, 4)], lambda a, b: np.full((4, 4), np.nan), Silent())


def test_ships_and_wind_farms_stay_in_the_image(tmp_path):
    values = np.full((60, 60), 0.03, np.float32)
    values[10:12, 10:14] = 30.0
    values[30:50:4, 20:40:4] = 3.0
    ring = [[3.05, 30], [9, 30], [9, 40], [3.05, 40], [3.05, 30]]
    (tmp_path / "land.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    options = RoughnessOptions(land=LandOptions(str(tmp_path / "land.geojson"), 0.0))
    result = prepare(
        open_scene(raster(tmp_path / "a.tif", values), LINEAR), str(tmp_path / "o.tif"), options, Silent()
    )
    shown = gdal.Open(result.path).ReadAsArray()
    assert (shown[values > 1] == 2).all()
    assert (shown[:, :40] > 0).all() and (shown[:, 50:] == -1).all()


def test_nodata_alone_says_there_is_no_sea(tmp_path):
    values = np.full((60, 60), np.nan, np.float32)
    values[5, 5] = 0.03
    ring = [[2.9, 30], [3.02, 30], [3.02, 40], [2.9, 40], [2.9, 30]]
    (tmp_path / "land.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    options = RoughnessOptions(land=LandOptions(str(tmp_path / "land.geojson"), 0.0))
    with pytest.raises(InputError, match="no valid sea, only nodata or land"):
        prepare(
            open_scene(raster(tmp_path / "a.tif", values), LINEAR), str(tmp_path / "o.tif"), options, Silent()
        )
