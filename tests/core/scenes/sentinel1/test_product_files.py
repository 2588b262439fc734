"""The simulated SAFE product, checked with GDAL's reader, trigonometry and its pixel model."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from metocean.core.geometry.projections import spatial_reference, transform
from metocean.core.roughness.prepare import working_grid
from metocean.core.scenes.opening import open_scene
from metocean.training.simulator.product.imaging import Acquisition, Imaging
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import NoiseFormat, Product
from metocean.training.simulator.product.safe import write_safe
from metocean.training.simulator.product.sampling import sample_linear
from metocean.training.simulator.product.simulate import Extent, simulate_product
from metocean.training.simulator.product.tables import LookUpTables
from osgeo import gdal, osr

LIGHT_SPEED_M_S = 299792458.0
SHAPE, CELL_M = (60, 90), 100.0
DARK, BRIGHT = 0.004, 0.08


def field() -> SeaSigma0:
    """Half the swath dark, half bright: the dark half lies near the noise."""
    sigma0 = np.full(SHAPE, DARK, np.float32)
    sigma0[:, SHAPE[1] // 2 :] = BRIGHT
    return SeaSigma0(sigma0, CELL_M)


def read(pattern: Path, glob: str) -> list:
    """Return the parsed XML of the one file that matches."""
    (path,) = pattern.glob(glob)
    tree = gdal.ParseXMLString(path.read_text(encoding="utf-8"))
    assert tree is not None, path
    return tree


def values(tree: list, name: str) -> list[str]:
    """Return the texts of all elements of that name, at any depth."""
    found = []
    for child in tree[2:]:
        if child[0] == gdal.CXT_Element and child[1] == name:
            found.append("".join(part[1] for part in child[2:] if part[0] == gdal.CXT_Text))
        if child[0] == gdal.CXT_Element:
            found += values(child, name)
    return found


def numbers(tree: list, name: str) -> np.ndarray:
    return np.array([float(text) for text in values(tree, name)])


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    product = Product(polarisations=("VV", "VH"), seed=5)
    return write_safe(tmp_path_factory.mktemp("safe"), field(), product=product)


def test_folder_is_named_and_filled_like_a_product(safe: Path) -> None:
    assert safe.name.startswith("S1A_IW_GRDM_1SDV_20210615T070211_") and safe.name.endswith("_0005.SAFE")
    names = sorted(str(path.relative_to(safe)) for path in safe.rglob("*") if path.is_file())
    assert len(names) == 9 and "manifest.safe" in names
    hrefs = read(safe, "manifest.safe")
    listed = sorted(name for name in names if name != "manifest.safe")
    assert sorted(_attributes(hrefs, "href")) == [f"./{name}" for name in listed]


def _attributes(tree: list, name: str) -> list[str]:
    found = [child[2][1] for child in tree[2:] if child[0] == gdal.CXT_Attribute and child[1] == name]
    for child in tree[2:]:
        if child[0] == gdal.CXT_Element:
            found += _attributes(child, name)
    return found


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


@pytest.mark.parametrize("ascending", [False, True])
def test_ground_spacing_and_heading(ascending: bool) -> None:
    """Neighbouring pixels are 40 m apart on a map, lines run along the flight, samples to its right."""
    imaging = Imaging.from_acquisition(Acquisition(46.0, -14.0, ascending), (400, 6000), 40.0)
    found = imaging.locate(np.array([0, 200, 399]), np.array([0, 1, 3000, 5998, 5999]))
    x, y = _map(found.latitude_deg, found.longitude_deg)
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


def _map(latitude_deg: np.ndarray, longitude_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Project to a map of the scene, whose scale is within 0.1 % of true over an IW swath."""
    metres = osr.SpatialReference()
    metres.ImportFromProj4("+proj=laea +lat_0=46 +lon_0=-14 +datum=WGS84")
    return _project(metres.ExportToWkt(), latitude_deg, longitude_deg)


def _project(wkt: str, latitude_deg: np.ndarray, longitude_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    degrees, metres = osr.SpatialReference(), osr.SpatialReference()
    degrees.ImportFromEPSG(4326)
    metres.ImportFromWkt(wkt)
    for reference in (degrees, metres):
        reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    pairs = np.column_stack([longitude_deg.ravel(), latitude_deg.ravel()])
    found = np.array(osr.CoordinateTransformation(degrees, metres).TransformPoints(pairs))
    return found[:, 0].reshape(latitude_deg.shape), found[:, 1].reshape(latitude_deg.shape)


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
    seconds = _seconds(values(annotation, "time"))
    latitude, longitude = (np.deg2rad(numbers(annotation, name)) for name in ("latitude", "longitude"))
    point = _ecef(latitude, longitude)
    times = _seconds(values(annotation, "azimuthTime"))[: len(point)]
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


def _seconds(texts: list[str]) -> np.ndarray:
    return (np.array(texts, "datetime64[us]") - np.datetime64("2021-06-15T07:02:11")) / np.timedelta64(1, "s")


def _ecef(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
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


@pytest.mark.parametrize("form", [NoiseFormat.RANGE_AND_AZIMUTH, NoiseFormat.RANGE_ONLY])
def test_sigma0_comes_back_from_pixels_and_tables(tmp_path: Path, form: NoiseFormat) -> None:
    """(DN² − noise) / A² over each half gives what was put in, within its speckle."""
    folder = write_safe(tmp_path, field(), product=Product(noise=form, seed=1))
    (path,) = folder.glob("measurement/*.tiff")
    power = gdal.Open(str(path)).ReadAsArray().astype(float) ** 2
    calibration = read(folder, "annotation/calibration/calibration-*.xml")
    noise = read(folder, "annotation/calibration/noise-*.xml")
    pixels = np.array(values(calibration, "pixel")[0].split(), int)
    vectors = np.array([text.split() for text in values(calibration, "sigmaNought")], float)
    columns = np.arange(power.shape[1])
    gain = np.interp(columns, pixels, vectors[0]) ** 2
    name = "noiseRangeLut" if form is NoiseFormat.RANGE_AND_AZIMUTH else "noiseLut"
    eta = np.interp(columns, pixels, np.array(values(noise, name)[0].split(), float))
    assert len(values(noise, "noiseAzimuthLut")) == (3 if form is NoiseFormat.RANGE_AND_AZIMUTH else 0)
    along = np.array([text.split() for text in values(noise, "noiseAzimuthLut")], float)
    factor = along.mean() if form is NoiseFormat.RANGE_AND_AZIMUTH else 1.0
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


@pytest.mark.parametrize("form", [NoiseFormat.RANGE_AND_AZIMUTH, NoiseFormat.RANGE_ONLY])
def test_preprocessing_finds_what_was_simulated(tmp_path: Path, form: NoiseFormat) -> None:
    """Incidence to 0.01°, positions between the control points to a metre, sigma0 within its noise."""
    shape, acquisition = (120, 1000), Acquisition(-52.0, 179.5, ascending=True)
    sigma0 = np.full(shape, DARK, np.float32)
    product = Product(noise=form, seed=2)
    scene = open_scene(write_safe(tmp_path, SeaSigma0(sigma0, CELL_M), acquisition, product))
    assert scene.shape == (300, 2500) and scene.quantity == "sigma0" and scene.polarisation == "VV"
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
    here = _project(scene.georeference.wkt, place.latitude_deg, place.longitude_deg)
    assert np.hypot(x_m - here[0].ravel(), y_m - here[1].ravel()).max() < 1.0


def test_a_swath_of_several_regimes_becomes_a_product(tmp_path: Path) -> None:
    path = simulate_product(tmp_path, Product(pixel_m=100.0, seed=7), Extent(lines=160, samples=200))
    scene = open_scene(path)
    assert scene.shape == (160, 200)
    sigma0, _ = scene.source.reader(working_grid(scene, CELL_M)).rows(0, 160)
    assert np.isfinite(sigma0).all() and 0.001 < np.median(sigma0) < 1.0
    assert sigma0.std() / sigma0.mean() > 0.1


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
