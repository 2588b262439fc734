"""From maps on any regular grid to the label cells of an image."""

from __future__ import annotations

import numpy as np


def cell_centres(cells: int, stride_px: int) -> np.ndarray:
    """Return the (cells,) centres of label cells along a side, in pixels; 0 is the first pixel's middle."""
    return np.arange(cells) * stride_px + (stride_px - 1) / 2


def on_cells(
    maps: np.ndarray, positions: list[np.ndarray], cells: tuple[int, ...], stride_px: int
) -> np.ndarray:
    """Return (C, h, w) maps, interpolated bilinearly, on (lines, samples) label cells.

    Parameters
    ----------
    positions : list of two (n,) arrays
        Of the maps' lines and samples, ascending, in pixels. Beyond the outermost their values go on.
    """
    wanted = (cell_centres(number, stride_px) for number in cells)
    rows, columns = (interpolation(*axis) for axis in zip(positions, wanted))
    return rows @ maps @ columns.T


def interpolation(known: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the (wanted, known) float32 matrix that interpolates linearly along one axis."""
    columns = [np.interp(wanted, known, unit) for unit in np.eye(len(known))]
    return np.stack(columns, axis=1).astype(np.float32)
