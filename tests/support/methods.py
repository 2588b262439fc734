# SPDX-License-Identifier: GPL-2.0-or-later
"""A stand-in for a method, whose answers can be worked out by hand."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from metocean.core.methods.training_ranges import TrainingRanges


class BrightnessMethod:
    """The mean roughness of each cell picks the class.

    Cell means 0.0–0.2 are AF, 0.2–0.4 BS, …, with probability 0.73; the nine others share the rest.
    """

    resolution_m = 100.0
    output_stride = 4
    model_id = "brightness-test"
    training = "simulated by hand"
    device = "cpu"
    exclusive = True
    threshold = 0.5
    settings: ClassVar = {}
    training_ranges = TrainingRanges()
    calls = 0

    def predict(self, image, feedback):
        self.calls += 1
        side = self.output_stride
        lines, samples = image.known_pixels.shape
        means = np.zeros((lines, samples))
        for line in range(lines):
            feedback.progress(line / lines)
            strip = image.read(slice(side * line, side * (line + 1)), slice(0, side * samples))
            assert strip.dtype == np.float32 and np.isfinite(strip).all()
            means[line] = strip.reshape(side, samples, side).mean(axis=(0, 2))
        winner = np.clip((means / 0.2).astype(int), 0, 9)
        probabilities = np.full((10, lines, samples), 0.03, np.float32)
        np.put_along_axis(probabilities, winner[None], 0.73, axis=0)
        return probabilities
