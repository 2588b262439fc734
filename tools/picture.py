# SPDX-License-Identifier: GPL-2.0-or-later
"""Draw roughness, classes and legend side by side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from metocean.core.classes import CLASS_NODATA, CLASS_VALUES, CLASSES, NODATA, UNDECIDED, palette
from osgeo import gdal

LARGEST_SIDE = 1600
MAP_WIDTH_IN, LEGEND_WIDTH_IN, LEGEND_HEIGHT_IN, TITLES_IN = 6.5, 3.0, 3.5, 0.8
UNDECIDED_GREY = (38, 38, 38)


def draw(roughness_path: Path, classes_path: Path, picture_path: Path, title: str) -> None:
    """Write a PNG of the two rasters, thinned to `LARGEST_SIDE`.

    Parameters
    ----------
    roughness_path : Path
        One band of sqrt roughness.
    classes_path : Path
        Class raster of the same scene.
    picture_path : Path
        PNG to be written.
    title : str
        Name of the scene.
    """
    roughness = np.ma.masked_equal(_read(roughness_path), NODATA)
    classes = _read(classes_path).astype(int)
    height_in = min(
        max(MAP_WIDTH_IN * classes.shape[0] / classes.shape[1], LEGEND_HEIGHT_IN), 2 * MAP_WIDTH_IN
    )
    figure = Figure(figsize=(2 * MAP_WIDTH_IN + LEGEND_WIDTH_IN, height_in + TITLES_IN), layout="constrained")
    left, right, margin = figure.subplots(1, 3, width_ratios=(MAP_WIDTH_IN, MAP_WIDTH_IN, LEGEND_WIDTH_IN))
    low, high = np.percentile(roughness.compressed(), (2, 98)) if roughness.count() else (0, 1)
    left.imshow(roughness, cmap="gray", vmin=low, vmax=high)
    left.set_title("Roughness")
    right.imshow(_coloured(classes))
    right.set_title("Metocean processes")
    for axes in (left, right, margin):
        axes.set_axis_off()
    margin.legend(handles=_legend(classes), loc="center left", frameon=False)
    figure.suptitle(title)
    figure.savefig(picture_path, dpi=100)


def _read(path: Path) -> np.ndarray:
    dataset = gdal.Open(str(path))
    if dataset is None:
        raise OSError(f"{path} cannot be read.")
    scale = min(1.0, LARGEST_SIDE / max(dataset.RasterXSize, dataset.RasterYSize))
    size = max(1, round(dataset.RasterXSize * scale)), max(1, round(dataset.RasterYSize * scale))
    return dataset.GetRasterBand(1).ReadAsArray(buf_xsize=size[0], buf_ysize=size[1])


def _coloured(classes: np.ndarray) -> np.ndarray:
    return palette(undecided=UNDECIDED_GREY)[classes]


def _legend(classes: np.ndarray) -> list[Patch]:
    known = classes[classes != CLASS_NODATA]
    names = [(value, entry.label, entry.colour) for value, entry in zip(CLASS_VALUES, CLASSES)]
    names.append((UNDECIDED, "undecided", "#{:02x}{:02x}{:02x}".format(*UNDECIDED_GREY)))
    return [
        Patch(color=colour, label=f"{name}, {100 * np.mean(known == value) if known.size else 0:.1f} %")
        for value, name, colour in names
    ]
