# SPDX-License-Identifier: GPL-2.0-or-later
"""The annotation of a simulated Sentinel-1 GRD image as XML: orbit, size, positions, sub-swaths.

Element names and structure follow the Sentinel-1 Product Specification (S1-RS-MDA-52-7441); what no reader of
detected images needs (Doppler, antenna patterns, replicas) is left out.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from .header_xml import ads_header, bounds
from .image import ProductImage
from .orbit import EQUATORIAL_RADIUS_M, POLAR_RADIUS_M
from .sub_swaths import SUB_SWATHS
from .xmltext import document, element, fields, listed

LIGHT_SPEED_M_S = 299792458.0


def annotation(image: ProductImage) -> str:
    """Return ``annotation/*.xml``."""
    return document(
        "product",
        ads_header(image),
        element("qualityInformation", fields({"productQualityIndex": 0.0})),
        _general(image),
        _image_annotation(image),
        _geolocation(image),
        _swath_merging(image),
    )


def _general(image: ProductImage) -> str:
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


def _image_annotation(image: ProductImage) -> str:
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


def _geolocation(image: ProductImage) -> str:
    grid, found = image.grid, image.located()
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
                    "height": grid.heights_m[row, column],
                    "incidenceAngle": found.incidence_deg[row, column],
                    "elevationAngle": found.elevation_deg[row, column],
                }
            ),
        )
        for row, line in enumerate(grid.lines)
        for column, sample in enumerate(grid.samples)
    ]
    return element("geolocationGrid", listed("geolocationGridPointList", points))


def _swath_merging(image: ProductImage) -> str:
    merges = []
    for swath in SUB_SWATHS:
        bounded = [
            element("swathBounds", fields({"azimuthTime": image.time(block.first_line), **bounds(block)}))
            for block in image.tables.blocks
            if block.swath == swath
        ]
        merges.append(element("swathMerge", fields({"swath": swath}), listed("swathBoundsList", bounded)))
    return element("swathMerging", listed("swathMergeList", merges))
