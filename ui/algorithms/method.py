# SPDX-License-Identifier: GPL-2.0-or-later
"""What an algorithm that runs one method asks for: which, and how it works."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from qgis.core import QgsProcessingParameterBoolean, QgsProcessingParameterNumber

from ...core.methods.orientations import OrientationMean
from ...core.methods.protocol import Method
from ...models.registry import FILLS, METHODS, load_method, settings_of, weights_state
from .common import static_enum
from .network import DEVICE, PRECISION, NetworkAlgorithm

METHOD = "METHOD"
# Settings have the names that `metocean.models.registry.METHODS` has for them, in capitals.
SIDE_PX, STRIDE_PX, FILL, MOSAIC = "SIDE_PX", "STRIDE_PX", "FILL", "MOSAIC"
ORIENTATIONS, EXCLUSIVE = "ORIENTATIONS", "EXCLUSIVE"


@lru_cache(maxsize=1)
def _cached(method_id: str, device: str, precision: str, files: tuple, **settings: Any) -> Method:
    """Batch mode and repeated runs want the same network again; one is kept, as long as ``files`` stay.

    It is kept by the module: each row of a batch is an algorithm, and a context, of its own. More than one
    would hold memory for networks that nobody asks for any more.
    """
    return load_method(method_id, device, precision, **settings)


def _method(method_id: str, device: str, precision: str, settings: dict[str, Any]) -> Method:
    return _cached(method_id, device, precision, weights_state(method_id), **settings)


class MethodAlgorithm(NetworkAlgorithm):
    """Base of the algorithms that run one method."""

    def add_method(self):
        """Add METHOD."""
        self.add(
            static_enum(METHOD, self.tr("Method"), list(METHODS), next(iter(METHODS))),
            self.tr("One of {}; what each does is said beside the dialog.").format(", ".join(METHODS)),
        )

    def add_settings(self):
        """Add the parameters that say how a method works."""
        # Optional, without a default: what is not given is the method's own, which differs from one to
        # another.
        side, stride = (
            QgsProcessingParameterNumber(name, title, optional=True, minValue=1)
            for name, title in ((SIDE_PX, self.tr("Side (pixels)")), (STRIDE_PX, self.tr("Stride (pixels)")))
        )
        fill = static_enum(FILL, self.tr("Fill"), list(FILLS), None, optional=True)
        for parameter, text in (
            (side, self.tr("Side of a mask (B) or tile (C), in pixels of 50 m; odd.")),
            (stride, self.tr("From one mask (B) or tile (C) to the next, in pixels of 50 m.")),
            (fill, self.tr("What masks (B) show: the mean of the image, or zero.")),
        ):
            self.add(parameter, f"{text} {self._values_of(parameter.name())}", advanced=True)
        self.add(
            QgsProcessingParameterBoolean(MOSAIC, self.tr("Mosaic of tiles"), defaultValue=False),
            self.tr(
                "The paper's way: tiles of 20 km that overlap by half, their centres kept. It is slower. "
                "MASK (B) always works so, else with tiles of 25 km."
            ),
            advanced=True,
        )
        self._add_orientations()
        self._add_exclusive()

    def _values_of(self, parameter: str) -> str:
        """Say what the methods that have a setting do without the parameter of its name."""
        # Read from the table, so that the help never tells of other values than those that are used.
        name = parameter.lower()
        values = [f"{key} {entry.settings[name]}" for key, entry in METHODS.items() if name in entry.settings]
        return self.tr("Not given: the method's own ({}).").format(", ".join(values))

    def _add_orientations(self):
        self.add(
            QgsProcessingParameterBoolean(ORIENTATIONS, self.tr("Mean of eight orientations"), False),
            self.tr(
                "Turns and mirrors the scene in all eight ways and takes the mean: steadier, and takes eight "
                "times as long."
            ),
            advanced=True,
        )

    def _add_exclusive(self):
        able = [name for name, entry in METHODS.items() if "exclusive" in entry.settings]
        self.add(
            QgsProcessingParameterBoolean(EXCLUSIVE, self.tr("Classes exclude each other"), True),
            self.tr(
                "Off: a probability of each class by itself; several may be high, and they need not sum to "
                "one. For {} only, with weights that were trained so (--loss squared-error); those that come "
                "with the plugin were not."
            ).format(", ".join(able)),
            advanced=True,
        )

    def load(self, parameters, context) -> Method:
        """Return the method, as the parameters want it."""
        method_id = self.parameterAsEnumString(parameters, METHOD, context)
        settings = self._settings(parameters, context, method_id)
        device, precision = (self.parameterAsEnumString(parameters, n, context) for n in (DEVICE, PRECISION))
        method = _method(method_id, device, precision, settings)
        # Not part of what is kept: the mean is a method around the network, which itself stays as it is.
        if self.parameterAsBool(parameters, ORIENTATIONS, context):
            return OrientationMean(method)
        return method

    def _settings(self, parameters, context, method_id: str) -> dict[str, Any]:
        """Return what a method is loaded with: its own where nothing is given, which is 0 or "" in QGIS."""
        given: dict[str, Any] = {
            "side_px": self.parameterAsInt(parameters, SIDE_PX, context),
            "stride_px": self.parameterAsInt(parameters, STRIDE_PX, context),
            "fill": self.parameterAsEnumString(parameters, FILL, context),
        }
        chosen = {name: value for name, value in given.items() if value}
        # Only some methods have this setting, so it goes to those that are asked for it alone.
        if not self.parameterAsBool(parameters, EXCLUSIVE, context):
            chosen["exclusive"] = False
        mosaic = self.parameterAsBool(parameters, MOSAIC, context)
        return {**settings_of(method_id, **chosen), "mosaic": mosaic}
