# SPDX-License-Identifier: GPL-2.0-or-later
"""Train a model: ``python -m metocean.training.train --model unet --data DIR --out runs/x --minutes 60``.

DIR holds shards, or a published data set as it is distributed. Started again with the same output folder, a
run goes on where it was. The weights that are kept are the moving average (preset ``ours``) or those with the
least validation loss (preset ``paper``). All GPUs of the machine are used; for several machines see
`metocean.training.fit.devices`.
"""

from __future__ import annotations

import sys

from ..core.errors import MetoceanError
from .fit.command_line import parse
from .fit.devices import describe, launch
from .fit.trainer import Trainer


def main(arguments: list[str] | None = None) -> None:
    """Train and print where the weights are."""
    try:
        job = parse(arguments, __doc__)
        fabric = launch(job.hardware)
        fabric.print(f"training on {describe(fabric)}", flush=True)
        fabric.print(Trainer(job, fabric).run())
    except MetoceanError as error:
        # What a user can mend is a sentence, not a traceback.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
