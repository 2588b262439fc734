"""Rasters as other processors export them, each in its own form, all of the same sea."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import SceneOptions
from osgeo import gdal
from rasters import write_geotiff, write_picture
from sea import ANGLES, DEGREES, SIGMA0, UTM, roughness_of

GAMMA0 = SIGMA0 / np.cos(np.deg2rad(ANGLES))


def db(power):
    return 10 * np.log10(power)


def write(path, bands, grid=UTM, nodata=None, kind=np.float32):
    """Write bands, {name: values}, and return the path."""
    write_geotiff(path, np.stack(list(bands.values())).astype(kind), grid, names=list(bands), nodata=nodata)
    return path


def check(scene, folder, tolerance=1e-4):
    """Return the metadata of the roughness, which must be that of the sea."""
    values = roughness_of(scene, folder)
    assert scene.quantity == "sigma0"
    np.testing.assert_allclose(values[values >= 0], np.sqrt(2), rtol=tolerance)
    assert (values >= 0).mean() > 0.9
    return gdal.Open(str(folder / "roughness.tif")).GetMetadata()


@pytest.mark.parametrize("grid", [UTM, DEGREES])
@pytest.mark.parametrize(("power", "units"), [(db(SIGMA0), "db"), (SIGMA0, "linear")])
def test_earth_engine(tmp_path, power, units, grid):
    """Exports hold doubles where bands are of several types; S1_GRD is in dB, S1_GRD_FLOAT linear."""
    bands = {"VV": power, "VH": power - 6 if units == "db" else power / 4, "angle": ANGLES}
    scene = open_scene(write(tmp_path / "S1_GRD.tif", bands, grid, kind=np.float64))
    items = check(scene, tmp_path, 1e-4 if grid is UTM else 0.02)
    collection = "S1_GRD" if units == "db" else "S1_GRD_FLOAT"
    assert items["UNITS"] == f"{units} (bands as in Earth Engine's {collection})"
    assert items["INCIDENCE"] == "band 3 of the raster, by its name"


@pytest.mark.parametrize(
    ("letters", "values", "units"),
    [
        ("gp", GAMMA0, "gamma0"),
        ("gd", db(GAMMA0), "gamma0_db"),
        ("ga", np.sqrt(GAMMA0), "gamma0_amplitude"),
        ("sp", SIGMA0, "linear"),
        ("sd", db(SIGMA0), "db"),
        ("sa", np.sqrt(SIGMA0), "amplitude"),
    ],
)
def test_hyp3(tmp_path, letters, values, units):
    stem = f"S1A_IW_20210119T031653_DVP_RTC30_G_{letters}uned_8255"
    folder = tmp_path / stem
    image = write(folder / f"{stem}_VV.tif", {"": values}, nodata=0)
    write(folder / f"{stem}_VH.tif", {"": values}, nodata=0)
    write(folder / f"{stem}_inc_map.tif", {"": np.deg2rad(ANGLES)}, nodata=0)
    with zipfile.ZipFile(tmp_path / f"{stem}.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.relative_to(tmp_path))
    for path in (image, folder, tmp_path / f"{stem}.zip"):
        scene = open_scene(path)
        items = check(scene, tmp_path)
        assert items["UNITS"].startswith(f"{units} (by its name, as ASF's HyP3 gives them)")
        assert ("cosine" in items["UNITS"]) == (letters[0] == "g")
        assert items["INCIDENCE"] == f"raster {stem}_inc_map.tif, beside the image"
        assert scene.acquired.isoformat() == "2021-01-19T03:16:53+00:00" and scene.polarisation == "VV"
    with pytest.raises(InputError, match="VH does not show"):
        open_scene(folder / f"{stem}_VH.tif")


def test_hyp3_the_angle_to_the_ellipsoid_goes_before_the_local_one(tmp_path):
    stem = "S1B_IW_20210119T031653_SVR_RTC10_G_gpufcm_8255"
    image = write(tmp_path / f"{stem}_VV.tif", {"": GAMMA0})
    assert open_scene(image).quantity == "relative"
    write(tmp_path / f"{stem}_inc_map.tif", {"": np.deg2rad(ANGLES / 2)})
    write(tmp_path / f"{stem}_inc_map_ell.tif", {"": np.deg2rad(ANGLES)})
    check(open_scene(image), tmp_path)
    assert open_scene(image, SceneOptions(incidence="none")).quantity == "relative"


def test_hyp3_without_water_is_refused(tmp_path):
    image = write(tmp_path / "S1A_IW_20210119T031653_DVP_RTC30_G_gpwned_8255_VV.tif", {"": GAMMA0})
    with pytest.raises(InputError, match="water masked out; order the product without"):
        open_scene(image)


@pytest.mark.parametrize(
    ("name", "values", "units"),
    [
        ("2024-01-02-00_00_2024-01-02-23_59_Sentinel-1_IW_VV+VH_VV_-_linear_gamma0.tiff", GAMMA0, "gamma0"),
        (
            "2024-01-02-00_00_2024-01-02-23_59_Sentinel-1_IW_VV+VH_VV_-_decibel_gamma0.tiff",
            db(GAMMA0),
            "gamma0_db",
        ),
    ],
)
def test_copernicus_browser(tmp_path, name, values, units):
    path = write(tmp_path / name, {"": values})
    scene = open_scene(path)
    assert scene.quantity == "relative" and "incidence angle is unknown" in scene.warnings[0]
    assert scene.units == f"{units} (gamma0 by its name)"
    angles = write(tmp_path / "angles.tif", {"": ANGLES})
    check(open_scene(path, SceneOptions(incidence=str(angles))), tmp_path)


def test_sentinel_hub_says_nothing_and_is_asked_for(tmp_path):
    path, angles = (
        write(tmp_path / n, {"": v}) for n, v in (("response.tiff", GAMMA0), ("angles.tif", ANGLES))
    )
    with pytest.raises(InputError, match=r"cannot be told .* set UNITS to one of linear, db, .*gamma0"):
        open_scene(path)
    items = check(open_scene(path, SceneOptions(units="gamma0", incidence=str(angles))), tmp_path)
    assert items["UNITS"].startswith("gamma0 (as chosen), brought to sigma0")


@pytest.mark.parametrize(
    "options", [SceneOptions(), SceneOptions(units="gamma0"), SceneOptions(units="linear")]
)
def test_pictures_of_8_bits_are_no_backscatter(tmp_path, options):
    values = np.clip(GAMMA0 * 510, 0, 255)
    path = write(tmp_path / "S1_IW_VV_-_linear_gamma0.tiff", {"": values}, kind=np.uint8)
    with pytest.raises(InputError, match=r"picture of 8 bits, not .*; export it as 32-bit"):
        open_scene(path, options)


@pytest.mark.parametrize(
    ("units", "values", "kind", "advice"),
    [
        ("db", np.sqrt(SIGMA0) * 474, np.uint16, "dn perhaps"),
        ("gamma0_db", SIGMA0, np.float32, "linear perhaps"),
        ("linear", np.sqrt(SIGMA0) * 474, np.uint16, "dn perhaps"),
        ("dn", db(SIGMA0), np.float32, "db perhaps"),
        ("roughness", np.sqrt(SIGMA0) * 474, np.float32, "linear perhaps"),
    ],
)
def test_units_that_the_values_contradict_name_the_remedy(tmp_path, units, values, kind, advice):
    path = write(tmp_path / "a.tif", {"VV": values}, kind=kind)
    with pytest.raises(
        InputError, match=rf"cannot be in {units} \(as chosen\).*set UNITS to what it is, {advice}"
    ):
        open_scene(path, SceneOptions(units=units))


def test_names_that_the_values_contradict(tmp_path):
    path = write(tmp_path / "a.tif", {"Sigma0_VV_db": SIGMA0})
    with pytest.raises(InputError, match=r"cannot be in db \(sigma0 by its name\)"):
        open_scene(path)
    assert open_scene(path, SceneOptions(units="linear")).units == "linear (as chosen)"


@pytest.mark.parametrize(("name", "law"), [("Amplitude_VV", np.sqrt), ("Intensity_VV", lambda power: power)])
def test_snap_bands_that_are_not_calibrated_are_relative(tmp_path, name, law):
    # DN² goes with sigma0 / sin(incidence).
    numbers = law(SIGMA0 / np.sin(np.deg2rad(ANGLES)) * 2e5)
    scene = open_scene(write(tmp_path / "a.tif", {name: numbers, "incidenceAngleFromEllipsoid": ANGLES}))
    assert scene.quantity == "relative" and "not calibrated" in scene.warnings[0]
    np.testing.assert_allclose(roughness_of(scene, tmp_path), 1, rtol=2e-3)


@pytest.fixture
def hyp3_folder(tmp_path):
    """A product of HyP3 with its image and angles."""
    stem = "S1A_IW_20210119T031653_DVP_RTC30_G_gpuned_8255"
    write(tmp_path / stem / f"{stem}_VV.tif", {"": GAMMA0}, nodata=0)
    write(tmp_path / stem / f"{stem}_inc_map.tif", {"": np.deg2rad(ANGLES)}, nodata=0)
    return tmp_path / stem


@pytest.mark.parametrize("kind", ["layer", "path", "folder"])
def test_a_layer_its_path_or_the_folder_through_qgis(run_algorithm, qgis_app, hyp3_folder, tmp_path, kind):
    from qgis import core

    image, target = str(hyp3_folder / f"{hyp3_folder.name}_VV.tif"), str(tmp_path / "r.tif")
    project = core.QgsProject.instance()
    # By its id, and owned by the project: a layer that outlives QGIS would crash it.
    layer = project.addMapLayer(core.QgsRasterLayer(image, "VV")).id()
    chosen = {"layer": layer, "path": image, "folder": str(hyp3_folder)}[kind]
    context = core.QgsProcessingContext()
    context.setProject(project)
    run_algorithm("preprocess", {"INPUT": chosen, "LAND_MASK": "none", "OUTPUT": target}, context)
    project.clear()
    result = gdal.Open(target)
    np.testing.assert_allclose(result.ReadAsArray(), np.sqrt(2), rtol=1e-4)
    assert result.GetMetadataItem("UNITS").startswith("gamma0 (by its name, as ASF's HyP3 gives them)")
    assert result.GetMetadataItem("INCIDENCE") == f"raster {hyp3_folder.name}_inc_map.tif, beside the image"


def test_item_through_qgis(run_algorithm, hyp3_folder, monkeypatch, tmp_path):
    """An output that was not named says which item it is; one image has no second."""
    from qgis import core

    parameters = {"INPUT": str(hyp3_folder / f"{hyp3_folder.name}_VV.tif"), "LAND_MASK": "none"}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("qgis.utils.iface", None)
    run_algorithm("preprocess", {**parameters, "ITEM": 1})
    assert (tmp_path / f"{hyp3_folder.name}_VV_1_roughness.tif").is_file()
    with pytest.raises(core.QgsProcessingException, match="is one image and has no item 2; leave ITEM at 0"):
        run_algorithm("preprocess", {**parameters, "ITEM": 2})


@pytest.mark.parametrize(
    ("ending", "kind", "white"),
    [
        ("png", np.uint8, 255),
        ("png", np.uint16, 65535),
        ("tiff", np.uint8, 255),
        ("tiff", np.uint16, 65535),
        ("tiff", np.float32, 2.0),
    ],
)
def test_imagettes_are_roughness_already(tmp_path, ending, kind, white):
    """Named and sized as those of TenGeoP-SARwv: sqrt roughness from 0 to 2 over the whole type."""
    level = np.linspace(0.4, 1.6, 450)[None, :].repeat(480, 0)
    values = (np.rint(level / 2 * white) if white > 2 else level).astype(kind)
    name = f"s1a-wv1-slc-vv-20160101t013204-20160101t013207-009303-00d6f6-001.{ending}"
    scene = open_scene(write_picture(tmp_path / name, values))
    assert scene.quantity == "roughness" and scene.spacing_m is None and not scene.warnings
    assert scene.units == "roughness (an imagette without coordinates)"
    found = roughness_of(scene, tmp_path)
    assert gdal.Open(str(tmp_path / "roughness.tif")).GetMetadataItem("IMAGETTE") == "yes"
    assert scene.acquired.year == 2016
    wanted = np.interp((np.arange(256) + 0.5) / 256, (np.arange(450) + 0.5) / 450, level[0])
    np.testing.assert_allclose(found[100], wanted, atol=2.5 / white + 2e-3)
