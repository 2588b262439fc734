# SPDX-License-Identifier: GPL-2.0-or-later
"""What a benchmark can be asked for: a training, or a method with its network on some of the images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from ..recipes.choice import Choice
from .settings import AnyTraining

# Instead of a method: the network by itself, which names whole images.
CATEGORIZER = "categorizer"


class ImageSet(Choice):
    """Images that scores are of: all test images, a few of each class, one of each, or validation images."""

    TEST = "test"
    FEW = "few"
    PANEL = "panel"
    VALIDATION = "validation"


@dataclass(frozen=True)
class Use:
    """A method, or `CATEGORIZER`, with the network of a training, on some images.

    `CATEGORIZER` and `ImageSet.VALIDATION` are not for bundled weights.
    """

    method: str
    training: AnyTraining
    images: ImageSet = ImageSet.TEST

    def __str__(self) -> str:
        return f"{self.method} of {self.training} on {self.images} images"


Work = Union[AnyTraining, Use]
