# SPDX-License-Identifier: GPL-2.0-or-later
"""Trains, scores and maps what is not there yet; results lie in the folder of the run they come from."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from ...core.arrays import Array
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
from .images import Images, count, first_of_each_class, identity
from .methods import BENCHMARKED_METHODS, dice, mapped, predictor
from .progress_log import ProgressLog
from .run_folders import RunFolders, write_atomically
from .settings import AnyTraining, Bundled, Settings, Training
from .works import CATEGORIZER, ImageSet, Use, Work

# Between two lines of a training's progress, less often than in a run that somebody watches.
LOG_S = 60.0


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
        self.settings, self.images = settings, images
        test = open_folders(list(images.test))
        self.test_set = f"{origin(test)} test set"
        few, panel = (first_of_each_class(test, number) for number in (settings.masking_images, 1))
        self._shards = {ImageSet.TEST: test, ImageSet.FEW: few, ImageSet.PANEL: panel}
        real_test = any(not shard.simulated for shard in test)
        self.folders = RunFolders(folder / "runs", images, real_test)
        # Asked for once: the code may be edited while a benchmark runs for hours.
        self.commit = commit()
        self.fabric = launch(Hardware(devices=1))
        self.progress_log = ProgressLog()

    def plan(self, works: list[Work]) -> None:
        """Note what is going to be asked for, to tell how long it will take."""
        trainings = [work.training if isinstance(work, Use) else work for work in works]
        # A dict keeps one of each, in their order: parts share trainings.
        everything = dict.fromkeys([*trainings, *works])
        expected_s = {work: self._expected_s(work) for work in everything if not self._is_done(work)}
        self.progress_log = ProgressLog(expected_s)

    def card(self, training: AnyTraining) -> Card:
        """Return what is known of a training's network, after training it unless that was done before."""
        path = self.folders.weights(training).with_suffix(".json")
        if isinstance(training, Training) and not path.exists():
            with self.progress_log.doing(training):
                Trainer(self._job(training), self.fabric).run()
        return read_card(path)

    def scores(self, use: Use) -> dict[str, Any]:
        """Return the accuracy on all images and on those of one process, ``{"accuracy": …, "alone": …}``.

        Of methods return Dice by variant, then class; None where there is none.
        """
        path = self._result(use)
        if not path.exists():
            with self.progress_log.doing(use):
                scores = self._score(use)
            write_atomically(path, json.dumps({"use": str(use), "scores": scores}, indent=1).encode())
        # Read back also what was just written: a benchmark gives the same whether it was interrupted or not.
        content: dict[str, dict[str, Any]] = json.loads(path.read_text())
        return content["scores"]

    def maps(self, use: Use) -> Array:
        """Return the (N, 10, L, L) maps that a method makes of its images."""
        path = self._result(use)
        if not path.exists():
            with self.progress_log.doing(use):
                maps = [maps for maps, _ in mapped(self._predictor(use), self.shards(use))]
            content = io.BytesIO()
            np.save(content, np.stack(maps))
            write_atomically(path, content.getvalue())
        stored: Array = np.load(path, allow_pickle=False)
        return stored

    def shards(self, use: Use) -> list[Shard]:
        """Return the images of ``use``."""
        if use.images == ImageSet.VALIDATION and isinstance(use.training, Training):
            job = self._job(use.training)
            return open_data(job.folders, job.recipe).validation
        return self._shards[use.images]

    def _score(self, use: Use) -> dict[str, Any]:
        if use.method != CATEGORIZER or isinstance(use.training, Bundled):
            return as_json(dice(self._predictor(use), self.shards(use)))
        network, card = load_weights(self.folders.weights(use.training))
        recipe = use.training.recipe
        # Only for its network, folded and on the device: names are asked of whole images, without a method.
        fast = Predictor(network, card, self.fabric.device).network
        judge, shards = Judge.from_recipe(recipe, card.temperature), self.shards(use)
        parts = {"accuracy": shards, "alone": with_one_process(shards)}
        return {
            name: judge.evaluate(fast, part).scores.accuracy() if count(part) else math.nan
            for name, part in parts.items()
        }

    def _predictor(self, use: Use) -> Predictor[Any]:
        network, card = load_weights(self.folders.weights(use.training))
        return predictor(use.method, network, card, self.fabric.device)

    def _job(self, training: Training) -> Job:
        source = self.images.source(training.recipe)
        return Job(
            training.recipe,
            data=source.train,
            validation=source.validation,
            test=self.images.test,
            out=self.folders.weights(training).parent,
            minutes=training.minutes,
            steps=training.steps,
            init=training.init,
            log_s=LOG_S,
            validations=1,  # at the end alone
            commit=self.commit,
        )

    def _result(self, use: Use) -> Path:
        return self.folders.result(use, self.card(use.training).sha256 + identity(self.shards(use)))

    def _is_done(self, work: Work) -> bool:
        # Asked of the training first: the path of a result would begin it.
        if isinstance(work, Use):
            return self._is_done(work.training) and self._result(work).exists()
        return self.folders.weights(work).with_suffix(".json").exists()

    def _expected_s(self, work: Work) -> float:
        if not isinstance(work, Use):
            return 60 * work.minutes if isinstance(work, Training) else 0.0
        # Of the categorizer by itself nothing is known: it takes no time beside its training.
        image_s = BENCHMARKED_METHODS[work.method].image_s if work.method in BENCHMARKED_METHODS else 0.0
        return image_s * self.settings.relative_cost * count(self.shards(work))
