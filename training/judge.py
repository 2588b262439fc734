"""What the models say of real quick-looks, beside what people tagged them.

``python -m metocean.training.judge --real DIR --out DIR`` writes a table, judge.md, and a picture, judge.png:
each imagette above the most probable class of method A. Tags name few of the classes, and one imagette
holds several, so the question is whether a tagged class is among the two largest, plain waves aside.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.classes import CLASSES, CODES, class_index
from ..models.checkpoint import load_weights
from ..models.methods.base import INPUT_SCALE, Predictor
from ..models.networks.blocks import Network
from ..models.networks.inception import Inception
from ..models.networks.unet import UNet
from ..models.registry import WEIGHTS
from .data.quicklooks import QuickLook, read_quicklooks
from .data.readers.images import resized
from .data.readers.masks import CELLS
from .realism import as_quicklook
from .simulator.scenes.imagette import simulate_imagette

# Classes that open water must not be taken for, and over how much of it they are forgiven.
COLD = ("SI", "IB")
FORGIVEN = 0.10
# Of simulated scenes, far from those of data sets.
SEED = 2_000_000_000


@dataclass(frozen=True)
class Verdict:
    """Of one imagette: most probable class by cell (64, 64), and the categorizer's scores (10,)."""

    look: QuickLook
    cells: np.ndarray
    scores: np.ndarray

    @property
    def areas(self) -> np.ndarray:
        """Share of each class in the cells, (10,)."""
        return np.bincount(self.cells.ravel(), minlength=len(CODES)) / self.cells.size

    @property
    def cold(self) -> float:
        """Share of the cells taken for sea ice or icebergs."""
        return float(sum(self.areas[class_index(code)] for code in COLD))


def judge(look: QuickLook, unet: Predictor[UNet], categorizer: Predictor[Inception]) -> Verdict:
    """Ask the networks about an imagette."""
    image = look.grey / np.float32(255)
    return Verdict(look, _ask(unet, image).argmax(axis=0), _ask(categorizer, image))


def _ask(predictor: Predictor, image: np.ndarray) -> np.ndarray:
    return predictor.probabilities(predictor.tensor(network_view(image, predictor.network)))[0].cpu().numpy()


def stretch_agreement(unet: Predictor[UNet], seeds: range) -> float:
    """Return the share of cells whose class is the same for a simulated scene and for its quick-look."""
    same = []
    for seed in seeds:
        sample = simulate_imagette(seed, held_out=True)
        stretched = as_quicklook(sample, f"{seed}").grey / np.float32(255)
        first, second = (
            _ask(unet, image).argmax(axis=0)
            for image in (sample.roughness / np.float32(INPUT_SCALE), stretched)
        )
        same.append(float((first == second).mean()))
    return float(np.mean(same))


def network_view(image: np.ndarray, network: Network) -> np.ndarray:
    """Return an imagette (H, W), 0 to 1, as sqrt roughness of the size that the authors' networks see."""
    return resized(image, CELLS * network.STEP) * np.float32(INPUT_SCALE / 255)


def largest(values: np.ndarray) -> list[str]:
    """Return the codes of the two largest values that are not zero, plain waves aside."""
    return [CODES[i] for i in np.argsort(-values, kind="stable") if CODES[i] != "POW" and values[i] > 0][:2]


def table(verdicts: list[Verdict]) -> str:
    """Return the verdicts as Markdown, and how many of the tagged ones were recognised."""
    lines = ["| imagette | tags | areas of A, % | categorizer, % | SI and IB, % |", "|---|---|---|---|---|"]
    for v in verdicts:
        said = _listed(v.areas), _listed(v.scores)
        cells = [v.look.path.stem, " ".join(sorted(v.look.codes)) or "–", *said]
        lines.append("| " + " | ".join([*cells, f"{100 * v.cold:.1f}"]) + " |")
    tagged = [v for v in verdicts if v.look.codes & {"WS", "MCC"}]
    by_area = sum(_recognised(v.look, v.areas) for v in tagged)
    by_score = sum(_recognised(v.look, v.scores) for v in tagged)
    lines += [
        "",
        f"Of {len(tagged)} tagged WS or MCC, a tag is among the two largest, POW aside: {by_area} by area of "
        f"A, {by_score} by the categorizer. Taken for ice or icebergs over more than {100 * FORGIVEN:.0f} %: "
        f"{sum(v.cold > FORGIVEN for v in verdicts)} of {len(verdicts)}.",
    ]
    return "\n".join(lines) + "\n"


def _recognised(look: QuickLook, values: np.ndarray) -> bool:
    return bool(look.codes & set(largest(values)))


def _listed(values: np.ndarray) -> str:
    order = [i for i in np.argsort(-values, kind="stable") if values[i] >= 0.01]
    return ", ".join(f"{CODES[i]} {100 * values[i]:.0f}" for i in order)


def picture(verdicts: list[Verdict]) -> np.ndarray:
    """Return (H, W, 3) uint8: imagettes in a row, each above its classes."""
    colours = np.array([c.rgb for c in CLASSES], np.uint8)
    side, scale = CELLS * 7, 7
    columns = []
    for v in verdicts:
        grey = resized(v.look.grey / np.float32(255), side)[:, :, None].repeat(3, axis=2)
        classes = colours[v.cells].repeat(scale, axis=0).repeat(scale, axis=1)
        columns.append(np.pad(np.concatenate([grey, classes]), ((0, 0), (0, 6), (0, 0))))
    return np.concatenate(columns, axis=1)


def main(arguments: list[str] | None = None) -> None:
    """Judge the imagettes of a folder."""
    import matplotlib.image

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--real", type=Path, required=True, help="folder of quick-looks with labels.csv")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--unet", type=Path, default=WEIGHTS / "unet.safetensors")
    parser.add_argument("--categorizer", type=Path, default=WEIGHTS / "categorizer.safetensors")
    parser.add_argument("--scenes", type=int, default=60, help="simulated ones, to stretch")
    options = parser.parse_args(arguments)
    unet, categorizer = _predictor(options.unet, UNet), _predictor(options.categorizer, Inception)
    verdicts = [judge(look, unet, categorizer) for look in read_quicklooks(options.real)]
    agreement = stretch_agreement(unet, range(SEED, SEED + options.scenes))
    text = table(verdicts) + (
        f"\nThe class of A is the same in {100 * agreement:.1f} % of the cells of a simulated scene and of "
        f"its quick-look ({options.scenes} scenes, seeds from {SEED}).\n"
    )
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "judge.md").write_text(text, encoding="utf-8")
    matplotlib.image.imsave(options.out / "judge.png", picture(verdicts))
    print(text)


def _predictor(path: Path, kind: type) -> Predictor:
    return Predictor(*load_weights(path, kind))


if __name__ == "__main__":
    main()
