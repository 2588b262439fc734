"""Random fields and shapes that the phenomena are built of. Distances in metres, x along columns (range)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft, ndimage
from scipy.spatial import cKDTree

Range = tuple[float, float]


@dataclass(frozen=True)
class Grid:
    """Pixel grid: ``shape`` (rows, columns) and its ground ``spacing_m``."""

    shape: tuple[int, int]
    spacing_m: float

    def coordinates(self) -> tuple[np.ndarray, np.ndarray]:
        """Return x (columns) and y (rows) of the pixels in metres, broadcastable to ``shape``."""
        return _coordinates(self)

    def random_point(self, rng: np.random.Generator) -> tuple[float, float]:
        """Return x, y in metres of a point inside the grid."""
        rows, columns = self.shape
        return rng.uniform(0, columns) * self.spacing_m, rng.uniform(0, rows) * self.spacing_m


@lru_cache(maxsize=4)
def _coordinates(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = grid.shape
    x = np.arange(columns, dtype=np.float32)[None, :] * np.float32(grid.spacing_m)
    y = np.arange(rows, dtype=np.float32)[:, None] * np.float32(grid.spacing_m)
    return x, y


@lru_cache(maxsize=4)
def wavenumbers(grid: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return kx, ky and k (rad/m) on the half plane of `scipy.fft.rfft2`; k is never zero."""
    kx = 2 * np.pi * fft.rfftfreq(grid.shape[1], grid.spacing_m).astype(np.float32)[None, :]
    ky = 2 * np.pi * fft.fftfreq(grid.shape[0], grid.spacing_m).astype(np.float32)[:, None]
    k = np.hypot(kx, ky)
    k[0, 0] = k[0, 1]
    return kx, ky, k


def uniform(rng: np.random.Generator, limits: Range) -> float:
    """Draw uniformly from a range."""
    return float(rng.uniform(*limits))


def log_uniform(rng: np.random.Generator, limits: Range) -> float:
    """Draw log-uniformly from a range of positive numbers, so that small values get their share."""
    return float(np.exp(rng.uniform(np.log(limits[0]), np.log(limits[1]))))


def filtered_noise(rng: np.random.Generator, grid: Grid, amplitude: np.ndarray) -> np.ndarray:
    """Return a Gaussian field with the given spectral ``amplitude`` (half plane), not normalised."""
    white = rng.standard_normal(grid.shape, dtype=np.float32)
    return fft.irfft2(fft.rfft2(white) * amplitude, s=grid.shape).astype(np.float32)


def unit(field: np.ndarray) -> np.ndarray:
    """Return the field with zero mean and unit standard deviation."""
    field = field - field.mean()
    return field / max(float(field.std()), 1e-12)


def red_field(
    rng: np.random.Generator, grid: Grid, slope: float, outer_m: float, inner_m: float = 0.0
) -> np.ndarray:
    """Return a unit field of 1-D spectral ``slope`` between the outer and the inner scale.

    ``slope`` is negative (-5/3 for turbulence); a 2-D spectrum falls one power faster.
    """
    _, _, k = wavenumbers(grid)
    k_outer = 2 * np.pi / outer_m
    amplitude = (k * k + k_outer * k_outer) ** ((slope - 1) / 4)
    if inner_m > 0:
        amplitude = amplitude * np.exp(-((k * inner_m / (2 * np.pi)) ** 2))
    amplitude[0, 0] = 0
    return unit(filtered_noise(rng, grid, amplitude))


def streaky_field(
    rng: np.random.Generator, grid: Grid, across_m: float, aspect: float, angle: float
) -> np.ndarray:
    """Return a unit field elongated along ``angle`` (radians from +x), quasi-periodic across it.

    ``across_m`` is the dominant wavelength across, ``aspect`` the ratio of the length along to it.
    """
    kx, ky, _ = wavenumbers(grid)
    along = kx * np.cos(angle) + ky * np.sin(angle)
    across = -kx * np.sin(angle) + ky * np.cos(angle)
    k0 = 2 * np.pi / across_m
    ring = np.exp(-0.5 * ((np.abs(across) - k0) / (0.42 * k0)) ** 2)
    amplitude = ring * np.exp(-0.5 * (along * aspect / (0.75 * k0)) ** 2)
    return unit(filtered_noise(rng, grid, amplitude))


def ring_field(rng: np.random.Generator, grid: Grid, wavelength_m: float, bandwidth: float) -> np.ndarray:
    """Return an isotropic unit field around one wavelength; ``bandwidth`` is relative to its wavenumber."""
    _, _, k = wavenumbers(grid)
    k0 = 2 * np.pi / wavelength_m
    return unit(filtered_noise(rng, grid, np.exp(-0.5 * ((k - k0) / (bandwidth * k0)) ** 2)))


def sample(field: np.ndarray, x_m: np.ndarray, y_m: np.ndarray, grid: Grid) -> np.ndarray:
    """Return a periodic ``field`` at points in metres, bilinear."""
    where = np.stack(np.broadcast_arrays(y_m / grid.spacing_m, x_m / grid.spacing_m))
    return ndimage.map_coordinates(field, where, order=1, mode="grid-wrap")


def distorted(
    rng: np.random.Generator, grid: Grid, amount_m: float, scale_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates displaced by a smooth random field: straight things become natural ones."""
    x, y = grid.coordinates()
    dx = red_field(rng, grid, -2.5, scale_m, scale_m / 8) * np.float32(amount_m)
    dy = red_field(rng, grid, -2.5, scale_m, scale_m / 8) * np.float32(amount_m)
    return x + dx, y + dy


def smooth_step(value: np.ndarray, width: float) -> np.ndarray:
    """Return 0 to 1 across zero over about ``width`` (same unit as ``value``)."""
    return (0.5 + 0.5 * np.tanh(value * np.float32(2.0 / width))).astype(np.float32)


def meander(
    rng: np.random.Generator, grid: Grid, swing_m: float, scale_m: float, angle: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the signed distance to a meandering line, and the coordinate along it (metres)."""
    x, y = distorted(rng, grid, 0.12 * swing_m, 0.4 * scale_m)
    angle = rng.uniform(0, 2 * np.pi) if angle is None else angle
    x0, y0 = (c * grid.spacing_m * rng.uniform(0.25, 0.75) for c in (grid.shape[1], grid.shape[0]))
    along = (x - x0) * np.cos(angle) + (y - y0) * np.sin(angle)
    across = -(x - x0) * np.sin(angle) + (y - y0) * np.cos(angle)
    step = scale_m / 16
    reach = np.hypot(*grid.shape) * grid.spacing_m + 4 * swing_m
    knots = np.arange(-reach, reach, step)
    line = ndimage.gaussian_filter1d(rng.standard_normal(knots.size), 3.0, mode="wrap")
    line += 2.5 * ndimage.gaussian_filter1d(rng.standard_normal(knots.size), 9.0, mode="wrap")
    line *= swing_m / line.std()
    steepness = np.sqrt(1 + np.interp(along, knots, np.gradient(line, step)) ** 2)
    return ((across - np.interp(along, knots, line)) / steepness).astype(np.float32), along.astype(np.float32)


@dataclass(frozen=True)
class Cells:
    """Nearest-seed cells: ``identity`` of the seed, distance to the border, offset from the seed."""

    identity: np.ndarray
    border_m: np.ndarray
    offset_x_m: np.ndarray
    offset_y_m: np.ndarray
    count: int


def cells(
    rng: np.random.Generator,
    grid: Grid,
    size_m: float,
    stretch: float = 1.0,
    angle: float = 0.0,
    rough_m: float = 0.0,
) -> Cells:
    """Return Worley cells of mean diameter ``size_m``, stretched along ``angle``, with distorted borders."""
    step = max(1, int(size_m / 8 / grid.spacing_m))
    step = min(step, 4)
    coarse = Grid((-(-grid.shape[0] // step), -(-grid.shape[1] // step)), grid.spacing_m * step)
    x, y = distorted(rng, coarse, rough_m, 2 * size_m) if rough_m > 0 else coarse.coordinates()
    x, y = np.broadcast_arrays(x, y)
    along, across = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    along = along / stretch
    low = np.array([along.min(), across.min()]) - size_m
    high = np.array([along.max(), across.max()]) + size_m
    count = max(3, int(np.prod((high - low) / size_m)))
    seeds = low + rng.random((count, 2)) * (high - low)
    tree = cKDTree(seeds)
    distance, nearest = tree.query(np.stack([along.ravel(), across.ravel()], -1), k=2, workers=1)
    first = nearest[:, 0].reshape(coarse.shape)
    offset_along = (along - seeds[first, 0]) * stretch
    offset_across = across - seeds[first, 1]
    fields = (
        (distance[:, 1] - distance[:, 0]).reshape(coarse.shape),
        offset_along * np.cos(angle) - offset_across * np.sin(angle),
        offset_along * np.sin(angle) + offset_across * np.cos(angle),
    )
    border, offset_x, offset_y = (_enlarge(f, step, grid.shape) for f in fields)
    identity = first.repeat(step, 0).repeat(step, 1)[: grid.shape[0], : grid.shape[1]]
    return Cells(identity, border, offset_x, offset_y, count)


def _enlarge(field: np.ndarray, step: int, shape: tuple[int, int]) -> np.ndarray:
    if step > 1:
        field = ndimage.zoom(field.astype(np.float32), step, order=1, grid_mode=True, mode="nearest")
    return field[: shape[0], : shape[1]].astype(np.float32)


def blob(
    rng: np.random.Generator, grid: Grid, centre: tuple[float, float], radius_m: float, roughness: float
) -> np.ndarray:
    """Return r / R(azimuth) of a round shape whose radius varies with azimuth: 1 on its outline."""
    x, y = grid.coordinates()
    dx, dy = x - centre[0], y - centre[1]
    azimuth = np.arctan2(dy, dx)
    outline = np.ones_like(azimuth)
    for harmonic in range(1, 9):
        weight = roughness * rng.standard_normal() / harmonic
        outline += np.float32(weight) * np.cos(harmonic * azimuth + rng.uniform(0, 2 * np.pi))
    return np.hypot(dx, dy) / (radius_m * np.clip(outline, 0.35, 2.0))


def region(rng: np.random.Generator, grid: Grid, share: float, scale_m: float, slope: float) -> np.ndarray:
    """Return a red field shifted so that it is positive over about ``share`` of the grid (unit deviation)."""
    field = red_field(rng, grid, slope, scale_m)
    return field - np.float32(np.quantile(field[::4, ::4], 1 - share))


def choose(rng: np.random.Generator, options: dict[str, float]) -> str:
    """Draw a key with probability proportional to its value."""
    weights = np.array(list(options.values()), float)
    return str(rng.choice(list(options), p=weights / weights.sum()))
