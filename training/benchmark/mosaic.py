# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole scenes against the paper's mosaic of them: Dice, seams and time on simulated swaths.

Section 5 of the paper cuts wide scenes into tiles of 20 km that overlap by half. Its networks see nothing
beyond a tile; ours see the whole scene, in blocks with as much around them as they need.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ...core.arrays import Array
from ...core.classes import CODES
from ...core.feedback import Silent
from ...core.methods.image import Image
from ...core.methods.protocol import Method
from ...models.methods.mosaic import tile_px
from ...models.networks.registry import CELL_M
from ...models.registry import METHODS, load_method
from ..data.label_cells import network_labels
from ..metrics.dice import PooledDice
from ..metrics.markdown import percent, table
from ..simulator.draws import Draws
from ..simulator.fields import Grid
from ..simulator.product.imaging import Acquisition, Imaging
from ..simulator.scenes.wide_scene import WideScene, simulate_wide_scene
from ..simulator.sensor import INTERFEROMETRIC, observe, roughness

# A, D and E. Of B and C, which call the categorizer many times, the paper says that they cannot be used on
# wide scenes.
COMPARED = ("unet", "cam", "im2px")
FINEST_M = 50.0
WAYS = {"whole": False, "mosaic": True}
PAGE = """# The paper's mosaic and ours

Colin et al. 2022 cut a wide scene into tiles of 20 km that overlap by half and keep their centres (here
20.8 km, so that tiles fit the label cells). The plugin computes what a network makes of the whole scene,
block by block; with `MOSAIC=true` it does as the paper does. This page is what
`python -m metocean.training.mosaic_comparison --out docs/mosaic.md` wrote of {scenes} **simulated** swaths of
{size}, {known:.0f} % of whose cells have a known class, with weights trained on simulated images, in float32.

*Dice*: argmax, mean over the classes that occur or are found, in %. *Same class*: share of the cells whose
most probable class is the same both ways. *Seam*: how far probabilities step at the borders of the paper's
tiles, compared with elsewhere; 1 is none. *Time*: the mosaic's over ours, median (least – most) of swaths.

{summary}
Dice by class:

{classes}{missing}"""


@dataclass(frozen=True)
class Scene:
    """A simulated swath as a sensor sees it, ``sigma0`` at `FINEST_M`."""

    swath: WideScene
    sigma0: Array
    incidence_deg: Array

    @classmethod
    def simulated(cls, seed: int, shape: tuple[int, int]) -> Scene:
        """Return the scene of a seed, (lines, samples) of `FINEST_M`."""
        # Incidence as in an IW product, of the middle line: across a swath it hardly changes along the orbit.
        middle = np.array([(shape[0] - 1) / 2])
        imaging = Imaging.from_acquisition(Acquisition(), shape, FINEST_M)
        incidence_deg = imaging.locate(middle, np.arange(shape[1])).incidence_deg[0]
        swath = simulate_wide_scene(Draws(seed), Grid(shape, FINEST_M), incidence_deg)
        return cls(swath, observe(Draws(seed), swath.sigma0, FINEST_M, INTERFEROMETRIC), incidence_deg)

    @cached_property
    def labels(self) -> Array:
        """Classes of the label cells, 0 where none covers half of one."""
        return network_labels(self.swath.labels, round(CELL_M / FINEST_M))

    def image(self, method: Method) -> Image:
        """Return the roughness at a method's resolution; power is what is averaged."""
        # From one scene at 50 m, so that methods of 50 m and 100 m see the same speckle.
        step = round(method.resolution_m / FINEST_M)
        lines, samples = (side // step for side in self.sigma0.shape)
        sigma0 = self.sigma0.reshape(lines, step, samples, step).mean((1, 3))
        incidence_deg = self.incidence_deg.reshape(samples, step).mean(1)
        return Image.from_array(roughness(sigma0, incidence_deg), method.output_stride)


@dataclass
class Comparison:
    """What comes of a method both ways, keys of `WAYS`; a number for each scene, but for Dice."""

    dice: dict[str, PooledDice] = field(default_factory=lambda: {way: PooledDice() for way in WAYS})
    seams: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS})
    seconds: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS})
    same: list[float] = field(default_factory=list)

    def add(self, methods: dict[str, Method], scene: Scene) -> None:
        """Segment a scene both ways."""
        maps = {}
        # Both ways in turn for each scene: whatever else the machine does slows them alike.
        for way, method in methods.items():
            image, start = scene.image(method), time.perf_counter()
            maps[way] = method.predict(image, Silent())
            self.seconds[way].append(time.perf_counter() - start)
            self.dice[way].add(maps[way], scene.labels)
            self.seams[way].append(seam(maps[way], tile_px(method) // method.output_stride))
        self.same.append(float(np.mean(maps["whole"].argmax(0) == maps["mosaic"].argmax(0))))

    def row(self) -> Iterator[str]:
        """Yield what the page says: Dice, cells with the same class, seams, time."""
        yield from (percent(self.dice[way].scores()["argmax"]["mean"]) for way in WAYS)
        yield percent(float(np.mean(self.same)))
        yield from (f"{np.mean(self.seams[way]):.2f}" for way in WAYS)
        ratios = np.divide(self.seconds["mosaic"], self.seconds["whole"])
        yield f"{np.median(ratios):.1f} ({ratios.min():.1f} – {ratios.max():.1f})"


def seam(maps: Array, tile: int) -> float:
    """Return how far (10, h, w) maps step where what is kept of tiles ends, compared with elsewhere.

    ``tile`` is the tiles' side in cells.
    """
    across, inside = [], []
    for axis in (1, 2):
        # The halves that are kept of tiles meet every half a tile.
        steps = np.abs(np.diff(maps, axis=axis)).mean((0, 3 - axis))
        border = np.arange(1, len(steps) + 1) % (tile // 2) == 0
        across.append(steps[border])
        inside.append(steps[~border])
    return float(np.concatenate(across).mean() / np.concatenate(inside).mean())


def compare(method_id: str, scenes: list[Scene]) -> Comparison:
    """Return the comparison of a method; the first scene is also segmented before the clock runs."""
    methods = {way: load_method(method_id, precision="fp32", mosaic=wanted) for way, wanted in WAYS.items()}
    # What is allocated and chosen in the first call would count as the time of whichever is first.
    for method in methods.values():
        method.predict(scenes[0].image(method), Silent())
    result = Comparison()
    for scene in scenes:
        result.add(methods, scene)
    return result


def page(scenes: list[Scene], compared: dict[str, Comparison]) -> str:
    """Return the page as Markdown."""
    titles = {name: METHODS[name].title for name in COMPARED}
    header = ("", "Dice, ours", "Dice, mosaic", "same class, %", "seam, ours", "seam, mosaic", "time")
    # By class, as the mean hides in which of them the two ways differ.
    by_class = [
        (f"{titles[name]}, {way}", *(percent(found.dice[way].scores()["argmax"][code]) for code in CODES))
        for name, found in compared.items()
        for way in WAYS
    ]
    missing = ", ".join(titles[name] for name in COMPARED if name not in compared)
    lines, samples = (side * FINEST_M / 1000 for side in scenes[0].sigma0.shape)
    return PAGE.format(
        scenes=len(scenes),
        size=f"{lines:.0f} km x {samples:.0f} km",
        known=100 * np.mean([scene.labels > 0 for scene in scenes]),
        summary=table(header, [(titles[name], *found.row()) for name, found in compared.items()]),
        classes=table(("", *CODES), by_class),
        missing=f"\nNot compared, as there are no weights: {missing}.\n" if missing else "",
    )
