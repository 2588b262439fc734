# SPDX-License-Identifier: GPL-2.0-or-later
"""A hand-made SAFE whose sigma0 can be worked out on paper."""

from __future__ import annotations

import numpy as np
from metocean.core.cmod5n import reference_sigma0
from rasters import write_geotiff

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
