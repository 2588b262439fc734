"""What the algorithms share: names, outputs, feedback, and errors at the edge."""

from __future__ import annotations

import difflib
import traceback
from pathlib import Path

import qgis.utils
from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
)
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtGui import QIcon

from ...core.errors import Cancelled, MetoceanError
from ..parameters.destination import destination_text

ROOT = Path(__file__).parents[2]
ICON = str(ROOT / "icon.svg")


class QgisFeedback:
    """`metocean.core.feedback.Feedback` on QGIS's."""

    def __init__(self, feedback: QgsProcessingFeedback):
        self._feedback = feedback

    def progress(self, fraction: float) -> None:
        """Move the bar; raise `Cancelled` when the user has pressed cancel."""
        if self._feedback.isCanceled():
            raise Cancelled("Cancelled: nothing was written.")
        self._feedback.setProgress(100 * fraction)

    def info(self, message: str) -> None:
        """Log a decision."""
        self._feedback.pushInfo(message)

    def warn(self, message: str) -> None:
        """Log a warning."""
        self._feedback.pushWarning(message)


class MetoceanAlgorithm(QgsProcessingAlgorithm):
    """Base of the algorithms; a subclass has ``NAME`` and implements `work` and `stem`."""

    NAME = ""

    def name(self):
        """Return the id within the provider, fixed for ever."""
        return self.NAME

    def createInstance(self):
        """Return a new algorithm for one run."""
        return type(self)()

    def tr(self, text):
        """Translate."""
        return QCoreApplication.translate("Metocean", text)

    def group(self):
        """Return the group's title."""
        return self.tr("Segment metocean processes")

    def groupId(self):
        """Return the group's id."""
        return "segment"

    def icon(self):
        """Return the plugin's icon."""
        return QIcon(ICON)

    def helpUrl(self):
        """Return the page that says more."""
        return QUrl.fromLocalFile(str(ROOT / "README.md")).toString()

    def checkParameterValues(self, parameters, context):
        """Refuse names nobody knows: QGIS would ignore them, and with them what the user meant.

        Choices are named, too; the help that QGIS makes of them tells of numbers.
        """
        definitions = {definition.name(): definition for definition in self.parameterDefinitions()}
        for name, value in parameters.items():
            if name not in definitions:
                close = difflib.get_close_matches(name.upper(), definitions, n=1, cutoff=0.0)
                return False, self.tr("There is no parameter {}; did you mean {}?").format(name, close[0])
            definition = definitions[name]
            choice = isinstance(definition, QgsProcessingParameterEnum)
            if choice and not definition.checkValueIsAcceptable(value, context):
                choices = ", ".join(definition.options())
                return False, self.tr("{} cannot be {}; choose from {}.").format(name, value, choices)
        return super().checkParameterValues(parameters, context)

    def processAlgorithm(self, parameters, context, feedback):
        """Do the work; every error a user can meet ends here, as one message."""
        with errors_for_qgis():
            return self.work(parameters, context, QgisFeedback(feedback))

    def work(self, parameters, context: QgsProcessingContext, feedback: QgisFeedback) -> dict:
        """Run; return the outputs."""
        raise NotImplementedError

    def stem(self) -> str:
        """Return what names of the files it writes start with."""
        raise NotImplementedError

    def layer_path(self, parameters, name: str, suffix: str, context) -> str:
        """Return where to write a raster, and have QGIS load it when the user wants that."""
        if destination_text(parameters.get(name), context):
            return self.parameterAsOutputLayer(parameters, name, context)
        here = self._here(f"{suffix}.tif")
        return here or self.parameterAsOutputLayer(_temporary(parameters, name), name, context)

    def optional_layer_path(self, parameters, name: str, context) -> str | None:
        """Return where to write a raster, to be loaded like others; None where nobody wants it."""
        # Batch mode gives definitions of nothing, too; QGIS would miss their layers.
        wanted = destination_text(parameters.get(name), context)
        return self.parameterAsOutputLayer(parameters, name, context) if wanted else None

    def file_path(self, parameters, name: str, ending: str, context) -> str:
        """Return where to write a file that is no raster; ``ending`` of a name that nobody gave."""
        here = "" if destination_text(parameters.get(name), context) else self._here(ending)
        return here or self.parameterAsFileOutput(parameters, name, context)

    def unnamed_output(self) -> str:
        """Return what the help says of outputs that are not given."""
        return self.tr(
            "Not given: a temporary file; headless, a file named after the scene in the current folder."
        )

    def _here(self, ending: str) -> str:
        """Name an output that would be lost: headless, temporary files end with the process."""
        if qgis.utils.iface is not None:
            return ""
        return str(Path.cwd() / f"{self.stem()}_{ending}")

    def add(self, parameter: QgsProcessingParameterDefinition, text: str, advanced: bool = False) -> None:
        """Add a parameter with its help."""
        parameter.setHelp(text)
        if advanced:
            parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.FlagAdvanced)
        self.addParameter(parameter)


def _temporary(parameters, name: str) -> dict:
    """Return the parameters with a temporary file for an empty destination, to be loaded if that would be."""
    value = parameters.get(name)
    if not isinstance(value, QgsProcessingOutputLayerDefinition):
        return parameters
    temporary = QgsProcessingOutputLayerDefinition(QgsProcessing.TEMPORARY_OUTPUT, value.destinationProject)
    return {**parameters, name: temporary}


class errors_for_qgis:  # noqa: N801 - used as a context manager, like a function
    """Turn the package's errors into the exception QGIS shows as a plain sentence."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, MetoceanError):
            # The exception would keep the failed functions' layers until after QGIS has gone: a crash.
            traceback.clear_frames(trace)
            raise QgsProcessingException(str(error)) from None


def static_enum(
    name: str, title: str, choices: list[str], default: object, **options
) -> QgsProcessingParameterEnum:
    """Return an enum whose values are its strings, in scripts and on the command line."""
    return QgsProcessingParameterEnum(
        name, title, options=choices, defaultValue=default, usesStaticStrings=True, **options
    )
