"""Draws what meets what: one imagette, or a wide swath, with exact masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.fft import next_fast_len

from ...core.classes import CLASSES, class_index
from . import convection, distractors, fronts, ice, icebergs, low_wind, rain, slicks, streaks
from .fields import Grid, Range, choose, meander, red_field, region, smooth_step, uniform
from .sea import Sea, calm_sea, clean_sigma0, observe, roughness, wave_modulation


@dataclass(frozen=True)
class Sample:
    """A simulated imagette.

    ``roughness``: (H, W) float32, sqrt roughness 0 to 2; ``labels``: (H, W) uint8, 0 unlabelled, else
    1 + class; ``spacing_m``: ground spacing.
    """

    roughness: np.ndarray
    labels: np.ndarray
    spacing_m: float


@dataclass(frozen=True)
class ImagetteRanges:
    """Size, spacing and incidence of imagettes, and how often things come together."""

    size: int = 512
    spacing_m: Range = (38.0, 51.0)
    wave_mode_incidence_deg: tuple[float, float] = (23.8, 36.8)
    wave_mode_share: float = 0.7
    swath_incidence_deg: Range = (29.0, 46.0)
    two_regimes: float = 0.2
    second: float = 0.25
    distractor: float = 0.18


# Wind speed (m/s) under which each process is seen.
WIND: dict[str, Range] = {
    "AF": (3.5, 11.0),
    "BS": (2.3, 6.5),
    "IB": (2.5, 12.0),
    "LWA": (2.8, 6.0),
    "MCC": (3.5, 10.0),
    "OF": (2.8, 8.5),
    "POW": (2.8, 15.0),
    "RC": (2.5, 11.0),
    "SI": (2.5, 13.0),
    "WS": (4.5, 15.0),
}

# How often each class is what an imagette is made for. Plain water comes with all of them besides.
PRIMARY = {
    "AF": 1.0,
    "BS": 1.1,
    "IB": 0.9,
    "LWA": 1.0,
    "MCC": 1.2,
    "OF": 1.0,
    "POW": 1.2,
    "RC": 1.1,
    "SI": 1.2,
    "WS": 1.2,
}
# What the water between them looks like.
BACKGROUND = {"plain": 0.6, "streaks": 0.2, "cells": 0.2}

Apply = Callable[[Sea, np.random.Generator, "np.ndarray | float"], object]
PROCESSES: dict[str, Apply] = {
    "WS": streaks.apply,
    "MCC": convection.apply,
    "LWA": low_wind.apply,
    "RC": rain.apply,
    "BS": slicks.apply,
    "OF": fronts.oceanic,
    "AF": fronts.atmospheric,
    "SI": ice.apply,
    "IB": lambda sea, rng, weight: icebergs.apply(sea, rng),
}
# Below these modulations annotators see plain water.
FAINT_STREAKS = streaks.StreakRanges(modulation=(0.002, 0.010))
FAINT_CELLS = convection.CellRanges(modulation=(0.003, 0.016))


def simulate(seed: int, primary: str | None = None, ranges: ImagetteRanges = ImagetteRanges()) -> Sample:
    """Return the imagette of a seed, made for one class (drawn if not given)."""
    rng = np.random.default_rng(seed)
    primary = primary or choose(rng, PRIMARY)
    grid = Grid((ranges.size, ranges.size), uniform(rng, ranges.spacing_m))
    sea = calm_sea(rng, grid, _incidence(rng, ranges), uniform(rng, WIND[primary]))
    _compose(sea, rng, primary, ranges)
    waves = wave_modulation(rng, sea, strength=1.3 if primary == "POW" else 1.0)
    sigma0 = observe(rng, clean_sigma0(sea, waves), grid.spacing_m)
    return Sample(roughness(sigma0, sea.incidence_deg), sea.labels, grid.spacing_m)


def _incidence(rng: np.random.Generator, ranges: ImagetteRanges) -> np.ndarray:
    if rng.random() < ranges.wave_mode_share:
        # Each mode is where most of its classes are seen: waves near 23.8°, convection near 36.8°.
        degrees = float(rng.choice(ranges.wave_mode_incidence_deg))
    else:
        degrees = uniform(rng, ranges.swath_incidence_deg)
    return np.full(ranges.size, degrees)


def _compose(sea: Sea, rng: np.random.Generator, primary: str, ranges: ImagetteRanges) -> None:
    place: np.ndarray | float = 1.0
    if rng.random() < ranges.two_regimes:
        distance, _ = meander(rng, sea.grid, 1500.0, 12_000.0)
        place = smooth_step(distance, uniform(rng, (400.0, 5000.0)))
    if primary not in ("WS", "MCC", "POW"):
        _background(sea, rng)
    elif rng.random() < 0.15:
        _background(sea, rng, 1 - place)
    if primary == "POW":
        _faint(sea, rng)
    else:
        PROCESSES[primary](sea, rng, place)
    if rng.random() < ranges.second:
        _second(sea, rng, primary)
    if rng.random() < ranges.distractor:
        _distract(sea, rng)


def _background(sea: Sea, rng: np.random.Generator, weight: np.ndarray | float = 1.0) -> None:
    kind = choose(rng, BACKGROUND)
    if kind == "streaks":
        streaks.apply(sea, rng, weight)
    elif kind == "cells":
        convection.apply(sea, rng, weight)
    elif rng.random() < 0.5:
        _faint(sea, rng)


def _faint(sea: Sea, rng: np.random.Generator) -> None:
    kind = rng.integers(0, 3)
    if kind == 1:
        streaks.apply(sea, rng, 1.0, FAINT_STREAKS, label=False)
    elif kind == 2:
        convection.apply(sea, rng, 1.0, FAINT_CELLS, label=False)


def _second(sea: Sea, rng: np.random.Generator, primary: str) -> None:
    """Add what often comes along."""
    companions = {
        "AF": {"RC": 0.5, "LWA": 0.2, "OF": 0.3},
        "BS": {"LWA": 0.6, "OF": 0.4},
        "IB": {"SI": 0.7, "OF": 0.3},
        "LWA": {"BS": 0.4, "RC": 0.4, "OF": 0.2},
        "MCC": {"RC": 0.5, "AF": 0.3, "OF": 0.2},
        "OF": {"BS": 0.4, "LWA": 0.3, "AF": 0.3},
        "POW": {"OF": 0.4, "IB": 0.2, "AF": 0.4},
        "RC": {"AF": 0.4, "LWA": 0.4, "RC": 0.2},
        "SI": {"IB": 0.5, "LWA": 0.2, "AF": 0.3},
        "WS": {"AF": 0.4, "RC": 0.3, "OF": 0.3},
    }[primary]
    second = choose(rng, companions)
    frozen = sea.labels == class_index("SI") + 1
    ice_before = sea.gain_db.copy() if frozen.any() else None
    PROCESSES[second](sea, rng, (~frozen).astype(np.float32))
    if ice_before is not None and second != "IB":
        sea.gain_db[frozen] = ice_before[frozen]
        sea.label(frozen, "SI")


def _distract(sea: Sea, rng: np.random.Generator) -> None:
    kind = choose(rng, {"ships": 0.35, "internal": 0.25, "seam": 0.15, "land": 0.15, "interference": 0.1})
    {
        "ships": icebergs.ships,
        "internal": distractors.internal_waves,
        "seam": distractors.seam,
        "land": distractors.land,
        "interference": distractors.interference,
    }[kind](sea, rng)


# What a wide scene holds besides wind streaks and cells, in the order of covering, and in windows how wide.
SWATH_PROCESSES = ("LWA", "AF", "BS", "OF", "RC", "RC", "IB")
WINDOW_M: Range = (45_000.0, 90_000.0)


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
    rng = np.random.default_rng(seed)
    rows, columns = shape
    # A little larger where that has small prime factors: the fields are Fourier transforms.
    grid = Grid((next_fast_len(rows, real=True), next_fast_len(columns, real=True)), spacing_m)
    incidence_deg = np.pad(np.asarray(incidence_deg, float), (0, grid.shape[1] - columns), mode="edge")
    sea = calm_sea(rng, grid, incidence_deg, 7.0)
    for code in ("WS", "MCC"):
        PROCESSES[code](sea, rng, smooth_step(region(rng, grid, 0.3, 60_000.0, -3.0), 0.3))
    for code in SWATH_PROCESSES:
        _place_process(sea, rng, code)
    sigma0 = clean_sigma0(sea, wave_modulation(rng, sea))
    return Swath(sigma0[:rows, :columns], sea.labels[:rows, :columns])


def _place_process(sea: Sea, rng: np.random.Generator, code: str) -> None:
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


def network_labels(labels: np.ndarray, step: int) -> np.ndarray:
    """Return labels on the network's output grid, cells of ``step`` x ``step`` pixels.

    A cell is an iceberg's if any pixel of it is, an oceanic front's from a fifth of its area on, otherwise of
    the class that has at least half of it; else 0 (unlabelled).
    """
    rows, columns = labels.shape[0] // step, labels.shape[1] // step
    blocks = labels[: rows * step, : columns * step].reshape(rows, step, columns, step)
    share = np.stack([(blocks == value).mean((1, 3)) for value in range(1, len(CLASSES) + 1)])
    best = share.argmax(0)
    result = np.where(share.max(0) >= 0.5, best + 1, 0)
    front, berg = class_index("OF"), class_index("IB")
    result = np.where(share[front] >= 0.2, front + 1, result)
    return np.where(share[berg] > 0, berg + 1, result).astype(np.uint8)


def network_input(image: np.ndarray) -> np.ndarray:
    """Return sqrt roughness at half the resolution: 2 x 2 means of power, not of amplitude."""
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    power = np.square(image[: rows * 2, : columns * 2]).reshape(rows, 2, columns, 2).mean((1, 3))
    return np.sqrt(power).astype(np.float32)
