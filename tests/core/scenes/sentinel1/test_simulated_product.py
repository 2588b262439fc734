# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated SAFE product: its files, and its levels against its own tables."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from metocean.core.roughness.prepare import working_grid
from metocean.core.scenes.opening import open_scene
from metocean.training.simulator.product.imaging import Acquisition, Imaging
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import NoiseFormat, Product
from metocean.training.simulator.product.safe import write_safe
from metocean.training.simulator.product.sampling import sample_linear
from metocean.training.simulator.product.simulate import Extent, simulate_product
from metocean.training.simulator.product.tables import LookUpTables
from osgeo import gdal
from safe_xml import BRIGHT, CELL_M, DARK, attributes, field, numbers, read, values


def test_folder_is_named_and_filled_like_a_product(safe: Path) -> None:
    assert safe.name.startswith("S1A_IW_GRDM_1SDV_20210615T070211_") and safe.name.endswith("_0005.SAFE")
    names = sorted(str(path.relative_to(safe)) for path in safe.rglob("*") if path.is_file())
    assert len(names) == 9 and "manifest.safe" in names
    hrefs = read(safe, "manifest.safe")
    listed = sorted(name for name in names if name != "manifest.safe")
    assert sorted(attributes(hrefs, "href")) == [f"./{name}" for name in listed]


def test_gdal_opens_the_manifest_as_sentinel_1(safe: Path) -> None:
    dataset = gdal.OpenEx(str(safe / "manifest.safe"), allowed_drivers=["SAFE"])
    assert dataset is not None
    assert (dataset.RasterYSize, dataset.RasterXSize) == (150, 225)
    polarisations = {dataset.GetRasterBand(band + 1).GetMetadataItem("POLARIZATION") for band in range(2)}
    assert polarisations == {"VV", "VH"}
    assert dataset.GetMetadataItem("ACQUISITION_START_TIME") == "2021-06-15T07:02:11.000000"
    assert dataset.GetMetadataItem("ORBIT_DIRECTION") == "DESCENDING"
    assert dataset.GetGCPCount() == 210


def test_measurement_carries_the_annotated_positions(safe: Path) -> None:
    annotation = read(safe, "annotation/*-vv-*.xml")
    (path,) = safe.glob("measurement/*-vv-*.tiff")
    points = gdal.Open(str(path)).GetGCPs()
    assert np.allclose([p.GCPX for p in points], numbers(annotation, "longitude"), atol=1e-7)
    assert np.allclose([p.GCPY for p in points], numbers(annotation, "latitude"), atol=1e-7)
    assert [p.GCPLine for p in points] == list(numbers(annotation, "line"))
    assert {0.0, 149.0} <= {p.GCPLine for p in points} and {0.0, 224.0} <= {p.GCPPixel for p in points}


@pytest.mark.parametrize("noise", [NoiseFormat.RANGE_AND_AZIMUTH, NoiseFormat.RANGE_ONLY])
def test_sigma0_comes_back_from_pixels_and_tables(tmp_path: Path, noise: NoiseFormat) -> None:
    """(DN² − noise) / A² over each half gives what was put in, within its speckle."""
    folder = write_safe(tmp_path, field(), product=Product(noise=noise, seed=1))
    (path,) = folder.glob("measurement/*.tiff")
    power = gdal.Open(str(path)).ReadAsArray().astype(float) ** 2
    calibration = read(folder, "annotation/calibration/calibration-*.xml")
    noise_tables = read(folder, "annotation/calibration/noise-*.xml")
    pixels = np.array(values(calibration, "pixel")[0].split(), int)
    vectors = np.array([text.split() for text in values(calibration, "sigmaNought")], float)
    columns = np.arange(power.shape[1])
    gain = np.interp(columns, pixels, vectors[0]) ** 2
    name = "noiseRangeLut" if noise is NoiseFormat.RANGE_AND_AZIMUTH else "noiseLut"
    eta = np.interp(columns, pixels, np.array(values(noise_tables, name)[0].split(), float))
    assert len(values(noise_tables, "noiseAzimuthLut")) == (
        3 if noise is NoiseFormat.RANGE_AND_AZIMUTH else 0
    )
    along = np.array([text.split() for text in values(noise_tables, "noiseAzimuthLut")], float)
    factor = along.mean() if noise is NoiseFormat.RANGE_AND_AZIMUTH else 1.0
    sigma0 = ((power - eta * factor) / gain).mean(axis=0)
    half = power.shape[1] // 2
    assert sigma0[: half - 3].mean() == pytest.approx(DARK, rel=0.02)
    assert sigma0[half + 3 :].mean() == pytest.approx(BRIGHT, rel=0.01)
    nesz_db = 10 * np.log10(eta / gain)
    assert -28.2 < nesz_db.min() < -27.5 and -24.5 < nesz_db.max() < -23.8


def test_speckle_has_the_looks_of_a_product(safe: Path) -> None:
    """16 looks at 40 m: the variance of bright pixels is that share of their squared mean."""
    (path,) = safe.glob("measurement/*-vv-*.tiff")
    power = gdal.Open(str(path)).ReadAsArray()[:, 140:].astype(float) ** 2
    power /= power.mean(axis=0)
    assert power.var() == pytest.approx(1 / 16, rel=0.05)


def test_cross_polarised_measurement_is_lower(safe: Path) -> None:
    means = {
        channel: (gdal.Open(str(next(safe.glob(f"measurement/*-{channel}-*")))).ReadAsArray() ** 2.0).mean()
        for channel in ("vv", "vh")
    }
    assert 8 < 10 * np.log10(means["vv"] / means["vh"]) < 15


def test_calibration_tables_follow_the_geometry(safe: Path) -> None:
    """SigmaNought is beta nought over sqrt(sin θ), so that sigma0 = beta0 · sin θ."""
    annotation = read(safe, "annotation/*-vv-*.xml")
    calibration = read(safe, "annotation/calibration/*calibration-*-vv-*.xml")
    sigma = np.array(values(calibration, "sigmaNought")[0].split(), float)
    near, far = np.deg2rad(numbers(annotation, "incidenceAngle")[[0, 20]])
    assert sigma[[0, -1]] == pytest.approx(474.0 / np.sqrt(np.sin([near, far])), rel=1e-5)
    gamma = np.array(values(calibration, "gamma")[0].split(), float)
    assert gamma[0] == pytest.approx(sigma[0] * np.sqrt(np.cos(near)), rel=1e-5)


def test_swaths_tile_the_image(safe: Path) -> None:
    annotation = read(safe, "annotation/*-vv-*.xml")
    first, last = numbers(annotation, "firstRangeSample"), numbers(annotation, "lastRangeSample")
    assert first[0] == 0 and last[-1] == 224 and (first[1:] == last[:-1] + 1).all()


def test_same_seed_same_bytes_and_another_seed_other_pixels(tmp_path: Path) -> None:
    small = SeaSigma0(np.full((20, 20), 0.05, np.float32), CELL_M)

    def digest(folder: str, seed: int) -> list[str]:
        safe = write_safe(tmp_path / folder, small, product=Product(seed=seed))
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(safe.rglob("*.*"))]

    assert digest("a", 1) == digest("b", 1)
    assert digest("c", 2)[-1] != digest("a", 1)[-1]


def test_field_is_sampled_at_pixel_centres() -> None:
    """A ramp stays a ramp: pixel k of 40 m lies at cell (k + 0.5) · 0.4 − 0.5."""
    ramp = SeaSigma0(np.tile(np.arange(10.0), (4, 1)), CELL_M)
    values_ = ramp.at(np.array([5]), np.arange(2, 20), 40.0)[0]
    assert values_ == pytest.approx((np.arange(2, 20) + 0.5) * 0.4 - 0.5)
    assert sample_linear(np.array([[3.0]]), np.array([-1.0, 5.0]), np.array([0.0])).tolist() == [[3.0], [3.0]]


def test_noise_swings_along_track_by_burst() -> None:
    imaging = Imaging.from_acquisition(Acquisition(), (1200, 300), 40.0)
    tables = LookUpTables.from_imaging(imaging, NoiseFormat.RANGE_AND_AZIMUTH)
    noise = tables.noise(np.arange(1200), np.arange(300))
    assert noise.max(axis=0) / noise.min(axis=0) == pytest.approx(1.12, abs=0.01)
    still = LookUpTables.from_imaging(imaging, NoiseFormat.RANGE_ONLY).noise(np.arange(3), np.arange(300))
    assert (still == still[0]).all()


def test_a_swath_of_several_regimes_becomes_a_product(tmp_path: Path) -> None:
    path = simulate_product(tmp_path, Product(pixel_m=100.0, seed=7), Extent(lines=160, samples=200))
    scene = open_scene(path)
    assert scene.shape == (160, 200)
    sigma0, _ = scene.source.reader(working_grid(scene, CELL_M)).rows(0, 160)
    assert np.isfinite(sigma0).all() and 0.001 < np.median(sigma0) < 1.0
    assert sigma0.std() / sigma0.mean() > 0.1
