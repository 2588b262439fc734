# SPDX-License-Identifier: GPL-2.0-or-later
"""The pixels of a simulated product: a GeoTIFF of amplitudes with its ground control points.

The pixel model is that of the product: DN² = (sigma0 · A² + noise) · speckle, with the calibration A and the
noise given in the annotation. What calibrates the product must find sigma0 again, but for the speckle.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from osgeo import gdal, osr

from ....core.arrays import Array
from .image import ProductImage
from .imaging import Acquisition, Imaging
from .options import Product
from .sampling import sample_linear

# Independent looks per square metre: 4.4 in 20 m x 22 m, as in real IW GRDH.
LOOKS_PER_M2 = 0.01
# Cross-polarised return of the sea below the co-polarised one.
CROSS_POL_DB = -15.0
BLOCK_LINES = 256
# Of degrees, a millimetre: more would differ from machine to machine.
POSITION_DIGITS = 8


@dataclass(frozen=True)
class SeaSigma0:
    """Sigma0 of the sea, linear and free of speckle and noise: (lines, samples), and the cells' side."""

    sigma0: Array
    spacing_m: float

    def imaging(self, acquisition: Acquisition, pixel_m: float) -> Imaging:
        """Return the geometry of an image of ``pixel_m`` pixels that shows the whole of it."""
        lines, samples = (round(side * self.spacing_m / pixel_m) for side in self.sigma0.shape)
        return Imaging.from_acquisition(acquisition, (lines, samples), pixel_m)

    def at(self, lines: Array, samples: Array, pixel_m: float) -> Array:
        """Return sigma0 at pixel centres, bilinear between cell centres."""
        scale = pixel_m / self.spacing_m
        return sample_linear(self.sigma0, (lines + 0.5) * scale - 0.5, (samples + 0.5) * scale - 0.5)


def write_measurement(path: Path, image: ProductImage, sea: SeaSigma0, product: Product) -> None:
    """Write the pixels by blocks of lines, and the annotated positions as ground control points."""
    lines, samples = image.imaging.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), samples, lines, 1, gdal.GDT_UInt16)
    if dataset is None:
        raise OSError(f"{path} cannot be written: {gdal.GetLastErrorMsg()}")
    _describe(dataset, image)
    generator = np.random.default_rng([product.seed, image.number])
    for start in range(0, lines, BLOCK_LINES):
        rows = np.arange(start, min(start + BLOCK_LINES, lines))
        amplitude = _amplitude(image, sea, rows, generator)
        dataset.GetRasterBand(1).WriteArray(amplitude, 0, start)
    dataset.FlushCache()


def _amplitude(image: ProductImage, sea: SeaSigma0, rows: Array, generator: np.random.Generator) -> Array:
    """Return DN of some lines, uint16; 0 means no data in a product, so the sea starts at 1."""
    samples = np.arange(image.imaging.shape[1])
    pixel_m = image.imaging.spacing_m
    gain = 1.0 if image.polarisation in ("VV", "HH") else 10 ** (CROSS_POL_DB / 10)
    power = sea.at(rows, samples, pixel_m) * gain * image.tables.calibration(rows, samples) ** 2
    power += image.tables.noise(rows, samples)
    looks = LOOKS_PER_M2 * pixel_m**2
    speckle = generator.standard_gamma(looks, power.shape, dtype=np.float32) / looks
    values: Array = np.clip(np.rint(np.sqrt(power * speckle)), 1, np.iinfo(np.uint16).max).astype(np.uint16)
    return values


def _describe(dataset: gdal.Dataset, image: ProductImage) -> None:
    """Add what ESA's measurements say of themselves: positions of the geolocation grid, kind and time."""
    grid, found = image.grid, image.located()
    points = [
        gdal.GCP(
            round(float(found.longitude_deg[row, column]), POSITION_DIGITS),
            round(float(found.latitude_deg[row, column]), POSITION_DIGITS),
            float(grid.heights_m[row, column]),
            float(sample),
            float(line),
        )
        for row, line in enumerate(grid.lines)
        for column, sample in enumerate(grid.samples)
    ]
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(4326)
    dataset.SetGCPs(points, reference.ExportToWkt())
    dataset.SetMetadataItem("TIFFTAG_IMAGEDESCRIPTION", "Sentinel-1A IW GRD L1, simulated")
    dataset.SetMetadataItem("TIFFTAG_DATETIME", f"{image.start:%Y:%m:%d %H:%M:%S}")
