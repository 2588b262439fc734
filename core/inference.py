"""A method over a whole roughness raster, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .classes import CLASS_NODATA, CLASSES, NODATA
from .errors import ModelError
from .feedback import Feedback
from .method import Method
from .outputs import OutputPaths, classify, create_classes, create_probabilities, output_errors
from .raster import open_raster
from .roughness import Roughness
from .tiling import Block, Span, blocks

# Side of a wave-mode imagette, assumed of images that know no place on earth.
NOMINAL_SIDE_M = 20_000.0


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

    def run(self, paths: OutputPaths, feedback: Feedback) -> np.ndarray:
        """Write the working grid's probabilities and classes.

        Returns
        -------
        (11,) float64
            Square kilometres by value of the class raster.
        """
        km2 = np.zeros(len(CLASSES) + 1)
        todo = blocks(self.roughness.shape, self.block_px, self.method.halo, self.method.multiple)
        with _Rasters(self, paths) as rasters:
            for done, block in enumerate(todo):
                feedback.progress(done / len(todo))
                probabilities, known_pixels = self._predict(rasters.read(block), block)
                classes = classify(probabilities, self.threshold)
                known = classes != CLASS_NODATA
                km2 += np.bincount(classes[known], known_pixels[known], minlength=km2.size) * self.pixel_km2
                rasters.write(block, probabilities, classes)
        return km2

    def _predict(self, pixels: np.ndarray, block: Block) -> tuple[np.ndarray, np.ndarray]:
        """Return the block's probabilities, `NODATA` where less than half is known, and its known pixels."""
        stride = self.method.output_stride
        known_pixels, known = _known(pixels, block, stride)
        probabilities = np.full((len(CLASSES), *known.shape), NODATA, np.float32)
        if known.any():
            filled = np.where(pixels >= 0, pixels, self.roughness.median).astype(np.float32)
            predicted = block.crop(self.method.predict(block.pad(filled)), stride)
            if not np.isfinite(predicted).all():
                raise ModelError(
                    f"The network's numbers overflow on device {self.method.device}: set PRECISION=fp32."
                )
            probabilities[:, known] = renormalise(predicted, self.excluded)[:, known]
        return probabilities, known_pixels


class _Rasters:
    """What a run reads and writes.

    Held here alone: an error keeps the frames it went through and what they hold, and Windows removes no open
    file.
    """

    def __init__(self, run: Inference, paths: OutputPaths) -> None:
        self._paths, self._stride = paths, run.method.output_stride
        place = run.roughness.georeference.coarsened(self._stride, self._stride)
        self._source = open_raster(run.roughness.path)
        self._probabilities = create_probabilities(paths.probabilities, run.shape, place)
        self._classes = create_classes(paths.classes, run.shape, place)

    def __enter__(self) -> _Rasters:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                with output_errors(self._paths.probabilities):
                    self._probabilities.FlushCache()
                    self._classes.FlushCache()
        finally:
            self._source = self._probabilities = self._classes = None

    def read(self, block: Block) -> np.ndarray:
        rows, columns = block.lines, block.samples
        size = columns.read_stop - columns.read_start, rows.read_stop - rows.read_start
        return self._source.GetRasterBand(1).ReadAsArray(columns.read_start, rows.read_start, *size)

    def write(self, block: Block, probabilities: np.ndarray, classes: np.ndarray) -> None:
        corner = block.samples.cells(self._stride).start, block.lines.cells(self._stride).start
        with output_errors(self._paths.probabilities):
            self._probabilities.WriteArray(probabilities, *corner)
            self._classes.WriteArray(classes, *corner)


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
