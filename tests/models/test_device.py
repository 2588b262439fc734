# SPDX-License-Identifier: GPL-2.0-or-later
import pytest
import torch
from metocean.core.errors import ModelError, OptionError
from metocean.models import device
from metocean.models.device import autocast, choose_device, choose_dtype, present_devices, with_back_off

CPU = torch.device("cpu")


@pytest.fixture
def bare(monkeypatch):
    """A machine with nothing but a plain processor."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda: False, raising=False)


def test_releasing_asks_only_what_is_there(bare, monkeypatch):
    asked = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: asked.append("cuda"))
    device.release()
    assert asked == []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    device.release()
    assert asked == ["cuda"]


def test_auto_takes_the_best_present(bare, monkeypatch):
    assert choose_device("auto") == CPU
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("auto").type == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto").type == "cuda"
    assert choose_device("cpu") == CPU
    assert present_devices() == ["cuda", "mps", "cpu"]


@pytest.mark.parametrize("wanted", ["cuda", "mps"])
def test_absent_device_is_refused_and_those_present_named(bare, wanted):
    with pytest.raises(ModelError, match=f"{wanted} is not present.*use cpu"):
        choose_device(wanted)


def test_unknown_names_list_the_choices():
    with pytest.raises(OptionError, match="auto, cpu, cuda, mps"):
        choose_device("gpu")
    with pytest.raises(OptionError, match="auto, fp32, bf16"):
        choose_dtype(CPU, "fp8")


def test_precision(bare, monkeypatch):
    assert choose_dtype(CPU) == torch.float32
    assert choose_dtype(torch.device("mps")) == torch.float32
    assert choose_dtype(torch.device("cuda")) == torch.float16
    assert choose_dtype(torch.device("cuda"), "fp32") == torch.float32
    with pytest.raises(ModelError, match="auto or fp32"):
        choose_dtype(CPU, "bf16")
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True, raising=False)
    assert choose_dtype(CPU, "bf16") == torch.bfloat16


def test_torch_that_does_not_say_has_no_bf16(bare, monkeypatch):
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported")
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported")
    assert not device.has_fast_bf16(CPU)


def test_autocast_lowers_convolutions_only_when_asked():
    conv, x = torch.nn.Conv2d(1, 1, 1), torch.zeros(1, 1, 2, 2)
    with autocast(CPU, torch.float32):
        assert conv(x).dtype == torch.float32
    with autocast(CPU, torch.bfloat16):
        assert conv(x).dtype == torch.bfloat16


class Card:
    """A device that holds so many things at once, and says so as torch does."""

    def __init__(self, room):
        self.room, self.tried = room, []

    def run(self, size):
        self.tried.append(size)
        if size > self.room:
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")
        return f"done with {size}"


def test_less_is_tried_until_memory_suffices():
    card = Card(room=20)
    assert with_back_off(card.run, 100, 1, "cuda") == "done with 12"
    assert card.tried == [100, 50, 25, 12]


def test_too_little_memory_for_the_least_names_the_remedy():
    card = Card(room=3)
    with pytest.raises(ModelError, match=r"cuda has too little memory.*another device"):
        with_back_off(card.run, 20, 8, "cuda")
    assert card.tried == [20, 10, 8]


def test_other_errors_are_not_hidden():
    def broken(size):
        raise RuntimeError("expected channels_last memory format")

    with pytest.raises(RuntimeError, match="memory format"):
        with_back_off(broken, 4, 1, "cpu")


@pytest.mark.parametrize(("capability", "fast"), [((7, 5), False), ((8, 0), True), ((9, 0), True)])
def test_bf16_that_a_gpu_emulates_is_not_fast(monkeypatch, capability, fast):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: capability)
    assert device.has_fast_bf16(torch.device("cuda")) is fast
