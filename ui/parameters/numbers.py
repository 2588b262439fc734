# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers that come as texts, read strictly: QGIS takes any text for an optional number, as 0."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from qgis.core import QgsProcessingParameterDefinition, QgsProcessingParameterNumber

from ...core.errors import OptionError

# Digits of ASCII alone, and no separator of thousands: float() also takes 1_000, and digits of other scripts.
# A comma is how half of the world writes a decimal point.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")
_LARGEST_WHOLE = 2**31 - 1


def read_numbers(parameters: dict, definitions: Iterable[QgsProcessingParameterDefinition]) -> dict:
    """Return the parameters with numbers in the place of texts.

    What else numbers can come as is QGIS's business: nothing, properties, results of a model's other steps.

    Parameters
    ----------
    parameters : dict
        As QGIS hands them over: ``qgis_process`` and batches give texts.
    definitions : iterable of QgsProcessingParameterDefinition
        Of the algorithm.

    Raises
    ------
    OptionError
        A text, or a value, is no number.
    """
    read = dict(parameters)
    for definition in definitions:
        name = definition.name()
        value = parameters.get(name)
        if isinstance(definition, QgsProcessingParameterNumber) and isinstance(value, (str, float)):
            whole = definition.dataType() == QgsProcessingParameterNumber.Integer
            # An empty field of a batch is a text, too.
            read[name] = _read(name, value, whole) if str(value).strip() else value
    return read


def _read(name: str, value: str | float, whole: bool) -> float:
    text = str(value).strip()
    number = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else math.nan
    # Numbers beyond the largest float read as infinite, whole ones beyond 32 bits become 0 in QGIS.
    if not math.isfinite(number) or (whole and (number != int(number) or abs(number) > _LARGEST_WHOLE)):
        example = "a whole number such as 3" if whole else "a number such as 0.5"
        raise OptionError(f"{name} cannot be {value}: give {example}.")
    return int(number) if whole else number
