# SPDX-License-Identifier: GPL-2.0-or-later
"""A method over a whole roughness raster: what it says of each of its cells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..classes import CLASSES, NODATA
from ..errors import ModelError
from ..feedback import Feedback
from ..files.raster import open_raster
from ..geometry.georeference import Georeference
from ..methods.image import Image, sum_cells
from ..methods.protocol import Method
from ..roughness.roughness import Roughness
from .classification import without


@dataclass(frozen=True)
class Prediction:
    """What a method says of the cells of a scene.

    Attributes
    ----------
    probabilities : (10, lines, samples) float32
        In the order of `CLASSES`; `NODATA` where less than half of a cell is known.
    known_km2 : (lines, samples)
        How much of the ground is known in each cell.
    georeference : Georeference
        Of the cells.
    exclusive : bool
        The classes share one probability.
    """

    probabilities: Array
    known_km2: Array
    georeference: Georeference
    exclusive: bool


def predict(
    roughness: Roughness, method: Method, excluded: tuple[int, ...], feedback: Feedback
) -> Prediction:
    """Run a method on the whole of a roughness raster.

    Parameters
    ----------
    roughness : Roughness
        At the method's resolution.
    method : Method
    excluded : tuple of int
        Positions in `CLASSES` of the classes that there cannot be.
    feedback : Feedback

    Raises
    ------
    ModelError
        The network's numbers overflow.
    Cancelled
        When ``feedback`` says so.
    """
    stride = method.output_stride
    with _image(roughness, stride) as image:
        known_pixels = image.known_pixels
        # Cells at the far border may be cut: half of what there is of them has to be known.
        known = 2 * known_pixels >= sum_cells(np.ones(image.shape, bool), stride)
        probabilities = np.full((len(CLASSES), *known.shape), NODATA, np.float32)
        # A scene without any known cell is all nodata: no network has to run for that.
        if known.any():
            predicted = method.predict(image, feedback)[:, known]
            _refuse_overflow(predicted, method)
            # A class that cannot be gives its probability to the others, before anybody looks at thresholds.
            dropped = np.isin(np.arange(len(CLASSES)), excluded)[:, None]
            probabilities[:, known] = without(predicted, dropped, method.exclusive)
    # Areas count what is known of a cell, not whole cells: those at the coast and at the far end are cut.
    lines, samples = known.shape
    known_km2 = known_pixels * roughness.pixel_areas_km2(stride, (lines, samples))
    cells = roughness.georeference.coarsened(stride, stride)
    return Prediction(probabilities, known_km2, cells, method.exclusive)


def _refuse_overflow(predicted: Array, method: Method) -> None:
    if not np.isfinite(predicted).all():
        # Float16 ends at 65,504, which activations of an unlucky network can pass.
        raise ModelError(
            f"The network's numbers overflow on device {method.device}: compute in fp32.", option="precision"
        )


@contextmanager
def _image(roughness: Roughness, stride: int) -> Iterator[Image]:
    """Give the image of a roughness raster, and close the raster whatever happens.

    An error keeps the frames it went through and what they hold, and Windows removes no open file: were the
    raster a variable of a frame, a run that fails would leave its hidden folder behind.
    """
    opened = [open_raster(roughness.path)]

    def window(lines: slice, samples: slice) -> Array:
        size = samples.stop - samples.start, lines.stop - lines.start
        values: Array = opened[0].GetRasterBand(1).ReadAsArray(samples.start, lines.start, *size)
        return values

    try:
        yield Image(window, roughness.shape, roughness.median, stride)
    finally:
        opened.clear()
