# SPDX-License-Identifier: GPL-2.0-or-later
"""Figure 3: Dice of the supervised method against the number of masks it learnt from.

The paper fits a power law to it, to say what more masks would be worth (Section 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import curve_fit

from ...core.arrays import Array
from ...core.classes import CLASS_VALUES
from ..data.pool import open_folders
from ..metrics import markdown
from . import report
from .bench import Bench
from .settings import Training
from .works import Use, Work

TITLE = "Figure 3: Dice of method A by the number of masks"
NOTE = "The eight symmetries are the only augmentation, as in the paper; parts of images come first.\n\n"
VARIANTS = ("argmax", "soft")
# Fewer points than this say nothing of an error that no number of masks removes.
FLOOR_POINTS = 4


@dataclass(frozen=True)
class PowerLaw:
    """error = scale · n^-exponent + floor."""

    scale: float
    exponent: float
    floor: float

    def __call__(self, n: Array) -> Array:
        """Return the error at ``n`` masks."""
        return self.scale * n**-self.exponent + self.floor

    def __str__(self) -> str:
        return f"1 − Dice = {self.scale:.3g} · n^−{self.exponent:.3g} + {self.floor:.3g}"


def fit_power_law(n: Array, error: Array) -> PowerLaw:
    """Return the law that fits best, as Hestness et al. (2017, arXiv:1712.00409) model errors.

    Parameters
    ----------
    n : (N,) float
        Masks; at least two different numbers.
    error : (N,) float
        One minus Dice, above 0. The floor is 0 where n has fewer than `FLOOR_POINTS` different numbers.
    """
    slope, intercept = np.polyfit(np.log(n), np.log(error), 1)
    first = [np.exp(intercept), np.clip(-slope, 0.01, 4.9), 0.0]
    if len(np.unique(n)) < FLOOR_POINTS:
        return PowerLaw(float(first[0]), float(-slope), 0.0)
    bounds = ([0, 0, 0], [np.inf, 5, error.min()])
    # Begun with the straight line through the logarithms, which is the law without a floor.
    found, _ = curve_fit(lambda n, a, b, c: a * n**-b + c, n, error, p0=first, bounds=bounds, max_nfev=10_000)
    return PowerLaw(*map(float, found))


def masks_by_class(bench: Bench) -> Array:
    """Return how many images with masks there are of each class that has any."""
    tags = np.concatenate([shard.tags for shard in open_folders(list(bench.images.masks.train))])
    counts = np.bincount(tags)[CLASS_VALUES.start :]
    return counts[counts > 0]


def trainings(bench: Bench) -> list[Training]:
    """Return the trainings, up to the first number of masks that no class has more of."""
    # Beyond what there is, more masks would be the same ones again.
    most, wanted = masks_by_class(bench).max(), bench.settings.masks_per_class
    numbers = [n for n, before in zip(wanted, (0, *wanted)) if before < most]
    training = bench.settings.by_masks
    return [training.changed(per_class=n, seed=seed) for n in numbers for seed in bench.settings.masks_seeds]


def works(bench: Bench) -> list[Work]:
    """Return what `write` asks for."""
    return [Use("unet", training) for training in trainings(bench)]


def write(bench: Bench, out: Path) -> None:
    """Write figure3.md, figure3.csv and figure3.png."""
    chosen = trainings(bench)
    # Rare classes may have fewer masks than were asked for: then this is their mean.
    images = np.array([bench.card(training).training["images_in_pool"] for training in chosen])
    n = images / len(masks_by_class(bench))
    scores = [bench.scores(Use("unet", training)) for training in chosen]
    dice = {variant: np.array([score[variant]["mean"] for score in scores], float) for variant in VARIANTS}
    laws = {v: fit_power_law(n, 1 - dice[v]) for v in VARIANTS} if len(np.unique(n)) > 1 else {}
    _draw(out / "figure3.png", f"{TITLE},\n{bench.test_set}", n, dice, laws)
    body = markdown.table(("masks per class", *(f"{v}, %" for v in VARIANTS)), _rows(n, dice))
    fits = "".join(f"- {variant}: {law}\n" for variant, law in laws.items())
    body = f"{NOTE}![Dice by the number of masks](figure3.png)\n\n{body}\nPower laws fitted to it:\n\n{fits}"
    (out / "figure3.md").write_text(report.page(bench, TITLE, body, chosen), encoding="utf-8")
    rows = zip(n, (training.recipe.seed for training in chosen), *dice.values())
    header = ("masks_per_class", "seed", *VARIANTS, "test_set")
    report.write_csv(out / "figure3.csv", header, [(*row, bench.test_set) for row in rows])


def _rows(n: Array, dice: dict[str, Array]) -> list[markdown.Row]:
    return [
        (f"{number:g}", *(markdown.percent(*report.spread(dice[v][n == number])) for v in VARIANTS))
        for number in np.unique(n)
    ]


def _draw(path: Path, title: str, n: Array, dice: dict[str, Array], laws: dict[str, PowerLaw]) -> None:
    """Draw Dice over masks as a PNG.

    Parameters
    ----------
    path : Path
    title : str
    n : (N,) float
        Masks per class of each training.
    dice : dict of variant to (N,) float
        Mean over the classes, 0 to 1.
    laws : dict of variant to PowerLaw
        None for a variant that has too few points.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.5, 4.5), layout="constrained")
    axes = figure.subplots()
    line = np.geomspace(n.min(), n.max(), 100)
    for number, variant in enumerate(VARIANTS):
        axes.plot(n, 100 * dice[variant], "o", color=f"C{number}", label=f"mean Dice, {variant}")
        if variant in laws:
            axes.plot(line, 100 * (1 - laws[variant](line)), color=f"C{number}", label=str(laws[variant]))
    axes.set(xscale="log", xlabel="masks per class", ylabel="Dice, %", title=title)
    # On the numbers that were measured, not on powers of ten.
    axes.set_xticks(np.unique(n), [f"{number:g}" for number in np.unique(n)], minor=False)
    axes.minorticks_off()
    axes.legend(fontsize="small")
    figure.savefig(path, dpi=120)
