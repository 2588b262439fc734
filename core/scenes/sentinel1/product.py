# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentinel-1 level-1 products: what one image's annotation says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Optional

import numpy as np

from ...cmod5n import HH_WARNING
from ...errors import InputError
from ...files.gdal_calls import short
from ...files.xml_file import Node, load
from .headers import check_headers, check_name, checksum_warnings, manifest_warnings
from .noise import Noise, old_noise_factor, read_noise
from .product_files import Choice, annotation_file, calibration_file, processor_version
from .product_names import MANIFEST, Key
from .tables import PointGrid, Table, read_calibration, read_grid

_KINDS = ("GRD", "SLC")
# Noise-equivalent sigma0 that makes sense, in dB; anything else is a table in unknown units, as those of old
# processors were. Subtracted, it would leave nothing of the sea, or change nothing, without a word.
_PLAUSIBLE_NOISE_DB = (-45.0, -12.0)


@dataclass(frozen=True)
class Product:
    """One image of a product: its measurement and what its annotation says.

    Attributes
    ----------
    name : str
        Of the product, or of the image where the product holds several of this polarisation.
    measurement : str
        Path of the image.
    kind : {"GRD", "SLC"}
    version : (int, int)
        Of ESA's processor, the IPF: what noise and borders are like depends on it.
    acquired : datetime
        UTC; when the acquisition of the image began.
    shape : (lines, samples)
    spacing_m : (line, sample)
        Of SLC images the sample spacing is that along the slant range.
    annotation : Node
    calibration : Table
        A of sigma0 = DN² / A².
    noise : Noise or None
        To subtract from DN²; None where that was done already, or cannot be.
    grid : PointGrid
        Positions and incidence.
    notes, warnings : tuple of str
        For the scene's.
    """

    name: str
    measurement: str
    kind: str
    polarisation: str
    version: tuple[int, int]
    acquired: datetime
    shape: tuple[int, int]
    spacing_m: tuple[float, float]
    annotation: Node
    calibration: Table
    noise: Optional[Noise]
    grid: PointGrid
    notes: tuple[str, ...] = field(default=())
    warnings: tuple[str, ...] = field(default=())


def open_product(folder: str, choice: Choice) -> Product:
    """Read what a product says about one of its images.

    Parameters
    ----------
    folder : str
        From `metocean.core.scenes.sentinel1.product_names.find_safe`.
    choice : Choice
        From `metocean.core.scenes.sentinel1.product_files.choose_image`.
    """
    manifest = load(f"{folder}/{MANIFEST}")
    version = processor_version(manifest)
    files = [annotation_file(folder, choice.key), calibration_file(folder, "calibration", choice.key)]
    annotation, calibration = (load(file) for file in files)
    kind = _kind(folder, annotation)
    check_name(choice.key, annotation)
    check_headers("calibration", annotation, calibration)
    noise, notes, warnings = _noise(folder, choice.key, annotation, calibration, version)
    if noise is not None:
        files.append(calibration_file(folder, "noise", choice.key))
    warnings += manifest_warnings(manifest, kind, choice.key.polarisation)
    warnings += checksum_warnings(manifest, files)
    if choice.key.polarisation == "HH":
        warnings += (HH_WARNING,)
    return Product(
        name=_name(folder, choice),
        measurement=choice.path,
        kind=kind,
        polarisation=choice.key.polarisation,
        version=version,
        acquired=_time(annotation.get("adsHeader/startTime")),
        shape=(int(_positive(annotation, "numberOfLines")), int(_positive(annotation, "numberOfSamples"))),
        spacing_m=(_positive(annotation, "azimuthPixelSpacing"), _positive(annotation, "rangePixelSpacing")),
        annotation=annotation,
        calibration=read_calibration(calibration),
        noise=noise,
        grid=read_grid(annotation),
        notes=notes + _which(choice),
        warnings=warnings,
    )


def _name(folder: str, choice: Choice) -> str:
    """Name the product, or the image where the product holds several of this polarisation."""
    if choice.items > 1:
        return re.sub(r"\.tiff?$", "", short(choice.path), flags=re.IGNORECASE)
    return re.sub(r"\.SAFE$", "", short(folder), flags=re.IGNORECASE)


def _which(choice: Choice) -> tuple[str, ...]:
    if choice.items == 1:
        return ()
    return (f"Image {choice.item} of {choice.items} ({choice.key.swath}); or choose another item.",)


def _kind(folder: str, annotation: Node) -> str:
    kind = annotation.get("adsHeader/productType")
    if kind not in _KINDS:
        raise InputError(f"{short(folder)} is a {kind} product; use the GRD product of the same acquisition.")
    return kind


def _positive(annotation: Node, name: str) -> float:
    value = annotation.number(f"imageAnnotation/imageInformation/{name}")
    if value <= 0:
        raise InputError(f"The annotation says {value:g} of {name}; download the product again.")
    return value


def _time(text: str) -> datetime:
    # Seconds are enough. Python before 3.11 reads three or six digits of fractions, and no others.
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=timezone.utc)
    except ValueError as error:
        raise InputError(f"The annotation has no valid start time ({text!r}); download it again.") from error


def _noise(
    folder: str, key: Key, annotation: Node, calibration: Node, version: tuple[int, int]
) -> tuple[Optional[Noise], tuple[str, ...], tuple[str, ...]]:
    """Return the noise to subtract, and notes and warnings on it.

    A product without usable noise is still worth looking at, so that nothing here is an error.

    Parameters
    ----------
    folder : str
    key : Key
        Of the image.
    annotation, calibration : Node
        Of the image.
    version : (int, int)
        Of the processor.
    """
    done = annotation.all("imageAnnotation/processingInformation/thermalNoiseCorrectionPerformed")
    if done and done[0].text == "true":
        return None, ("Noise: already removed by the processor.",), ()
    try:
        table = load(calibration_file(folder, "noise", key))
        check_headers("noise", annotation, table)
        noise = read_noise(table)
    except InputError as error:
        return None, (), (f"Thermal noise stays in the image: {error}",)
    factor = old_noise_factor(calibration, annotation.get("adsHeader/mode"), version)
    noise = Noise(noise.table.scaled(factor), noise.boxes)
    if not any(v.any() for v in noise.table.values):
        return None, (), ("Thermal noise stays in the image: the product's noise table is empty.",)
    if not _plausible(noise.table, read_calibration(calibration)):
        return None, (), ("Thermal noise stays in the image: the product's noise table has unknown units.",)
    return noise, ("Noise: subtracted with the product's tables.",), ()


def _plausible(noise: Table, calibration: Table) -> bool:
    # Against the first calibration vector: a test of units, for which a decibel more or less is nothing.
    level = np.median([np.median(v[v != 0]) for v in noise.values if v.any()])
    decibels = 10 * np.log10(max(level, 1e-30) / np.median(calibration.values[0]) ** 2)
    return bool(_PLAUSIBLE_NOISE_DB[0] < decibels < _PLAUSIBLE_NOISE_DB[1])
