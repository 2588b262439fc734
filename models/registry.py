# SPDX-License-Identifier: GPL-2.0-or-later
"""The methods by name. Importable without torch, which is looked for when a method is loaded.

QGIS lists the algorithms, with the methods, their settings and help, whether torch is installed or not. So
this module names classes as texts and imports them when one is wanted.

To add a method: a class in `metocean.models.methods` and an entry in `METHODS`. Toolbox, help, comparison and
the suite that all methods have to pass read this table. The class is a subclass of
`metocean.models.methods.base.Predictor` with ``NETWORK``, the class of its network, and ``predict``; where a
threshold of 0.5 does not suit it, ``threshold``, too. All that it takes beside the network is a setting, by
name. The other places to touch are named in ``docs/architecture.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..core.errors import ModelError, OptionError
from ..core.methods.protocol import Method
from ..core.methods.training_ranges import TrainingRanges
from .packages import import_with_torch

# What can be asked for; `metocean.models.device` says what it means.
DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("auto", "fp32", "bf16")
# What the masks of method B show: the image's mean, or zero.
FILLS = ("mean", "zero")

WEIGHTS = Path(__file__).parent / "weights"
# Ranges of the images that the bundled networks learnt from; see `metocean.core.methods.training_ranges`.
STATISTICS_FILE = WEIGHTS / "statistics.json"


@dataclass(frozen=True)
class MethodEntry:
    """What is known of a method before it is loaded.

    Attributes
    ----------
    title : str
        For people.
    target : str
        ``"module:Class"`` here, with ``Class.load(weights, device, precision, **settings)``.
    weights : str
        File in `WEIGHTS`.
    settings : dict
        The method's own settings, as in the paper; `settings_of` exchanges some of them.
    slow : bool
        A wide swath takes it a quarter of an hour and more without a GPU.
    """

    title: str
    target: str
    weights: str
    settings: dict[str, Any] = field(default_factory=dict)
    slow: bool = False


# B, C and D ask the same network, each in its own way.
CATEGORIZER = "categorizer.safetensors"
# MASK has no probabilities: any drop of a score that can be told from none decides.
DROP_THRESHOLD = 0.01
# IM2PX, which learnt one class for a whole image, is seldom sure of one: at 0.5 it leaves five sixths of
# simulated test images undecided, at this half of them, and more than half of the rest are right.
IMAGE_LABEL_THRESHOLD = 0.3
# 75 px of 50 m are the paper's 3.75 km. 32 px make its 16 x 16 masks on 512 px; the 25 px of its text do not.
MASKS = {"side_px": 75, "stride_px": 32}

# Letters are those of Colin et al. 2022.
METHODS = {
    "unet": MethodEntry("A, fully supervised U-Net", "methods.supervised:Supervised", "unet.safetensors"),
    "mask_mean": MethodEntry(
        "B, MASK filled with the mean", "methods.mask:Mask", CATEGORIZER, {"fill": "mean", **MASKS}, slow=True
    ),
    "mask_zero": MethodEntry(
        "B, MASK filled with zero", "methods.mask:Mask", CATEGORIZER, {"fill": "zero", **MASKS}, slow=True
    ),
    "part_75": MethodEntry(
        "C, PART with tiles of 75 px",
        "methods.part:TileByTile",
        CATEGORIZER,
        {"side_px": 75, "stride_px": 25},
    ),
    "part_129": MethodEntry(
        "C, PART with tiles of 129 px",
        "methods.part:TileByTile",
        CATEGORIZER,
        {"side_px": 129, "stride_px": 43},
    ),
    "cam": MethodEntry("D, class activation map", "methods.cam:Cam", CATEGORIZER),
    "im2px": MethodEntry(
        "E, image to pixel", "methods.image_to_pixel:ImageToPixel", "im2px.safetensors", {"exclusive": True}
    ),
}


def has_weights(method_id: str) -> bool:
    """Tell whether a method's weights are there."""
    return (WEIGHTS / METHODS[method_id].weights).is_file()


def weights_state(method_id: str) -> tuple[tuple[int, int], ...]:
    """Return times and sizes of a method's files, which change when the weights are replaced.

    Loaded networks are kept from run to run; this tells a kept one that its file is another by now.
    """
    path = WEIGHTS / METHODS[method_id].weights
    found = [file.stat() for file in (path, path.with_suffix(".json")) if file.is_file()]
    return tuple((status.st_mtime_ns, status.st_size) for status in found)


def settings_of(method_id: str, **given: Any) -> dict[str, Any]:
    """Return all settings of a method: those in `METHODS`, but for the ones ``given`` instead.

    Raises
    ------
    OptionError
        The method has no such setting.
    """
    own = _entry(method_id).settings
    for name in given:
        if name not in own:
            having = [other for other, entry in METHODS.items() if name in entry.settings]
            raise OptionError(
                f"Method {method_id} has no setting {name}; these have it: {', '.join(having) or 'none'}.",
                option=name,
            )
    return {**own, **given}


def load_method(
    method_id: str, device: str = "auto", precision: str = "auto", mosaic: bool = False, **settings: Any
) -> Method:
    """Return a method ready to predict.

    Parameters
    ----------
    method_id : str
        A key of `METHODS`.
    device, precision : str
        One of `DEVICES`, one of `PRECISIONS`.
    mosaic : bool
        Whether wide scenes are cut into tiles of 20 km, as in the paper: `metocean.models.methods.mosaic`.
    settings
        Of the method, instead of its settings in `METHODS`.

    Raises
    ------
    ModelError, OptionError
        No such method or setting, or a setting that makes no sense; torch, the weights or the device missing;
        weights damaged or foreign.
    """
    entry, settings = _entry(method_id), settings_of(method_id, **settings)
    if not has_weights(method_id):
        raise ModelError(
            f"Method {method_id} ({entry.title}) has no weights yet: models/weights lacks {entry.weights}. "
            "Train it (docs/training.md), or use another method."
        )
    method = method_class(method_id).load(WEIGHTS / entry.weights, device, precision, **settings)
    method.settings = {"method": method_id, **settings, "mosaic": mosaic}
    method.training_ranges = TrainingRanges.read(STATISTICS_FILE)
    chosen: Method = method.in_tiles() if mosaic else method
    return chosen


def method_class(method_id: str) -> Any:
    """Return the class of a method, from a module that needs torch."""
    module, name = _entry(method_id).target.split(":")
    return getattr(import_with_torch(f".{module}"), name)


def _entry(method_id: str) -> MethodEntry:
    if method_id not in METHODS:
        raise ModelError(f"There is no method {method_id!r}; choose from {', '.join(METHODS)}.")
    return METHODS[method_id]
