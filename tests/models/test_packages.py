# SPDX-License-Identifier: GPL-2.0-or-later
"""Torch that is there and does not work is named for what it is; simulated by packages in a folder."""

from __future__ import annotations

import sys

import pytest
import torch
from metocean.core.errors import ModelError
from metocean.models import packages
from metocean.models.device import with_back_off

NUMPY_ABI = "A module that was compiled using NumPy 1.x cannot be run in\\nNumPy 2.1.0 as it may crash."
DLL, OTHER_NUMPY, MEMORY = (
    r"Windows cannot load its libraries.*Visual C\+\+",
    "another numpy.*install it again",
    "too little memory.*close other programs",
)
AGAIN = "broken.*install it again"
# What importing torch does, and what is to be said.
BROKEN = {
    "a library of Windows": ("raise OSError('[WinError 126] The specified module could not be found.')", DLL),
    "a DLL": ("raise ImportError('DLL load failed while importing _C')", DLL),
    "another numpy, told": (f"raise ImportError('{NUMPY_ABI}')", OTHER_NUMPY),
    "another numpy, by size": (
        "raise ValueError('numpy.dtype size changed')",
        OTHER_NUMPY,
    ),
    "another numpy, on use": ("def from_numpy(_): raise RuntimeError('Numpy is not available')", OTHER_NUMPY),
    "a library of Linux": ("raise OSError('libcudart.so.12: cannot open shared object file')", AGAIN),
    "another Python": ("raise SyntaxError('invalid syntax')", AGAIN),
    "half an installation": ("import torch._C_lost", AGAIN),
    "a part of it": ("raise AttributeError('module torch has no attribute _C')", AGAIN),
    "the page file": ("raise OSError('[WinError 1455] The paging file is too small')", MEMORY),
    "no memory": ("raise MemoryError", MEMORY),
    "no memory for a library": ("raise OSError('libtorch_cpu.so: Cannot allocate memory')", MEMORY),
    "nothing": (None, "PyTorch is missing.*pip install"),
}
OF_TORCH = ("torch", "safetensors")


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """A function that puts a torch with this text before any other."""
    kept = {name: module for name, module in sys.modules.items() if name.split(".")[0] in OF_TORCH}

    def put(text):
        for name in kept:
            monkeypatch.delitem(sys.modules, name)
        if text is None:
            monkeypatch.setitem(sys.modules, "torch", None)
            return
        for name, content in {"torch": text, "safetensors": ""}.items():
            (tmp_path / name).mkdir()
            (tmp_path / name / "__init__.py").write_text(content)
        (tmp_path / "safetensors" / "torch.py").write_text("")
        monkeypatch.syspath_prepend(str(tmp_path))

    yield put
    for name in [name for name in sys.modules if name.split(".")[0] in OF_TORCH]:
        del sys.modules[name]
    sys.modules.update(kept)


@pytest.mark.parametrize("name", BROKEN)
def test_broken_torch_is_named_for_what_it_is(in_folder, name):
    text, message = BROKEN[name]
    in_folder(text)
    with pytest.raises(ModelError, match=message) as caught:
        packages.import_with_torch(".registry")
    said = str(caught.value)
    assert "\n" not in said and said.endswith(".") and len(said) < 500
    assert ("missing" in said) == (name == "nothing")


def test_torch_that_works_is_taken(in_folder):
    in_folder("def from_numpy(array): return array")
    assert packages.import_with_torch(".registry").__name__.endswith(".registry")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("Unable to allocate 3.2 GiB for an array"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("MPS backend out of memory"),
    ],
)
def test_too_little_memory_in_all_its_words(error):
    def run(size):
        if size > 2:
            raise error
        return size

    assert with_back_off(run, 16, 1, "cpu") == 2
    with pytest.raises(ModelError, match=r"cpu has too little memory.*close other programs"):
        with_back_off(run, 16, 4, "cpu")
    assert torch.zeros(1).item() == 0
