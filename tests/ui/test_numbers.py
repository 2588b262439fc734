# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers that come as texts are read, or refused: never 0 for what QGIS does not understand."""

from __future__ import annotations

import pytest
from metocean.core.errors import OptionError

FLOATS = "THRESHOLD", "ICE_NORTH", "ICE_SOUTH", "COAST_KM"
INTEGERS = "BAND", "ITEM", "SIDE_PX", "STRIDE_PX"


@pytest.fixture
def read(provider):
    """A function that reads one parameter of an algorithm."""
    from metocean.ui.parameters.numbers import read_numbers

    definitions = provider.algorithm("segment").parameterDefinitions()
    return lambda name, value: read_numbers({name: value}, definitions)[name]


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.9", 0.9),
        ("0,9", 0.9),
        (" 0.9 ", 0.9),
        ("-55,5", -55.5),
        (".5", 0.5),
        ("1e-1", 0.1),
        ("3", 3),
        (2.5, 2.5),
    ],
)
def test_numbers_are_read(read, name, text, number):
    assert read(name, text) == number


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize(("text", "number"), [("3", 3), (" 3 ", 3), ("25.0", 25), (3, 3), (3.0, 3)])
def test_whole_numbers_are_read(read, name, text, number):
    found = read(name, text)
    assert found == number and isinstance(found, int)


@pytest.mark.parametrize("name", [*FLOATS, *INTEGERS])
@pytest.mark.parametrize(
    "text",
    [
        "90%",
        "abc",
        "60N",
        "0.9.1",
        "1,000.5",
        "1_000",
        "٣",
        "1 000",
        "0x10",
        "nan",
        "inf",
        "1e999",
        "--1",
        "5 km",
    ],
)
def test_what_is_no_number_is_refused(read, name, text):
    with pytest.raises(OptionError, match=f"{name} cannot be .*: give a"):
        read(name, text)


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("text", ["3.5", "3,5", 3.5, "99999999999"])
def test_parts_of_whole_numbers_are_refused(read, name, text):
    with pytest.raises(OptionError, match=f"{name} cannot be .*: give a whole number"):
        read(name, text)


@pytest.mark.parametrize("name", [*FLOATS, *INTEGERS])
@pytest.mark.parametrize("value", [None, "", " "])
def test_nothing_stays_nothing(read, name, value):
    assert read(name, value) == value


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("THRESHOLD", "0,9", True),
        ("THRESHOLD", "1,9", False),
        ("THRESHOLD", "90%", False),
        ("ICE_NORTH", "60,5", True),
        ("ICE_NORTH", "95,5", False),
        ("ICE_SOUTH", "60,5", False),
        ("SIDE_PX", "abc", False),
        ("SIDE_PX", "0", False),
        ("COAST_KM", "1,5", True),
        ("COAST_KM", "-1,5", False),
    ],
)
def test_limits_hold_for_texts_too(provider, tmp_path, name, value, accepted):
    from qgis.core import QgsProcessingContext

    algorithm = provider.algorithm("segment").create()
    found, message = algorithm.checkParameterValues({"INPUT": "a.tif", name: value}, QgsProcessingContext())
    assert found is accepted and (accepted or name in message)
