"""A hand-made SAFE whose sigma0 can be worked out on paper, and real annotations with made-up pixels."""

from __future__ import annotations

import zipfile
from datetime import datetime, timezone

import numpy as np
import pytest
from metocean.core.cmod5n import reference_sigma0
from metocean.core.errors import InputError, OptionError
from metocean.core.feedback import Silent
from metocean.core.files.xml_file import load
from metocean.core.roughness.prepare import RoughnessOptions, prepare, working_grid
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.sentinel1.border_noise import BorderNoise
from metocean.core.scenes.sentinel1.tables import AzimuthBox, Noise, Table, old_noise_factor
from metocean.core.scenes.types.scene import SceneOptions
from osgeo import gdal
from rasters import read_raster, write_geotiff
from sea import roughness_of

SHAPE = 60, 80
STEM = "s1a-iw-grd-{p}-20200102t030405-20200102t030430-000001-000001-00{n}"


def numbers(values):
    return " ".join(str(v) for v in values)


def annotation(kind="GRD", denoised="false"):
    points = "".join(
        f"<geolocationGridPoint><line>{line}</line><pixel>{pixel}</pixel>"
        f"<latitude>{45 - 1e-4 * line}</latitude>"
        f"<longitude>{5 + 1.3e-4 * pixel}</longitude><height>0</height>"
        f"<incidenceAngle>{30 + pixel * 10 / 79}</incidenceAngle></geolocationGridPoint>"
        for line in (0, 30, 59)
        for pixel in (0, 20, 40, 60, 79)
    )
    return (
        '<?xml version="1.0"?><product><adsHeader><productType>' + kind + "</productType><mode>IW</mode>"
        "<startTime>2020-01-02T03:04:05.678</startTime></adsHeader><imageAnnotation><imageInformation>"
        "<numberOfLines>60</numberOfLines><numberOfSamples>80</numberOfSamples>"
        "<azimuthPixelSpacing>10</azimuthPixelSpacing><rangePixelSpacing>10</rangePixelSpacing></imageInformation>"
        f"<processingInformation><thermalNoiseCorrectionPerformed>{denoised}</thermalNoiseCorrectionPerformed>"
        "</processingInformation></imageAnnotation><geolocationGrid><geolocationGridPointList>"
        f"{points}</geolocationGridPointList></geolocationGrid></product>"
    )


CALIBRATION = "<calibration><calibrationVectorList>" + "".join(
    f"<calibrationVector><line>{line}</line><pixel>0 79</pixel><sigmaNought>{a} {a}</sigmaNought>"
    f"<dn>{a} {a}</dn></calibrationVector>"
    for line, a in ((0, 400), (59, 518))  # 400 + 2 per line
)
CALIBRATION += "</calibrationVectorList></calibration>"
OLD_NOISE = (
    "<noise><noiseVectorList><noiseVector><line>0</line><pixel>0 79</pixel><noiseLut>1000 1000</noiseLut>"
    "</noiseVector></noiseVectorList></noise>"
)
NEW_NOISE = (
    "<noise><noiseRangeVectorList><noiseRangeVector><line>0</line><pixel>0 79</pixel><noiseRangeLut>1000 1000"
    "</noiseRangeLut></noiseRangeVector></noiseRangeVectorList><noiseAzimuthVectorList><noiseAzimuthVector>"
    "<firstAzimuthLine>0</firstAzimuthLine><lastAzimuthLine>59</lastAzimuthLine>"
    "<firstRangeSample>40</firstRangeSample><lastRangeSample>79</lastRangeSample><line>0 59</line>"
    "<noiseAzimuthLut>2 2</noiseAzimuthLut></noiseAzimuthVector></noiseAzimuthVectorList></noise>"
)


def make_safe(folder, polarisations=("vv",), version="003.40", noise=NEW_NOISE, dn=100, **kind):
    safe = folder / "S1A_IW_GRDH_1SDV_20200102T030405_20200102T030430_000001_000001_0001.SAFE"
    (safe / "annotation" / "calibration").mkdir(parents=True)
    (safe / "measurement").mkdir()
    software = f'<safe:software name="Sentinel-1 IPF" version="{version}"/>'
    (safe / "manifest.safe").write_text(f"<x:XFDU>{software}</x:XFDU>")
    for n, p in enumerate(polarisations, 1):
        stem = STEM.format(p=p, n=n)
        (safe / "annotation" / f"{stem}.xml").write_text(annotation(**kind))
        (safe / "annotation" / "calibration" / f"calibration-{stem}.xml").write_text(CALIBRATION)
        (safe / "annotation" / "calibration" / f"noise-{stem}.xml").write_text(noise)
        write_geotiff(safe / "measurement" / f"{stem}.tiff", np.full(SHAPE, dn, np.uint16))
    return safe


def expected(noise):
    """Roughness of DN 100 worked out from the tables above at the centres of 10 x 10 pixels."""
    line, sample = np.meshgrid(np.arange(6) * 10 + 4.5, np.arange(8) * 10 + 4.5, indexing="ij")
    sigma0 = (100.0**2 - noise) / (400 + 2 * line) ** 2
    return np.sqrt(sigma0 / reference_sigma0(30 + sample * 10 / 79))


def test_new_noise_calibration_and_incidence_by_hand(tmp_path):
    scene = open_scene(make_safe(tmp_path))
    result = prepare(scene, str(tmp_path / "out.tif"), RoughnessOptions(), Silent())
    values = read_raster(result.path)
    noise = np.where(np.arange(8) < 4, 1000.0, 2000.0)
    np.testing.assert_allclose(values, expected(noise), rtol=1e-5)
    assert result.shape == (6, 8) and result.spacing_m == (100.0, 100.0)
    assert scene.acquired == datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    assert (scene.quantity, scene.polarisation) == ("sigma0", "VV")


@pytest.mark.parametrize(
    ("settings", "noise", "said"),
    [
        ({"noise": OLD_NOISE, "version": "002.53"}, 1000.0, "subtracted"),
        ({"denoised": "true"}, 0.0, "already removed"),
        ({"noise": OLD_NOISE.replace("1000", "0"), "version": "002.90"}, 0.0, "empty"),
        ({"noise": "<noise/>"}, 0.0, "stays in the image"),
        # 75088.7 x 400² x 1e-7 = 1201.4: units of processors before 2.50.
        (
            {"noise": OLD_NOISE.replace("1000", "1e-7"), "version": "002.36"},
            75088.7 * 400**2 * 1e-7,
            "subtracted",
        ),
        ({"noise": OLD_NOISE.replace("1000", "1e-7"), "version": "002.60"}, 0.0, "unknown units"),
    ],
)
def test_noise_of_other_processors(tmp_path, settings, noise, said):
    scene = open_scene(make_safe(tmp_path, **settings))
    np.testing.assert_allclose(roughness_of(scene, tmp_path), expected(noise), rtol=1e-5)
    assert said in " ".join(scene.notes + scene.warnings)


def test_old_noise_scale_is_that_of_the_mode_and_version(tmp_path):
    (tmp_path / "c.xml").write_text(CALIBRATION)
    root = load(str(tmp_path / "c.xml"))
    assert old_noise_factor(root, "EW", (2, 33)) == pytest.approx(56065.87 * 400)
    assert old_noise_factor(root, "EW", (2, 34)) == pytest.approx(56065.87 * 400**2)
    assert old_noise_factor(root, "IW", (2, 50)) == old_noise_factor(root, "SM", (2, 36)) == 1.0


def test_tables_interpolate_along_and_between_and_take_the_nearest():
    table = Table(
        np.array([-10.0, 10.0]), (np.array([0.0, 10.0]),) * 2, (np.array([0.0, 10.0]), np.array([20.0, 40.0]))
    )
    across = table.across(np.array([5.0, 50.0]))
    np.testing.assert_allclose(across, [[5, 10], [30, 40]])
    np.testing.assert_allclose(table.linear(across, np.array([0.0, 99.0])), [[17.5, 25], [30, 40]])
    np.testing.assert_allclose(table.nearest(across, np.array([-1.0, 1.0])), [[5, 10], [30, 40]])


def test_neighbouring_azimuth_boxes_leave_no_gap():
    flat = Table(np.array([0.0]), (np.array([0.0, 9.0]),), (np.array([1.0, 1.0]),))
    boxes = tuple(
        AzimuthBox(0, 9, a, b, np.array([0.0, 9.0]), np.array([f, f]))
        for a, b, f in ((0, 4, 2.0), (5, 9, 3.0))
    )
    samples = np.array([4.0, 4.5, 5.0])
    noise = Noise(flat, boxes).rows(flat.across(samples), np.array([0.0]), samples)
    np.testing.assert_allclose(noise, [[2, 3, 3]])


def test_border_noise_goes_with_old_processors_only(tmp_path):
    values = np.full(SHAPE, 100, np.uint16)
    values[:, :10] = 12
    for version, first in (("002.71", -1.0), ("003.40", 0.0)):
        safe = make_safe(tmp_path / version, version=version, denoised="true")
        write_geotiff(next((safe / "measurement").iterdir()), values)
        result = roughness_of(open_scene(safe), tmp_path)
        assert (result[:, 1:] > 0).all()
        assert (result[:, 0] == -1).all() if first < 0 else (result[:, 0] > 0).all()


def test_border_noise_goes_by_pixel_and_calm_sea_within_stays(tmp_path):
    safe = make_safe(tmp_path, version="002.71", denoised="true")
    values = np.full(SHAPE, 100, np.uint16)
    # Edges that end inside a cell, and a calm patch that touches none of them.
    values[:, :12] = values[:, -2:] = values[:3] = values[-13:] = 12
    values[20:30, 40:50] = 12
    write_geotiff(next((safe / "measurement").iterdir()), values)
    result = roughness_of(open_scene(safe), tmp_path)
    assert (result[:, 0] == -1).all() and (result[-1] == -1).all()
    wanted = expected(0.0)
    wanted[2, 4] *= 0.12
    np.testing.assert_allclose(result[:-1, 1:], wanted[:-1, 1:], rtol=1e-5)


def test_border_noise_ends_500_pixels_from_the_edge(tmp_path):
    numbers = np.full((1200, 1100), 12, np.uint16)
    write_geotiff(tmp_path / "a.tif", numbers)
    dataset = gdal.Open(str(tmp_path / "a.tif"))
    for stretch, reach in ((1.0, 500), (5.0, 100)):
        border = BorderNoise.from_band(dataset.GetRasterBand(1), (stretch, stretch))
        inside = ~np.concatenate([border.outside(numbers[i : i + 300], i) for i in range(0, 1200, 300)])
        wanted = np.zeros(numbers.shape, bool)
        wanted[reach:-reach, reach:-reach] = True
        np.testing.assert_array_equal(inside, wanted)


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
    assert open_scene(str(safe)).quantity == "sigma0"


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
    """Give a real product a constant image of its declared size: a VRT that stretches a few pixels."""
    file = next((safe / "annotation").glob("*-vv-*.xml"))
    image = load(str(file))
    lines, samples = (
        int(image.number(f"imageAnnotation/imageInformation/numberOf{n}")) for n in ("Lines", "Samples")
    )
    write_geotiff(safe / "tiny.tif", np.full((2, 2), dn, np.uint16))
    (safe / "measurement" / f"{file.stem}.tiff").write_text(
        f'<VRTDataset rasterXSize="{samples}" rasterYSize="{lines}">'
        f'<VRTRasterBand dataType="UInt16" band="1">'
        f"<SimpleSource><SourceFilename>{safe / 'tiny.tif'}</SourceFilename><SourceBand>1</SourceBand>"
        '<SrcRect xOff="0" yOff="0" xSize="2" ySize="2"/>'
        f'<DstRect xOff="0" yOff="0" xSize="{samples}" ySize="{lines}"/>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
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
