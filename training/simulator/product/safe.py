# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a simulated Sentinel-1 IW GRD scene as a complete SAFE folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .annotated_grid import AnnotatedGrid
from .annotation_xml import annotation
from .calibration_xml import calibration, noise
from .image import DATATAKE, ORBIT_NUMBER, ProductImage
from .imaging import Acquisition
from .manifest_xml import FileEntry, FileKind, manifest
from .measurement import SeaSigma0, write_measurement
from .options import Product
from .tables import LookUpTables

# Pixels up to this size are called high resolution (GRDH), larger ones medium (GRDM).
HIGH_RESOLUTION_M = 10.0


def write_safe(
    folder: Path, sea: SeaSigma0, acquisition: Acquisition | None = None, product: Product | None = None
) -> Path:
    """Write a scene below ``folder`` and return the path of its ``….SAFE`` folder.

    Parameters
    ----------
    folder : Path
        Made if need be. The scene's own folder is named as ESA names products.
    sea : SeaSigma0
        Lines in the order of flight, samples from near to far range.
    acquisition : Acquisition, optional
        Where the scene lies.
    product : Product, optional
        Pixel size, polarisations, noise format, time, seed, and how irregular its tables are.

    Raises
    ------
    ValueError
        If the orbit cannot see the scene's latitude.
    OSError
        If a file cannot be written.
    """
    product = product or Product()
    imaging = sea.imaging(acquisition or Acquisition(), product.pixel_m)
    tables = LookUpTables.from_imaging(imaging, product.noise, product.irregularities)
    grid = AnnotatedGrid.from_shape(imaging.shape, product.irregularities)
    images = [
        ProductImage(imaging, tables, grid, product.start, polarisation, number)
        for number, polarisation in enumerate(product.polarisations, start=1)
    ]
    safe = Path(folder) / _product_name(images, product)
    files = [file for image in images for file in _write_image(safe, image, sea, product)]
    text = manifest(images, files, product.noise.value)
    (safe / "manifest.safe").write_text(text, encoding="utf-8")
    return safe


def _product_name(images: Sequence[ProductImage], product: Product) -> str:
    """Name a product by ESA's convention; what stands for the checksum at its end is the seed."""
    first = images[0]
    resolution = "H" if product.pixel_m <= HIGH_RESOLUTION_M else "M"
    channels = ("S" if len(images) == 1 else "D") + first.polarisation[0]
    times = f"{first.start:%Y%m%dT%H%M%S}_{first.stop:%Y%m%dT%H%M%S}"
    return (
        f"S1A_IW_GRD{resolution}_1S{channels}_{times}_"
        f"{ORBIT_NUMBER:06d}_{DATATAKE:06X}_{product.seed % 0x10000:04X}.SAFE"
    )


def _write_image(safe: Path, image: ProductImage, sea: SeaSigma0, product: Product) -> list[FileEntry]:
    """Write pixels and annotation of one polarisation."""
    name = image.stem
    texts = {
        (FileKind.ANNOTATION, f"annotation/{name}.xml"): annotation(image),
        (FileKind.CALIBRATION, f"annotation/calibration/calibration-{name}.xml"): calibration(image),
        (FileKind.NOISE, f"annotation/calibration/noise-{name}.xml"): noise(image, product.noise),
    }
    (safe / "annotation/calibration").mkdir(parents=True, exist_ok=True)
    (safe / "measurement").mkdir(exist_ok=True)
    entries = []
    for (kind, path), text in texts.items():
        (safe / path).write_text(text, encoding="utf-8")
        entries.append(_entry(safe, image, kind, path))
    pixels = f"measurement/{name}.tiff"
    write_measurement(safe / pixels, image, sea, product)
    return [*entries, _entry(safe, image, FileKind.MEASUREMENT, pixels)]


def _entry(safe: Path, image: ProductImage, kind: FileKind, path: str) -> FileEntry:
    # ESA's identifiers are names without dashes; those of measurements have nothing before them.
    before = "" if kind is FileKind.MEASUREMENT else kind.value.lower()
    identifier = before + image.stem.replace("-", "")
    return FileEntry(kind, image.polarisation, identifier, path, (safe / path).stat().st_size)
