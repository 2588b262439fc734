"""Write a simulated Sentinel-1 IW GRD scene as a complete SAFE folder.

The pixel model is that of the product: DN² = (sigma0 · A² + noise) · speckle, with the calibration A and the
noise given in the annotation. ``python -m metocean.training.simulator.product.safe --help`` makes
a whole wide swath.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from osgeo import gdal, osr

from ..draws import Draws
from ..fields import Grid
from ..scenes.swath import simulate_swath
from . import annotation_xml as safe_xml
from .annotation_xml import DATATAKE, ORBIT_NUMBER, Image
from .imaging import Acquisition, Imaging
from .manifest_xml import FileEntry, manifest
from .tables import Tables, sample_linear

# Independent looks per square metre: 4.4 in 20 m x 22 m, as in real IW GRDH.
LOOKS_PER_M2 = 0.01
# Cross-polarised return of the sea below the co-polarised one.
CROSS_POL_DB = -15.0
# Pixels up to this size are called high resolution (GRDH), larger ones medium (GRDM).
HIGH_RESOLUTION_M = 10.0
BLOCK_LINES = 256
# Of degrees, a millimetre: more would differ from machine to machine.
POSITION_DIGITS = 8
# Processor versions that write the two formats of noise.
RANGE_AND_AZIMUTH, RANGE_ONLY = "003.31", "002.72"


@dataclass(frozen=True)
class Product:
    """What kind of product to write.

    Attributes
    ----------
    pixel_m : float
        Pixel spacing, both ways.
    polarisations : sequence of "VV", "VH", "HH", "HV"
        One measurement file each; cross-polarised ones are the same sea, 15 dB lower.
    noise_by_line : bool
        Noise along range and azimuth (processors since 2.9), or along range only.
    start : datetime
        UTC of the first line.
    seed : int
        Of the speckle.
    """

    pixel_m: float = 40.0
    polarisations: Sequence[str] = ("VV",)
    noise_by_line: bool = True
    start: datetime = datetime(2021, 6, 15, 7, 2, 11)
    seed: int = 0


@dataclass(frozen=True)
class Field:
    """Sigma0 of the sea, linear and free of speckle and noise: (lines, samples), and its cell size."""

    sigma0: np.ndarray
    spacing_m: float

    def imaging(self, acquisition: Acquisition, pixel_m: float) -> Imaging:
        """Return the geometry of an image of ``pixel_m`` pixels that shows the whole field."""
        lines, samples = (round(side * self.spacing_m / pixel_m) for side in self.sigma0.shape)
        return Imaging.plan(acquisition, (lines, samples), pixel_m)

    def at(self, lines: np.ndarray, samples: np.ndarray, pixel_m: float) -> np.ndarray:
        """Return sigma0 at pixel centres, bilinear between cell centres."""
        scale = pixel_m / self.spacing_m
        return sample_linear(self.sigma0, (lines + 0.5) * scale - 0.5, (samples + 0.5) * scale - 0.5)


def write_safe(
    folder: Path, field: Field, acquisition: Acquisition | None = None, product: Product | None = None
) -> Path:
    """Write a scene below ``folder`` and return the path of its ``….SAFE`` folder.

    Parameters
    ----------
    folder : Path
        Made if need be. The scene's own folder is named as ESA names products.
    field : Field
        Lines in the order of flight, samples from near to far range.
    acquisition : Acquisition, optional
        Where the scene lies.
    product : Product, optional
        Pixel size, polarisations, noise format, time, seed.

    Raises
    ------
    ValueError
        If the orbit cannot see the scene's latitude.
    OSError
        If a file cannot be written.
    """
    product = product or Product()
    imaging = field.imaging(acquisition or Acquisition(), product.pixel_m)
    tables = Tables.plan(imaging, product.noise_by_line)
    images = [
        Image(imaging, tables, product.start, polarisation, number)
        for number, polarisation in enumerate(product.polarisations, start=1)
    ]
    safe = Path(folder) / _product_name(images, product)
    files = [file for image in images for file in _write_image(safe, image, field, product)]
    version = RANGE_AND_AZIMUTH if product.noise_by_line else RANGE_ONLY
    (safe / "manifest.safe").write_text(manifest(images, files, version), encoding="utf-8")
    return safe


def _product_name(images: Sequence[Image], product: Product) -> str:
    first = images[0]
    resolution = "H" if product.pixel_m <= HIGH_RESOLUTION_M else "M"
    channels = ("S" if len(images) == 1 else "D") + first.polarisation[0]
    times = f"{first.start:%Y%m%dT%H%M%S}_{first.stop:%Y%m%dT%H%M%S}"
    return (
        f"S1A_IW_GRD{resolution}_1S{channels}_{times}_"
        f"{ORBIT_NUMBER:06d}_{DATATAKE:06X}_{product.seed % 0x10000:04X}.SAFE"
    )


def _write_image(safe: Path, image: Image, field: Field, product: Product) -> list[FileEntry]:
    """Write pixels and annotation of one polarisation."""
    name = image.stem
    texts = {
        ("Product", f"annotation/{name}.xml"): safe_xml.annotation(image),
        ("Calibration", f"annotation/calibration/calibration-{name}.xml"): safe_xml.calibration(image),
        ("Noise", f"annotation/calibration/noise-{name}.xml"): safe_xml.noise(image),
    }
    (safe / "annotation/calibration").mkdir(parents=True, exist_ok=True)
    (safe / "measurement").mkdir(exist_ok=True)
    entries = []
    for (schema, path), text in texts.items():
        (safe / path).write_text(text, encoding="utf-8")
        entries.append(_entry(safe, image, schema, path))
    pixels = f"measurement/{name}.tiff"
    _write_measurement(safe / pixels, image, field, product)
    return [*entries, _entry(safe, image, "Measurement", pixels)]


def _entry(safe: Path, image: Image, schema: str, path: str) -> FileEntry:
    kind = "" if schema == "Measurement" else schema.lower()
    identifier = kind + image.stem.replace("-", "")
    return FileEntry(schema, image.polarisation, identifier, path, (safe / path).stat().st_size)


def _write_measurement(path: Path, image: Image, field: Field, product: Product) -> None:
    """Write the pixels by blocks of lines, and the annotated positions as ground control points."""
    lines, samples = image.imaging.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), samples, lines, 1, gdal.GDT_UInt16)
    if dataset is None:
        raise OSError(f"{path} cannot be written: {gdal.GetLastErrorMsg()}")
    _describe(dataset, image)
    generator = np.random.default_rng([product.seed, image.number])
    for start in range(0, lines, BLOCK_LINES):
        rows = np.arange(start, min(start + BLOCK_LINES, lines))
        amplitude = _amplitude(image, field, rows, generator)
        dataset.GetRasterBand(1).WriteArray(amplitude, 0, start)
    dataset.FlushCache()


def _amplitude(image: Image, field: Field, rows: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return DN of some lines, uint16; 0 means no data in a product, so the sea starts at 1."""
    samples = np.arange(image.imaging.shape[1])
    pixel_m = image.imaging.spacing_m
    gain = 1.0 if image.polarisation in ("VV", "HH") else 10 ** (CROSS_POL_DB / 10)
    power = field.at(rows, samples, pixel_m) * gain * image.tables.calibration(rows, samples) ** 2
    power += image.tables.noise(rows, samples)
    looks = LOOKS_PER_M2 * pixel_m**2
    speckle = generator.standard_gamma(looks, power.shape, dtype=np.float32) / looks
    return np.clip(np.rint(np.sqrt(power * speckle)), 1, np.iinfo(np.uint16).max).astype(np.uint16)


def _describe(dataset: gdal.Dataset, image: Image) -> None:
    lines, samples = image.grid()
    found = image.imaging.locate(lines, samples)
    points = [
        gdal.GCP(
            round(float(found.longitude_deg[row, column]), POSITION_DIGITS),
            round(float(found.latitude_deg[row, column]), POSITION_DIGITS),
            0.0,
            float(sample),
            float(line),
        )
        for row, line in enumerate(lines)
        for column, sample in enumerate(samples)
    ]
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(4326)
    dataset.SetGCPs(points, reference.ExportToWkt())
    dataset.SetMetadataItem("TIFFTAG_IMAGEDESCRIPTION", "Sentinel-1A IW GRD L1, simulated")
    dataset.SetMetadataItem("TIFFTAG_DATETIME", f"{image.start:%Y:%m:%d %H:%M:%S}")


@dataclass(frozen=True)
class Extent:
    """Size of a simulated swath in cells of ``spacing_m``; the defaults are those of an IW product."""

    lines: int = 1680
    samples: int = 2600
    spacing_m: float = 100.0


def simulate_product(folder: Path, product: Product, extent: Extent) -> Path:
    """Simulate a wide swath of several regimes; return the path of its SAFE folder below ``folder``."""
    shape = extent.lines, extent.samples
    imaging = Imaging.plan(Acquisition(), shape, extent.spacing_m)
    middle = np.array([(extent.lines - 1) / 2])
    incidence_deg = imaging.locate(middle, np.arange(extent.samples)).incidence_deg[0]
    swath = simulate_swath(Draws(product.seed), Grid(shape, extent.spacing_m), incidence_deg)
    return write_safe(folder, Field(swath.sigma0, extent.spacing_m), product=product)


def main() -> None:
    """Write a simulated product and print its path."""
    parser = argparse.ArgumentParser(description="Simulate a Sentinel-1 IW scene as a SAFE folder.")
    parser.add_argument("--out", type=Path, required=True, help="folder that will hold the scene")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=Extent.lines, help="cells of 100 m along track")
    parser.add_argument("--samples", type=int, default=Extent.samples, help="cells of 100 m across track")
    parser.add_argument("--pixel", type=float, default=Product.pixel_m, help="pixel spacing, metres")
    options = parser.parse_args()
    product = Product(pixel_m=options.pixel, seed=options.seed)
    print(simulate_product(options.out, product, Extent(options.lines, options.samples)))


if __name__ == "__main__":
    main()
