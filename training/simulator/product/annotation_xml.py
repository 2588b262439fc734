"""The XML of a simulated Sentinel-1 GRD product: annotation, calibration and noise.

Element names and structure follow the Sentinel-1 Product Specification (S1-RS-MDA-52-7441); what no reader of
detected images needs (Doppler, antenna patterns, replicas) is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from .imaging import Imaging
from .orbit import EQUATORIAL_RADIUS_M, POLAR_RADIUS_M
from .tables import Box, Tables
from .xmltext import document, element, fields, listed, numbers

LIGHT_SPEED_M_S = 299792458.0
ORBIT_NUMBER = 38353
DATATAKE = 0x48698
# Grid of the annotated positions, as in the real products: 10 lines of 21 points.
GRID_LINES, GRID_SAMPLES = 10, 21


@dataclass(frozen=True)
class Image:
    """One polarisation of a product: its geometry, its tables, and what its file names are made of."""

    imaging: Imaging
    tables: Tables
    start: datetime
    polarisation: str
    number: int

    @property
    def stop(self) -> datetime:
        """Zero-Doppler time of the last line."""
        return self.time(self.imaging.shape[0] - 1)

    @property
    def direction(self) -> str:
        """Whether the satellite flies north or south."""
        return "Ascending" if abs(self.imaging.heading_deg) < 90 else "Descending"

    @property
    def stem(self) -> str:
        """File name without folder and ending."""
        times = f"{self.start:%Y%m%dt%H%M%S}-{self.stop:%Y%m%dt%H%M%S}"
        orbit = f"{ORBIT_NUMBER:06d}-{DATATAKE:06x}"
        return f"s1a-iw-grd-{self.polarisation.lower()}-{times}-{orbit}-{self.number:03d}"

    def time(self, line: float) -> datetime:
        """Return the zero-Doppler time of a line, which may lie outside the image."""
        return self.start + timedelta(seconds=float(line) * self.imaging.line_interval_s)

    def grid(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lines and samples whose positions are annotated."""
        lines, samples = self.imaging.shape
        return (
            np.unique(np.linspace(0, lines - 1, GRID_LINES).round().astype(int)),
            np.unique(np.linspace(0, samples - 1, GRID_SAMPLES).round().astype(int)),
        )


def annotation(image: Image) -> str:
    """Return ``annotation/*.xml``."""
    return document(
        "product",
        _header(image),
        element("qualityInformation", fields({"productQualityIndex": 0.0})),
        _general(image),
        _image_annotation(image),
        _geolocation(image),
        _swath_merging(image),
    )


def calibration(image: Image) -> str:
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
    return document("calibration", _header(image), information, listed("calibrationVectorList", vectors))


def noise(image: Image) -> str:
    """Return ``annotation/calibration/noise-*.xml``, in the format of the image's processor version."""
    tables = image.tables
    kind, values = ("noiseRangeVector", "noiseRangeLut") if tables.azimuth else ("noiseVector", "noiseLut")
    vectors = []
    for line in np.unique(np.minimum(tables.lines, image.imaging.shape[0] - 1)):
        body = fields({"azimuthTime": image.time(line), "line": line}) + numbers("pixel", tables.pixels, "%d")
        vectors.append(element(kind, body + numbers(values, tables.noise_range, "%.6e")))
    azimuth = []
    for box, (lines, factor) in zip(tables.boxes, tables.azimuth):
        body = fields({"swath": box.swath, **_bounds(image, box)})
        body += numbers("line", lines, "%d") + numbers("noiseAzimuthLut", factor, "%.6e")
        azimuth.append(element("noiseAzimuthVector", body))
    lists = listed(f"{kind}List", vectors) + (listed("noiseAzimuthVectorList", azimuth) if azimuth else "")
    return document("noise", _header(image), lists)


def _header(image: Image) -> str:
    return element(
        "adsHeader",
        fields(
            {
                "missionId": "S1A",
                "productType": "GRD",
                "polarisation": image.polarisation,
                "mode": "IW",
                "swath": "IW",
                "startTime": image.start,
                "stopTime": image.stop,
                "absoluteOrbitNumber": ORBIT_NUMBER,
                "missionDataTakeId": DATATAKE,
                "imageNumber": f"{image.number:03d}",
            }
        ),
    )


def _general(image: Image) -> str:
    product = {
        "pass": image.direction,
        "timelinessCategory": "Fast-24h",
        "platformHeading": image.imaging.heading_deg,
        "projection": "Ground Range",
        "rangeSamplingRate": 6.434523812571428e07,
        "radarFrequency": 5.405000454334350e09,
        "azimuthSteeringRate": 1.590368784,
    }
    # One state vector every ten seconds, a minute before the scene to a minute after it, as in the products.
    span_s = (image.stop - image.start).total_seconds()
    seconds = np.arange(-60.0, span_s + 61, 10.0)
    states = zip(seconds, *image.imaging.orbit.state(seconds - span_s / 2))
    orbits = [
        element(
            "orbit",
            fields({"time": image.start + timedelta(seconds=float(second)), "frame": "Earth Fixed"}),
            element("position", fields(dict(zip("xyz", position)))),
            element("velocity", fields(dict(zip("xyz", velocity)))),
        )
        for second, position, velocity in states
    ]
    return element(
        "generalAnnotation", element("productInformation", fields(product)), listed("orbitList", orbits)
    )


def _image_annotation(image: Image) -> str:
    lines, samples = image.imaging.shape
    middle = image.imaging.locate(np.array([(lines - 1) / 2]), np.array([(samples - 1) / 2]))
    information = {
        "productFirstLineUtcTime": image.start,
        "productLastLineUtcTime": image.stop,
        "slantRangeTime": 2 * image.imaging.near_range_m / LIGHT_SPEED_M_S,
        "pixelValue": "Detected",
        "outputPixels": "16 bit Unsigned Integer",
        "rangePixelSpacing": image.imaging.spacing_m,
        "azimuthPixelSpacing": image.imaging.spacing_m,
        "azimuthTimeInterval": image.imaging.line_interval_s,
        "azimuthFrequency": 486.4863102995529,
        "numberOfSamples": samples,
        "numberOfLines": lines,
        "incidenceAngleMidSwath": middle.incidence_deg.item(),
    }
    processing = {
        "detectionPerformed": "true",
        "srgrConversionApplied": "true",
        "thermalNoiseCorrectionPerformed": "false",
        "applicationLutId": "IW_Default",
        "ellipsoidName": "WGS84",
        "ellipsoidSemiMajorAxis": EQUATORIAL_RADIUS_M,
        "ellipsoidSemiMinorAxis": POLAR_RADIUS_M,
    }
    return element(
        "imageAnnotation",
        element("imageInformation", fields(information)),
        element("processingInformation", fields(processing)),
    )


def _geolocation(image: Image) -> str:
    lines, samples = image.grid()
    found = image.imaging.locate(lines, samples)
    points = [
        element(
            "geolocationGridPoint",
            fields(
                {
                    "azimuthTime": image.time(line),
                    "slantRangeTime": 2 * found.slant_range_m[row, column] / LIGHT_SPEED_M_S,
                    "line": line,
                    "pixel": sample,
                    "latitude": found.latitude_deg[row, column],
                    "longitude": found.longitude_deg[row, column],
                    "height": 0.0,
                    "incidenceAngle": found.incidence_deg[row, column],
                    "elevationAngle": found.elevation_deg[row, column],
                }
            ),
        )
        for row, line in enumerate(lines)
        for column, sample in enumerate(samples)
    ]
    return element("geolocationGrid", listed("geolocationGridPointList", points))


def _swath_merging(image: Image) -> str:
    merges = [
        element(
            "swathMerge",
            fields({"swath": box.swath}),
            listed(
                "swathBoundsList",
                [element("swathBounds", fields({"azimuthTime": image.start, **_bounds(image, box)}))],
            ),
        )
        for box in image.tables.boxes
    ]
    return element("swathMerging", listed("swathMergeList", merges))


def _bounds(image: Image, box: Box) -> dict[str, int]:
    return {
        "firstAzimuthLine": 0,
        "firstRangeSample": box.first_sample,
        "lastAzimuthLine": image.imaging.shape[0] - 1,
        "lastRangeSample": box.last_sample,
    }
