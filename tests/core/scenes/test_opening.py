from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from metocean.core.cmod5n import reference_sigma0, vv_over_hh
from metocean.core.errors import InputError, OptionError
from metocean.core.feedback import Silent
from metocean.core.geometry.projections import laea, spatial_reference, transform
from metocean.core.geometry.working_grid import Axis, WorkingGrid
from metocean.core.roughness.prepare import RoughnessOptions, prepare
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.rasters.incidence import EdgeIncidence
from metocean.core.scenes.rasters.scene import acquisition_time
from metocean.core.scenes.types.scene import SceneOptions
from osgeo import gdal
from rasters import gdal_exceptions
from sea import ANGLES, DB, DEGREES, SHAPE, SIGMA0, UTM, raster, roughness_of


@pytest.mark.parametrize(
    ("bands", "names", "options"),
    [
        ((SIGMA0, ANGLES), ("Sigma0_VV", "incidenceAngleFromEllipsoid"), SceneOptions()),
        ((DB, DB - 6, ANGLES), ("VV", "VH", "angle"), SceneOptions()),
        ((DB - 6, DB, ANGLES), ("VH", "VV", "angle"), SceneOptions()),
        ((DB, np.deg2rad(ANGLES)), ("Sigma0_VV_db", ""), SceneOptions(incidence="band:2")),
        ((SIGMA0, ANGLES), (), SceneOptions(band=1, units="linear", incidence="band:2")),
        ((ANGLES, SIGMA0), (), SceneOptions(band=2, units="linear", incidence="band:1")),
    ],
)
def test_sigma0_of_whatever_processor_gives_the_same_roughness(tmp_path, bands, names, options):
    scene = open_scene(raster(tmp_path / "a.tif", *bands, names=names), options)
    assert scene.quantity == "sigma0" and scene.spacing_m == pytest.approx((100, 100), rel=1e-3)
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)


def test_incidence_from_another_raster_a_constant_and_edges(tmp_path):
    path = raster(tmp_path / "a.tif", SIGMA0, names=["Sigma0_VV"])
    angles = raster(tmp_path / "inc_map.tif", np.deg2rad(ANGLES))
    values = roughness_of(open_scene(path, SceneOptions(incidence=angles)), tmp_path)
    np.testing.assert_allclose(values, np.sqrt(2), rtol=1e-4)
    values = roughness_of(open_scene(path, SceneOptions(incidence="38")), tmp_path)
    np.testing.assert_allclose(values, np.minimum(np.sqrt(SIGMA0 / reference_sigma0(38.0)), 2), rtol=1e-5)
    values = roughness_of(open_scene(path, SceneOptions(incidence="30:46")), tmp_path)
    assert abs(values - np.sqrt(2)).max() < 0.1


def test_edges_follow_the_curve_of_a_real_swath():
    # Row 0 of the geolocation grid of S1A 2021-01-19, at samples 0, 12,970 (the middle) and 25,930.
    grid = WorkingGrid(Axis(10, 10, 1), Axis(25931, 25931, 1))
    row = EdgeIncidence(30.305, 45.847).rows(grid, 0, 1)[0]
    np.testing.assert_allclose(row[[0, -1]], [30.305, 45.847], atol=0.01)
    assert abs(row[12970] - 38.76) < 0.1


def test_unknown_incidence_is_replaced_by_a_trend_with_a_warning(tmp_path, rng):
    speckled = SIGMA0 * rng.gamma(100, 0.01, SHAPE).astype(np.float32)
    speckled[20:30, 20:40] *= 0.1
    scene = open_scene(raster(tmp_path / "a.tif", speckled, names=["Sigma0_VV"]))
    assert scene.quantity == "relative" and "incidence angle is unknown" in scene.warnings[0]
    values = roughness_of(scene, tmp_path)
    assert abs(np.median(values) - 1) < 0.005
    # The trend (a factor of five) is gone, the dark patch is not.
    assert abs(np.median(values[:, :10]) - np.median(values[:, -10:])) < 0.05
    assert np.median(values[20:30, 20:40]) == pytest.approx(np.sqrt(0.1), rel=0.1)


def test_uncalibrated_numbers_are_relative_to_the_median(tmp_path):
    # DN² of detected products go with sigma0 / sin(incidence).
    dn = np.sqrt(SIGMA0 / np.sin(np.deg2rad(ANGLES)) * 4e7).astype(np.uint16)
    scene = open_scene(raster(tmp_path / "a.tif", dn, ANGLES.astype(np.uint16), names=["VV", "angle"]))
    assert scene.quantity == "relative" and "not calibrated" in scene.warnings[0]
    scene = open_scene(
        raster(tmp_path / "b.tif", dn), SceneOptions(incidence=raster(tmp_path / "i.tif", ANGLES))
    )
    np.testing.assert_allclose(roughness_of(scene, tmp_path), 1, rtol=2e-3)


def test_degrees_become_metres(tmp_path):
    path = raster(tmp_path / "a.tif", DB, ANGLES, names=["VV", "angle"], grid=DEGREES)
    scene = open_scene(path)
    # 0.001° of longitude at 44° N are 80 m, and the finer side decides.
    assert scene.spacing_m == pytest.approx((80, 80), rel=0.01)
    values = roughness_of(scene, tmp_path)
    np.testing.assert_allclose(values[values >= 0], np.sqrt(2), rtol=2e-2)
    assert 0.9 < (values >= 0).mean() < 1


def test_nan_nodata_and_zero_are_unknown(tmp_path):
    values = SIGMA0.copy()
    values[0], values[1], values[2] = np.nan, 0, -9
    result = roughness_of(
        open_scene(raster(tmp_path / "a.tif", values, ANGLES, names=["Sigma0_VV", "angle"], nodata=-9)),
        tmp_path,
    )
    assert (result[:3] == -1).all()
    np.testing.assert_allclose(result[3:], np.sqrt(2), rtol=1e-4)


@pytest.mark.parametrize("power", [SIGMA0, DB])
def test_hh_is_brought_to_vv_where_incidence_is_known_with_a_warning(tmp_path, power):
    ratio = vv_over_hh(ANGLES)
    hh = power / ratio if power is SIGMA0 else power - 10 * np.log10(ratio)
    path = raster(tmp_path / "a.tif", hh.astype(np.float32), ANGLES, names=["Sigma0_HH", "angle"])
    scene = open_scene(path)
    assert scene.polarisation == "HH" and "experimental" in scene.warnings[0]
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)
    unknown = open_scene(path, SceneOptions(incidence="none"))
    assert "HH cannot be brought to VV without INCIDENCE" in unknown.warnings[-1]


def test_decibels_scaled_to_integers_are_read_with_their_scale(tmp_path):
    stored = np.rint((DB + 3) * 100).astype(np.int16)
    stored[0] = -32768
    for grid in (UTM, DEGREES):
        path = raster(tmp_path / "stored.tif", stored, nodata=-32768, grid=grid)
        dataset = gdal.Open(path, gdal.GA_Update)
        dataset.GetRasterBand(1).SetScale(0.01)
        dataset.GetRasterBand(1).SetOffset(-3)
        del dataset
        scene = open_scene(path, SceneOptions(incidence="30:46"))
        assert scene.units.startswith("db")
        values = roughness_of(scene, tmp_path)
        assert abs(values[values >= 0] - np.sqrt(2)).max() < 0.1
        assert (values[0] == -1).all() and (values[5:-5, 20:-20] > 0).all()


def test_zero_is_fill_in_decibels_too(tmp_path):
    values = DB.copy()
    # Most of it: the median of all would be 0.
    values[:, :50] = 0
    scene = open_scene(raster(tmp_path / "a.tif", values, ANGLES, names=["VV", "angle"]))
    result = roughness_of(scene, tmp_path)
    assert (result[:, :50] == -1).all()
    np.testing.assert_allclose(result[:, 50:], np.sqrt(2), rtol=1e-4)


def test_prepared_roughness_in_degrees_is_read_from_the_grid_it_is_described_on(tmp_path):
    values = np.tile(np.linspace(0.2, 1.8, SHAPE[1], dtype=np.float32), (SHAPE[0], 1))
    path = raster(tmp_path / "a.tif", values, grid=DEGREES, nodata=-1)
    gdal.Open(path, gdal.GA_Update).SetMetadata({"METOCEAN_QUANTITY": "sqrt_roughness", "POLARISATION": "VV"})
    scene = open_scene(path)
    view = gdal.Warp("", path, format="MEM", dstSRS="EPSG:32632", xRes=80, yRes=80)
    assert scene.shape == pytest.approx((view.RasterYSize, view.RasterXSize), abs=1)
    assert scene.polarisation == "VV" and scene.georeference.is_map
    result = prepare(scene, str(tmp_path / "out.tif"), RoughnessOptions(), Silent())
    dataset = gdal.Open(result.path)
    x0, step, _, y0, _, _ = dataset.GetGeoTransform()
    for column in (10, 30, 50):
        x, y = transform(
            spatial_reference("EPSG:4326"),
            spatial_reference("EPSG:32632"),
            np.array([8 + 1e-3 * (column + 0.5)]),
            np.array([43.97]),
        )
        found = dataset.ReadAsArray()[int((y0 - y[0]) / step), int((x[0] - x0) / step)]
        assert found == pytest.approx(values[0, column], abs=0.03)


def test_negative_sigma0_counts_in_means_before_it_is_clipped(tmp_path):
    values = np.full(SHAPE, 0.03, np.float32)
    values[:, ::2] = -0.01
    path = raster(tmp_path / "a.tif", values)
    scene = open_scene(path, SceneOptions(units="linear", incidence="38"))
    out = prepare(scene, str(tmp_path / "o.tif"), RoughnessOptions(resolution_m=200), Silent())
    wanted = np.sqrt(0.01 / reference_sigma0(38.0))
    np.testing.assert_allclose(gdal.Open(out.path).ReadAsArray(), wanted, rtol=1e-4)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_imagette_is_roughness_over_the_whole_type(tmp_path, rng, dtype):
    largest = np.iinfo(dtype).max
    values = np.full((256, 256), largest // 2, dtype)
    scene = open_scene(raster(tmp_path / "a.tif", values, grid=None))
    assert scene.quantity == "roughness" and scene.spacing_m is None and not scene.georeference.known
    result = roughness_of(scene, tmp_path)
    np.testing.assert_allclose(result, (largest // 2) / largest * 2, rtol=1e-6)


def test_coordinates_of_no_system_are_no_imagette(tmp_path):
    path = raster(tmp_path / "a.tif", np.full((256, 256), 90, np.uint8), grid=None)
    dataset = gdal.Open(path, gdal.GA_Update)
    for affine, refused in (((5e5, 40, 0, 5e6, 0, -40), True), ((0, 1, 0, 0, 0, -1), False)):
        dataset.SetGeoTransform(affine)
        dataset.FlushCache()
        if refused:
            with pytest.raises(InputError, match="not in which system: assign a projection"):
                open_scene(path)
        else:
            assert open_scene(path).spacing_m is None


def test_quick_look_of_a_product_is_no_imagette(tmp_path):
    folder = tmp_path / "S1A_IW_GRDH.SAFE" / "preview"
    folder.mkdir(parents=True)
    with pytest.raises(InputError, match="quick-look: choose the product's folder"):
        open_scene(raster(folder / "quick-look.tif", np.full((256, 256), 90, np.uint8), grid=None))


@pytest.mark.parametrize("edges", ["30:46", "46:30"])
def test_edges_of_what_is_no_map_are_near_and_far_range(tmp_path, edges):
    """The second is how QGIS shows a descending pass."""
    path = raster(tmp_path / "a.tif", SIGMA0, names=["Sigma0_VV"], grid=None)
    corners = [(0, 0, 12.1, 44.0), (80, 0, 12.0, 44.0), (0, 60, 12.1, 43.9), (80, 60, 12.0, 43.9)]
    dataset = gdal.Open(path, gdal.GA_Update)
    gcps = [gdal.GCP(x, y, 0, sample, line) for sample, line, x, y in corners]
    dataset.SetGCPs(gcps, spatial_reference("EPSG:4326").ExportToWkt())
    dataset = None
    values = roughness_of(open_scene(path, SceneOptions(incidence=edges)), tmp_path)
    assert abs(values - np.sqrt(2)).max() < 0.1


def test_grey_picture_of_three_equal_bands_passes_a_colour_picture_does_not(tmp_path, rng):
    red, green, blue = rng.integers(0, 255, (3, 128, 128)).astype(np.uint8)
    assert open_scene(raster(tmp_path / "g.tif", red, red, red, grid=None)).quantity == "roughness"
    with pytest.raises(InputError, match="colour picture"):
        open_scene(raster(tmp_path / "c.tif", red, green, blue, grid=None))


@pytest.mark.parametrize(
    ("bands", "arguments", "options", "message"),
    [
        ((SIGMA0,), {}, SceneOptions(), "cannot be told"),
        ((SIGMA0,), {}, SceneOptions(units="db"), "cannot be in db"),
        ((DB,), {}, SceneOptions(units="linear"), "cannot be in linear"),
        ((DB,), {}, SceneOptions(units="dn"), "cannot be in dn"),
        ((DB,), {}, SceneOptions(units="roughness"), "cannot be in roughness"),
        ((DB,), {"names": ["VH"]}, SceneOptions(), "VH does not show"),
        ((DB, DB), {"names": ["VV", "VH"]}, SceneOptions(band=2), "VH does not show"),
        ((DB,), {"names": ["Beta0_VV_db"]}, SceneOptions(), "beta0"),
        (((DB * 100).astype(np.int16),), {}, SceneOptions(), "store the scale"),
        (((DB * 100).astype(np.int16),), {}, SceneOptions(units="db"), "store the scale"),
        ((DB + 25,), {}, SceneOptions(units="db"), "cannot be in db"),
        ((SIGMA0 * np.nan,), {}, SceneOptions(), "no valid pixel"),
        ((SIGMA0,), {"nodata": 1e9, "names": ["x"]}, SceneOptions(units="linear", incidence="band:1"), None),
        ((SIGMA0.astype(np.complex64),), {}, SceneOptions(), "complex"),
        ((np.full((100, 150), 90, np.uint16),), {"grid": None}, SceneOptions(), "without coordinates"),
        (
            (np.full((60, 80), 90, np.uint8),),
            {"grid": None},
            SceneOptions(),
            "80 x 60 pixels are no imagette",
        ),
        ((np.full((60, 80), 90, np.uint8),), {}, SceneOptions(), "set UNITS"),
    ],
)
def test_what_cannot_be_used_says_why(tmp_path, bands, arguments, options, message):
    path = raster(tmp_path / "a.tif", *bands, **arguments)
    if message is None:
        assert open_scene(path, options).quantity == "sigma0"
        return
    with pytest.raises(InputError, match=message):
        open_scene(path, options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (SceneOptions(band=4), "no band 4"),
        (SceneOptions(units="volt"), "no unit 'volt'"),
        (SceneOptions(incidence="steep"), "neither a file nor"),
        (SceneOptions(incidence="5"), "between 10 and 70"),
        (SceneOptions(incidence="band:7"), "has 1 band"),
    ],
)
def test_senseless_options_say_why(tmp_path, options, message):
    with pytest.raises(OptionError, match=message):
        open_scene(raster(tmp_path / "a.tif", DB), options)


def test_incidence_raster_of_another_place_is_refused(tmp_path):
    path, other = raster(tmp_path / "a.tif", DB), raster(tmp_path / "b.tif", ANGLES[:30])
    with pytest.raises(InputError, match="does not cover the same area"):
        open_scene(path, SceneOptions(incidence=other))


def test_a_raster_inside_a_file_opens_by_the_name_gdal_gives_it(tmp_path):
    path = raster(tmp_path / "a.tif", DB, names=["VV"])
    inside, whole = (open_scene(p, SceneOptions(incidence="38")) for p in (f"GTIFF_DIR:1:{path}", path))
    np.testing.assert_array_equal(roughness_of(inside, tmp_path), roughness_of(whole, tmp_path))
    with pytest.raises(InputError, match="There is no file"):
        open_scene(f"GTIFF_DIR:7:{path}")


def test_files_that_are_no_rasters(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        open_scene(tmp_path / "nothing.tif")
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(InputError, match="not a raster"):
        open_scene(tmp_path / "a.txt")
    (tmp_path / "a.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    with pytest.raises(InputError, match="vector"):
        open_scene(tmp_path / "a.geojson")
    with pytest.raises(InputError, match=r"without manifest\.safe"):
        open_scene(tmp_path)
    whole = Path(raster(tmp_path / "w.tif", np.tile(DB, (9, 9)))).read_bytes()
    (tmp_path / "cut.tif").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged or incomplete"):
        open_scene(tmp_path / "cut.tif")


def test_exceptions_of_gdal_make_no_difference(tmp_path):
    path = raster(tmp_path / "a.tif", DB)
    for wanted in (True, False):
        with gdal_exceptions(wanted):
            with pytest.raises(InputError, match="There is no file"):
                open_scene(tmp_path / "nothing.tif")
            with pytest.raises(OptionError, match="neither a file nor"):
                open_scene(path, SceneOptions(incidence="steep"))


def test_acquisition_time_is_in_the_name_or_a_folder():
    wanted = datetime(2018, 7, 16, 0, 40, 42, tzinfo=timezone.utc)
    assert (
        acquisition_time("/x/S1A_IW_GRDH_1SDV_20180716T004042_20180716T004107_022812/measurement/iw-vv.tiff")
        == wanted
    )
    assert acquisition_time("/x/s1a-20180716t004042-b.png") == wanted
    assert acquisition_time("/x/20189999T004042.tif") is None


def test_real_imagettes_and_the_wrong_kinds_of_product(shared_data, tmp_path):
    for path in sorted((shared_data / "wv_imagettes").glob("*.png")):
        scene = open_scene(path)
        assert scene.quantity == "roughness" and scene.acquired.year == 2019
        values = roughness_of(scene, tmp_path)
        assert values.shape == (256, 256) and 0.5 < np.median(values) < 1.2
    with pytest.raises(InputError, match="OCN"):
        open_scene(next((shared_data / "s1_metadata").glob("*.nc")))
    with pytest.raises(InputError, match="choose the product's folder"):
        open_scene(shared_data / "s1_metadata" / "S1B_WV_SLC_manifest.safe")


def test_real_uncalibrated_swath(shared_data):
    folder = next((shared_data / "iw_grd_dn").iterdir()) / "measurement"
    scene = open_scene(folder / "iw-vv.tiff")
    assert scene.quantity == "relative" and len(scene.warnings) == 2
    assert scene.spacing_m == pytest.approx((203.6, 200.1), abs=1)
    # By its footprint in productInfo.json the first pixel is at 78.2039 E, 10.7375 N, for a height of
    # 255 m; the sea at the same range is 255 / tan(38.5°) = 321 m nearer to the radar.
    corner = scene.georeference.gcps[0]
    degrees = transform(
        spatial_reference(scene.georeference.wkt),
        spatial_reference("EPSG:4326"),
        np.array([corner.x_m]),
        np.array([corner.y_m]),
    )
    x, y = transform(spatial_reference("EPSG:4326"), laea(78.2039, 10.7375), *degrees)
    assert np.hypot(x[0], y[0]) == pytest.approx(321, abs=10) and x[0] > 300
    with pytest.raises(InputError, match="VH does not show"):
        open_scene(folder / "iw-vh.tiff")


@pytest.mark.parametrize("fill", [np.nan, 0.0])
def test_sea_that_a_thinned_view_misses_is_found(tmp_path, fill):
    values = np.full((2001, 2003), fill, np.float32)
    seen = {int((i + 0.5) * 2001 / 512) for i in range(512)}
    row = next(row for row in range(1500, 1600) if row not in seen)
    values[row, 3::8] = -12.5
    path = raster(tmp_path / "sparse.tif", values, names=("Sigma0_VV_db",))
    view = np.nan_to_num(gdal.Open(path).ReadAsArray(buf_xsize=512, buf_ysize=512))
    assert not view.any(), "the sample sees it: the test tests nothing"
    assert open_scene(path, SceneOptions(incidence="38")).units.startswith("db")
