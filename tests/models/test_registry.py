# SPDX-License-Identifier: GPL-2.0-or-later
import importlib
import os
import subprocess
import sys

import pytest
from metocean.core.errors import ModelError, OptionError
from metocean.models import packages, registry
from metocean.models.checkpoint import save_weights
from metocean.models.methods.mosaic import Mosaic
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.registry import initialise
from metocean.models.registry import METHODS, load_method, settings_of

PAPER_METHODS = ["unet", "mask_mean", "mask_zero", "part_75", "part_129", "cam", "im2px"]


def test_ids_and_their_order_are_fixed():
    assert list(METHODS) == PAPER_METHODS
    assert all(entry.title for entry in METHODS.values())


def test_targets_exist_and_can_load():
    for entry in METHODS.values():
        module, name = entry.target.split(":")
        assert callable(getattr(importlib.import_module(f"metocean.models.{module}"), name).load)


def test_unknown_method_lists_the_choices():
    with pytest.raises(ModelError, match="unet, mask_mean"):
        load_method("segformer")


def test_settings_of_another_method_are_refused():
    with pytest.raises(OptionError, match=r"no setting side_px; .*: mask_mean, mask_zero, part_75"):
        load_method("unet", "cpu", side_px=75)
    with pytest.raises(OptionError, match=r"no setting fill; .*: mask_mean, mask_zero\."):
        settings_of("part_75", fill="mean")


def test_settings_that_are_given_replace_the_methods_own():
    assert settings_of("mask_zero", stride_px=25) == {"fill": "zero", "side_px": 75, "stride_px": 25}
    assert METHODS["mask_zero"].settings["stride_px"] == 32


def test_settings_reach_the_method(monkeypatch, tmp_path, card_of):
    network = Inception(InceptionConfig(width=0.01))
    initialise(network, 0)
    save_weights(tmp_path / registry.CATEGORIZER, network, card_of(network))
    monkeypatch.setattr(registry, "WEIGHTS", tmp_path)
    masks = load_method("mask_mean", "cpu", side_px=33, fill="zero").masks
    assert (masks.side_px, masks.stride_px, masks.fill) == (33, 32, "zero")
    assert load_method("mask_mean", "cpu", mosaic=True).imagette_px == 416
    assert isinstance(load_method("cam", "cpu", mosaic=True), Mosaic)
    with pytest.raises(OptionError, match="Tiles have a side_px that is odd, 75 to 1023; 600") as caught:
        load_method("part_75", "cpu", side_px=600)
    assert caught.value.option == "side_px"


@pytest.mark.parametrize(
    ("wrong", "option"),
    [
        ({"device": "tpu"}, "device"),
        ({"precision": "fp8"}, "precision"),
        ({"side_px": 32}, "side_px"),
        ({"stride_px": 76}, "stride_px"),
        ({"fill": "sea"}, "fill"),
        ({"exclusive": False}, "exclusive"),
    ],
)
def test_errors_say_which_setting_they_are_about(wrong, option):
    with pytest.raises(OptionError) as caught:
        load_method("mask_mean", **{"device": "cpu", **wrong})
    assert caught.value.option == option


def test_missing_weights_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(registry, "WEIGHTS", tmp_path)
    with pytest.raises(ModelError, match=r"no weights yet: .* lacks unet\.safetensors.* another method"):
        load_method("unet", "cpu")


def python(code: str, **variables: str) -> str:
    """Run ``code`` in a fresh interpreter that has no torch of its own, and return what it prints."""
    prelude = (
        "import sys\n"
        "class NoTorch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('torch', 'safetensors') and path is None:\n"
        "            from importlib.machinery import PathFinder\n"
        "            folders = [p for p in sys.path if 'site-packages' not in p]\n"
        "            found = PathFinder.find_spec(name, folders)\n"
        "            if found is None: raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "            return found\n"
        "sys.meta_path.insert(0, NoTorch())\n"
    )
    environment = {**os.environ, **variables}
    done = subprocess.run(
        [sys.executable, "-c", prelude + code], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_registry_needs_no_torch_and_says_how_to_install_it():
    message = python(
        "from metocean.models.registry import METHODS, load_method\n"
        "from metocean.core.errors import ModelError\n"
        "try: load_method('unet')\n"
        "except ModelError as error: print(error)\n"
    )
    assert "PyTorch is missing" in message and "pip install --target" in message
    assert packages.VARIABLE in message and "\n" not in message


@pytest.mark.parametrize("way", ["variable", "setting"])
def test_packages_folder_is_appended_only_on_loading(tmp_path, way):
    for name in ("torch", "safetensors"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    (tmp_path / "safetensors" / "torch.py").write_text("")
    (tmp_path / "numpy").mkdir()
    (tmp_path / "numpy" / "__init__.py").write_text("raise SystemExit('a second numpy')")
    printed = python(
        "import sys\n"
        f"folder = {str(tmp_path)!r}\n"
        "from metocean.models import packages\n"
        f"if {way == 'setting'}: packages.use_folder(folder)\n"
        "print(folder in sys.path)\n"
        "import types; packages.import_with_torch('.registry'); packages.import_with_torch('.registry')\n"
        "import numpy, torch\n"
        "print(sys.path[-1] == folder, sys.path.count(folder), torch.__file__.startswith(folder))\n",
        **({packages.VARIABLE: str(tmp_path)} if way == "variable" else {}),
    )
    assert printed.split("\n") == ["False", "True 1 True"]


def test_folder_that_is_not_there_changes_nothing(monkeypatch):
    monkeypatch.setenv(packages.VARIABLE, os.pathsep.join(["/nowhere", ""]))
    before = list(sys.path)
    packages.import_with_torch(".registry")
    assert sys.path == before
