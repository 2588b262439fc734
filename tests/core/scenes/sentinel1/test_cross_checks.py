# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of a product that contradict each other: one sentence, or a warning where the result is right."""

from __future__ import annotations

import hashlib
import re

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.scenes.opening import open_scene
from osgeo import gdal

ANNOTATION, CALIBRATION, NOISE = (
    "annotation/*-vv-*.xml",
    "annotation/calibration/calibration-*-vv-*.xml",
    "annotation/calibration/noise-*-vv-*.xml",
)


def edit(safe, pattern, change):
    (file,) = safe.glob(pattern)
    text = file.read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    return safe


def element(name, value, count=0):
    return lambda text: re.sub(rf"(<{name}[^<>]*>)[^<]*<", rf"\g<1>{value}<", text, count=count)


def flipped_angles(text):
    return re.sub(r"<incidenceAngle>([^<]*)<", lambda m: f"<incidenceAngle>{75 - float(m[1])}<", text)


def half_the_samples(text):
    def halve(match):
        return f"<pixel{match[1]}>{' '.join(str(int(p) / 2) for p in match[2].split())}<"

    return re.sub(r"<pixel((?: [^>]*)?)>([^<]*)<", halve, text)


CONTRADICTIONS = [
    (ANNOTATION, element("polarisation", "VH"), "annotation is of IW VH, and by its name of IW VV"),
    (CALIBRATION, element("polarisation", "VH"), "calibration file is of polarisation VH"),
    (CALIBRATION, element("absoluteOrbitNumber", "12"), "calibration file is of absoluteOrbitNumber 12"),
    (CALIBRATION, element("startTime", "2020-01-01T00:00:00.0"), "calibration file begins at 2020-01-01"),
    (CALIBRATION, half_the_samples, "calibration of the product reaches from sample 0"),
    (ANNOTATION, element("productType", "SLC"), "no complex pixels"),
    (ANNOTATION, element("rangePixelSpacing", "10"), "says 10 m between samples"),
    (ANNOTATION, element("azimuthPixelSpacing", "4000"), "says 4000 m between lines"),
    (ANNOTATION, element("incidenceAngle", "70"), "incidence angles of the product are impossible"),
    (ANNOTATION, flipped_angles, "incidence angles of the product are impossible"),
    (ANNOTATION, half_the_samples, "geolocation grid of the product reaches from sample 0"),
]


@pytest.mark.parametrize(("pattern", "change", "message"), CONTRADICTIONS)
def test_contradictions_are_one_sentence(written, pattern, change, message):
    safe = edit(written().safe, pattern, change)
    with pytest.raises(InputError, match=message) as caught:
        open_scene(safe)
    assert str(caught.value).endswith(
        ("download the product again.", "use the product as it was downloaded.")
    )


def test_complex_pixels_are_no_detected_ones(written):
    safe = written().safe
    (image,) = (safe / "measurement").iterdir()
    image.unlink()
    gdal.GetDriverByName("GTiff").Create(str(image), 630, 420, 1, gdal.GDT_CInt16)
    with pytest.raises(InputError, match="holds complex pixels, yet is annotated as GRD"):
        open_scene(safe)


@pytest.mark.parametrize(
    "change",
    [
        element("polarisation", "VH"),
        element("startTime", "2020-01-01T00:00:00.0"),
        lambda text: re.sub(
            r"(<noiseAzimuthVector>.*?<line[^>]*>)(\S+) (\S+)", r"\1\3 \2", text, flags=re.DOTALL
        ),
    ],
)
def test_noise_of_another_image_stays_with_a_warning(written, change):
    scene = open_scene(edit(written().safe, NOISE, change))
    assert any("Thermal noise stays in the image" in warning for warning in scene.warnings)


def test_a_manifest_of_another_product_is_told(written):
    safe = written().safe
    sound = open_scene(safe).warnings
    (name,) = re.findall(r"<([\w:]*transmitterReceiverPolarisation)>", (safe / "manifest.safe").read_text())[
        :1
    ]
    edit(safe, "manifest.safe", element(name, "HH"))
    (warning,) = set(open_scene(safe).warnings) - set(sound)
    assert "manifest is of another product" in warning


def with_checksums(safe, **wrong):
    """Give the manifest the MD5 sums of all files, as ESA's have; those of ``wrong`` kinds are of nothing."""
    listed = ""
    for file in sorted(safe.rglob("*.xml")):
        content = b"" if any(file.name.startswith(kind) for kind in wrong) else file.read_bytes()
        listed += (
            f'<dataObject><byteStream><fileLocation href="./{file.relative_to(safe).as_posix()}"/>'
            f'<checksum checksumName="MD5">{hashlib.md5(content).hexdigest().upper()}</checksum>'
            "</byteStream></dataObject>"
        )
    edit(
        safe,
        "manifest.safe",
        lambda text: text.replace("</dataObjectSection>", f"{listed}</dataObjectSection>"),
    )
    return safe


def test_checksums_are_verified(written):
    safe = written().safe
    sound = open_scene(safe).warnings
    assert open_scene(with_checksums(safe)).warnings == sound
    edit(safe, CALIBRATION, lambda text: text.replace("</sigmaNought>", " </sigmaNought>", 1))
    (warning,) = set(open_scene(safe).warnings) - set(sound)
    assert warning.startswith("calibration-s1a-iw-grd-vv-") and "not as the manifest says (MD5)" in warning
    edit(safe, ANNOTATION, lambda text: f"{text}\n")
    edit(safe, NOISE, lambda text: f"{text}\n")
    assert sum("(MD5)" in warning for warning in open_scene(safe).warnings) == 3


def test_real_tables_contradict_nothing(real_product):
    """Of three real products: none is doubted, and each file is as its manifest says."""
    for name in ("S1A*20150222*", "S1A*20210119*", "S1B*20211223*"):
        safe = real_product(name)
        (file,) = (safe / "annotation").glob("*-vv-*.xml")
        text = file.read_text()
        lines, samples = (int(re.search(rf"<numberOf{n}>(\d+)", text)[1]) for n in ("Lines", "Samples"))
        (safe / "measurement").mkdir(exist_ok=True)
        image = gdal.GetDriverByName("GTiff").Create(
            str(safe / "measurement" / f"{file.stem}.tiff"),
            samples,
            lines,
            1,
            gdal.GDT_UInt16,
            ["SPARSE_OK=TRUE", "TILED=YES"],
        )
        del image
        scene = open_scene(safe)
        assert scene.shape == (lines, samples) and np.isfinite(scene.spacing_m).all()
        # One of the three has no noise in its tables.
        assert all("noise table is empty" in warning for warning in scene.warnings)
