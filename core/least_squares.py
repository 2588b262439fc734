# SPDX-License-Identifier: GPL-2.0-or-later
"""Least squares whose sums are always taken in the same order.

BLAS divides long sums among its threads, so that ``@`` and `numpy.linalg.lstsq` give other last digits on
another number of processors. Control points, trends and areas would follow them. `numpy.einsum` takes
no BLAS.
"""

from __future__ import annotations

import numpy as np

from .arrays import Array


def least_squares(basis: Array, target: Array) -> Array:
    """Return the coefficients (k,) or (k, m) by which ``basis`` comes nearest to ``target``.

    By the normal equations, which is exact enough for polynomials of a few terms over -1 to 1.

    Parameters
    ----------
    basis : (n, k)
        Terms at each of n points; columns may depend on each other.
    target : (n,) or (n, m)

    Examples
    --------
    >>> line = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> least_squares(line, np.array([1.0, 3.0, 5.0])).round(9).tolist()
    [1.0, 2.0]
    """
    normal = np.einsum("ni,nj->ij", basis, basis)
    # A matrix of a few terms is too small for BLAS to divide it.
    coefficients: Array = np.linalg.lstsq(normal, np.einsum("ni,n...->i...", basis, target), rcond=None)[0]
    return coefficients


def evaluate(basis: Array, coefficients: Array) -> Array:
    """Return (..., ) or (n, m) values of ``basis`` (..., k) for coefficients (k,) or (k, m)."""
    values: Array = np.einsum("...k,k->..." if coefficients.ndim == 1 else "nk,km->nm", basis, coefficients)
    return values
