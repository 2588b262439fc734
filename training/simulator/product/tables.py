"""Calibration and thermal noise of a simulated Sentinel-1 IW GRD image, as the product annotates them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .imaging import Imaging

BETA_NOUGHT = 474.0
# Samples between two annotated values, and seconds between two vectors, as in the real products.
PIXEL_STEP = 40
VECTOR_STEP_S = 1.0
# Share of the image's width at which IW1 ends and IW2 ends.
SWATHS = {"IW1": (0.0, 0.340), "IW2": (0.340, 0.677), "IW3": (0.677, 1.0)}
# Noise-equivalent sigma0: lowest in the middle of each sub-swath, where the antenna pattern peaks.
NESZ_MIDDLE_DB, NESZ_EDGE_DB = -28.0, -24.0
# Along track it swings by this factor once per burst (TOPS scalloping).
SCALLOPING = 0.12
BURST_S = 2.758
AZIMUTH_STEP = 10


@dataclass(frozen=True)
class Box:
    """Columns of the image that come from one sub-swath, both included."""

    swath: str
    first_sample: int
    last_sample: int


@dataclass(frozen=True)
class Tables:
    """Look-up tables of one image.

    Attributes
    ----------
    lines, pixels : (V,) and (P,) int
        Where the vectors are given; the last line lies beyond the image, as in real products.
    sigma_nought, gamma : (V, P)
        What an amplitude is divided by.
    noise_range : (P,)
        Noise power across range, the same on every line.
    boxes : tuple of Box
    azimuth : tuple of (lines, factors)
        Noise factor along each box; empty in the format of processors before 2.9.
    """

    lines: np.ndarray
    pixels: np.ndarray
    sigma_nought: np.ndarray
    gamma: np.ndarray
    noise_range: np.ndarray
    boxes: tuple[Box, ...]
    azimuth: tuple[tuple[np.ndarray, np.ndarray], ...]

    @property
    def beta_nought(self) -> np.ndarray:
        """The constant that sigma nought is derived from, (V, P)."""
        return np.full_like(self.sigma_nought, BETA_NOUGHT)

    @classmethod
    def plan(cls, imaging: Imaging, noise_by_line: bool) -> Tables:
        """Derive the tables from the geometry."""
        lines, samples = imaging.shape
        step = max(1, round(VECTOR_STEP_S / imaging.line_interval_s))
        vector_lines = np.arange(0, lines + step, step)
        pixels = np.unique(np.append(np.arange(0, samples, PIXEL_STEP), samples - 1))
        incidence_rad = np.deg2rad(imaging.locate(vector_lines, pixels).incidence_deg)
        sigma_nought = BETA_NOUGHT / np.sqrt(np.sin(incidence_rad))
        boxes = tuple(
            Box(swath, round(start * samples), round(stop * samples) - 1)
            for swath, (start, stop) in SWATHS.items()
        )
        return cls(
            vector_lines,
            pixels,
            sigma_nought,
            sigma_nought * np.sqrt(np.cos(incidence_rad)),
            _noise_range(pixels, boxes) * sigma_nought.mean(axis=0) ** 2,
            boxes,
            tuple(_scalloping(imaging, number) for number in range(len(boxes))) if noise_by_line else (),
        )

    def calibration(self, lines: np.ndarray, samples: np.ndarray) -> np.ndarray:
        """Return sigma nought at every pair of lines and samples, bilinear between the vectors."""
        rows = np.interp(lines, self.lines, np.arange(len(self.lines)))
        columns = np.interp(samples, self.pixels, np.arange(len(self.pixels)))
        return sample_linear(self.sigma_nought, rows, columns)

    def noise(self, lines: np.ndarray, samples: np.ndarray) -> np.ndarray:
        """Return the noise power at every pair of lines and samples."""
        across = np.interp(samples, self.pixels, self.noise_range)
        power = np.repeat(across[None, :], len(lines), axis=0)
        for box, (known, factor) in zip(self.boxes, self.azimuth):
            inside = (samples >= box.first_sample) & (samples <= box.last_sample)
            power[:, inside] *= np.interp(lines, known, factor)[:, None]
        return power


def sample_linear(field: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return ``field`` at every pair of fractional rows and columns, bilinear; its edges extend outwards."""
    for axis, positions in enumerate((rows, columns)):
        last = field.shape[axis] - 1
        positions = np.clip(positions, 0, last)
        before = np.minimum(positions.astype(int), max(last - 1, 0))
        weight = np.expand_dims((positions - before).astype(field.dtype), 1 - axis)
        after = np.minimum(before + 1, last)
        field = field.take(before, axis) * (1 - weight) + field.take(after, axis) * weight
    return field


def _noise_range(pixels: np.ndarray, boxes: tuple[Box, ...]) -> np.ndarray:
    """Return the noise-equivalent sigma0 at the pixels, linear."""
    starts = np.array([box.first_sample for box in boxes])
    stops = np.array([box.last_sample for box in boxes])
    inside = np.searchsorted(stops, pixels)
    width = np.maximum(stops - starts, 1)[inside]
    from_middle = 2 * (pixels - starts[inside]) / width - 1
    return 10 ** ((NESZ_MIDDLE_DB + (NESZ_EDGE_DB - NESZ_MIDDLE_DB) * from_middle**2) / 10)


def _scalloping(imaging: Imaging, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return lines and noise factors along sub-swath ``number``; its bursts start a third of one later."""
    last = imaging.shape[0] - 1
    lines = np.unique(np.append(np.arange(0, last, AZIMUTH_STEP), last))
    phase = (lines * imaging.line_interval_s / BURST_S + number / 3) % 1.0
    return lines, 1 + SCALLOPING * (2 * phase - 1) ** 2
