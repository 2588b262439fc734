# SPDX-License-Identifier: GPL-2.0-or-later
"""The budget of a training, in steps or in minutes."""

from metocean.training.fit.job import Job
from metocean.training.fit.run_state import Progress
from small_training import TINY


def test_validations_depend_on_the_budget_alone(tmp_path):
    job = Job(TINY, (), tmp_path, steps=20, validations=4)
    due = [job.validations_due(Progress(step=step)) for step in range(21)]
    assert [step for step in range(1, 21) if due[step] > due[step - 1]] == [5, 10, 15]  # and at the end


def test_time_budget_counts_earlier_parts(tmp_path):
    job = Job(TINY, (), tmp_path, minutes=2.0)
    assert job.share_done(Progress(step=10, seconds=90.0)) == 0.75
