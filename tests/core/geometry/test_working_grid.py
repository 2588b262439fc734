# SPDX-License-Identifier: GPL-2.0-or-later
"""Cells of the working grid: area means of valid pixels, and linear between coarse ones."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.geometry.working_grid import Axis, WorkingGrid, cell_means


def slow_means(values, known, step_line, step_sample, shape):
    """Area-weighted means, cell by cell, from an eight-fold finer grid."""
    fine = 8
    big, ok = (np.kron(v, np.ones((fine, fine))) for v in (np.where(known, values, 0), known))
    out = np.full(shape, np.nan)
    for i in range(shape[0]):
        for j in range(shape[1]):
            window = np.s_[
                round(i * step_line * fine) : round((i + 1) * step_line * fine),
                round(j * step_sample * fine) : round((j + 1) * step_sample * fine),
            ]
            if ok[window].mean() >= 0.5:
                out[i, j] = big[window].sum() / ok[window].sum()
    return out


@pytest.mark.parametrize(("step_line", "step_sample"), [(3, 4), (2.5, 2.5), (1, 1), (3.25, 1.5), (2, 2.5)])
def test_cells_are_area_means_of_valid_pixels(rng, step_line, step_sample):
    values, known = rng.random((26, 31)), rng.random((26, 31)) > 0.3
    grid = WorkingGrid(Axis.from_step(26, step_line), Axis.from_step(31, step_sample))

    def read(first, count):
        assert first >= 0 and first + count <= 26
        part = np.s_[first : first + count]
        return np.where(known[part], values[part], 0).astype(np.float64), known[part]

    parts = [
        cell_means(read, grid, start, min(start + 3, grid.shape[0])) for start in range(0, grid.shape[0], 3)
    ]
    wanted = slow_means(values, known, step_line, step_sample, grid.shape)
    np.testing.assert_allclose(np.concatenate(parts), wanted, rtol=1e-5)


def test_a_cell_counts_if_just_half_of_it_is_valid_however_large(monkeypatch):
    # 300 x 300 pixels in a cell: more than 16 bits count to.
    known = np.ones((600, 600), bool)
    known[:150] = known[150, 300] = False
    power = np.where(known, 3.0, 0.0).astype(np.float32)
    grid = WorkingGrid(Axis.from_step(600, 300), Axis.from_step(600, 300))
    for pixels in (1, 10**9):
        monkeypatch.setattr("metocean.core.geometry.working_grid._CACHED_PIXELS", pixels)
        means = cell_means(lambda i, n: (power[i : i + n], known[i : i + n]), grid, 0, 2)
        np.testing.assert_allclose(means, [[3, np.nan], [3, 3]], rtol=1e-6)


def test_coarse_pixels_are_interpolated_linearly():
    # A plane stays a plane between the centres of the outermost pixels.
    lines, samples = np.meshgrid(np.arange(9.0), np.arange(7.0), indexing="ij")
    grid = WorkingGrid(Axis.from_step(9, 0.5), Axis.from_step(7, 0.4))
    whole = cell_means(
        lambda first, n: ((lines + 10 * samples)[first : first + n], None), grid, 0, grid.shape[0]
    )
    rows, columns = grid.lines.centres(0, grid.shape[0]), grid.samples.centres(0, grid.shape[1])
    wanted = np.clip(rows, 0, 8)[:, None] + 10 * np.clip(columns, 0, 6)
    np.testing.assert_allclose(whole, wanted, atol=1e-5)


def test_steps_near_a_whole_number_keep_the_true_spacing():
    assert Axis.from_step(16685, 100 / 10.00088) == Axis(16685, 1668, 10.0)
    assert Axis.from_step(100, 2.5) == Axis(100, 40, 2.5)
    assert Axis.from_cells(565, 256).step == 565 / 256
