"""Train the U-Net: ``python -m metocean.training.train --data DIR --out runs/x --minutes 60 --preset ours``.

Started again with the same output folder, a run goes on where it was. The network that is kept is the moving
average of the weights (preset ``ours``) or the one with the best validation loss (preset ``paper``).
"""

from __future__ import annotations

import argparse
import copy
import csv
import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..core.errors import ModelError
from ..models.device import autocast, has_fast_bf16
from ..models.unet import UNet, initialise
from .augment import augment
from .dataset import Pool, open_folders, origin
from .evaluate import predict, report, score
from .publish import Data, publish
from .recipe import PRESETS, Job, build_loss, build_optimiser, learning_rate, update_average
from .state import Progress, Run, write_atomically


class Trainer:
    """One run: `run` is the loop, `step` one update of the weights."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.device = torch.device("cpu")
        self.dtype = torch.bfloat16 if has_fast_bf16(self.device) else torch.float32
        self.held_out = open_folders(list(job.validation)) if job.validation else []
        self.test = open_folders(list(job.test)) if job.test else []
        self.pool = Pool(list(job.data), self.held_out + self.test)
        network = UNet(job.recipe.network)
        initialise(network, job.recipe.seed)
        network = network.to(memory_format=torch.channels_last)
        self.state = Run(network, copy.deepcopy(network), build_optimiser(job.recipe, network), Progress())
        self.loss = build_loss(job.recipe, torch.from_numpy(self.pool.prior(job.recipe.balance)))
        self._resume()

    def run(self) -> Path:
        """Train until the budget is used; return the path of the weights."""
        job, progress = self.job, self.state.progress
        tasks = ((self._log, job.log_s), (self._validate, job.validate_s), (self._save, job.save_s))
        due = [progress.seconds + interval for _, interval in tasks]
        losses: list[float] = []
        clock = time.monotonic()
        while job.share_done(progress) < 1:
            losses.append(self.step())
            now = time.monotonic()
            progress.seconds, clock = progress.seconds + now - clock, now
            for i, (task, interval) in enumerate(tasks):
                if progress.seconds >= due[i]:
                    task(losses)
                    due[i] = progress.seconds + interval
        self._validate(losses)
        self._save(losses)
        return publish(job, self._kept(), progress, Data(self.pool.shards, self.held_out, self.test))

    def step(self) -> float:
        """Do one optimiser step; return its loss."""
        recipe, progress, state = self.job.recipe, self.state.progress, self.state
        # Draws depend on seed and step alone: a resumed run sees what an unbroken one would have seen.
        rng = np.random.default_rng([recipe.seed, progress.step])
        images, labels = self.pool.read(self.pool.draw(recipe.batch, recipe.balance, rng))
        batch, target = augment(torch.from_numpy(images), torch.from_numpy(labels), recipe.augmentation, rng)
        for group in state.optimiser.param_groups:
            group["lr"] = learning_rate(recipe, self.job.share_done(progress))
        state.network.train()
        with autocast(self.device, self.dtype):
            logits = state.network(batch.contiguous(memory_format=torch.channels_last))
        loss = self.loss(logits, target)
        if not torch.isfinite(loss):
            raise ModelError(
                f"The loss is not finite at step {progress.step}; train with a lower learning rate."
            )
        state.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(state.network.parameters(), recipe.clip)
        state.optimiser.step()
        update_average(state.average, state.network, recipe.ema, progress.step)
        progress.step += 1
        progress.images += recipe.batch
        if progress.images % self.pool.count < recipe.batch:  # an epoch is over
            self.pool.refresh()
        return float(loss.detach())

    def _resume(self) -> None:
        self.job.out.mkdir(parents=True, exist_ok=True)
        path, settings = self.job.out / "recipe.json", json.loads(json.dumps(asdict(self.job.recipe)))
        if (self.job.out / "state.pt").exists():
            if json.loads(path.read_text()) != settings:
                raise ModelError(
                    f"{self.job.out} holds a run with other settings; use another output folder."
                )
            self.state.load(self.job.out / "state.pt")
            print(f"going on at step {self.state.progress.step}", flush=True)
        path.write_text(json.dumps(settings, indent=1))

    def _log(self, losses: list[float]) -> None:
        progress = self.state.progress
        rate = progress.images / progress.seconds
        row = {
            "share": round(self.job.share_done(progress), 4),
            "step": progress.step,
            "loss": round(float(np.mean(losses)), 4),
            "images_per_s": round(rate, 2),
            "learning_rate": f"{self.state.optimiser.param_groups[0]['lr']:.2e}",
            "images_in_pool": self.pool.count,
        }
        losses.clear()
        path = self.job.out / "log.csv"
        new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.DictWriter(file, row)
            if new:
                writer.writeheader()
            writer.writerow(row)
        print(" ".join(f"{name} {value}" for name, value in row.items()), flush=True)

    def _save(self, losses: list[float]) -> None:
        self.state.save(self.job.out / "state.pt")

    def _validate(self, losses: list[float]) -> None:
        if not self.held_out:
            return
        dice = score(self.state.average, self.held_out)
        (self.job.out / "validation.md").write_text(report(dice, f"{origin(self.held_out)}, validation"))
        scores = dice.scores()["argmax"]
        print("argmax Dice " + " ".join(f"{code} {value:.3f}" for code, value in scores.items()), flush=True)
        if self.job.recipe.keep == "best":
            loss = self._held_out_loss()
            if loss < self.state.progress.best_loss:
                self.state.progress.best_loss = loss
                write_atomically(self.state.average.state_dict(), self.job.out / "best.pt")

    def _held_out_loss(self) -> float:
        pairs = predict(self.state.average, self.held_out)
        losses = [
            float(self.loss(torch.from_numpy(x)[None], torch.from_numpy(y.copy())[None])) for x, y in pairs
        ]
        return float(np.mean(losses))

    def _kept(self) -> UNet:
        best = self.job.out / "best.pt"
        if self.job.recipe.keep == "best" and best.exists():
            self.state.average.load_state_dict(torch.load(best, weights_only=True))
        return self.state.average


def main(arguments: list[str] | None = None) -> None:
    """Train and print where the weights are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of shards to train on")
    parser.add_argument("--validation", type=Path, nargs="+", default=[], help="folders of shards held out")
    parser.add_argument(
        "--test", type=Path, nargs="+", default=[], help="folders for the card's scores alone"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument(
        "--minutes", type=float, default=Job.minutes, help="wall-clock budget, earlier parts included"
    )
    parser.add_argument("--steps", type=int, help="budget in steps instead")
    parser.add_argument("--preset", choices=PRESETS, default="ours")
    parser.add_argument("--width", type=int, help="filters of the first level")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--commit", default=Job.commit, help="of the code, for the card")
    options = parser.parse_args(arguments)
    recipe = PRESETS[options.preset]
    network = replace(recipe.network, width=options.width or recipe.network.width)
    recipe = replace(recipe, network=network, batch=options.batch or recipe.batch, seed=options.seed)
    job = Job(
        recipe,
        data=tuple(options.data),
        validation=tuple(options.validation),
        test=tuple(options.test),
        out=options.out,
        minutes=options.minutes,
        steps=options.steps,
        commit=options.commit,
    )
    print(Trainer(job).run())


if __name__ == "__main__":
    main()
