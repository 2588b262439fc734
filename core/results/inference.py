"""A method over a whole roughness raster: the working grid of what a user sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from ..classes import CLASS_NODATA, CLASSES, NODATA, class_index
from ..errors import ModelError
from ..feedback import Feedback
from ..files.raster import open_raster, output_errors
from ..geometry.georeference import NOMINAL_SIDE_M
from ..geometry.ground_area import pixel_areas_km2
from ..methods.image import Image, sum_cells
from ..methods.protocol import Method
from ..roughness.roughness import Roughness
from .areas import BRIGHT_NAME, Area, areas_from
from .ice_limits import IceLimits, latitudes
from .rasters import OutputPaths, classify, create_classes, create_probabilities, create_uncertainty
from .uncertainty import uncertainty

ICEBERG = class_index("IB")


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
        See `metocean.core.results.rasters.classify`.
    ice : IceLimits
        Where classes of ice are dropped, too. Asks for a scene that lies somewhere on earth.
    """

    roughness: Roughness
    method: Method
    excluded: tuple[int, ...]
    threshold: float
    ice: IceLimits = field(default_factory=IceLimits)

    @property
    def spacing_m(self) -> tuple[float, float]:
        """Ground spacing of the roughness along lines and samples."""
        spacing_m = self.roughness.spacing_m
        if spacing_m is None or not self.roughness.georeference.known:
            return NOMINAL_SIDE_M / self.roughness.shape[0], NOMINAL_SIDE_M / self.roughness.shape[1]
        return spacing_m

    def pixels_km2(self, step: int, shape: tuple[int, int]) -> np.ndarray:
        """Return the ground area of a pixel of the roughness in each of (rows, columns) cells of ``step``."""
        place = self.roughness.georeference
        if not place.known:
            return np.full(shape, self.spacing_m[0] * self.spacing_m[1] / 1e6)
        return pixel_areas_km2(place.coarsened(step, step), shape) / step**2

    def run(self, paths: OutputPaths, feedback: Feedback) -> dict[str, Area]:
        """Write the working grid's rasters, all but the roughness, to those of ``paths`` that are wanted.

        Returns
        -------
        dict of str to Area
            By code, ``undecided`` included; where ice has limits, also of bright targets, which would be
            icebergs if there could be any.
        """
        probabilities, known_pixels = self._predict(feedback)
        lines, samples = known_pixels.shape
        known_km2 = known_pixels * self.pixels_km2(self.method.output_stride, (lines, samples))
        further = {}
        if self.ice.given:
            bright = self._limit_ice(probabilities)
            further[BRIGHT_NAME] = known_km2[bright].sum()
        classes = classify(probabilities, self.threshold)
        self._write(paths, probabilities, classes)
        known = classes != CLASS_NODATA
        km2 = np.bincount(classes[known], known_km2[known], minlength=len(CLASSES) + 1)
        return areas_from(km2, **further)

    def _limit_ice(self, probabilities: np.ndarray) -> np.ndarray:
        """Drop ice where it cannot be, in place; return (lines, samples) bool, where it had been icebergs."""
        place, stride = self.roughness.georeference, self.method.output_stride
        lines, samples = probabilities.shape[1:]
        degrees = latitudes(place.coarsened(stride, stride), (lines, samples))
        forbidden = self.ice.forbid(degrees, self.roughness.acquired)
        bright = (classify(probabilities, self.threshold) == ICEBERG + 1) & forbidden[ICEBERG]
        changed = forbidden.any(axis=0) & (probabilities[0] >= 0)
        probabilities[:, changed] = self._without(probabilities[:, changed], forbidden[:, changed])
        return bright

    def _predict(self, feedback: Feedback) -> tuple[np.ndarray, np.ndarray]:
        """Return the probabilities, `NODATA` where less than half is known, and the cells' known pixels."""
        stride = self.method.output_stride
        with _image(self.roughness, stride) as image:
            known_pixels = image.known_pixels
            known = 2 * known_pixels >= sum_cells(np.ones(image.shape, bool), stride)
            probabilities = np.full((len(CLASSES), *known.shape), NODATA, np.float32)
            if known.any():
                predicted = self.method.predict(image, feedback)[:, known]
                if not np.isfinite(predicted).all():
                    raise ModelError(
                        f"The network's numbers overflow on device {self.method.device}: set PRECISION=fp32."
                    )
                probabilities[:, known] = self._without(predicted, self._excluded)
        return probabilities, known_pixels

    @property
    def _excluded(self) -> np.ndarray:
        return np.isin(np.arange(len(CLASSES)), self.excluded)[:, None]

    def _without(self, probabilities: np.ndarray, dropped: np.ndarray) -> np.ndarray:
        if self.method.exclusive:
            return renormalise(probabilities, dropped)
        return np.where(dropped, 0, probabilities)

    def _write(self, paths: OutputPaths, probabilities: np.ndarray, classes: np.ndarray) -> None:
        stride = self.method.output_stride
        place, (lines, samples) = self.roughness.georeference.coarsened(stride, stride), classes.shape
        rasters = [
            (create_probabilities, paths.probabilities, probabilities),
            (create_classes, paths.classes, classes),
        ]
        if paths.uncertainty:
            rasters.append((create_uncertainty, paths.uncertainty, uncertainty(probabilities)))
        for create, path, values in rasters:
            with output_errors(path):
                raster = create(path, (lines, samples), place)
                raster.WriteArray(values)
                raster.FlushCache()


@contextmanager
def _image(roughness: Roughness, stride: int) -> Iterator[Image]:
    """Give the image of a roughness raster, and close the raster whatever happens.

    An error keeps the frames it went through and what they hold, and Windows removes no open file.
    """
    opened = [open_raster(roughness.path)]

    def window(lines: slice, samples: slice) -> np.ndarray:
        size = samples.stop - samples.start, lines.stop - lines.start
        return opened[0].GetRasterBand(1).ReadAsArray(samples.start, lines.start, *size)

    try:
        yield Image(window, roughness.shape, roughness.median, stride)
    finally:
        opened.clear()


def renormalise(probabilities: np.ndarray, dropped: np.ndarray) -> np.ndarray:
    """Drop classes of (10, …) probabilities where ``dropped`` is True; the others share what they had.

    Examples
    --------
    >>> probabilities = np.array([[0.5, 0.5], [0.3, 0.3], [0.2, 0.2]])
    >>> renormalise(probabilities, np.array([[True, False], [False, False], [False, True]])).round(3).tolist()
    [[0.0, 0.625], [0.6, 0.375], [0.4, 0.0]]
    """
    kept = np.where(dropped, 0, probabilities)
    total, remaining = probabilities.sum(axis=0), kept.sum(axis=0)
    # Where nothing but excluded classes was seen all become zero, which reads as undecided.
    return kept * np.divide(total, remaining, out=np.zeros_like(total), where=remaining > 0)
