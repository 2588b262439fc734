# SPDX-License-Identifier: GPL-2.0-or-later
"""A product in its forms, what is missing or damaged in it, and the tables of a real one."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from metocean.core.errors import InputError, OptionError
from metocean.core.files.xml_file import load
from metocean.core.roughness.prepare import working_grid
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import Quantity, SceneOptions
from rasters import write_constant, write_geotiff
from sea import roughness_of
from simple_products import CALIBRATION, SHAPE, annotation, expected, make_safe


def test_zeros_are_nodata_and_do_not_dilute_means(tmp_path):
    safe = make_safe(tmp_path, denoised="true")
    values = np.full(SHAPE, 100, np.uint16)
    values[:10, :10] = 0
    values[10:20, :4] = 0
    write_geotiff(next((safe / "measurement").iterdir()), values)
    result = roughness_of(open_scene(safe), tmp_path)
    assert result[0, 0] == -1
    np.testing.assert_allclose(result[1:, :], expected(0.0)[1:, :], rtol=1e-5)


def test_folder_manifest_measurement_and_archive_are_the_same_scene(tmp_path):
    safe = make_safe(tmp_path, ("vv", "vh"))
    archive = tmp_path / "product.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as z:
        for file in safe.rglob("*"):
            z.write(file, file.relative_to(tmp_path))
    image = next((safe / "measurement").glob("*-vv-*"))
    scenes = [open_scene(p) for p in (safe, f"{safe}/", safe / "manifest.safe", image, archive)]
    assert len({s.name for s in scenes}) == 1 and {s.polarisation for s in scenes} == {"VV"}
    results = [roughness_of(s, tmp_path) for s in scenes]
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


def test_files_that_a_mac_leaves_beside_each_are_none_of_the_product(tmp_path):
    safe = make_safe(tmp_path)
    for path in [*safe.rglob("*.xml"), *safe.rglob("*.tiff")]:
        path.with_name(f"._{path.name}").write_bytes(b"\0\5\x16\7")
    assert open_scene(str(safe)).quantity is Quantity.SIGMA0


def test_decimated_image_is_scaled_with_a_warning(tmp_path):
    safe = make_safe(tmp_path)
    write_geotiff(next((safe / "measurement").iterdir()), np.full((30, 40), 100, np.uint16))
    scene = open_scene(safe)
    assert scene.spacing_m == (20.0, 20.0) and "2.0 times coarser" in scene.warnings[0]
    noise = np.where(np.arange(8) < 4, 1000.0, 2000.0)
    np.testing.assert_allclose(roughness_of(scene, tmp_path), expected(noise), rtol=1e-5)
    write_geotiff(next((safe / "measurement").iterdir()), np.full((30, 80), 100, np.uint16))
    with pytest.raises(InputError, match="80 x 30 pixels"):
        open_scene(safe)


def test_hh_is_used_with_a_warning_and_cross_polarised_refused(tmp_path):
    scene = open_scene(make_safe(tmp_path / "hh", ("hh", "hv")))
    assert scene.polarisation == "HH" and "experimental" in scene.warnings[0]
    with pytest.raises(InputError, match="VH does not show"):
        open_scene(make_safe(tmp_path / "vh", ("vh",)))
    both = make_safe(tmp_path / "both", ("vv", "vh"))
    with pytest.raises(InputError, match="VH does not show"):
        open_scene(next((both / "measurement").glob("*-vh-*")))
    with pytest.raises(InputError, match="VH does not show"):
        open_scene(both, SceneOptions(band=2))
    with pytest.raises(OptionError, match="no band 3"):
        open_scene(both, SceneOptions(band=3))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda s: next((s / "annotation" / "calibration").glob("cal*")).unlink(),
            "no calibration file of VV",
        ),
        (lambda s: next((s / "annotation").glob("*.xml")).unlink(), "no annotation of VV"),
        (
            lambda s: next((s / "annotation").glob("*.xml")).write_text("<product><adsHeader>"),
            "not well-formed",
        ),
        (lambda s: next((s / "annotation").glob("*.xml")).write_text(""), "not well-formed"),
        (
            lambda s: next((s / "annotation").glob("*.xml")).write_text("<product/>"),
            "has no adsHeader/productType",
        ),
        (
            lambda s: next((s / "annotation").glob("*.xml")).write_text(annotation(kind="OCN")),
            "is a OCN product",
        ),
        (lambda s: next((s / "measurement").iterdir()).unlink(), "no image in its measurement folder"),
        (lambda s: next((s / "measurement").iterdir()).write_bytes(b"II*"), "not a raster"),
        (lambda s: (s / "manifest.safe").unlink(), "manifest.safe is missing"),
        (
            lambda s: next((s / "annotation" / "calibration").glob("cal*")).write_text(
                CALIBRATION.replace("400 400", "nan 400")
            ),
            "no valid numbers in sigmaNought",
        ),
    ],
)
def test_damaged_products_get_one_clear_sentence(tmp_path, damage, message):
    safe = make_safe(tmp_path)
    damage(safe)
    with pytest.raises(InputError, match=message):
        open_scene(safe)


def fill(safe, dn):
    """Give a real product a constant image of its declared size."""
    file = next((safe / "annotation").glob("*-vv-*.xml"))
    image = load(str(file))
    lines, samples = (
        int(image.number(f"imageAnnotation/imageInformation/numberOf{n}")) for n in ("Lines", "Samples")
    )
    write_constant(safe / "measurement" / f"{file.stem}.tiff", (lines, samples), dn)
    return file


def test_real_tables_give_the_level_worked_out_from_the_file(real_product):
    safe = real_product("S1A*20210119*")
    file = fill(safe, 100)
    scene = open_scene(safe)
    assert scene.shape == (16854, 25931) and not scene.warnings
    sigma0, incidence = scene.source.reader(working_grid(scene, 100.0)).rows(1200, 1201)
    # Row 1200 and column 1200 are centred on line and sample 12,004.5.
    tables = safe / "annotation" / "calibration"
    calibration = load(str(tables / f"calibration-{file.name}")).all(
        "calibrationVectorList/calibrationVector"
    )
    before, after = (
        [v for v in calibration if (v.number("line") > 12004.5) == late] for late in (False, True)
    )
    pair = [np.interp(12004.5, v.numbers("pixel"), v.numbers("sigmaNought")) for v in (before[-1], after[0])]
    a = np.interp(12004.5, [before[-1].number("line"), after[0].number("line")], pair)
    noise = load(str(tables / f"noise-{file.name}"))
    ranges = noise.all("noiseRangeVectorList/noiseRangeVector")
    nearest = min(ranges, key=lambda v: abs(v.number("line") - 12004.5))
    swath = noise.all("noiseAzimuthVectorList/noiseAzimuthVector")[1]
    assert swath.number("firstRangeSample") < 12004 < swath.number("lastRangeSample")
    eta = np.interp(12004.5, nearest.numbers("pixel"), nearest.numbers("noiseRangeLut"))
    eta *= np.interp(12004.5, swath.numbers("line"), swath.numbers("noiseAzimuthLut"))
    assert 500 < eta < 3000
    assert sigma0[0, 1200] == pytest.approx((100.0**2 - eta) / a**2, rel=1e-6)
    points = load(str(file)).all("geolocationGrid/geolocationGridPointList/geolocationGridPoint")
    angles = [p.number("incidenceAngle") for p in points if abs(p.number("pixel") - 12004.5) < 1297]
    assert min(angles) < incidence[0, 1200] < max(angles)
