# SPDX-License-Identifier: GPL-2.0-or-later
"""The loop of a training run, one process of it."""

from __future__ import annotations

import json
import math
import time
from dataclasses import asdict
from pathlib import Path

import torch
from lightning_fabric import Fabric

from ...core.errors import ModelError
from ..data.batches import Batches
from ..data.pool import origin
from ..recipes.initial_weights import first_network
from ..recipes.localisation_head import learner
from ..recipes.optimiser import build_loss, build_optimiser, learning_rate
from ..recipes.recipe import Keep
from .devices import describe
from .evaluation import Judge
from .job import Job
from .publish import publish, training_facts
from .run_log import Log
from .run_state import Progress, Run, moving_average, save_atomically
from .splits import open_data, thinned

# Enough images to see how a run goes; all of them count at its end.
WATCHED_IMAGES = 400
BEST = "best.pt"  # in the run's folder


class Trainer:
    """One process of a run: `run` is the loop, `step` one update of the weights."""

    def __init__(self, job: Job, fabric: Fabric) -> None:
        self.job, self.fabric, recipe = job, fabric, job.recipe
        with fabric.rank_zero_first():  # it makes the shards of published data sets
            self.data = open_data(job.folders, recipe)
        self.batches = Batches(self.data.pool, recipe, fabric)
        self.watched = thinned(self.data.validation, WATCHED_IMAGES)
        plain = first_network(recipe, job.init).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        # What is trained may have a second head; `plain`, which is averaged and published, never has.
        whole = learner(recipe, plain)
        network, optimiser = fabric.setup(whole, build_optimiser(recipe, whole))
        self.plain, average = plain, moving_average(plain, recipe.ema)
        self.state = Run(network, average, optimiser, Progress())
        prior = torch.from_numpy(self.data.pool.prior(recipe.balance)).float()
        # Two of them: one computes on the CPU, on logits that `Judge` has there, the other on the device.
        self.judge = Judge.from_recipe(recipe, loss=build_loss(recipe, prior))
        self.loss = build_loss(recipe, prior).to(fabric.device)
        self.losses: list[torch.Tensor] = []  # since they were last logged
        self._resume()
        self.log = Log(job.out, job.share_done(self.state.progress), visible=fabric.is_global_zero)

    def run(self) -> Path:
        """Train until the budget is used; return the path of the weights."""
        job, progress = self.job, self.state.progress
        # By the clock and not by steps: a step may take a tenth of a second, or ten.
        tasks = ((self._log, job.log_s), (self._save, job.save_s))
        due = [progress.seconds + interval for _, interval in tasks]
        validated = job.validations_due(progress)
        clock = time.monotonic()
        while job.share_done(progress) < 1:
            self.step()
            now = time.monotonic()
            # The first process's clock counts, so that all do the same.
            progress.seconds, clock = self.fabric.broadcast(progress.seconds + now - clock), now
            self.log.advance(job.share_done(progress))
            for i, (task, interval) in enumerate(tasks):
                if progress.seconds >= due[i]:
                    task()
                    due[i] = progress.seconds + interval
            if job.validations_due(progress) > validated:
                self._validate()
                validated = job.validations_due(progress)
        for finish in (self._log, self._validate, self._save):
            finish()
        return self._publish()

    def step(self) -> None:
        """Do one optimiser step."""
        job, fabric, recipe = self.job, self.fabric, self.job.recipe
        network, optimiser, progress = self.state.network, self.state.optimiser, self.state.progress
        share = job.share_done(progress)
        # Drawn by number: a run that was interrupted sees the images it would have seen.
        images, target = self.batches.read(progress.step, recipe.stage(share))
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(recipe, share)
        network.train()
        loss = self.loss(network(images), target)
        optimiser.zero_grad()
        fabric.backward(loss)
        if recipe.clip:
            fabric.clip_gradients(network, optimiser, max_norm=recipe.clip, error_if_nonfinite=False)
        optimiser.step()
        self.state.average.update_parameters(self.plain)
        # Not a number yet: asking the device for one in every step would make it wait.
        self.losses.append(loss.detach())
        seen = len(images) * fabric.world_size
        progress.step += 1
        progress.images += seen
        if progress.images % self.data.pool.count < seen:  # an epoch is over
            self.batches.refresh()

    def _resume(self) -> None:
        """Go on where the run in the output folder was, if there is one."""
        out, fabric = self.job.out, self.fabric
        settings, path = json.loads(json.dumps(asdict(self.job.recipe))), out / "recipe.json"
        if (out / "state.pt").exists():
            # Compared as JSON, in which tuples are lists and enums words.
            if json.loads(path.read_text()) != settings:
                raise ModelError(f"{out} holds a run with other settings; use another output folder.")
            self.state.load(fabric, out / "state.pt")
            if (out / BEST).exists():  # it may have been found since the state was saved
                self.state.progress.best_loss = fabric.load(out / BEST, weights_only=True)["loss"]
            fabric.print(f"going on at step {self.state.progress.step}", flush=True)
        elif fabric.is_global_zero:
            out.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings, indent=1))

    def _mean_loss(self) -> float:
        """Return the mean loss since it was last logged; a `ModelError` where there is none."""
        step, losses = self.state.progress.step, torch.stack(self.losses)
        loss = float(self.fabric.all_reduce(losses.mean()))  # type: ignore[arg-type]
        if not math.isfinite(loss):
            raise ModelError(f"The loss is not finite before step {step}; train with a lower learning rate.")
        return loss

    def _log(self) -> None:
        """Write down how training goes."""
        if not self.losses:
            return
        progress, pool, loss = self.state.progress, self.data.pool, self._mean_loss()
        self.losses.clear()
        self.log.train(
            {
                "minutes": round(progress.seconds / 60, 3),
                "step": progress.step,
                "loss": round(loss, 5),
                "learning_rate": self.state.optimiser.param_groups[0]["lr"],
                "images_per_s": round(progress.images / progress.seconds, 2),
                "images_in_pool": pool.count,
            }
        )

    def _save(self) -> None:
        if self.losses:
            self._mean_loss()  # nothing broken is saved
        self.state.save(self.fabric, self.job.out / "state.pt")

    def _validate(self) -> None:
        """Score the average; one process does, which the others wait for."""
        progress, average, loss = self.state.progress, self.state.average, 0.0
        if self.fabric.is_global_zero:
            result = self.judge.evaluate(self.state.averaged, self.watched)
            loss = result.loss
            scores = result.scores.scores()[self.job.recipe.task.headline]
            row = {"minutes": round(progress.seconds / 60, 3), "step": progress.step, "loss": loss, **scores}
            self.log.validate(row)
            report = result.report(f"{origin(self.watched)}, validation")
            (self.job.out / "validation.md").write_text(report)
        loss = self.fabric.broadcast(loss)
        if self.job.recipe.keep == Keep.BEST and loss < progress.best_loss:
            progress.best_loss = loss
            save_atomically(self.fabric, self.job.out / BEST, {"average": average, "loss": loss})

    def _publish(self) -> Path:
        average, best = self.state.average, self.job.out / BEST
        if self.job.recipe.keep == Keep.BEST and best.exists():
            self.fabric.load(best, {"average": average}, weights_only=True)
        path = self.job.out / f"{self.job.recipe.model}.safetensors"
        if self.fabric.is_global_zero:
            facts = training_facts(self.job, self.state.progress, self.data)
            publish(
                path, self.state.averaged, self.job, self.data, {**facts, "device": describe(self.fabric)}
            )
        self.fabric.barrier()
        return path
