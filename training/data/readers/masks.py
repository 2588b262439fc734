# SPDX-License-Identifier: GPL-2.0-or-later
"""Masks of data sets as they are distributed, to labels: 0 unlabelled, 1..10 the class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np

from ....core.arrays import Array
from ....core.classes import CLASS_NODATA, CLASS_VALUES, CLASSES, CODES, UNDECIDED, pixel_value
from ....core.errors import InputError
from ..label_cells import network_labels
from .rasters import Raster, read_raster

# Label cells along a side of every data set's images: 20 km, resized as the paper does to 64 cells.
CELLS = 64
# matplotlib's tab10 in the order of the classes, fixed: published masks are painted so. Not read from
# CLASSES: whoever changes the colours of our maps must not change what a published mask says.
_TAB10 = np.array(
    [
        (31, 119, 180),
        (255, 127, 14),
        (44, 160, 44),
        (214, 39, 40),
        (148, 103, 189),
        (140, 86, 75),
        (227, 119, 194),
        (127, 127, 127),
        (188, 189, 34),
        (23, 190, 207),
    ]
)
# Black and white are what is unlabelled; between them the classes.
_COLOURS = np.array([(0, 0, 0), *_TAB10, (255, 255, 255)])
_COLOUR_LABELS = np.array([UNDECIDED, *CLASS_VALUES, UNDECIDED], np.uint8)
# matplotlib rounds colours in more than one way.
_COLOUR_TOLERANCE = 2
# In tables of what a number stands for: nothing. Not 255, which stands for what is unlabelled.
_INVALID = 254


@dataclass(frozen=True)
class Encoding:
    """A way of saying the class of a pixel: its name, and raster -> (H, W) labels.

    ``decode`` raises a ``ValueError`` that says what of the raster it does not know.
    """

    name: str
    decode: Callable[[Raster], Array]

    def read(self, path: Path) -> Array:
        """Return the (H, W) uint8 labels of a mask; an `InputError` names the file that is no such mask."""
        try:
            return self.decode(read_raster(path))
        except ValueError as error:
            raise InputError(f"{path} is no mask of the kind '{self.name}': {error}.") from error


def _one_hot(raster: Raster) -> Array:
    values = raster.values
    if len(values) != len(CLASSES):
        raise ValueError(f"it has {len(values)} bands, not {len(CLASSES)}")
    peak = values.max()
    if peak not in (0, 1, 255) or not np.isin(values, (0, peak)).all():
        raise ValueError("its values are not 0 and 1, nor 0 and 255")
    # A pixel that two classes claim teaches neither.
    claims = (values > 0).sum(axis=0)
    return np.where(claims == 1, pixel_value(values.argmax(axis=0)), UNDECIDED).astype(np.uint8)


def _tab10(raster: Raster) -> Array:
    values = raster.coloured
    if len(values) not in (3, 4) or values.dtype != np.uint8:
        raise ValueError(f"it has {len(values)} bands of {values.dtype}, not three or four of uint8")
    # Colours are compared once each, not pixel by pixel: a mask has a dozen of them.
    packed = values[0].astype(int) << 16 | values[1].astype(int) << 8 | values[2]
    found, where = np.unique(packed, return_inverse=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    distance = np.abs(colours[:, None] - _COLOURS).max(axis=2)
    strange = distance.min(axis=1) > _COLOUR_TOLERANCE
    if strange.any():
        raise ValueError(f"the colour {tuple(colours[strange][0].tolist())} is none of the ten classes'")
    # Flat before numpy 2, in the shape of the mask since.
    labels: Array = _COLOUR_LABELS[distance.argmin(axis=1)][where].reshape(packed.shape)
    return np.where(values[3] == 0, UNDECIDED, labels).astype(np.uint8) if len(values) == 4 else labels


def numbered(name: str, labels: dict[int, int]) -> Encoding:
    """Return the encoding by numbers that stand for ``labels``; any other number is an error."""
    table = np.full(256, _INVALID, np.uint8)
    table[list(labels)] = list(labels.values())

    def decode(raster: Raster) -> Array:
        values = raster.values[0]
        if len(raster.values) != 1:
            raise ValueError(f"it has {len(raster.values)} bands, not one")
        if values.min() < 0 or values.max() > 255 or (values != np.round(values)).any():
            raise ValueError(f"values from {values.min()} to {values.max()} are not whole numbers up to 255")
        decoded: Array = table[values.astype(np.uint8)]
        if (decoded == _INVALID).any():
            raise ValueError(f"the value {values[decoded == _INVALID][0]} stands for nothing")
        return decoded

    return Encoding(name, decode)


ONE_HOT = Encoding("one-hot stack", _one_hot)
TAB10 = Encoding("tab10 colours", _tab10)
_UNLABELLED = {CLASS_NODATA: UNDECIDED}
FROM_ONE = numbered(
    "index 0..10, 0 unlabelled", {UNDECIDED: UNDECIDED, **{i: i for i in CLASS_VALUES}, **_UNLABELLED}
)
FROM_ZERO = numbered(
    "index 0..9, 255 unlabelled", {**{i: pixel_value(i) for i in range(len(CLASSES))}, **_UNLABELLED}
)


def find_encoding(masks: list[Path]) -> Encoding:
    """Return the encoding that the masks of a data set have in common, judging by all that it takes.

    Numbers are taken from zero only where one mask has 255 and none has 10.

    Raises
    ------
    InputError
        The masks hold all of 0 to 9, but neither 10 nor 255.
    """
    bands = len(read_raster(masks[0]).values)
    if bands > 1:
        return ONE_HOT if bands == len(CLASSES) else TAB10
    # One mask seldom holds all classes: what the numbers mean shows only in all of them together.
    numbers: set[float] = set()
    for raster in map(read_raster, masks):
        if _is_painted(raster):
            return TAB10
        numbers |= set(np.unique(raster.values).tolist())
    if numbers == set(range(len(CLASSES))):
        raise InputError(
            f"The masks beside {masks[0]} hold the numbers 0 to 9, so 0 may be unlabelled or {CODES[0]}: "
            "write 255 for unlabelled if they count from 0, else add one to all."
        )
    unlabelled, last = CLASS_NODATA in numbers, CLASS_VALUES[-1] in numbers
    return FROM_ZERO if unlabelled and not last else FROM_ONE


def _is_painted(raster: Raster) -> bool:
    """Tell whether a raster shows one of the classes' colours by a palette; greys are in many palettes."""
    if raster.palette is None:
        return False
    # Only colours that occur: palettes often have 256 entries whatever the image holds.
    shown = raster.palette[np.unique(raster.values)].astype(int)
    hues = _TAB10[_TAB10.min(axis=1) < _TAB10.max(axis=1)]
    return bool((np.abs(shown[:, None] - hues).max(axis=2) <= _COLOUR_TOLERANCE).any())


def on_cells(labels: Array) -> Array:
    """Return (H, W) labels on the grid of 64 x 64 cells; where they are finer, as `network_labels` does."""
    # So many pixels a cell that none of the mask is passed over; nearest neighbours fill them.
    per_cell = -(-max(labels.shape) // CELLS)
    fine = per_cell * CELLS
    rows, columns = (((np.arange(fine) + 0.5) * pixels / fine).astype(int) for pixels in labels.shape)
    fitted = labels[np.ix_(rows, columns)]
    return network_labels(fitted, per_cell) if per_cell > 1 else fitted
