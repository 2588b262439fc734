# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated product lies where orbit, range and trigonometry put it, and is read there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from metocean.core.geometry.projections import spatial_reference, transform
from metocean.core.roughness.prepare import working_grid
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import Quantity
from metocean.training.simulator.product.imaging import Acquisition, Imaging
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import NoiseFormat, Product
from metocean.training.simulator.product.safe import write_safe
from osgeo import gdal, osr
from safe_xml import CELL_M, DARK, LIGHT_SPEED_M_S, field, numbers, project, read, values


@pytest.mark.parametrize("ascending", [False, True])
def test_ground_spacing_and_heading(ascending: bool) -> None:
    """Neighbouring pixels are 40 m apart on a map, lines run along the flight, samples to its right."""
    imaging = Imaging.from_acquisition(Acquisition(46.0, -14.0, ascending), (400, 6000), 40.0)
    found = imaging.locate(np.array([0, 200, 399]), np.array([0, 1, 3000, 5998, 5999]))
    x, y = local_map(found.latitude_deg, found.longitude_deg)
    across = np.hypot(np.diff(x, axis=1), np.diff(y, axis=1))[:, [0, 3]]
    assert np.allclose(across, 40.0, atol=0.08)
    along = np.hypot(x[2] - x[0], y[2] - y[0]) / 399
    assert np.allclose(along, 40.0, atol=0.25)
    assert (found.latitude_deg[2] > found.latitude_deg[0]).all() == ascending
    assert (found.longitude_deg[0, -1] > found.longitude_deg[0, 0]) == ascending
    assert imaging.heading_deg == pytest.approx(-15.2 if ascending else -164.8, abs=1.0)
    # The lead of the ground track and of the columns differ by less than two degrees.
    column_deg = np.rad2deg(np.arctan2(x[2, 2] - x[0, 2], y[2, 2] - y[0, 2]))
    assert column_deg == pytest.approx(imaging.heading_deg, abs=4.0)


def local_map(latitude_deg: np.ndarray, longitude_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Project to a map of the scene, whose scale is within 0.1 % of true over an IW swath."""
    metres = osr.SpatialReference()
    metres.ImportFromProj4("+proj=laea +lat_0=46 +lon_0=-14 +datum=WGS84")
    return project(metres.ExportToWkt(), latitude_deg, longitude_deg)


def test_the_scene_lies_where_it_was_asked_for() -> None:
    for latitude, longitude in ((46.0, -14.0), (-60.0, 179.9), (74.0, 10.0)):
        imaging = Imaging.from_acquisition(Acquisition(latitude, longitude), (301, 201), 100.0)
        found = imaging.locate(np.array([150]), np.array([100]))
        assert found.latitude_deg.item() == pytest.approx(latitude, abs=1e-6)
        assert (found.longitude_deg.item() - longitude + 180) % 360 == pytest.approx(180, abs=1e-6)
    with pytest.raises(ValueError, match="never sees latitude 89"):
        Imaging.from_acquisition(Acquisition(89.0, 0.0), (301, 201), 100.0)


def test_incidence_of_a_wide_swath() -> None:
    """30.3° at the near edge and the law of cosines on a sphere of the local radius everywhere."""
    imaging = Imaging.from_acquisition(Acquisition(), (100, 2500), 100.0)
    found = imaging.locate(np.array([0, 50, 99]), np.arange(0, 2500, 100))
    assert found.incidence_deg[1, 0] == pytest.approx(30.3, abs=0.01)
    assert 44.5 < found.incidence_deg[1, -1] < 45.5
    assert (np.diff(found.incidence_deg, axis=1) > 0).all()
    satellite_m = np.linalg.norm(imaging.orbit.state(np.zeros(()))[0])
    latitude = np.deg2rad(found.latitude_deg)
    earth_m = 6378137.0 * (1 - np.sin(latitude) ** 2 / 298.257)
    cosine = (satellite_m**2 - earth_m**2 - found.slant_range_m**2) / (2 * earth_m * found.slant_range_m)
    # Geodetic and geocentric vertical differ by up to 0.19°, mostly along track at this heading.
    assert np.allclose(np.rad2deg(np.arccos(cosine)), found.incidence_deg, atol=0.1)


def test_orbit_and_positions_agree_by_range_and_doppler(safe: Path) -> None:
    """From the annotated orbit, each point lies at its slant range and square to the velocity."""
    annotation = read(safe, "annotation/*-vv-*.xml")
    state = np.stack([numbers(annotation, axis) for axis in "xyz"], -1).reshape(-1, 2, 3)
    seconds = seconds_of(values(annotation, "time"))
    latitude, longitude = (np.deg2rad(numbers(annotation, name)) for name in ("latitude", "longitude"))
    point = earth_centred(latitude, longitude)
    times = seconds_of(values(annotation, "azimuthTime"))[: len(point)]
    position, velocity = (
        np.stack(
            [np.polynomial.Polynomial.fit(seconds, state[:, kind, axis], 7)(times) for axis in range(3)], -1
        )
        for kind in range(2)
    )
    sight = point - position
    slant_m = numbers(annotation, "slantRangeTime")[1:] * LIGHT_SPEED_M_S / 2
    assert np.abs(np.linalg.norm(sight, axis=1) - slant_m).max() < 0.1
    # Of 7.6 km/s, 1 m of displacement along track at 800 km is 0.01 m/s.
    assert np.abs((sight * velocity).sum(1) / np.linalg.norm(sight, axis=1)).max() < 0.01


def seconds_of(texts: list[str]) -> np.ndarray:
    return (np.array(texts, "datetime64[us]") - np.datetime64("2021-06-15T07:02:11")) / np.timedelta64(1, "s")


def earth_centred(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    eccentricity2 = 0.00669437999014
    curvature_m = 6378137.0 / np.sqrt(1 - eccentricity2 * np.sin(latitude) ** 2)
    flat = curvature_m * np.cos(latitude)
    return np.stack(
        [
            flat * np.cos(longitude),
            flat * np.sin(longitude),
            curvature_m * (1 - eccentricity2) * np.sin(latitude),
        ],
        -1,
    )


@pytest.mark.parametrize("noise", [NoiseFormat.RANGE_AND_AZIMUTH, NoiseFormat.RANGE_ONLY])
def test_preprocessing_finds_what_was_simulated(tmp_path: Path, noise: NoiseFormat) -> None:
    """Incidence to 0.01°, positions between the control points to a metre, sigma0 within its noise."""
    shape, acquisition = (120, 1000), Acquisition(-52.0, 179.5, ascending=True)
    sigma0 = np.full(shape, DARK, np.float32)
    product = Product(noise=noise, seed=2)
    scene = open_scene(write_safe(tmp_path, SeaSigma0(sigma0, CELL_M), acquisition, product))
    assert scene.shape == (300, 2500) and scene.quantity is Quantity.SIGMA0 and scene.polarisation == "VV"
    assert scene.acquired is not None and scene.acquired.isoformat() == "2021-06-15T07:02:11+00:00"
    assert scene.spacing_m == pytest.approx((40.0, 40.0), rel=1e-3)
    imaging = Imaging.from_acquisition(acquisition, scene.shape, product.pixel_m)

    found, incidence_deg = scene.source.reader(working_grid(scene, CELL_M)).rows(0, shape[0])
    lines, samples = ((np.arange(side) + 0.5) * 2.5 - 0.5 for side in shape)
    truth = imaging.locate(lines, samples)
    assert np.abs(incidence_deg - truth.incidence_deg).max() < 0.01
    # 100 looks leave 10 % of a cell's power, 20 % where half of it is noise: 1.9 % of a column of 120.
    assert found.mean() == pytest.approx(DARK, rel=0.005)
    assert np.abs(found.mean(axis=0) / DARK - 1).max() < 0.08

    between = np.array([7.0, 133.0, 291.0])[:, None], np.array([31.0, 777.0, 2490.0])[None, :]
    x_m, y_m = scene.georeference.locate(*(v.ravel() + 0.5 for v in np.broadcast_arrays(*between[::-1])))
    place = imaging.locate(between[0][:, 0], between[1][0])
    here = project(scene.georeference.wkt, place.latitude_deg, place.longitude_deg)
    assert np.hypot(x_m - here[0].ravel(), y_m - here[1].ravel()).max() < 1.0


def test_a_measurement_alone_lies_where_its_product_says(tmp_path: Path) -> None:
    """The writer keeps control points as ESA does: they count from the first pixel's centre."""
    folder = write_safe(tmp_path, field(), Acquisition(), Product())
    (image,) = folder.glob("measurement/*.tiff")
    alone = tmp_path / "alone.tiff"
    alone.write_bytes(image.read_bytes())
    points = np.array([(g.GCPPixel, g.GCPLine) for g in gdal.Open(str(alone)).GetGCPs()])
    lines, samples = (int(v) for v in reversed(points.max(axis=0) + 1))
    assert (points.min(axis=0) == 0).all() and open_scene(folder).shape == (lines, samples)
    small = tmp_path / "small.tiff"
    gdal.Translate(str(small), str(alone), width=samples // 5, height=lines // 5)
    product, whole, coarse = (open_scene(path).georeference for path in (folder, alone, small))
    at = np.linspace(0, samples, 9), np.linspace(0, lines, 9)
    x_m, y_m = product.locate(*at)
    for other, step in ((whole, 1), (coarse, 5)):
        there = other.locate(at[0] / step, at[1] / step)
        there = transform(spatial_reference(other.wkt), spatial_reference(product.wkt), *there)
        assert np.hypot(there[0] - x_m, there[1] - y_m).max() < 1.0
