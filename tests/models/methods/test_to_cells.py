# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
from metocean.models.methods.to_cells import cell_centres, interpolation_matrix, on_cells
from scipy.interpolate import RegularGridInterpolator


def test_cells_lie_where_the_pixels_they_stand_for_do():
    np.testing.assert_array_equal(cell_centres(3, 8), [3.5, 11.5, 19.5])
    np.testing.assert_array_equal(cell_centres(2, 4), [1.5, 5.5])


def test_interpolation_equals_scipy():
    rng = np.random.default_rng(0)
    y, x, maps = np.array([12.0, 37, 62]), np.array([21.0, 64, 107, 150]), rng.random((2, 3, 4))
    lines, samples = np.arange(14.0, 60, 8), np.arange(22.0, 150, 8)
    # The first cell's centre is at 3.5 px.
    found = on_cells(maps, [y - 10.5, x - 18.5], (len(lines), len(samples)), 8)
    for band, values in zip(found, maps):
        exact = RegularGridInterpolator((y, x), values)(
            np.stack(np.meshgrid(lines, samples, indexing="ij"), -1)
        )
        np.testing.assert_allclose(band, exact, atol=1e-6)


def test_interpolation_goes_on_beyond_what_is_known():
    weights = interpolation_matrix(np.array([10.0, 20]), np.array([0.0, 10, 13, 20, 99]))
    np.testing.assert_allclose(weights, [[1, 0], [1, 0], [0.7, 0.3], [0, 1], [0, 1]], atol=1e-7)
    np.testing.assert_array_equal(interpolation_matrix(np.array([37.0]), np.array([0.0, 74])), [[1], [1]])
