# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors at the edge: what a user can meet becomes what QGIS shows as a plain sentence."""

from __future__ import annotations

import traceback

from qgis.core import QgsProcessingAlgorithm, QgsProcessingException

from ...core.errors import MetoceanError

# The field of options that an error is about, and the parameter that it comes from: metocean.core knows
# fields, only this folder knows what QGIS calls them.
PARAMETER_OF_OPTION = {
    "band": "BAND",
    "item": "ITEM",
    "units": "UNITS",
    "incidence": "INCIDENCE",
    "land": "LAND_MASK",
    "buffer_km": "COAST_KM",
    "even_seams": "EVEN_SEAMS",
    "output_crs": "OUTPUT_CRS",
    "cog": "COG",
    "resolution_m": "RESOLUTION",
    "methods": "METHODS",
    "exclude": "EXCLUDE",
    "threshold": "THRESHOLD",
    "north_deg": "ICE_NORTH",
    "south_deg": "ICE_SOUTH",
    "device": "DEVICE",
    "precision": "PRECISION",
    "side_px": "SIDE_PX",
    "stride_px": "STRIDE_PX",
    "fill": "FILL",
    "exclusive": "EXCLUSIVE",
}


class errors_for_qgis:  # noqa: N801 - used as a context manager, like a function
    """Turn the package's errors into the exception QGIS shows as a plain sentence.

    Where an error is about an option, the sentence ends in the parameter that sets it in ``algorithm``. All
    other errors pass: QGIS shows them with their traceback, as they are faults of the plugin's.
    """

    def __init__(self, algorithm: QgsProcessingAlgorithm):
        self._parameters = {definition.name() for definition in algorithm.parameterDefinitions()}

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, MetoceanError):
            # The exception would keep the failed functions' layers until after QGIS has gone: a crash.
            traceback.clear_frames(trace)
            raise QgsProcessingException(self._sentence(error)) from None

    def _sentence(self, error: MetoceanError) -> str:
        name = PARAMETER_OF_OPTION.get(getattr(error, "option", ""), "")
        text = str(error)
        if name not in self._parameters or name in text:
            return text
        return f"{text.rstrip('.')} (parameter {name})."
