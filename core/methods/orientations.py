# SPDX-License-Identifier: GPL-2.0-or-later
"""A method that looks at an image in all eight orientations of the square: test-time augmentation.

The sea knows no up and no left: a method that makes something else of a turned image errs in one of the two,
and the mean errs less. It takes eight times as long.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..feedback import Feedback, step_of
from .image import Image
from .protocol import Method, WrappedMethod


class Orientation(NamedTuple):
    """One symmetry of the square: transpose, then reverse lines, then reverse samples; each or not.

    Attributes
    ----------
    transposed : bool
        Lines become samples.
    lines_reversed, samples_reversed : bool
        Of what transposing gave.
    """

    transposed: bool
    lines_reversed: bool
    samples_reversed: bool

    def apply(self, maps: Array) -> Array:
        """Return (…, H, W) maps as they are in this orientation."""
        return self._reverse(np.swapaxes(maps, -1, -2) if self.transposed else maps)

    def undo(self, maps: Array) -> Array:
        """Return (…, H, W) maps of this orientation as they are in the first."""
        # The same steps backwards: each of them is its own inverse.
        maps = self._reverse(maps)
        return np.swapaxes(maps, -1, -2) if self.transposed else maps

    def _reverse(self, maps: Array) -> Array:
        axes = [axis for axis, wanted in ((-2, self.lines_reversed), (-1, self.samples_reversed)) if wanted]
        return np.flip(maps, axes)


# Transposing and two reversals, each done or not, make all eight: a quarter turn is a transposition and one
# reversal. The first one changes nothing.
ORIENTATIONS = tuple(Orientation(*choice) for choice in product((False, True), repeat=3))


class OrientedImage(Image):
    """An image seen in another orientation.

    Its sides are whole cells, the last of them filled by reflection as `Image.read` does beyond borders:
    reversed, cells would else begin at the other end and not be the same.
    """

    def __init__(self, image: Image, orientation: Orientation) -> None:
        # Without the base's own __init__: it would read the whole raster once more to count its pixels.
        self._image, self._orientation, self.stride = image, orientation, image.stride
        self.known_pixels = orientation.apply(image.known_pixels)
        lines, samples = self.known_pixels.shape
        self.shape = lines * self.stride, samples * self.stride

    def read(self, lines: slice, samples: slice) -> Array:
        """Return (h, w) float32 sqrt roughness, as `Image.read` does."""
        # Backwards through `Orientation.apply`, as the window is wanted in the image as it was.
        if self._orientation.lines_reversed:
            lines = _reversed(lines, self.shape[0])
        if self._orientation.samples_reversed:
            samples = _reversed(samples, self.shape[1])
        window = (samples, lines) if self._orientation.transposed else (lines, samples)
        # Views with negative strides are none that torch takes.
        return np.ascontiguousarray(self._orientation.apply(self._image.read(*window)))


def _reversed(part: slice, length: int) -> slice:
    return slice(length - part.stop, length - part.start)


class OrientationMean(WrappedMethod):
    """The mean of what a method makes of an image in all `ORIENTATIONS`; a `Method` itself."""

    def __init__(self, method: Method) -> None:
        super().__init__(method)
        self.model_id = f"{method.model_id}, mean of {len(ORIENTATIONS)} orientations"

    def predict(self, image: Image, feedback: Feedback) -> Array:
        """Return the class probabilities of a whole image; see `metocean.core.methods.protocol.Method`."""
        count = len(ORIENTATIONS)
        # Summed one by one: eight probability maps of a wide scene are much memory.
        total: Array | float = 0.0
        for done, orientation in enumerate(ORIENTATIONS):
            part = step_of(feedback, done, count)
            maps = self._method.predict(OrientedImage(image, orientation), part)
            total = total + orientation.undo(maps)
        return np.divide(total, count, dtype=np.float32)
