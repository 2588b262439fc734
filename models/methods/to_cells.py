# SPDX-License-Identifier: GPL-2.0-or-later
"""From values at regular positions in an image to its label cells, 400 m wide.

Tiles and the cells of InceptionV3's last map do not lie on the label cells: between their middles the maps
are interpolated bilinearly, which is two products of matrices, one along each side.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import Array


def cell_centres(cells: int, stride_px: int) -> Array:
    """Return the (cells,) centres of label cells along a side, in pixels; 0 is the first pixel's middle."""
    centres: Array = np.arange(cells) * stride_px + (stride_px - 1) / 2
    return centres


def on_cells(maps: Array, positions: list[Array], cells: tuple[int, ...], stride_px: int) -> Array:
    """Return (C, h, w) maps, interpolated bilinearly, on label cells.

    Parameters
    ----------
    maps : (C, n, m) array
        Values at ``positions``.
    positions : list of two arrays, (n,) and (m,)
        Where the maps' lines and samples lie in the image, ascending, in pixels. Beyond the outermost their
        values go on.
    cells : (int, int)
        Lines and samples, h and w, of label cells.
    stride_px : int
        Pixels along each side of a label cell.
    """
    wanted = (cell_centres(number, stride_px) for number in cells)
    rows, columns = (interpolation_matrix(*axis) for axis in zip(positions, wanted))
    interpolated: Array = rows @ maps @ columns.T  # (h, n) @ (C, n, m) @ (m, w)
    return interpolated


def interpolation_matrix(known: Array, wanted: Array) -> Array:
    """Return the (wanted, known) float32 matrix that interpolates linearly along one axis.

    Its columns are the answers to unit vectors, so that it is `numpy.interp` and nothing else.
    """
    columns = [np.interp(wanted, known, unit) for unit in np.eye(len(known))]
    return np.stack(columns, axis=1).astype(np.float32)
