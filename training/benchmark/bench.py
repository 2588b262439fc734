"""Trains, scores and maps what is not there yet; results lie in the folder of the run they come from."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Union

import numpy as np

from ...models.card import Card, read_card
from ...models.checkpoint import load_weights
from ...models.methods.base import Predictor
from ..data.pool import open_folders, origin
from ..data.shards import Shard
from ..fit.command_line import commit
from ..fit.devices import Hardware, launch
from ..fit.evaluation import Judge
from ..fit.job import Job
from ..fit.splits import open_data, with_one_process
from ..fit.trainer import Trainer
from ..metrics.tag_scores import as_json
from .agenda import Agenda
from .images import Folders, Images, count, first_of_each_class, identity
from .methods import METHODS, dice, mapped, predictor
from .settings import AnyTraining, Bundled, Settings, Training

# Instead of a method: the network by itself, which names whole images.
CATEGORIZER = "categorizer"
# Of the test images all, a few of each class, one of each.
TEST, FEW, PANEL = "test", "few", "panel"
VALIDATION = "validation"
LOG_S = 60.0


@dataclass(frozen=True)
class Use:
    """A method, or `CATEGORIZER`, with the network of a training, on one of the sets of images above.

    `CATEGORIZER` and `VALIDATION` are not for bundled weights.
    """

    method: str
    training: AnyTraining
    images: str = TEST

    def __str__(self) -> str:
        return f"{self.method} of {self.training} on {self.images} images"


Work = Union[AnyTraining, Use]


class Bench:
    """Where the parts of a benchmark get their results from.

    Attributes
    ----------
    settings : Settings
    images : Images
    test_set : str
        "simulated test set" or "real test set".
    commit : str
        Of the code.
    """

    def __init__(self, folder: Path, settings: Settings, images: Images) -> None:
        self.settings, self.images, self.runs = settings, images, folder / "runs"
        test = open_folders(list(images.test))
        self.test_set = f"{origin(test)} test set"
        few, panel = (first_of_each_class(test, number) for number in (settings.masking_images, 1))
        self._shards = {TEST: test, FEW: few, PANEL: panel}
        self._identities: dict[Folders, str] = {}
        self.commit = commit()
        self.fabric = launch(Hardware(devices=1))
        self.agenda = Agenda()

    def plan(self, works: list[Work]) -> None:
        """Note what is going to be asked for, to tell how long it will take."""
        trainings = [work.training if isinstance(work, Use) else work for work in works]
        everything = dict.fromkeys([*trainings, *works])
        self.agenda = Agenda({work: self._expected_s(work) for work in everything if not self._is_done(work)})

    def card(self, training: AnyTraining) -> Card:
        """Return what is known of a training's network, after training it unless that was done before."""
        path = self._weights(training).with_suffix(".json")
        if isinstance(training, Training) and not path.exists():
            with self.agenda.of(training):
                Trainer(self._job(training), self.fabric).run()
        return read_card(path)

    def scores(self, use: Use) -> dict[str, Any]:
        """Return the accuracy on all images and on those of one process, ``{"accuracy": …, "alone": …}``.

        Of methods return Dice by variant, then class; None where there is none.
        """
        path = self._result(use)
        if not path.exists():
            with self.agenda.of(use):
                scores = self._score(use)
            _write(path, json.dumps({"use": str(use), "scores": scores}, indent=1).encode())
        return json.loads(path.read_text())["scores"]

    def maps(self, use: Use) -> np.ndarray:
        """Return the (N, 10, L, L) maps that a method makes of its images."""
        path = self._result(use)
        if not path.exists():
            with self.agenda.of(use):
                maps = [maps for maps, _ in mapped(self._predictor(use), self.shards(use))]
            content = io.BytesIO()
            np.save(content, np.stack(maps))
            _write(path, content.getvalue())
        return np.load(path, allow_pickle=False)

    def shards(self, use: Use) -> list[Shard]:
        """Return the images of ``use``."""
        if use.images == VALIDATION and isinstance(use.training, Training):
            job = self._job(use.training)
            return open_data(job.folders, job.recipe).validation
        return self._shards[use.images]

    def _score(self, use: Use) -> dict[str, Any]:
        if use.method != CATEGORIZER or isinstance(use.training, Bundled):
            return as_json(dice(self._predictor(use), self.shards(use)))
        network, card = load_weights(self._weights(use.training))
        recipe = use.training.recipe
        fast = Predictor(network, card, self.fabric.device).network
        judge, shards = Judge.from_recipe(recipe, card.temperature), self.shards(use)
        parts = {"accuracy": shards, "alone": with_one_process(shards)}
        return {
            name: judge.evaluate(fast, part).scores.accuracy() if count(part) else math.nan
            for name, part in parts.items()
        }

    def _predictor(self, use: Use) -> Predictor:
        network, card = load_weights(self._weights(use.training))
        return predictor(use.method, network, card, self.fabric.device)

    def _job(self, training: Training) -> Job:
        source = self.images.source(training.recipe)
        return Job(
            training.recipe,
            data=source.train,
            validation=source.validation,
            test=self.images.test,
            out=self._weights(training).parent,
            minutes=training.minutes,
            steps=training.steps,
            init=training.init,
            log_s=LOG_S,
            validations=1,  # at the end alone
            commit=self.commit,
        )

    def _weights(self, training: AnyTraining) -> Path:
        """Return the path of a training's weights: a folder for each recipe, budget, beginning and images."""
        if isinstance(training, Bundled):
            return training.path
        source = self.images.source(training.recipe)
        parts = [source.train, source.validation]
        if any(not shard.simulated for shard in self._shards[TEST]):
            parts.append(self.images.test)  # real images of it are not trained on
        for folders in parts:
            if folders not in self._identities:
                self._identities[folders] = identity(open_folders(list(folders))) if folders else "a tenth"
        images = [self._identities[folders] for folders in parts]
        begun = read_card(training.init.with_suffix(".json")).sha256 if training.init else ""
        digest = _digest(json.dumps([asdict(training), begun, images]))
        return self.runs / f"{training}-{digest}" / f"{training.recipe.model}.safetensors"

    def _result(self, use: Use) -> Path:
        """Return the path of a result: one file for each weights, images and method."""
        digest = _digest(self.card(use.training).sha256 + identity(self.shards(use)))
        suffix = ".npy" if use.images == PANEL else ".json"
        bundled = isinstance(use.training, Bundled)
        folder = self.runs / "bundled" if bundled else self._weights(use.training).parent
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{use.method}-{use.images}-{digest}{suffix}"

    def _is_done(self, work: Work) -> bool:
        if isinstance(work, Use):
            return self._is_done(work.training) and self._result(work).exists()
        return self._weights(work).with_suffix(".json").exists()

    def _expected_s(self, work: Work) -> float:
        if not isinstance(work, Use):
            return 60 * work.minutes if isinstance(work, Training) else 0.0
        image_s = METHODS[work.method].image_s if work.method in METHODS else 0.0
        return image_s * self.settings.relative_cost * count(self.shards(work))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _write(path: Path, content: bytes) -> None:
    """Write a file at once, so that a kill leaves none rather than a part of one."""
    partial = path.with_suffix(".part")
    partial.write_bytes(content)
    os.replace(partial, path)
