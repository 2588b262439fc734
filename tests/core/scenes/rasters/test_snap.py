# SPDX-License-Identifier: GPL-2.0-or-later
"""SNAP's two formats, BEAM-DIMAP and GeoTIFF with a document in a tag, give the roughness of their sea."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.files.tiff_tag import read_text_tag
from metocean.core.geometry.projections import laea, spatial_reference, transform
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import Quantity, SceneOptions
from osgeo import gdal
from sea import ANGLES, DB, SIGMA0, UTM, roughness_of
from snap_products import POINTS, SIGMA_BANDS, STEP, dimap, document, on_a_map, tagged


def test_dimap_on_a_map(tmp_path):
    path = dimap(tmp_path, {**SIGMA_BANDS, "incidenceAngleFromEllipsoid": ANGLES}, on_a_map())
    data = path.with_suffix(".data")
    for chosen in (path, data, data / "Sigma0_VV.img"):
        scene = open_scene(chosen)
        np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)
        assert scene.units == "linear (sigma0 by its name)" and scene.polarisation == "VV"
        assert scene.spacing_m == pytest.approx((100, 100), rel=1e-3) and scene.name == path.stem
        assert scene.georeference.affine == UTM.affine
        assert scene.acquired.isoformat() == "2021-01-19T03:16:53+00:00"
    with pytest.raises(InputError, match="VH does not show"):
        open_scene(data / "Sigma0_VH.img")


def test_dimap_in_radar_geometry_has_its_places_and_angles_from_tie_points(tmp_path):
    rows, columns = np.meshgrid(np.arange(POINTS[0]) * STEP[0], np.arange(POINTS[1]) * STEP[1], indexing="ij")
    tie_points = {
        "latitude": 44 - 9e-4 * rows,
        "longitude": 8 + 1.25e-3 * columns,
        "incident_angle": 30 + (columns - 0.5) * 16 / 79,
    }
    scene = open_scene(dimap(tmp_path, SIGMA_BANDS, tie_points=tie_points))
    assert scene.quantity is Quantity.SIGMA0 and scene.spacing_m == pytest.approx((100, 100), rel=0.01)
    # ENVI holds angles as floats; between points, and at the edge beyond the last, they stay within 0.2°.
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=0.02)
    x, y = scene.georeference.locate(np.array([40.0]), np.array([30.0]))
    degrees = spatial_reference("EPSG:4326")
    x, y = transform(spatial_reference(scene.georeference.wkt), degrees, x, y)
    x, y = transform(degrees, laea(8 + 1.25e-3 * 40, 44 - 9e-4 * 30), x, y)
    assert np.hypot(x[0], y[0]) < 20


def test_decibels_of_dimap_are_known_by_name_or_unit(tmp_path):
    scene = open_scene(
        dimap(tmp_path, {"Sigma0_VV_db": DB, "incidenceAngleFromEllipsoid": ANGLES}, on_a_map())
    )
    assert scene.units == "db (sigma0 by its name)"
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace('href="S1A', 'href="../S1A'), "outside the product"),
        (lambda t: t.replace('href="S1A', 'href="/S1A'), "outside the product"),
        (lambda t: t.replace("<NROWS>60", "<NROWS>61"), "another size"),
        (lambda t: t.replace("DATA_FILE_PATH", "FILE_PATH"), "names no band that is stored"),
        (lambda t: t.replace("<NROWS>60", "<NROWS>-60"), "another size|impossible"),
        (lambda t: t.replace(">100.0,0.0", ">100.0,x"), "no valid transform"),
        (lambda t: t[: len(t) // 2], "not well-formed"),
        (lambda t: t.replace("Dimap_Document", "Other"), "not a raster"),
    ],
)
def test_damaged_documents(tmp_path, change, message):
    path = dimap(tmp_path, SIGMA_BANDS, on_a_map())
    path.write_text(change(path.read_text()))
    with pytest.raises(InputError, match=message):
        open_scene(path)


@pytest.mark.parametrize(("big_endian", "big"), [(True, False), (False, False), (False, True)])
def test_names_lost_on_export_are_found_in_the_tag(tmp_path, big_endian, big):
    names = [*SIGMA_BANDS, "incidenceAngleFromEllipsoid"]
    text = document(names, virtual=("Sigma0_VV_db",))
    values = [*SIGMA_BANDS.values(), ANGLES]
    path = tagged(tmp_path / "S1A_20210119T031653_TC.tif", values, text, big_endian, big)
    assert (
        read_text_tag(str(path), 65000) == text and not gdal.Open(str(path)).GetRasterBand(1).GetDescription()
    )
    scene = open_scene(path)
    assert scene.units == "linear (sigma0 by its name)" and scene.polarisation == "VV"
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)


def test_names_that_are_lost_for_good_are_asked_for(tmp_path):
    path = tagged(tmp_path / "a.tif", [SIGMA0, ANGLES], "nothing of the kind")
    with pytest.raises(InputError, match="cannot be told"):
        open_scene(path)
    scene = open_scene(path, SceneOptions(band=1, units="linear", incidence="band:2"))
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)


def test_a_tag_in_a_file_that_is_cut_or_none(tmp_path):
    path = tagged(tmp_path / "a.tif", [SIGMA0], document(["Sigma0_VV"]))
    content = path.read_bytes()
    for size in (0, 1, 3, 7, len(content) - 3000):
        path.write_bytes(content[:size])
        read_text_tag(str(path), 65000)
    assert read_text_tag(str(tmp_path / "none.tif"), 65000) == ""
    path.write_bytes(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 2**64 - 1))
    assert read_text_tag(str(path), 65000) == ""
