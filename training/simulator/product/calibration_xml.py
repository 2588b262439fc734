# SPDX-License-Identifier: GPL-2.0-or-later
"""The look-up tables of a simulated Sentinel-1 GRD image as XML: calibration and thermal noise."""

from __future__ import annotations

from .header_xml import ads_header, bounds
from .image import ProductImage
from .noise import AzimuthNoise
from .options import NoiseFormat
from .tables import BETA_NOUGHT
from .xmltext import document, element, fields, listed, numbers

# Processors before 2.50 wrote the noise of IW divided by this and by the square of the constant that
# amplitudes are scaled by: ESA, Masking "No-value" Pixels on GRD Products.
UNSCALED_NOISE = 75088.7


def calibration(image: ProductImage) -> str:
    """Return ``annotation/calibration/calibration-*.xml``."""
    tables = image.tables
    vectors = []
    for row, line in enumerate(tables.lines):
        values = {
            "sigmaNought": tables.sigma_nought[row],
            "betaNought": tables.beta_nought[row],
            "gamma": tables.gamma[row],
            "dn": tables.beta_nought[row],
        }
        body = fields({"azimuthTime": image.time(line), "line": line}) + numbers("pixel", tables.pixels, "%d")
        body += "".join(numbers(name, value, "%.6e") for name, value in values.items())
        vectors.append(element("calibrationVector", body))
    information = element("calibrationInformation", fields({"absoluteCalibrationConstant": 1.0}))
    return document("calibration", ads_header(image), information, listed("calibrationVectorList", vectors))


def noise(image: ProductImage, form: NoiseFormat) -> str:
    """Return ``annotation/calibration/noise-*.xml``."""
    vectors = _range_vectors(image, form)
    if form is not NoiseFormat.RANGE_AND_AZIMUTH:
        return document("noise", ads_header(image), listed("noiseVectorList", vectors))
    azimuth = [_azimuth_vector(part) for part in image.tables.azimuth]
    lists = listed("noiseRangeVectorList", vectors) + listed("noiseAzimuthVectorList", azimuth)
    return document("noise", ads_header(image), lists)


def _range_vectors(image: ProductImage, form: NoiseFormat) -> list[str]:
    new = form is NoiseFormat.RANGE_AND_AZIMUTH
    vector, lut = ("noiseRangeVector", "noiseRangeLut") if new else ("noiseVector", "noiseLut")
    unit = UNSCALED_NOISE * BETA_NOUGHT**2 if form is NoiseFormat.UNSCALED else 1.0
    table, texts = image.tables.noise_vectors, []
    for line, pixels, values in zip(table.lines, table.pixels, table.values):
        body = fields({"azimuthTime": image.time(line), "line": line}) + numbers("pixel", pixels, "%d")
        texts.append(element(vector, body + numbers(lut, values / unit, "%.6e")))
    return texts


def _azimuth_vector(part: AzimuthNoise) -> str:
    body = fields({"swath": part.block.swath, **bounds(part.block)})
    body += numbers("line", part.lines, "%d") + numbers("noiseAzimuthLut", part.factors, "%.6e")
    return element("noiseAzimuthVector", body)
