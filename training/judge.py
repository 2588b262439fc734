# SPDX-License-Identifier: GPL-2.0-or-later
"""What the models say of real quick-looks, beside what people tagged them.

``python -m metocean.training.judge --real DIR --out DIR`` writes a table, judge.md, and a picture, judge.png:
each imagette above the most probable class of method A. See `metocean.training.fit.verdicts`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from ..core.arrays import Array
from ..core.quantity import LARGEST_UINT8, from_uint8, to_unit
from ..models.checkpoint import load_weights
from ..models.methods.base import Predictor
from ..models.networks.blocks import Network
from ..models.networks.inception import Inception
from ..models.networks.unet import UNet
from ..models.registry import WEIGHTS
from .data.quicklooks import QuickLook, read_quicklooks
from .data.readers.images import resized
from .data.readers.masks import CELLS
from .fit.verdicts import Verdict, picture, table
from .simulator.scenes.imagette import simulate_imagette

# Of simulated scenes, far from those of data sets.
SEED = 2_000_000_000


def judge(look: QuickLook, unet: Predictor[UNet], categorizer: Predictor[Inception]) -> Verdict:
    """Ask the networks about an imagette."""
    image = look.grey / np.float32(LARGEST_UINT8)
    return Verdict(look, _ask(unet, image).argmax(axis=0), _ask(categorizer, image))


def _ask(predictor: Predictor[Any], image: Array) -> Array:
    return predictor.probabilities(predictor.tensor(network_view(image, predictor.network)))[0].cpu().numpy()


def stretch_agreement(unet: Predictor[UNet], seeds: range) -> float:
    """Return the share of cells whose class is the same for a simulated scene and for its quick-look."""
    # Both are of the same sea: only the stretch sets them apart.
    same = []
    for seed in seeds:
        sample = simulate_imagette(seed, held_out=True)
        look = QuickLook.from_roughness(f"{seed}", sample.roughness, sample.spacing_m)
        stretched = look.grey / np.float32(LARGEST_UINT8)
        first, second = (_ask(unet, image).argmax(axis=0) for image in (to_unit(sample.roughness), stretched))
        same.append(float((first == second).mean()))
    return float(np.mean(same))


def network_view(image: Array, network: Network) -> Array:
    """Return an imagette (H, W), 0 to 1, as sqrt roughness of the size that the authors' networks see."""
    return from_uint8(resized(image, CELLS * network.STEP))


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
    # Quick-looks lack the calibration that scenes have: how much that changes is told beside the verdicts.
    agreement = stretch_agreement(unet, range(SEED, SEED + options.scenes))
    text = table(verdicts) + (
        f"\nThe class of A is the same in {100 * agreement:.1f} % of the cells of a simulated scene and of "
        f"its quick-look ({options.scenes} scenes, seeds from {SEED}).\n"
    )
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "judge.md").write_text(text, encoding="utf-8")
    matplotlib.image.imsave(options.out / "judge.png", picture(verdicts))
    print(text)


def _predictor(path: Path, kind: type) -> Predictor[Any]:
    return Predictor(*load_weights(path, kind))


if __name__ == "__main__":
    main()
