# SPDX-License-Identifier: GPL-2.0-or-later
"""What the algorithms share: names, outputs, and how they run.

QGIS runs an algorithm in three ways, which differ in what they forgive: from its dialog in a background
thread, as rows of a batch in the main thread, and headless by ``qgis_process``, which hands over texts,
loads nothing, and takes an empty result for success. Whatever goes wrong therefore ends as a
`QgsProcessingException`.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import qgis.utils
from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
)
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtGui import QIcon

from ...core.errors import OptionError
from ..parameters.destination import destination_text, temporary
from ..parameters.numbers import read_numbers
from .errors import errors_for_qgis
from .feedback import QgisFeedback
from .signals import cancelled_by_signals

ROOT = Path(__file__).parents[2]
ICON = str(ROOT / "icon.svg")
# One page for each algorithm, named after its id.
HELP = ROOT / "docs" / "help"


class MetoceanAlgorithm(QgsProcessingAlgorithm):
    """Base of the algorithms; a subclass has ``NAME`` and implements `work` and `stem`.

    An instance is one run: QGIS makes a new one by `createInstance` for each, and what `prepareAlgorithm`
    finds out can be kept in it.
    """

    # The id within the provider. Scripts and models of users name it: it never changes.
    NAME = ""

    def name(self):
        """Return the id within the provider: lower case, without spaces, fixed for ever."""
        return self.NAME

    def createInstance(self):
        """Return a new algorithm for one run; QGIS takes no other way of copying one."""
        return type(self)()

    def tr(self, text):
        """Translate."""
        # QGIS's class of algorithms is no QObject: it has no ``tr`` to inherit.
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

    def help_page(self) -> Path:
        """Return the file that the help button opens: HTML, which every browser shows, as Markdown is not."""
        return HELP / f"{self.NAME}.html"

    def helpUrl(self):
        """Return the page that says more, of this algorithm alone."""
        # A URL, as QGIS hands it to the browser: a path of Windows, with its drive letter, is none.
        return QUrl.fromLocalFile(str(self.help_page())).toString()

    def checkParameterValues(self, parameters, context):
        """Refuse names nobody knows: QGIS would ignore them, and with them what the user meant.

        ``qgis_process`` even exits with 0 then. Choices are named, too; the help that QGIS makes of them
        tells of numbers.
        """
        # Also ``method`` for METHOD: values are looked up by the exact name.
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
        try:
            numbers = read_numbers(parameters, definitions.values())
        except OptionError as error:
            return False, str(error)
        # Texts that read as numbers are compared with their limits, too, which QGIS does to numbers alone.
        return super().checkParameterValues(numbers, context)

    def processAlgorithm(self, parameters, context, feedback):
        """Do the work; every error a user can meet ends here, as one message."""
        with errors_for_qgis(self), cancelled_by_signals(feedback.cancel):
            numbers = read_numbers(parameters, self.parameterDefinitions())
            return self.work(numbers, context, QgisFeedback(feedback))

    def work(self, parameters, context: QgsProcessingContext, feedback: QgisFeedback) -> dict:
        """Run; return the outputs."""
        raise NotImplementedError

    def stem(self) -> str:
        """Return what names of the files it writes start with."""
        raise NotImplementedError

    def layer_path(self, parameters, name: str, suffix: str, context) -> str:
        """Return where to write a raster, and have QGIS load it when the user wants that.

        Parameters
        ----------
        parameters : dict
            As QGIS hands them to the algorithm.
        name : str
            Of the destination.
        suffix : str
            Of a file that nobody named: ``scene_suffix.tif``.
        context : QgsProcessingContext
        """
        # Only `parameterAsOutputLayer` tells QGIS to load what lies there in the end.
        if destination_text(parameters.get(name), context):
            return self.parameterAsOutputLayer(parameters, name, context)
        here = self._here(f"{suffix}.tif")
        return here or self.parameterAsOutputLayer(temporary(parameters, name), name, context)

    def optional_layer_path(self, parameters, name: str, context) -> str | None:
        """Return where to write a raster, to be loaded like others; None where nobody wants it."""
        # Batch mode gives definitions of nothing, too. Asked about those, QGIS would make up a file and then
        # miss the layer that nobody wrote.
        wanted = destination_text(parameters.get(name), context)
        return self.parameterAsOutputLayer(parameters, name, context) if wanted else None

    def file_path(self, parameters, name: str, ending: str, context) -> str:
        """Return where to write a file that is no raster; ``ending`` of a name that nobody gave.

        The parameters are those of `layer_path`; ``ending`` is such as ``areas.csv``.
        """
        here = "" if destination_text(parameters.get(name), context) else self._here(ending)
        return here or self.parameterAsFileOutput(parameters, name, context)

    def unnamed_output(self) -> str:
        """Return what the help says of outputs that are not given."""
        return self.tr(
            "Not given: a temporary file; headless, a file named after the scene in the current folder."
        )

    def _here(self, ending: str) -> str:
        """Name an output that would be lost: headless, temporary files end with the process."""
        # In the desktop a temporary file lives as long as QGIS, and the layer can be saved from there.
        if qgis.utils.iface is not None:
            return ""
        return str(Path.cwd() / f"{self.stem()}_{ending}")

    def add(self, parameter: QgsProcessingParameterDefinition, text: str, advanced: bool = False) -> None:
        """Add a parameter with its help."""
        parameter.setHelp(text)
        if advanced:
            parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.FlagAdvanced)
        self.addParameter(parameter)


def static_enum(
    name: str, title: str, choices: list[str], default: object, **options
) -> QgsProcessingParameterEnum:
    """Return an enum whose values are its strings, in scripts and on the command line.

    With numbers instead, ``METHOD=2`` would mean another method as soon as one is added before it. The
    dialog of QGIS 3.22 shows such enums without their texts where several may be chosen (QGIS issue 53420);
    3.40 is right.

    Parameters
    ----------
    name, title : str
        Of the parameter.
    choices : list of str
        The values that can be given.
    default : object
        One of them, several of them, or None.
    options
        For `QgsProcessingParameterEnum`, such as ``allowMultiple``.
    """
    return QgsProcessingParameterEnum(
        name, title, options=choices, defaultValue=default, usesStaticStrings=True, **options
    )
