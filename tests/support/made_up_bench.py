# SPDX-License-Identifier: GPL-2.0-or-later
"""A benchmark whose results are made up."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from metocean.core.classes import CODES
from metocean.training.benchmark import report, table2
from metocean.training.benchmark.bench import Bench
from metocean.training.benchmark.images import Images, Source
from metocean.training.benchmark.settings import QUICK, Bundled


class MadeUp(Bench):
    """Results by hand: ``value(use, variant, code)`` is the Dice, ``accuracy(use)`` the accuracy."""

    def __init__(self, folder, value=lambda *_: 0.5, accuracy=lambda _: 0.5):
        self.settings, self.value, self.accuracy = QUICK, value, accuracy
        self.test_set = "real test set"
        self.images = Images(Source((folder,)), Source((folder,)), (folder,))

    def shards(self, use):
        return [SimpleNamespace(images=np.zeros(12 if use.images == "few" else 40))]

    def card(self, training):
        per_class = None if isinstance(training, Bundled) else training.recipe.per_class
        pool = 10 * (per_class or 50)
        return SimpleNamespace(training={**dict.fromkeys(report.FACTS, "x"), "images_in_pool": pool})

    def scores(self, use):
        if use.method == "categorizer":
            return {"accuracy": self.accuracy(use), "alone": self.accuracy(use) + 0.01}
        codes = (*CODES, "mean")
        return {
            variant: {code: self.value(use, variant, code) for code in codes} for variant in table2.MEANING
        }
