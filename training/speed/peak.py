# SPDX-License-Identifier: GPL-2.0-or-later
"""Print the peak memory of a command in MB: ``python -m metocean.training.speed.peak COMMAND …``.

A small process for this alone: Linux counts the memory of the process that starts another as the other's own.
"""

from __future__ import annotations

import resource
import subprocess
import sys

# What getrusage counts in: kilobytes on Linux, bytes on macOS.
UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> int:
    """Return the command's exit code."""
    done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False)
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * UNIT / 2**20)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
