"""Sentinel-1 GRD products: their pixels as sigma0 and incidence.

GDAL's own SENTINEL1_CALIB subdatasets are not used: in GDAL 3.6 they give amplitudes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Optional

import numpy as np

from .annotation import (
    Noise,
    PointGrid,
    Table,
    old_noise_factor,
    read_calibration,
    read_grid,
    read_noise,
)
from .border import Border
from .cmod5n import vv_over_hh
from .errors import InputError
from .geolocation import Georeference
from .radiometry import HH_WARNING
from .raster import open_raster, read_lines, short
from .resampling import Grid, Lines, cell_means
from .safe import (
    MANIFEST,
    annotation_file,
    calibration_file,
    choose_polarisation,
    images,
    processor_version,
)
from .seams import Borders, read_borders
from .xmlfile import Node, load

# Since this version ESA's processor clears the border itself.
_CLEAN_BORDERS_SINCE = (2, 90)
# A measurement that was decimated keeps its proportions to within this.
_ASPECT_TOLERANCE = 0.02
# Noise-equivalent sigma0 that makes sense, in dB; anything else is a table in unknown units.
_PLAUSIBLE_NOISE_DB = (-45.0, -12.0)


@dataclass(frozen=True)
class Product:
    """One polarisation of a product: its measurement and what its annotation says."""

    name: str
    measurement: str
    polarisation: str
    version: tuple[int, int]
    acquired: datetime
    shape: tuple[int, int]
    spacing_m: tuple[float, float]
    calibration: Table
    noise: Optional[Noise]
    grid: PointGrid
    borders: Borders
    notes: tuple[str, ...] = field(default=())
    warnings: tuple[str, ...] = field(default=())


def open_product(path: str, folder: str, band: int = 0) -> Product:
    """Read what a SAFE folder says about one polarisation.

    Parameters
    ----------
    path, band
        What the user chose; see `choose_polarisation`.
    folder : str
        From `find_safe`.
    """
    manifest = load(f"{folder}/{MANIFEST}")
    polarisation = choose_polarisation(folder, path, band)
    annotation = load(annotation_file(folder, polarisation))
    _check_kind(folder, annotation)
    version = processor_version(manifest)
    calibration = load(calibration_file(folder, "calibration", polarisation))
    image = "imageAnnotation/imageInformation"
    noise, notes, warnings = _noise(folder, polarisation, annotation, calibration, version)
    if polarisation == "HH":
        warnings += (HH_WARNING,)
    return Product(
        name=re.sub(r"\.SAFE$", "", short(folder), flags=re.IGNORECASE),
        measurement=images(folder)[polarisation],
        polarisation=polarisation,
        version=version,
        acquired=_time(annotation.get("adsHeader/startTime")),
        shape=(
            int(annotation.number(f"{image}/numberOfLines")),
            int(annotation.number(f"{image}/numberOfSamples")),
        ),
        spacing_m=(
            annotation.number(f"{image}/azimuthPixelSpacing"),
            annotation.number(f"{image}/rangePixelSpacing"),
        ),
        calibration=read_calibration(calibration),
        noise=noise,
        grid=read_grid(annotation),
        borders=read_borders(annotation),
        notes=notes,
        warnings=warnings,
    )


def _check_kind(folder: str, annotation: Node) -> None:
    kind = annotation.get("adsHeader/productType")
    if kind != "GRD":
        raise InputError(f"{short(folder)} is a {kind} product; use the GRD product of the same acquisition.")


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=timezone.utc)
    except ValueError as error:
        raise InputError(f"The annotation has no valid start time ({text!r}); download it again.") from error


def _noise(
    folder: str, polarisation: str, annotation: Node, calibration: Node, version: tuple[int, int]
) -> tuple[Optional[Noise], tuple[str, ...], tuple[str, ...]]:
    """Noise to subtract, with the reason where there is none."""
    done = annotation.all("imageAnnotation/processingInformation/thermalNoiseCorrectionPerformed")
    if done and done[0].text == "true":
        return None, ("Noise: already removed by the processor.",), ()
    try:
        noise = read_noise(load(calibration_file(folder, "noise", polarisation)))
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
    level = np.median([np.median(v[v != 0]) for v in noise.values if v.any()])
    decibels = 10 * np.log10(max(level, 1e-30) / np.median(calibration.values[0]) ** 2)
    return _PLAUSIBLE_NOISE_DB[0] < decibels < _PLAUSIBLE_NOISE_DB[1]


@dataclass(frozen=True)
class SafeSource:
    """The pixels of a product with what calibrates them.

    ``stretch`` is how many annotated lines and samples lie in one of the raster: 1 unless it was decimated.
    """

    product: Product
    shape: tuple[int, int]
    stretch: tuple[float, float]

    @classmethod
    def of(cls, product: Product) -> SafeSource:
        """Open the measurement and compare its size with the annotation."""
        dataset = open_raster(product.measurement)
        shape = (dataset.RasterYSize, dataset.RasterXSize)
        along, across = (said / there for said, there in zip(product.shape, shape))
        if min(along, across) < 1 or abs(along / across - 1) > _ASPECT_TOLERANCE:
            raise InputError(
                f"{short(product.measurement)} has {shape[1]} x {shape[0]} pixels where the annotation says "
                f"{product.shape[1]} x {product.shape[0]}; use the product's own image."
            )
        return cls(product, shape, (along, across))

    def georeference(self) -> Georeference:
        """Return the control points of the raster."""
        return self.product.grid.georeference(*self.stretch)

    def reader(self, grid: Grid) -> SafeReader:
        """Return what computes the rows of a working grid."""
        return SafeReader(self, grid)


class SafeReader:
    """Rows of a working grid: means of DN² first, then noise, calibration and incidence at cell centres."""

    def __init__(self, source: SafeSource, grid: Grid) -> None:
        self._source, self._grid = source, grid
        self._dataset = open_raster(source.product.measurement)
        self._band = self._dataset.GetRasterBand(1)
        noisy_border = source.product.version < _CLEAN_BORDERS_SINCE
        self._border = Border.of(self._band, source.stretch) if noisy_border else None
        self._samples = self._annotated(grid.samples.centres(0, grid.samples.cells), 1)
        self._calibration = source.product.calibration.across(self._samples)
        noise = source.product.noise
        self._noise = noise.table.across(self._samples) if noise else None

    def rows(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """Return sigma0 (linear, of VV; NaN where unknown) and incidence in degrees, both (rows, columns)."""
        product = self._source.product
        lines = self._annotated(self._grid.lines.centres(start, stop), 0)
        power = cell_means(self._read, self._grid, start, stop)
        if product.noise is not None and self._noise is not None:
            power = power - product.noise.rows(self._noise, lines, self._samples)
        sigma0 = np.maximum(power, 0.0) / product.calibration.linear(self._calibration, lines) ** 2
        incidence = product.grid.incidence(lines, self._samples)
        if product.polarisation == "HH":
            sigma0 = sigma0 * vv_over_hh(incidence)
        return sigma0, incidence

    def _annotated(self, positions: np.ndarray, axis: int) -> np.ndarray:
        return (positions + 0.5) * self._source.stretch[axis] - 0.5

    def _read(self, first: int, count: int) -> Lines:
        numbers = read_lines(self._band, first, count)
        if self._border is not None:
            numbers[self._border.outside(numbers, first)] = 0
        valid = numbers != 0
        power = numbers.astype(np.float32)
        np.square(power, out=power)
        return power, None if valid.all() else valid
