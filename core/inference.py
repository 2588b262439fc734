"""A method over a whole roughness raster, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from osgeo import gdal

from .classes import CLASSES, NODATA
from .errors import InputError
from .feedback import Feedback
from .method import Method
from .outputs import classify, create_probabilities, writing
from .raster import open_raster, sample
from .roughness import Roughness
from .tiling import Block, Span, blocks

# Side of a wave-mode imagette, assumed of images that know no place on earth.
NOMINAL_SIDE_M = 20_000.0
# Pixels along each side of the sample the scene's median is taken from.
_MEDIAN_SIDE = 1024


@dataclass(frozen=True)
class Inference:
    """One method on one scene.

    Attributes
    ----------
    roughness : Roughness
    method : Method
    excluded : tuple of int
        Indices of the classes to drop.
    threshold : float
        See `metocean.core.outputs.classify`.
    block_px : int
        Side of a block without halo.
    """

    roughness: Roughness
    method: Method
    excluded: tuple[int, ...]
    threshold: float
    block_px: int

    @property
    def shape(self) -> tuple[int, int]:
        """Lines and samples of the result."""
        stride = self.method.output_stride
        return -(-self.roughness.shape[0] // stride), -(-self.roughness.shape[1] // stride)

    @property
    def pixel_km2(self) -> float:
        """Ground area of one pixel of the roughness."""
        spacing_m = self.roughness.spacing_m
        if spacing_m is None or not self.roughness.georeference.known:
            spacing_m = NOMINAL_SIDE_M / self.roughness.shape[0], NOMINAL_SIDE_M / self.roughness.shape[1]
        return spacing_m[0] * spacing_m[1] / 1e6

    def run(self, path: str, feedback: Feedback) -> np.ndarray:
        """Write the working grid's probabilities to ``path``.

        Returns
        -------
        (11,) float64
            Square kilometres by value of the class raster.
        """
        stride = self.method.output_stride
        source = open_raster(self.roughness.path)
        target = create_probabilities(path, self.shape, self.roughness.georeference.coarsened(stride, stride))
        fill = _median(source, self.roughness.path)
        km2 = np.zeros(len(CLASSES) + 1)
        todo = blocks(self.roughness.shape, self.block_px, self.method.halo, self.method.multiple)
        for done, block in enumerate(todo):
            feedback.progress(done / len(todo))
            pixels = _read(source, block)
            known_pixels, known = _known(pixels, block, stride)
            probabilities = np.full((len(CLASSES), *known.shape), NODATA, np.float32)
            if known.any():
                filled = block.pad(np.where(pixels >= 0, pixels, fill).astype(np.float32))
                predicted = block.crop(self.method.predict(filled), stride)
                probabilities[:, known] = renormalise(predicted, self.excluded)[:, known]
                values = classify(probabilities, self.threshold)[known]
                km2 += np.bincount(values, known_pixels[known], minlength=km2.size) * self.pixel_km2
            with writing(path):
                rows, columns = block.lines.cells(stride), block.samples.cells(stride)
                target.WriteArray(probabilities, columns.start, rows.start)
        with writing(path):
            target.FlushCache()
        return km2


def renormalise(probabilities: np.ndarray, excluded: Sequence[int]) -> np.ndarray:
    """Drop classes from (10, H, W) probabilities and let the others share what they had.

    Examples
    --------
    >>> renormalise(np.array([0.5, 0.3, 0.2]).reshape(3, 1, 1), [0]).ravel().round(3).tolist()
    [0.0, 0.6, 0.4]
    """
    if not excluded:
        return probabilities
    kept = probabilities.copy()
    kept[list(excluded)] = 0
    total, remaining = probabilities.sum(axis=0), kept.sum(axis=0)
    # Where nothing but excluded classes was seen all become zero, which reads as undecided.
    return kept * np.divide(total, remaining, out=np.zeros_like(total), where=remaining > 0)


def _read(source: gdal.Dataset, block: Block) -> np.ndarray:
    rows, columns = block.lines, block.samples
    size = columns.read_stop - columns.read_start, rows.read_stop - rows.read_start
    return source.GetRasterBand(1).ReadAsArray(columns.read_start, rows.read_start, *size)


def _known(pixels: np.ndarray, block: Block, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each of the block's cells' number of known pixels, and whether that is half of them or more."""
    own = pixels[_own(block.lines), _own(block.samples)] >= 0
    known_pixels = _sum_cells(own, stride)
    return known_pixels, 2 * known_pixels >= _sum_cells(np.ones_like(own), stride)


def _own(span: Span) -> slice:
    return slice(span.start - span.read_start, span.stop - span.read_start)


def _sum_cells(mask: np.ndarray, stride: int) -> np.ndarray:
    padded = np.pad(mask, [(0, -n % stride) for n in mask.shape])
    lines, samples = padded.shape
    return padded.reshape(lines // stride, stride, samples // stride, stride).sum(axis=(1, 3))


def _median(source: gdal.Dataset, path: str) -> float:
    """Return what to fill nodata with: one number for the scene, so that no result depends on the blocks."""
    pixels = sample(source.GetRasterBand(1), _MEDIAN_SIDE)
    known = pixels[pixels >= 0]
    if not known.size:
        raise InputError(f"{path} has no valid pixel: nothing but nodata or land is left of the scene.")
    return float(np.median(known))
