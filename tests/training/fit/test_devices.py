# SPDX-License-Identifier: GPL-2.0-or-later
import pytest
import torch
from metocean.core.errors import OptionError
from metocean.training.fit import devices as hardware
from metocean.training.fit.devices import Hardware, choose_precision, describe, launch


@pytest.mark.parametrize(
    ("device", "fast_bf16", "expected"),
    [
        ("cpu", True, "bf16-mixed"),
        ("cpu", False, "32-true"),
        ("cuda", True, "bf16-mixed"),
        ("cuda", False, "16-mixed"),
        ("mps", False, "32-true"),
    ],
)
def test_precision_is_what_the_device_is_fast_in(monkeypatch, device, fast_bf16, expected):
    monkeypatch.setattr(hardware, "has_fast_bf16", lambda _: fast_bf16)
    assert choose_precision(torch.device(device)) == expected
    assert choose_precision(torch.device(device), "32-true") == "32-true"


def test_unknown_precision_lists_the_choices():
    with pytest.raises(OptionError, match="bf16-mixed, 16-mixed, 32-true"):
        choose_precision(torch.device("cpu"), "fp8")


def test_one_process_on_the_cpu_by_default():
    fabric = launch(Hardware(device="cpu", precision="32-true"))
    assert fabric.world_size == 1 and fabric.device.type == "cpu"
    assert describe(fabric) == f"1 x cpu with {torch.get_num_threads()} threads, 32-true"
