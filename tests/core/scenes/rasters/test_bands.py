# SPDX-License-Identifier: GPL-2.0-or-later
"""Which band is taken, by names as processors and people write them; several images are asked for."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.rasters.band_names import names_angle, names_local_angle, polarisation_in
from metocean.core.scenes.types.scene import SceneOptions
from osgeo import gdal
from sea import ANGLES, DB, SIGMA0, raster, roughness_of

TIME = "S1A_IW_GRDH_1SDV_20210119T031653_20210119T031718_036201_043ED0_8255"


@pytest.mark.parametrize(
    ("name", "polarisation"),
    [
        ("sigma0VHdB", "VH"),
        ("Gamma0VV", "VV"),
        ("VVmin", "VV"),
        ("sigma0vvdb", "VV"),
        ("0_hh", "HH"),
        ("VV_median", "VV"),
        (f"{TIME}_VV", "VV"),
        ("VV+VH", ""),
        ("yyyyMMddHHmmss", ""),
        ("savvy", ""),
    ],
)
def test_polarisations_in_names(name, polarisation):
    assert polarisation_in(name) == polarisation


@pytest.mark.parametrize(
    "name",
    [
        "angle",
        "angle_median",
        "0_angle",
        "lia",
        "incAngle",
        "incidenceAngleFromEllipsoid",
        "inc_map",
        "theta",
    ],
)
def test_names_of_incidence_angles(name):
    assert names_angle(name) and names_local_angle(name) == (name == "lia")


@pytest.mark.parametrize(
    "name", ["azimuth_angle", "look_angle", "elevationAngle", "inclination", "VV", "triangle"]
)
def test_names_of_other_things(name):
    assert not names_angle(name)


@pytest.mark.parametrize(
    "names",
    [
        ("VV_median", "VH_median", "angle_median"),
        ("0_VV", "0_VH", "0_angle"),
        (f"{TIME}_VV", f"{TIME}_VH", f"{TIME}_angle"),
        ("VV", "VH", "lia"),
        ("sigma0VVdB", "sigma0VHdB", "incAngle"),
        ("vv", "vh", "localIncidenceAngle"),
    ],
)
def test_composites_have_their_image_and_its_angle(tmp_path, names):
    scene = open_scene(raster(tmp_path / "a.tif", DB, DB - 8, ANGLES, names=names))
    assert scene.units.startswith("db") and scene.polarisation == "VV"
    assert ("local angle" in scene.incidence) == names[2].startswith("l")
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)


def test_composites_of_linear_power(tmp_path):
    scene = open_scene(raster(tmp_path / "a.tif", SIGMA0, ANGLES, names=("VV_mean", "angle_mean")))
    assert scene.units == "linear (bands as in Earth Engine's S1_GRD_FLOAT)"
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)


@pytest.mark.parametrize(
    "names",
    [
        ("0_VV", "1_VV", "2_VV"),
        ("VH_ascending", "VV_ascending", "VV_descending"),
        ("VV", "VV_1", "angle"),
        ("VV", "VV", "VH"),
        ("Sigma0_VV_mst_19Jan2021", "Sigma0_VV_slv1_31Jan2021", "Sigma0_VH_mst_19Jan2021"),
        ("HH_mean", "HH_stdDev", "HV_mean"),
    ],
)
def test_several_images_are_asked_for(tmp_path, names):
    path = raster(tmp_path / "a.tif", DB, DB - 1, DB - 2, names=names)
    with pytest.raises(
        InputError, match=r"holds several images of one polarisation .*; choose the band"
    ) as found:
        open_scene(path)
    assert found.value.option == "band"


def test_the_angle_is_that_of_the_image_chosen(tmp_path):
    names = ("0_VV", "0_angle", "1_VV", "1_angle")
    path = raster(tmp_path / "a.tif", DB - 5, ANGLES / 2, DB, ANGLES, names=names)
    scene = open_scene(path, SceneOptions(band=3))
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)
    path = raster(tmp_path / "b.tif", DB, ANGLES, ANGLES, names=("VV", "angle_ascending", "angle_descending"))
    with pytest.raises(InputError, match=r"several incidence angles .*none is named like the image") as found:
        open_scene(path)
    assert found.value.option == "incidence"


def test_measures_of_one_image_are_no_choice(tmp_path):
    names = ("Sigma0_VV_db", "Sigma0_VV", "incidenceAngleFromEllipsoid")
    scene = open_scene(raster(tmp_path / "a.tif", DB, SIGMA0, ANGLES, names=names))
    assert scene.notes[0] == "Band: 1 (VV by its name)."


def test_bands_without_names_are_asked_for(tmp_path):
    for name in ("a.tif", "S1_VV.tif"):
        with pytest.raises(InputError, match="cannot be told from their names; choose the band") as found:
            open_scene(raster(tmp_path / name, DB, ANGLES))
        assert found.value.option == "band"
    scene = open_scene(raster(tmp_path / "c.tif", ANGLES, DB, names=("angle", "sea")))
    assert scene.notes[0] == "Band: 2 (the only one of an image)."


@pytest.mark.parametrize("order", [("vh", "vv", "angle"), ("angle", "vv", "vh")])
def test_a_virtual_raster_of_files_has_their_names(tmp_path, order):
    """As ``gdalbuildvrt -separate`` makes it: bands without names."""
    values = {"vv": DB, "vh": DB - 8, "angle": ANGLES}
    names = {
        "vv": "20210119_Sigma0VVdB.tif",
        "vh": "20210119_Sigma0VHdB.tif",
        "angle": "20210119_incAngle.tif",
    }
    files = [raster(tmp_path / names[kind], values[kind]) for kind in order]
    path = str(tmp_path / "stack.vrt")
    gdal.BuildVRT(path, files, separate=True).FlushCache()
    scene = open_scene(path)
    assert scene.polarisation == "VV" and scene.units == "db (sigma0 by its name)"
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)
    dates = [raster(tmp_path / f"2021011{day}_VV.tif", DB) for day in range(3)]
    gdal.BuildVRT(path, dates, separate=True).FlushCache()
    with pytest.raises(InputError, match="several images"):
        open_scene(path)
