"""Draws a wide scene of several regimes, with exact masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.fft import next_fast_len

from .draws import Draws, Range, uniform
from .fields import Grid, red_field, smooth_step
from .mixture import PROCESSES, WIND
from .sea import Sea, calm_sea
from .shapes import region
from .waves import clean_sigma0, draw_waves

# What a wide scene holds besides wind streaks and cells, in the order of covering, and in windows how wide.
SWATH_PROCESSES = ("LWA", "AF", "BS", "OF", "RC", "RC", "IB")
WINDOW_M: Range = (45_000.0, 90_000.0)
# Waves are drawn on a grid as fine as this, and averaged: what 100 m do not resolve of them is still seen.
WAVES_GRID_M = 50.0


@dataclass(frozen=True)
class Swath:
    """A simulated wide scene: noise-free linear ``sigma0`` and ``labels``, (rows, columns)."""

    sigma0: np.ndarray
    labels: np.ndarray


def simulate_swath(seed: int, shape: tuple[int, int], spacing_m: float, incidence_deg: np.ndarray) -> Swath:
    """Return a wide scene of several regimes.

    Parameters
    ----------
    seed : int
    shape : (rows, columns)
    spacing_m : float
        Ground spacing; 100 m keeps a full swath small.
    incidence_deg : (columns,) array
    """
    rng = Draws(seed)
    rows, columns = shape
    # A little larger where that has small prime factors: the fields are Fourier transforms.
    grid = Grid((next_fast_len(rows, real=True), next_fast_len(columns, real=True)), spacing_m)
    incidence_deg = np.pad(np.asarray(incidence_deg, float), (0, grid.shape[1] - columns), mode="edge")
    sea = calm_sea(rng, grid, incidence_deg, 7.0)
    for code in ("WS", "MCC"):
        PROCESSES[code](sea, rng, smooth_step(region(rng, grid, 0.3, 60_000.0, -3.0), 0.3))
    for code in SWATH_PROCESSES:
        _place_process(sea, rng, code)
    sigma0 = _seen_through_waves(sea, rng, max(1, round(spacing_m / WAVES_GRID_M)))
    return Swath(sigma0[:rows, :columns], sea.labels[:rows, :columns])


def _seen_through_waves(sea: Sea, rng: Draws, finer: int) -> np.ndarray:
    """Return noise-free sigma0 on the sea's grid, imaged on one that is ``finer`` times as fine."""
    rows, columns = sea.grid.shape
    fields = {
        name: getattr(sea, name).repeat(finer, 0).repeat(finer, 1)
        for name in ("wind_x", "wind_y", "gain_db", "wave_gain", "targets")
    }
    fine = Sea(
        Grid((rows * finer, columns * finer), sea.grid.spacing_m / finer),
        sea.incidence_deg.repeat(finer),
        fields.pop("wind_x"),
        fields.pop("wind_y"),
    )
    vars(fine).update(fields)
    sigma0 = clean_sigma0(fine, draw_waves(rng, fine))
    return sigma0.reshape(rows, finer, columns, finer).mean((1, 3))


def _place_process(sea: Sea, rng: Draws, code: str) -> None:
    """Apply a process inside a window of the scene, fading out towards the window's edge."""
    rows, columns = sea.grid.shape
    side = min(rows, columns, int(uniform(rng, WINDOW_M) / sea.grid.spacing_m))
    top, left = int(rng.integers(0, rows - side + 1)), int(rng.integers(0, columns - side + 1))
    window = slice(top, top + side), slice(left, left + side)
    part = Sea(
        Grid((side, side), sea.grid.spacing_m),
        sea.incidence_deg[window[1]],
        *(field[window].copy() for field in (sea.wind_x, sea.wind_y)),
    )
    for name in ("gain_db", "wave_gain", "targets", "labels"):
        setattr(part, name, getattr(sea, name)[window].copy())
    wind = part.wind_x.mean(), part.wind_y.mean()
    slow = min(1.0, WIND[code][1] / float(np.hypot(*wind)))
    across = np.linspace(-1, 1, side, dtype=np.float32)
    # An irregular outline: scenes have no round windows.
    radius = np.hypot(across[:, None], across[None, :]) + 0.16 * red_field(rng, part.grid, -2.4, 40_000.0)
    fade = np.clip(1.7 - 1.9 * radius, 0, 1) * np.clip(6 - 6 * np.abs(across), 0, 1)
    fade = (fade * fade * (3 - 2 * fade) * np.clip(6 - 6 * np.abs(across[:, None]), 0, 1)).astype(np.float32)
    part.scale_wind(1 - (1 - np.float32(slow)) * fade)
    PROCESSES[code](part, rng, fade)
    for name in ("wind_x", "wind_y", "gain_db", "wave_gain", "targets", "labels"):
        getattr(sea, name)[window] = getattr(part, name)
