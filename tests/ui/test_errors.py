# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors of the package become one sentence, which names the parameter that an option comes from."""

from __future__ import annotations

import pytest
from metocean.core.errors import InputError, ModelError, OptionError


def _shown(algorithm, error, option=None):
    from metocean.ui.algorithms.errors import errors_for_qgis
    from qgis.core import QgsProcessingException

    if option is not None:
        error.option = option
    with pytest.raises(QgsProcessingException) as caught, errors_for_qgis(algorithm):
        raise error
    return str(caught.value)


@pytest.mark.parametrize(
    ("option", "parameter"), [("units", "UNITS"), ("incidence", "INCIDENCE"), ("precision", "PRECISION")]
)
def test_an_error_about_an_option_names_its_parameter(provider, option, parameter):
    shown = _shown(provider.algorithm("segment"), OptionError("That makes no sense; choose another."), option)
    assert shown == f"That makes no sense; choose another (parameter {parameter})."


@pytest.mark.parametrize(
    ("error", "option"),
    [
        (InputError("There is no file; check the path."), None),
        (OptionError("It is odd; change it."), ""),
        (OptionError("It is odd; change it."), "unheard_of"),
        (ModelError("It overflows; use fp32."), "precision"),  # nothing that preprocess has
        (OptionError("It has one image; leave ITEM at 0."), "item"),
    ],
)
def test_other_errors_stay_as_they_are(provider, error, option):
    assert _shown(provider.algorithm("preprocess"), error, option) == str(error)


def test_every_parameter_that_an_option_stands_for_exists(provider):
    from metocean.ui.algorithms.errors import PARAMETER_OF_OPTION

    names = {d.name() for algorithm in provider.algorithms() for d in algorithm.parameterDefinitions()}
    assert set(PARAMETER_OF_OPTION.values()) <= names


def test_errors_that_are_nobodys_wish_pass_as_they_are(provider):
    from metocean.ui.algorithms.errors import errors_for_qgis

    with pytest.raises(ZeroDivisionError), errors_for_qgis(provider.algorithm("segment")):
        raise ZeroDivisionError
