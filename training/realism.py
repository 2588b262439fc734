"""How alike simulated and real imagettes are: statistics of what quick-looks show.

``python -m metocean.training.realism --real DIR --out DIR`` compares quick-looks (8-bit PNG or TIFF) with
simulated imagettes stretched as they are: a table of statistics, and a contact sheet to look at.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import fft, stats

from .data.quicklooks import QuickLook, read_quicklooks, stretch
from .simulator.scenes.imagette import Imagette, simulate_imagette

# Wavelengths (m) that part the radial spectrum into bands; waves are in the first ones.
BAND_EDGES_M = (100.0, 141.0, 200.0, 283.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0)
WAVES_M = 400.0
# What streaks and cells differ in: whether they lie along one direction.
WIND_M = (600.0, 2500.0)


@dataclass(frozen=True)
class Statistics:
    """Of an 8-bit image.

    Attributes
    ----------
    mean : float
        Grey level, 0 to 255.
    variation : float
        Standard deviation over mean.
    skew : float
    wave_share : float
        Share of the variance at wavelengths under 400 m.
    roundness : float
        Of what is 600 to 2500 m long: 1 the same in all directions, 0 all along one.
    bands : (8,) array
        Share of the variance between neighbouring `BAND_EDGES_M`, shortest first.
    """

    mean: float
    variation: float
    skew: float
    wave_share: float
    roundness: float
    bands: np.ndarray


def statistics(image: np.ndarray, spacing_m: tuple[float, float]) -> Statistics:
    """Return the statistics of an 8-bit image (H, W) with pixels of ``spacing_m`` (line, sample)."""
    grey = image.astype(np.float64)
    power, across, down = _spectrum(grey - grey.mean(), spacing_m)
    wavelength_m, total = 1 / np.maximum(np.hypot(across, down), 1e-9), power.sum()
    wind = np.where((wavelength_m >= WIND_M[0]) & (wavelength_m < WIND_M[1]), power, 0)
    edges = zip(BAND_EDGES_M[:-1], BAND_EDGES_M[1:])
    bands = [power[(wavelength_m >= low) & (wavelength_m < high)].sum() / total for low, high in edges]
    return Statistics(
        mean=float(grey.mean()),
        variation=float(grey.std() / grey.mean()),
        skew=float(stats.skew(grey, axis=None)),
        wave_share=float(power[wavelength_m < WAVES_M].sum() / total),
        roundness=_roundness(wind, across * wavelength_m, down * wavelength_m),
        bands=np.array(bands),
    )


def _spectrum(field: np.ndarray, spacing_m: tuple[float, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the power of every Fourier cell, a Hann window keeping the borders out, and its frequencies."""
    window = np.hanning(field.shape[0])[:, None] * np.hanning(field.shape[1])[None, :]
    power = np.abs(fft.fft2(field * window)) ** 2
    power[0, 0] = 0
    down, across = (fft.fftfreq(n, m) for n, m in zip(field.shape, spacing_m))
    return power, across[None, :], down[:, None]


def _roundness(power: np.ndarray, across: np.ndarray, down: np.ndarray) -> float:
    """Return the ratio of the axes of the power's directions, given by their cosines."""
    tensor = [[(power * a * b).sum() for b in (across, down)] for a in (across, down)]
    least, most = np.linalg.eigvalsh(np.array(tensor))
    return float(least / max(most, 1e-12))


def simulated_quicklook(seed: int, code: str) -> QuickLook:
    """Return a simulated imagette stretched as real quick-looks are: they show power, not amplitude."""
    return as_quicklook(simulate_imagette(seed, code), f"simulated {seed}", code)


def as_quicklook(sample: Imagette, name: str, *codes: str) -> QuickLook:
    """Return a simulated imagette as a quick-look of it would be."""
    grey, spacing_m = stretch(np.square(sample.roughness)), (sample.spacing_m, sample.spacing_m)
    return QuickLook(Path(name), grey, spacing_m, frozenset(codes))


def table(looks: list[QuickLook]) -> str:
    """Return the statistics as Markdown, a row per imagette."""
    bands = " | ".join(f"{low:.0f}–{high:.0f}" for low, high in zip(BAND_EDGES_M[:-1], BAND_EDGES_M[1:]))
    lines = [f"| imagette | tags | mean | variation | skew | < {WAVES_M:.0f} m | round | {bands} m |"]
    lines.append("|---" * (7 + len(BAND_EDGES_M) - 1) + "|")
    for look in looks:
        s = statistics(look.grey, look.spacing_m)
        shares = " | ".join(f"{100 * share:.1f}" for share in s.bands)
        shape = f"{s.mean:.0f} | {s.variation:.2f} | {s.skew:.2f}"
        kind = f"{s.wave_share:.2f} | {s.roundness:.2f} | {shares}"
        lines.append(f"| {look.path.stem} | {' '.join(sorted(look.codes))} | {shape} | {kind} |")
    return "\n".join(lines) + "\n"


def sheet(looks: list[QuickLook], columns: int) -> np.ndarray:
    """Return a sheet (H, W) uint8 of imagettes side by side, cut to the smallest, a line between them."""
    side = min(min(look.grey.shape) for look in looks)
    tiles = [np.pad(look.grey[:side, :side], 4) for look in looks]
    return np.concatenate(
        [np.concatenate(tiles[i : i + columns], axis=1) for i in range(0, len(tiles) - columns + 1, columns)]
    )


def main(arguments: list[str] | None = None) -> None:
    """Write ``realism.md`` and ``realism.png``: each real imagette with simulated ones beside it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--real", type=Path, required=True, help="folder of 8-bit quick-looks")
    parser.add_argument("--out", type=Path, required=True, help="folder for the table and the sheet")
    parser.add_argument("--beside", type=int, default=3, help="simulated imagettes beside each")
    parser.add_argument("--seed", type=int, default=900)
    options = parser.parse_args(arguments)
    import matplotlib.image

    looks = []
    for number, real in enumerate(read_quicklooks(options.real)):
        codes = sorted(real.codes) or ["POW"]
        seeds = range(options.seed + number * options.beside, options.seed + (number + 1) * options.beside)
        looks += [real, *(simulated_quicklook(seed, codes[seed % len(codes)]) for seed in seeds)]
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "realism.md").write_text(table(looks), encoding="utf-8")
    matplotlib.image.imsave(options.out / "realism.png", sheet(looks, 1 + options.beside), cmap="gray")


if __name__ == "__main__":
    main()
