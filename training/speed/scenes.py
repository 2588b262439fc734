# SPDX-License-Identifier: GPL-2.0-or-later
"""A product from its files on: preprocessing, the whole way through QGIS, memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from ...core.arrays import Array
from ...core.cmod5n import reference_sigma0
from ...core.feedback import Silent
from ...core.files.raster import open_raster, small_cache
from ...core.roughness.prepare import prepare
from ...core.roughness.roughness import RoughnessOptions
from ...core.scenes.opening import open_scene
from ...core.scenes.sentinel1.product import Product, open_product
from ...core.scenes.sentinel1.product_files import choose_image
from ...models.checkpoint import load_weights
from ...models.networks.unet import UNet
from ...models.registry import METHODS, WEIGHTS
from ..simulator.product import options
from ..simulator.product.measurement import SeaSigma0
from ..simulator.product.safe import write_safe
from .measure import Row, at_least, at_most, peak_mb, take_turns
from .sizes import Sizes

CELL_M = 100.0
PIXEL_M = 10.0
STEP = round(CELL_M / PIXEL_M)
# Lines that the baselines read at once: 10 MB of a full product.
WINDOW = 20 * STEP
# Of products for the growth of memory, which is that of maps of 100 m and coarser.
COARSE_PIXEL_M = 50.0
QGIS = ("qgis_process.bin", "qgis_process")
WORKLOAD = (sys.executable, "-m", "metocean.training.speed.workload")


def preprocessing(sizes: Sizes) -> Iterator[Row]:
    """Measure roughness from a product against numpy at full resolution and against reading alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = simulated(folder, sizes.product_cells, PIXEL_M)
        product = open_product(str(path), choose_image(str(path), str(path)))
        target = str(folder / "roughness.tif")
        with small_cache():
            seconds = take_turns(
                {
                    "ours": lambda: prepare(open_scene(str(path)), target, RoughnessOptions(), Silent()),
                    "numpy": partial(windowed, product),
                    "read": partial(read, product),
                },
                sizes.rounds,
            )
        what = f"Preprocessing {product.shape[1]} x {product.shape[0]} px"
        yield Row(f"{what}: against windowed numpy", "x", seconds["numpy"] / seconds["ours"], at_least(5))
        yield Row(
            f"{what}: of the time of GDAL's reading", "x", seconds["ours"] / seconds["read"], at_most(4)
        )
        above = above_interpreter(path, folder)
        yield Row(f"{what}: memory above the interpreter's", "MB", [above], at_most(300))


def qgis(sizes: Sizes) -> Iterator[Row]:
    """Measure ``metocean:segment`` with method A from a product to styled layers."""
    what = "GRD to styled layers through QGIS, method A"
    program = next(filter(None, map(shutil.which, QGIS)), QGIS[0])
    with tempfile.TemporaryDirectory() as name:
        path = simulated(Path(name), sizes.product_cells, PIXEL_M)
        outputs = [f"{key}={name}/{key}.tif" for key in ("PROBABILITIES", "CLASSES")]
        work = [program, "run", "metocean:segment", "--", f"INPUT={path}", f"AREAS={name}/a.csv", *outputs]
        # QGIS takes seconds to start, whatever it is asked for: that is not the plugin's.
        start = [program, "help", "metocean:segment"]
        try:
            seconds = take_turns(
                {"start": partial(succeed, start), "work": partial(succeed, work)}, sizes.slow_rounds
            )
            above, peaks = seconds["work"] - seconds["start"], [peak_mb(*work)]
            note = ""
        except (OSError, subprocess.CalledProcessError) as error:
            above, peaks = np.empty(0), []
            note = f"QGIS does not run the plugin ({type(error).__name__}); see `make env`"
    yield Row(f"{what}: time above QGIS's own start", "s", above, at_most(15), note)
    yield Row(f"{what}: memory", "MB", peaks, at_most(1500), note)


def growth(sizes: Sizes) -> Iterator[Row]:
    """Measure what memory method A takes for a product twice as long."""
    lines, samples = sizes.product_cells
    peaks = []
    # What stays in memory of a scene is its map: twice the lines should add that and nothing else.
    for times in (1, 2):
        with tempfile.TemporaryDirectory() as name:
            path = simulated(Path(name), (times * lines, samples), COARSE_PIXEL_M)
            peaks.append(peak_mb(*WORKLOAD, "swath", str(path), name))
    # Of the bundled network: what its fine levels make of a scene, and the logits.
    network, _ = load_weights(WEIGHTS / METHODS["unet"].weights, UNet)
    channels = network.head.in_channels // 2 + network.config.classes
    map_mb = lines * samples / UNet.STEP**2 * channels * 4 / 2**20
    what = f"Method A, {2 * lines} lines of {samples} instead of {lines}"
    yield Row(f"{what}: more memory", "MB", [peaks[1] - peaks[0]])
    yield Row(f"{what}: of what the map at 400 m grows by", "x", [(peaks[1] - peaks[0]) / map_mb], at_most(1))


def above_interpreter(path: Path, folder: Path) -> float:
    """Return the peak memory, in MB, of preparing a product, less that of what is imported for it."""
    # Most of a small process is Python and the libraries: less that, it is what a scene takes.
    work, nothing = (peak_mb(*WORKLOAD, name, str(path), str(folder)) for name in ("roughness", "nothing"))
    return work - nothing


def simulated(folder: Path, cells: tuple[int, int], pixel_m: float) -> Path:
    """Return the SAFE folder of a product of (lines, samples) of 100 m, as bright everywhere."""
    sea = SeaSigma0(np.full(cells, 0.05, np.float32), CELL_M)
    return write_safe(folder, sea, product=options.Product(pixel_m=pixel_m))


def succeed(command: list[str]) -> None:
    """Run a command; raises what `subprocess.run` raises."""
    subprocess.run(command, check=True, capture_output=True)


def read(product: Product) -> None:
    """Read a product's pixels, rows at a time."""
    dataset = open_raster(product.measurement)  # GDAL's bands do not keep theirs alive
    band = dataset.GetRasterBand(1)
    for first in range(0, band.YSize, WINDOW):
        band.ReadAsArray(0, first, band.XSize, min(WINDOW, band.YSize - first))


def windowed(product: Product) -> Array:
    """Return the roughness at 100 m with noise and calibration at every pixel, window by window, float32."""
    if product.noise is None:
        raise ValueError("A product without a table of noise is no comparison.")
    dataset = open_raster(product.measurement)
    band = dataset.GetRasterBand(1)
    samples, centres = np.arange(band.XSize), np.arange(STEP / 2 - 0.5, band.XSize, STEP)
    gain = product.calibration.across(samples).astype(np.float32)
    noise = product.noise.table.across(samples).astype(np.float32)
    rows = []
    # What one would write first: full resolution in float32, tables interpolated to every pixel of a window.
    for first in range(0, band.YSize, WINDOW):
        lines = np.arange(first, min(first + WINDOW, band.YSize))
        numbers = band.ReadAsArray(0, first, band.XSize, len(lines)).astype(np.float32)
        power = numbers**2 - product.noise.rows(noise, lines, samples)
        sigma0 = np.maximum(power / product.calibration.nearest(gain, lines) ** 2, 0)
        cells = sigma0.reshape(-1, STEP, len(centres), STEP).mean((1, 3))
        incidence_deg = product.grid.incidence(lines[::STEP] + STEP / 2 - 0.5, centres)
        rows.append(np.sqrt(cells / reference_sigma0(incidence_deg)))
    return np.concatenate(rows)
