# SPDX-License-Identifier: GPL-2.0-or-later
"""What the toolbox lists."""

from __future__ import annotations

import configparser
import re

import pytest

READING = (
    *("BAND", "ITEM", "UNITS", "INCIDENCE", "LAND_MASK", "COAST_KM"),
    *("EVEN_SEAMS", "OUTPUT_CRS", "COG"),
)
NETWORK = ("DEVICE", "PRECISION", "EXCLUDE", "THRESHOLD")
ICE = ("ICE_BY_SEASON", "ICE_NORTH", "ICE_SOUTH")
SEGMENTING = ("SIDE_PX", "STRIDE_PX", "FILL", "MOSAIC", "ORIENTATIONS", "EXCLUSIVE")
INPUTS = {
    "segment": {
        *("INPUT", "METHOD", *NETWORK, *READING, *ICE, *SEGMENTING),
        *("PROBABILITIES", "CLASSES", "AREAS", "ROUGHNESS", "UNCERTAINTY"),
    },
    "comparemethods": {
        *("INPUT", "METHODS", *NETWORK, *READING, *ICE),
        *("PANEL", "AREAS", "AGREEMENT", "FOLDER", "LOAD_LAYERS"),
    },
    "preprocess": {"INPUT", "RESOLUTION", *READING, "OUTPUT"},
    "preprocessall": {"INPUT", "RESOLUTION", *READING, "FOLDER"},
}
ADVANCED = {"DEVICE", "PRECISION", *READING, *ICE, *SEGMENTING, "LOAD_LAYERS"}


def test_ids_are_those_fixed_for_ever(provider):
    assert {a.id() for a in provider.algorithms()} == {f"metocean:{name}" for name in INPUTS}


@pytest.mark.parametrize("name", INPUTS)
def test_parameters_are_those_fixed_for_ever(provider, name):
    definitions = {d.name(): d for d in provider.algorithm(name).parameterDefinitions()}
    assert set(definitions) == INPUTS[name]
    for definition in definitions.values():
        advanced = bool(definition.flags() & type(definition).FlagAdvanced)
        assert advanced == (definition.name() in ADVANCED), definition.name()
        assert definition.help().endswith("."), f"{definition.name()} has no help"


@pytest.mark.parametrize("name", INPUTS)
def test_everything_but_the_scene_has_a_default(provider, name):
    from qgis.core import QgsProcessingContext

    algorithm = provider.algorithm(name).create()
    ok, message = algorithm.checkParameterValues({"INPUT": "scene.tif"}, QgsProcessingContext())
    assert ok, message
    ok, _ = algorithm.checkParameterValues({}, QgsProcessingContext())
    assert not ok


@pytest.mark.parametrize("name", INPUTS)
def test_each_algorithm_introduces_itself(provider, name):
    algorithm = provider.algorithm(name)
    assert algorithm.group() == "Segment metocean processes"
    assert re.fullmatch("[a-z]+", algorithm.name())
    assert len(algorithm.shortHelpString()) > 200
    assert len(algorithm.tags()) > 5 and algorithm.helpUrl()
    assert not algorithm.icon().isNull()


def test_choices_are_strings_listed_in_the_help(provider):
    definitions = {d.name(): d for d in provider.algorithm("segment").parameterDefinitions()}
    for name in ("METHOD", "DEVICE", "PRECISION", "UNITS"):
        assert definitions[name].usesStaticStrings()
        missing = [option for option in definitions[name].options() if option not in definitions[name].help()]
        assert not missing, (name, missing)
    assert definitions["METHOD"].options() == [
        *("unet", "mask_mean", "mask_zero", "part_75", "part_129", "cam", "im2px")
    ]
    assert definitions["METHOD"].defaultValue() == "unet"
    assert len(definitions["EXCLUDE"].options()) == 10 and definitions["EXCLUDE"].allowMultiple()


def test_methods_that_have_weights_and_are_not_slow_are_compared(provider, monkeypatch, tmp_path):
    from metocean.models import registry

    for weights in ("unet", "categorizer"):
        (tmp_path / f"{weights}.safetensors").touch()
    monkeypatch.setattr(registry, "WEIGHTS", tmp_path)
    algorithm = provider.algorithm("comparemethods").create()
    definition = algorithm.parameterDefinition("METHODS")
    assert definition.defaultValue() == ["unet", "part_75", "part_129", "cam"]
    assert definition.options() == list(registry.METHODS) and definition.allowMultiple()


def test_metadata_is_what_qgis_needs(root):
    metadata = configparser.ConfigParser()
    metadata.read(root / "metadata.txt", encoding="utf-8")
    general = metadata["general"]
    assert general["hasProcessingProvider"] == "yes"
    assert general["qgisMinimumVersion"] == "3.22"
    assert (root / general["icon"]).is_file()
    assert "PyTorch" in general["about"]
    version = re.search(r'^version = "(.*)"$', (root / "pyproject.toml").read_text(), re.MULTILINE)
    assert general["version"] == version[1]
