# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a benchmark's weights and results lie: in folders whose names change with all that they depend on.

So a benchmark that is started again, or with other settings, uses what is there and nothing that only looks
alike.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ...models.card import read_card
from ..data.pool import open_folders
from .images import Folders, Images, identity
from .settings import AnyTraining, Bundled, Training
from .works import ImageSet, Use

# In the place of an identity, where a tenth of the images to train on is held out for validation.
A_TENTH = "a tenth"


@dataclass
class RunFolders:
    """Paths in the folder ``runs``.

    Attributes
    ----------
    runs : Path
    images : Images
    real_test : bool
        Whether test images are real: then those of them that are also in the data to train on are left out.
    """

    runs: Path
    images: Images
    real_test: bool
    # By folders: every path asks for it, and all labels have to be read for it.
    _identities: dict[Folders, str] = field(default_factory=dict)

    def weights(self, training: AnyTraining) -> Path:
        """Return the path of a training's weights: a folder for each recipe, budget, beginning and images."""
        if isinstance(training, Bundled):
            return training.path
        # What bundled weights a training begins with is in their card: others may be bundled tomorrow.
        begun = read_card(training.init.with_suffix(".json")).sha256 if training.init else ""
        digest = _digest(json.dumps([asdict(training), begun, self._images_of(training)]))
        return self.runs / f"{training}-{digest}" / f"{training.recipe.model}.safetensors"

    def result(self, use: Use, state: str) -> Path:
        """Return the path of a result: one file for each weights, images and method.

        ``state`` is text that changes with the weights and the images.
        """
        suffix = ".npy" if use.images == ImageSet.PANEL else ".json"
        bundled = isinstance(use.training, Bundled)
        folder = self.runs / "bundled" if bundled else self.weights(use.training).parent
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{use.method}-{use.images}-{_digest(state)}{suffix}"

    def _images_of(self, training: Training) -> list[str]:
        source = self.images.source(training.recipe)
        parts = [source.train, source.validation]
        if self.real_test:
            parts.append(self.images.test)
        return [self._identity(folders) if folders else A_TENTH for folders in parts]

    def _identity(self, folders: Folders) -> str:
        if folders not in self._identities:
            self._identities[folders] = identity(open_folders(list(folders)))
        return self._identities[folders]


def _digest(text: str) -> str:
    # Twelve of 64 digits: names that fit a path, and yet no two alike among a few dozen.
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file at once, so that a kill leaves none rather than a part of one."""
    partial = path.with_suffix(".part")
    partial.write_bytes(content)
    os.replace(partial, path)
