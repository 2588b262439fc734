# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a training runs: Lightning Fabric for devices, processes and precision.

Several devices of one machine: ``--devices 4``. Several machines: the same command on each, with ``--nodes``
and the environment variables ``MASTER_ADDR``, ``MASTER_PORT`` and ``NODE_RANK``, or started by ``torchrun``.
All must see the folders of the data and of the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

import torch
from lightning_fabric import Fabric

from ...core.errors import OptionError
from ...models.device import choose_device, has_fast_bf16

FABRIC_PRECISIONS = ("auto", "bf16-mixed", "16-mixed", "32-true")


@dataclass(frozen=True)
class Hardware:
    """What to train on.

    Attributes
    ----------
    device : str
        One of `metocean.models.registry.DEVICES`.
    devices : int or "auto"
        Processes on each machine, each with a device of its own; "auto": all GPUs, or one process on CPU.
    nodes : int
        Machines.
    precision : str
        One of `FABRIC_PRECISIONS`; "auto": the fastest that the device computes well.
    """

    device: str = "auto"
    devices: Union[int, str] = "auto"
    nodes: int = 1
    precision: str = "auto"


def launch(hardware: Hardware) -> Fabric:
    """Start the processes; return the handle each of them has."""
    device = choose_device(hardware.device)
    fabric = Fabric(
        accelerator=device.type,
        devices=hardware.devices,
        num_nodes=hardware.nodes,
        precision=choose_precision(device, hardware.precision),  # type: ignore[arg-type]
    )
    # From here on every process runs the same code; on one device this does nothing.
    fabric.launch()
    return fabric


def choose_precision(device: torch.device, wanted: str = "auto") -> str:
    """Return Fabric's name of the precision to train in."""
    if wanted not in FABRIC_PRECISIONS:
        raise OptionError(f"There is no precision {wanted!r}; choose from {', '.join(FABRIC_PRECISIONS)}.")
    if wanted != "auto":
        return wanted
    if has_fast_bf16(device):
        return "bf16-mixed"
    # GPUs before Ampere compute bf16 slowly, or not at all; float16 needs its losses scaled, which Fabric
    # does.
    return "16-mixed" if device.type == "cuda" else "32-true"


def describe(fabric: Fabric) -> str:
    """Return device, number of processes and precision in words."""
    device = fabric.device
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    threads = f" with {torch.get_num_threads()} threads" if device.type == "cpu" else ""
    return f"{fabric.world_size} x {name}{threads}, {fabric.strategy.precision.precision}"
