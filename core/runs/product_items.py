# SPDX-License-Identifier: GPL-2.0-or-later
"""All images of a product, one after the other: imagettes of wave mode, sub-swaths of IW or EW SLC."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Callable

from ..errors import Cancelled, InputError, OutputError
from ..feedback import Feedback, step_of
from ..roughness.roughness import Roughness
from ..scenes.opening import count_items, open_scene
from .preprocess import PreprocessOptions, preprocess

# Gets where the roughness is written for now, and the roughness.
Finish = Callable[[str, Roughness], None]


def preprocess_all(
    path: str, options: PreprocessOptions, folder: str, feedback: Feedback, finish: Finish | None = None
) -> list[str]:
    """Write the roughness of each image of a product, on its own map, and return the files.

    They are named after the images: ``<image>_roughness.tif``. An image that cannot be used, such as one of
    land, is left out with a warning.

    Parameters
    ----------
    path : str
        Of the product.
    options : PreprocessOptions
        For all images alike; the item is set here.
    folder : str
        Where the files go; it has to exist.
    feedback : Feedback
    finish : callable, optional
        Called for each image, as in `metocean.core.runs.preprocess.preprocess`.

    Raises
    ------
    InputError
        No image can be used; with the reason of the first.
    OptionError, OutputError, Cancelled
        As in `metocean.core.runs.preprocess.preprocess`, and ``finish`` too; finished images stay.
    """
    if not os.path.isdir(folder):
        raise OutputError(f"There is no folder {folder} to write to; make it first.")
    count = count_items(path)
    written: list[str] = []
    refused: list[InputError] = []
    for number in range(count):
        part = step_of(feedback, number, count)
        chosen = replace(options, scene=replace(options.scene, item=number + 1))
        try:
            # Opened for its name alone: the pixels are read by the second opening.
            target = os.path.join(folder, f"{open_scene(path, chosen.scene).name}_roughness.tif")
            preprocess(path, chosen, target, part, finish)
            written.append(target)
        # Each image is a run of its own: what was finished stays, and the message says how much that is.
        except Cancelled as error:
            if not written:
                raise
            raise Cancelled(
                f"Cancelled: {len(written)} of {count} images were finished and stay in {folder}."
            ) from error
        # A wave-mode product may have more than a hundred imagettes: one over land must not stop the others.
        # Options that make no sense, and a disk that is full, would fail for all alike and end the run.
        except InputError as error:
            refused.append(error)
            feedback.warn(f"Image {number + 1} of {count} is left out: {error}")
    if not written:
        raise refused[0]
    return written
