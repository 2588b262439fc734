# SPDX-License-Identifier: GPL-2.0-or-later
"""A smooth brightness of the sea, for scenes whose calibration or incidence is unknown.

Backscatter falls by several decibels from near to far range. Where the angle is not known, that trend cannot
be divided out by CMOD5.N as elsewhere: it is fitted to the sea itself, and the wind's own large-scale changes
go with it. Such roughness is relative, and the user is warned.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from ..arrays import Array
from ..errors import InputError
from ..feedback import Feedback
from ..files.prefetch import Rows
from ..least_squares import evaluate, least_squares

# Pieces over the whole length of a scene that are read for the fit, and pixels of them that are used. A
# surface of six coefficients needs no more, and the scene has to be read once again afterwards.
_PIECES = 24
_SAMPLES = 100_000
_ITERATIONS = 20
# Residual of the logarithm, 1.3 dB, that weighs half.
_OUTLIER = 0.3
# A smooth surface asks for some sea.
_FEWEST = 50


class TrendShape(Enum):
    """How the unknown brightness of the sea may vary over a scene."""

    CONSTANT = "one level: the angles are known, the calibration is not"
    RANGE = "quadratic along the columns: radar geometry, where columns run along range"
    PLANE = "quadratic in both: a map, where range runs in any direction"


@dataclass(frozen=True)
class Trend:
    """A surface over a grid: exp of a polynomial of column and, on a map, row.

    The exponential keeps it positive, and makes the fit one of logarithms, in which speckle and contrasts are
    alike at any brightness.

    Attributes
    ----------
    kind : TrendShape
    shape : (rows, columns)
        Of the grid.
    coefficients : tuple of float
        Of the polynomial's terms.
    """

    kind: TrendShape
    shape: tuple[int, int]
    coefficients: tuple[float, ...]

    def rows(self, start: int, stop: int) -> Array:
        """Return the surface (rows, columns); positive."""
        rows, columns = np.arange(start, stop)[:, None], np.arange(self.shape[1])[None, :]
        basis = _basis(self.kind, self.shape, *np.broadcast_arrays(rows, columns))
        surface: Array = np.exp(evaluate(basis, np.array(self.coefficients)))
        return surface


def fit_trend(
    kind: TrendShape,
    shape: tuple[int, int],
    chunks: list[tuple[int, int]],
    power: Rows,
    feedback: Feedback,
) -> Trend:
    """Fit a surface, robustly, so that the median of power over it is one.

    Parameters
    ----------
    kind : TrendShape
    shape : (rows, columns)
        Of the grid.
    chunks : list of (start, stop)
        Rows that can be read together.
    power : callable
        Gives such rows, NaN where unknown or land.
    feedback : Feedback

    Raises
    ------
    Cancelled
        When ``feedback`` says so.
    InputError
        There is hardly any valid sea.
    """
    some = thinned(chunks)
    pieces = []
    for done, chunk in enumerate(some):
        feedback.progress(done / len(some))
        pieces.append(_known_power(power(*chunk), chunk[0], _SAMPLES // len(some)))
    rows, columns, values = (np.concatenate(parts) for parts in zip(*pieces))
    if values.size < _FEWEST:
        raise InputError("The scene shows hardly any sea: nothing but land or nodata is left to segment.")
    basis = _basis(kind, shape, rows, columns)
    coefficients = _robust(basis, np.log(values))
    # Least squares of logarithms give their mean; what stands for the sea is the median of what is seen.
    coefficients[0] += np.median(np.log(values) - evaluate(basis, coefficients))
    return Trend(kind, shape, tuple(coefficients.tolist()))


def thinned(chunks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return some of the chunks, (start, stop) of rows, over the whole length of a scene."""
    return chunks[:: max(1, len(chunks) // _PIECES)]


def _known_power(power: Array, first: int, wanted: int) -> tuple[Array, Array, Array]:
    rows, columns = np.nonzero(np.isfinite(power) & (power > 0))
    some = slice(None, None, max(1, rows.size // max(1, wanted)))
    return rows[some] + first, columns[some], power[rows[some], columns[some]]


def _basis(kind: TrendShape, shape: tuple[int, int], rows: Array, columns: Array) -> Array:
    # From -1 to 1 over the grid, where squares and products are no larger than the rest: a fit by columns up
    # to thousands would be ill-conditioned.
    u, v = (2 * (p + 0.5) / n - 1 for p, n in ((columns, shape[1]), (rows, shape[0])))
    terms: dict[TrendShape, list[Array]] = {
        TrendShape.CONSTANT: [],
        TrendShape.RANGE: [u, u**2],
        TrendShape.PLANE: [u, v, u**2, u * v, v**2],
    }
    return np.stack([np.ones_like(u), *terms[kind]], axis=-1)


def _robust(basis: Array, target: Array) -> Array:
    """Return least squares in which ships, islands and dark patches, the large residuals, fade out."""
    # Cauchy's weights: unlike a limit beyond which residuals are dropped they never lose all points.
    weight: Array = np.ones_like(target)
    coefficients: Array = np.zeros(basis.shape[1])
    for _ in range(_ITERATIONS):
        root = np.sqrt(weight)
        coefficients = least_squares(basis * root[:, None], target * root)
        weight = np.divide(1, 1 + ((target - evaluate(basis, coefficients)) / _OUTLIER) ** 2)
    return coefficients
