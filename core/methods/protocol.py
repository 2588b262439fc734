# SPDX-License-Identifier: GPL-2.0-or-later
"""What the pipeline asks of a segmentation method; `metocean.models` provides them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ..arrays import Array
from ..feedback import Feedback
from .image import Image
from .training_ranges import TrainingRanges

# Pixels whose most probable class stays below this are undecided, in Colin et al. 2022. MASK gives drops of a
# probability, and IM2PX learnt from names of whole images: these two have thresholds of their own.
THRESHOLD = 0.5


# A protocol, so that core can run methods without importing the folder that they live in, and with it torch;
# tests run the pipeline on stand-ins of a few lines.
class Method(Protocol):
    """A segmentation method bound to its network.

    Attributes
    ----------
    threshold : float
        Of `metocean.core.results.classification.classify`, unless the user has another.
    resolution_m : float
        Ground spacing of the roughness it wants.
    output_stride : int
        Input pixels per output cell along each side.
    model_id : str
        Which weights, for the log and the outputs' metadata.
    training : str
        What the weights were trained on, likewise.
    device : str
        Where it runs.
    settings : dict of str to object
        What it was loaded with, for the outputs' metadata: which method, tiles, masks.
    training_ranges : TrainingRanges
        What its training images have of brightness and texture; empty where that is not known.
    exclusive : bool
        The classes share one probability: what is taken from one of them is the others'.
    """

    threshold: float
    resolution_m: float
    output_stride: int
    model_id: str
    training: str
    device: str
    exclusive: bool
    settings: Mapping[str, object]
    training_ranges: TrainingRanges

    def predict(self, image: Image, feedback: Feedback) -> Array:
        """Return the class probabilities of a whole image.

        Parameters
        ----------
        image : Image
            sqrt(sigma0 / CMOD5.N(10 m/s, 45°)), 0 to 2, of any size.
        feedback : Feedback
            Asked at least every two seconds whether to go on.

        Returns
        -------
        (10, lines / output_stride, samples / output_stride) float32, rounded up
            In the order of `metocean.core.classes.CLASSES`; those of an exclusive method sum to one. Cells
            without a known pixel hold anything.
        """


class WrappedMethod:
    """Base of methods that have another one do the work, and say of themselves what that says."""

    def __init__(self, method: Method) -> None:
        self._method = method
        self.threshold, self.exclusive = method.threshold, method.exclusive
        self.resolution_m, self.output_stride = method.resolution_m, method.output_stride
        self.model_id, self.training, self.device = method.model_id, method.training, method.device
        self.settings, self.training_ranges = method.settings, method.training_ranges
