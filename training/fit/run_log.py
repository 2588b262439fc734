# SPDX-License-Identifier: GPL-2.0-or-later
"""What is seen of a run: a bar on a terminal, lines elsewhere, log.csv, validation.csv and curves.png.

CSV files are appended to and curves drawn anew: whatever happens to a run, what was written stays readable.
"""

from __future__ import annotations

import csv
from pathlib import Path

from tqdm import tqdm

from ...core.classes import CLASSES

LOG, VALIDATION, CURVES = "log.csv", "validation.csv", "curves.png"
Row = dict[str, float]


class Log:
    """The log of a run in the folder ``out``, of which ``share`` was done before.

    Only the process that is ``visible`` writes anything.
    """

    def __init__(self, out: Path, share: float, visible: bool) -> None:
        self.out, self.visible = out, visible
        form = "{percentage:5.1f} % |{bar}| {elapsed} gone, {remaining} left{postfix}"
        # None: no bar where there is no terminal.
        self.bar = tqdm(total=1.0, initial=share, disable=None if visible else True, bar_format=form)

    def advance(self, share: float) -> None:
        """Move the bar to ``share``."""
        self.bar.update(share - self.bar.n)  # tqdm takes what is new

    def train(self, row: Row) -> None:
        """Write down how training goes."""
        if not self.visible:
            return
        append(self.out / LOG, row)
        self.bar.set_postfix(row)
        if self.bar.disable:
            print(_line(row), flush=True)

    def validate(self, row: Row) -> None:
        """Write down scores on the validation images, and draw them."""
        append(self.out / VALIDATION, row)
        # Not print: that would leave a half-drawn bar on the line.
        self.bar.write(_line(row))
        draw_curves(self.out)


def _line(row: Row) -> str:
    return " ".join(f"{name} {value:.4g}" for name, value in row.items())


def append(path: Path, row: Row) -> None:
    """Append a row to a CSV file, which is begun with the names of its columns."""
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, row)
        if new:
            writer.writeheader()
        writer.writerow(row)


def read_columns(path: Path) -> dict[str, list[float]]:
    """Return the columns of a CSV file of numbers; none where there is no file."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def draw_curves(out: Path) -> None:
    """Draw the loss and the validation scores of the run in ``out`` over its minutes."""
    # Imported here: processes that write nothing need not load it.
    from matplotlib.figure import Figure

    log, validation = read_columns(out / LOG), read_columns(out / VALIDATION)
    figure = Figure(figsize=(8, 7), layout="constrained")
    losses, scores = figure.subplots(2, 1, sharex=True)
    for columns, label in ((log, "training"), (validation, "validation")):
        if columns:
            losses.plot(columns["minutes"], columns["loss"], label=label, marker=".")
    losses.set(ylabel="loss")
    losses.legend()
    for name, colour in (*((c.code, c.colour) for c in CLASSES), ("mean", "black")):
        if validation:
            scores.plot(validation["minutes"], validation[name], color=colour, label=name, marker=".")
    scores.set(xlabel="minutes", ylabel="score", ylim=(0, 1))
    scores.legend(ncols=6, fontsize="small")
    figure.savefig(out / CURVES, dpi=80)
