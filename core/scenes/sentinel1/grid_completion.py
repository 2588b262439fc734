# SPDX-License-Identifier: GPL-2.0-or-later
"""Geolocation grids that are no full rectangle: points that are missing, twice, or at samples of their own.

Such grids come from products that were joined from slices, cut or edited. What they say suffices to tell
where the image lies: points are interpolated along their row, then from row to row.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import make_interp_spline

from ...arrays import Array
from ...errors import InputError

# Two positions of one pixel differ by no more than this share of the Earth's radius, 64 m.
_DOUBLED_TOLERANCE = 1e-5


def complete(points: Array) -> tuple[Array, Array, Array]:
    """Return lines (L,), samples (P,) and values (L, P, 4) of a full grid through some points.

    Parameters
    ----------
    points : (n, 6)
        Line, sample, longitude, latitude (degrees), height (m) and incidence (degrees), by line and sample.

    Raises
    ------
    InputError
        They contradict each other, or leave a part of the image out.
    """
    # As directions from the Earth's centre: these know neither antimeridian nor poles.
    values = np.column_stack([directions(points[:, 2], points[:, 3]), points[:, 4:]])
    _, first, which = np.unique(points[:, :2], axis=0, return_index=True, return_inverse=True)
    apart = np.abs(values - values[first][which.ravel()])[:, :3].max(initial=0.0)
    if apart > _DOUBLED_TOLERANCE:
        raise InputError(
            "The geolocation grid of the product contradicts itself; download the product again."
        )
    positions, values = points[first, :2], values[first]
    rows = [positions[:, 0] == line for line in np.unique(positions[:, 0])]
    # A point alone says nothing of its row.
    rows = [row for row in rows if row.sum() > 1]
    if len(rows) < 2:
        raise InputError("The geolocation grid of the product is incomplete; download the product again.")
    lines = np.array([positions[row, 0][0] for row in rows])
    samples = _shared_samples([positions[row, 1] for row in rows])
    nodes = np.stack([_inside(positions[row, 1], values[row], samples) for row in rows])
    nodes = np.stack([_inside_or_near(lines, column, lines) for column in nodes.swapaxes(0, 1)], axis=1)
    nodes = np.stack([_inside_or_near(samples, row, samples) for row in nodes])
    if np.isnan(nodes).any():
        raise InputError("The geolocation grid of the product is incomplete; download the product again.")
    longitudes, latitudes = _degrees(nodes[..., :3])
    return lines, samples, np.concatenate([np.stack([longitudes, latitudes], -1), nodes[..., 3:]], -1)


def directions(longitudes: Array, latitudes: Array) -> Array:
    """Return unit vectors (…, 3) of degrees."""
    lon, lat = np.deg2rad(longitudes), np.deg2rad(latitudes)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], -1)


def _degrees(vectors: Array) -> tuple[Array, Array]:
    x, y, z = np.moveaxis(vectors, -1, 0)
    return np.rad2deg(np.arctan2(y, x)), np.rad2deg(np.arctan2(z, np.hypot(x, y)))


def _shared_samples(rows: list[Array]) -> Array:
    """Return the samples of the full grid: those of most rows or of the longest one, and both ends."""
    samples, count = np.unique(np.concatenate(rows), return_counts=True)
    shared, longest = samples[2 * count >= len(rows)], max(rows, key=len)
    inner = shared if shared.size >= longest.size else longest
    return np.union1d(inner, samples[[0, -1]])


def _inside(positions: Array, values: Array, wanted: Array) -> Array:
    """Return (wanted, n) of (positions, n) by a cubic spline; NaN beyond the ends."""
    # Cubic and through all points, as the spline over a full grid is.
    spline = make_interp_spline(positions, values, k=min(3, positions.size - 1))
    outside = (wanted < positions[0]) | (wanted > positions[-1])
    found: Array = np.where(outside[:, None], np.nan, spline(wanted))
    return found


def _inside_or_near(positions: Array, values: Array, wanted: Array) -> Array:
    """Fill (n, …) values that are NaN from the others, beyond their ends by no more than one widest step."""
    known = ~np.isnan(values[:, 0])
    if known.all() or known.sum() < 2:
        return values
    at = positions[known]
    spline = make_interp_spline(at, values[known], k=min(3, at.size - 1))
    step = np.diff(positions).max()
    near = (wanted >= at[0] - step) & (wanted <= at[-1] + step)
    return np.where((known | ~near)[:, None], values, spline(wanted))
