# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws a wide scene of several regimes, with exact masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.fft import next_fast_len

from ....core.arrays import Array
from ..draws import Draws, Range, uniform
from ..fields import Grid, red_field, smooth_step
from ..sea import Sea, calm_sea
from ..shapes import region
from ..waves import clean_sigma0, draw_waves
from .mixture import DISTRACTORS, PROCESSES, WIND, Distractor

# What a wide scene holds besides wind streaks and cells, in windows how wide. Later ones cover earlier ones:
# where there is no wind nothing shows of what needs it, whereas rain and icebergs do.
WIDE_PROCESSES = ("AF", "BS", "OF", "LWA", "RC", "RC", "IB")
WINDOW_M: Range = (45_000.0, 90_000.0)
# What processes change of a sea, pixel by pixel.
WIND_FIELDS = ("wind_x", "wind_y")
SURFACE_FIELDS = ("gain_db", "wave_gain", "targets", "labels")
# Waves are drawn on a grid as fine as this, and averaged: what 100 m do not resolve of them is still seen.
WAVES_GRID_M = 50.0


@dataclass(frozen=True)
class WideScene:
    """A simulated wide scene, its arrays of the grid's shape unless said otherwise.

    Attributes
    ----------
    grid : Grid
    sigma0 : (rows, columns)
        Linear; `simulate_wide_scene` leaves noise to the sensor.
    labels, gusts, noise_db, incidence_deg
        As `metocean.training.simulator.sea.Sea` has them; the last is (columns,).
    """

    grid: Grid
    sigma0: Array
    labels: Array
    gusts: dict[str, Array]
    noise_db: Array
    incidence_deg: Array

    def part(self, rows: slice, columns: slice) -> WideScene:
        """Return a window of it, with labels of its own."""
        sigma0, labels = self.sigma0[rows, columns], self.labels[rows, columns].copy()
        gusts = {code: drawn[rows, columns] for code, drawn in self.gusts.items()}
        grid = Grid((sigma0.shape[0], sigma0.shape[1]), self.grid.spacing_m)
        return WideScene(
            grid, sigma0, labels, gusts, self.noise_db[rows, columns], self.incidence_deg[columns]
        )


@dataclass(frozen=True)
class SceneContent:
    """What a wide scene holds besides wind streaks and cells.

    Attributes
    ----------
    speed : float
        Mean wind, m/s.
    processes : tuple of str
        Codes of the classes that lie in windows of the scene, in the order in which they are drawn.
    distractors : tuple of Distractor
    """

    speed: float = 7.0
    processes: tuple[str, ...] = WIDE_PROCESSES
    distractors: tuple[Distractor, ...] = ()


EVERYTHING = SceneContent()


def simulate_wide_scene(
    rng: Draws, grid: Grid, incidence_deg: Array, content: SceneContent = EVERYTHING
) -> WideScene:
    """Return a wide scene of several regimes, without noise.

    Parameters
    ----------
    rng : Draws
    grid : Grid
        A spacing of 100 m keeps a full swath small.
    incidence_deg : (columns,) array
    content : SceneContent
    """
    rows, columns = grid.shape
    # A little larger where that has small prime factors: the fields are Fourier transforms.
    larger = Grid((next_fast_len(rows, real=True), next_fast_len(columns, real=True)), grid.spacing_m)
    incidence_deg = np.pad(np.asarray(incidence_deg, float), (0, larger.shape[1] - columns), mode="edge")
    sea = calm_sea(rng, larger, incidence_deg, content.speed)
    for code in ("WS", "MCC"):
        PROCESSES[code](sea, rng, smooth_step(region(rng, larger, 0.3, 60_000.0, -3.0), 0.3))
    for code in content.processes:
        _draw_in_window(sea, rng, code)
    for distractor in content.distractors:
        DISTRACTORS[distractor][1](sea, rng)
    sigma0 = _seen_through_waves(sea, rng, max(1, round(grid.spacing_m / WAVES_GRID_M)))
    whole = WideScene(larger, sigma0, sea.labels, sea.gusts, sea.noise_db, sea.incidence_deg)
    return whole.part(slice(rows), slice(columns))


def _seen_through_waves(sea: Sea, rng: Draws, finer: int) -> Array:
    """Return noise-free sigma0 on the sea's grid, imaged on one that is ``finer`` times as fine."""
    rows, columns = sea.grid.shape
    # Repeated, not interpolated: borders of ice and targets stay as sharp as they are.
    fields = {
        name: getattr(sea, name).repeat(finer, 0).repeat(finer, 1)
        for name in (*WIND_FIELDS, "gain_db", "wave_gain", "targets")
    }
    fine = Sea(
        Grid((rows * finer, columns * finer), sea.grid.spacing_m / finer),
        sea.incidence_deg.repeat(finer),
        fields.pop("wind_x"),
        fields.pop("wind_y"),
    )
    vars(fine).update(fields)
    sigma0 = clean_sigma0(fine, draw_waves(rng, fine))
    values: Array = sigma0.reshape(rows, finer, columns, finer).mean((1, 3))
    return values


def _draw_in_window(sea: Sea, rng: Draws, code: str) -> None:
    """Apply a process inside a window of the scene, fading out towards the window's edge."""
    rows, columns = sea.grid.shape
    side = min(rows, columns, int(uniform(rng, WINDOW_M) / sea.grid.spacing_m))
    top, left = int(rng.integers(0, rows - side + 1)), int(rng.integers(0, columns - side + 1))
    window = slice(top, top + side), slice(left, left + side)
    part = _cut_out(sea, window)
    # Films and calm lie where the wind is low: where a process needs less than the scene has, it slackens.
    wind = part.wind_x.mean(), part.wind_y.mean()
    slow = min(1.0, WIND[code][1] / float(np.hypot(*wind)))
    fade = _fade(rng, part.grid)
    part.scale_wind(1 - (1 - np.float32(slow)) * fade)
    PROCESSES[code](part, rng, fade)
    for name in (*WIND_FIELDS, *SURFACE_FIELDS):
        getattr(sea, name)[window] = getattr(part, name)
    for name, drawn in part.gusts.items():
        sea.gusts[name][window] *= drawn


def _cut_out(sea: Sea, window: tuple[slice, slice]) -> Sea:
    """Return a square window of a sea as a sea of its own: processes work on whole ones."""
    wind_x, wind_y = (getattr(sea, name)[window].copy() for name in WIND_FIELDS)
    part = Sea(Grid(wind_x.shape, sea.grid.spacing_m), sea.incidence_deg[window[1]], wind_x, wind_y)
    for name in SURFACE_FIELDS:
        setattr(part, name, getattr(sea, name)[window].copy())
    return part


def _fade(rng: Draws, grid: Grid) -> Array:
    """Return 1 in the middle of a square window and 0 at its edges, (side, side) float32."""
    across = np.linspace(-1, 1, grid.shape[0], dtype=np.float32)
    # An irregular outline: scenes have no round windows.
    radius = np.hypot(across[:, None], across[None, :]) + 0.16 * red_field(rng, grid, -2.4, 40_000.0)
    fade = np.clip(1.7 - 1.9 * radius, 0, 1) * np.clip(6 - 6 * np.abs(across), 0, 1)
    values: Array = (fade * fade * (3 - 2 * fade) * np.clip(6 - 6 * np.abs(across[:, None]), 0, 1)).astype(
        np.float32
    )
    return values
