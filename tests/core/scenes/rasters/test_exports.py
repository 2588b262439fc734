# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters as other processors export them, each in its own form, all of the same sea."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import Quantity, SceneOptions
from osgeo import gdal
from rasters import write_geotiff
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
    assert scene.quantity is Quantity.SIGMA0
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
    assert open_scene(image).quantity is Quantity.RELATIVE
    write(tmp_path / f"{stem}_inc_map.tif", {"": np.deg2rad(ANGLES / 2)})
    write(tmp_path / f"{stem}_inc_map_ell.tif", {"": np.deg2rad(ANGLES)})
    check(open_scene(image), tmp_path)
    assert open_scene(image, SceneOptions(incidence="none")).quantity is Quantity.RELATIVE


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
    assert scene.quantity is Quantity.RELATIVE and "incidence angle is unknown" in scene.warnings[0]
    assert scene.units == f"{units} (gamma0 by its name)"
    angles = write(tmp_path / "angles.tif", {"": ANGLES})
    check(open_scene(path, SceneOptions(incidence=str(angles))), tmp_path)


def test_sentinel_hub_says_nothing_and_is_asked_for(tmp_path):
    path, angles = (
        write(tmp_path / n, {"": v}) for n, v in (("response.tiff", GAMMA0), ("angles.tif", ANGLES))
    )
    with pytest.raises(InputError, match=r"cannot be told .* say that it is one of linear, db, .*gamma0"):
        open_scene(path)
    items = check(open_scene(path, SceneOptions(units="gamma0", incidence=str(angles))), tmp_path)
    assert items["UNITS"].startswith("gamma0 (as chosen), brought to sigma0")


@pytest.mark.parametrize(("name", "law"), [("Amplitude_VV", np.sqrt), ("Intensity_VV", lambda power: power)])
def test_snap_bands_that_are_not_calibrated_are_relative(tmp_path, name, law):
    # DN² goes with sigma0 / sin(incidence).
    numbers = law(SIGMA0 / np.sin(np.deg2rad(ANGLES)) * 2e5)
    scene = open_scene(write(tmp_path / "a.tif", {name: numbers, "incidenceAngleFromEllipsoid": ANGLES}))
    assert scene.quantity is Quantity.RELATIVE and "not calibrated" in scene.warnings[0]
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
    with pytest.raises(core.QgsProcessingException, match="is one image and has no item 2; choose 0"):
        run_algorithm("preprocess", {**parameters, "ITEM": 2})
