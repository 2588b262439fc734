# SPDX-License-Identifier: GPL-2.0-or-later
"""Figure 4: an imagette of each class, its truth, and what the seven methods make of it."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...core.classes import CLASSES, CODES, palette, position_of
from ...core.results.classification import classify
from ...models import registry
from . import bundled, report, table2
from .bench import Bench
from .methods import BENCHMARKED_METHODS
from .settings import Settings
from .works import ImageSet, Use, Work

TITLE = "Figure 4: the methods side by side"
CAPTION = (
    "![Imagettes by methods](figure4.png)\n\nThe first test image of each class; what it is named for stands "
    "on its left. Black is where no class reaches the method's own threshold and, in the truth, what is "
    "unlabelled.\n"
)
TILE_IN, TITLE_CHARACTERS = 1.1, 16


def uses(settings: Settings) -> list[Use]:
    """Return each method with the weights that come with the plugin, or the first of its trainings."""
    chosen = [
        (bundled.uses(settings, name) or table2.uses(settings, name))[0] for name in BENCHMARKED_METHODS
    ]
    # What people have is the bundled weights; a benchmark without them shows its own.
    return [replace(use, images=ImageSet.PANEL) for use in chosen]


def works(bench: Bench) -> list[Work]:
    """Return what `write` asks for."""
    return list(uses(bench.settings))


def write(bench: Bench, out: Path) -> None:
    """Write figure4.png and figure4.md."""
    chosen = uses(bench.settings)
    shards = bench.shards(chosen[0])
    numbered = [(shard, i) for shard in shards for i in range(len(shard.images))]
    images, truth = zip(*(shard.read(i, shard.step, shard.cells) for shard, i in numbered))
    tags = [CODES[position_of(int(tag))] for shard in shards for tag in shard.tags]
    # The paper's 0.5 would leave drops of probability, as B has them, black nearly everywhere.
    thresholds = [registry.method_class(use.method).threshold for use in chosen]
    maps = [[classify(each, t) for each in bench.maps(use)] for use, t in zip(chosen, thresholds)]
    columns = [list(truth), *maps]
    by_code = dict(zip(tags, zip(images, *columns)))
    rows = {code: by_code[code] for code in CODES if code in by_code}
    draw_panel(out / "figure4.png", f"{TITLE}, {bench.test_set}", rows)
    trainings = dict.fromkeys(use.training for use in chosen)
    page = report.page(bench, TITLE, CAPTION, list(trainings))
    (out / "figure4.md").write_text(page, encoding="utf-8")


def draw_panel(path: Path, title: str, rows: dict[str, tuple[Any, ...]]) -> None:
    """Draw roughness, truth and classes as a PNG.

    Parameters
    ----------
    path : Path
    title : str
    rows : dict
        By class code a (S, S) uint8 image and (L, L) uint8 maps, of the truth and of each method: 0
        undecided, 1..10 the class.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    titles = ("roughness", "truth", *(registry.METHODS[name].title for name in BENCHMARKED_METHODS))
    size = (TILE_IN * len(titles), TILE_IN * (len(rows) + 1.2))
    figure = Figure(figsize=size, layout="constrained")
    panels, margin = figure.subfigures(2, 1, height_ratios=(len(rows) + 0.5, 0.7))
    grid = panels.subplots(len(rows), len(titles), squeeze=False, subplot_kw={"xticks": [], "yticks": []})
    for axes, (code, (image, *maps)) in zip(grid, rows.items()):
        # As quick-looks are shown: a single ship would leave the sea black.
        low, high = np.percentile(image, (1, 99))
        axes[0].imshow(image, cmap="gray", vmin=low, vmax=high)
        axes[0].set_ylabel(code)
        for panel, classes in zip(axes[1:], maps):
            panel.imshow(palette()[classes], interpolation="nearest")
    for panel, name in zip(grid[0], titles):
        panel.set_title(textwrap.fill(name, TITLE_CHARACTERS), fontsize="x-small")
    handles = [Patch(color=c.colour, label=c.label) for c in CLASSES]
    handles.append(Patch(color="black", label="undecided"))
    margin.legend(handles=handles, loc="center", ncols=4, fontsize="x-small", frameon=False)
    figure.suptitle(title)
    figure.savefig(path, dpi=110)
