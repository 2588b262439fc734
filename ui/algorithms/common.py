"""What the algorithms share: parameters that describe the scene, feedback, and errors at the edge."""

from __future__ import annotations

import difflib
import os
import traceback
from pathlib import Path

import qgis.utils
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtGui import QIcon

from ...core.errors import Cancelled, MetoceanError, OptionError
from ...core.land import LandOptions
from ...core.roughness import RoughnessOptions
from ...core.scene import SceneOptions
from ...core.units import CHOICES as UNIT_CHOICES
from ..destination import destination_text
from ..scene_parameter import SceneParameter, scene_path

INPUT, BAND, ITEM, UNITS, INCIDENCE = "INPUT", "BAND", "ITEM", "UNITS", "INCIDENCE"
LAND_MASK, COAST_KM = "LAND_MASK", "COAST_KM"
EVEN_SEAMS, OUTPUT_CRS, COG = "EVEN_SEAMS", "OUTPUT_CRS", "COG"
WORLD, NO_LAND = "world", "none"
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
    """Base of the algorithms; a subclass has ``NAME`` and implements `work`."""

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

    def prepareAlgorithm(self, parameters, context, feedback):
        """Read what lives in the main thread: layers of the project."""
        with errors_for_qgis():
            self.path = scene_path(
                parameters.get(INPUT), self.parameterAsString(parameters, INPUT, context), context
            )
            self.item = self.parameterAsInt(parameters, ITEM, context)
            self.land = LandOptions(
                source=self._land_source(parameters, context),
                buffer_km=self.parameterAsDouble(parameters, COAST_KM, context),
            )
        return True

    def processAlgorithm(self, parameters, context, feedback):
        """Do the work; every error a user can meet ends here, as one message."""
        with errors_for_qgis():
            return self.work(parameters, context, QgisFeedback(feedback))

    def work(self, parameters, context: QgsProcessingContext, feedback: QgisFeedback) -> dict:
        """Run; return the outputs."""
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

    def stem(self) -> str:
        """Return what names of files about the scene start with."""
        scene = Path(self.path)
        stem = (scene.parent if scene.name.lower() == "manifest.safe" else scene).stem
        return f"{stem}_{self.item}" if self.item else stem

    def add_scene(self):
        """Add INPUT."""
        scene = SceneParameter(INPUT, self.tr("Scene"))
        self.add(
            scene,
            self.tr(
                "A loaded raster layer, or a path: a Sentinel-1 SAFE folder (GRD or SLC), its manifest.safe "
                "or zip, a GeoTIFF of SNAP, Earth Engine, HyP3 or others, a .dim file of SNAP, a wave-mode "
                "imagette, or roughness made by the other algorithm (recognised)."
            ),
        )

    def add_reading(self):
        """Add the parameters that say how to read the scene; their defaults suit most."""
        defaults = SceneOptions()
        self.add(
            QgsProcessingParameterNumber(BAND, self.tr("Band"), defaultValue=defaults.band, minValue=0),
            self.tr("Band with the co-polarised (VV or HH) image, from 1; 0 finds it by name."),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterNumber(ITEM, self.tr("Item"), defaultValue=defaults.item, minValue=0),
            self.tr(
                "Which image of a product that holds several, from 1: imagettes of wave mode, sub-swaths of "
                "IW or EW SLC. 0 takes the first."
            ),
            advanced=True,
        )
        self.add(
            static_enum(UNITS, self.tr("Units"), list(UNIT_CHOICES), defaults.units),
            self.tr(
                "What the pixels are: linear, db or amplitude (sigma nought), gamma0, gamma0_db or "
                "gamma0_amplitude, dn or intensity (uncalibrated numbers or their squares), roughness "
                "(square root of sigma nought over the model's at 10 m/s), or auto, which stops and asks "
                "when in doubt."
            ),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterString(INCIDENCE, self.tr("Incidence angle"), defaults.incidence),
            self.tr(
                "Where the incidence angle comes from: auto (annotation, or a band of that name), none, "
                "degrees such as 38.5, degrees at the left and right edge such as 30.5:46.0, band:3, or the "
                "path of a raster."
            ),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterString(LAND_MASK, self.tr("Land mask"), WORLD),
            self.tr(
                "world: the coastline that comes with QGIS; none; or a polygon layer, by name, id or path. "
                "Land and the coast before it become nodata."
            ),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterNumber(
                COAST_KM,
                self.tr("Coast (km)"),
                QgsProcessingParameterNumber.Double,
                LandOptions.buffer_km,
                minValue=0.0,
            ),
            self.tr("Width of the strip of sea before land that is left out too, in kilometres."),
            advanced=True,
        )

    def add_map(self):
        """Add the parameters that say how the maps are made."""
        self.add(
            QgsProcessingParameterBoolean(
                EVEN_SEAMS, self.tr("Even out seams"), RoughnessOptions().even_seams
            ),
            self.tr("Level steps in brightness between the sub-swaths of a scene; the log has their sizes."),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterCrs(OUTPUT_CRS, self.tr("Output CRS"), optional=True),
            self.tr("Coordinate system of the maps; empty: the scene's own if metric, else UTM or polar."),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterBoolean(COG, self.tr("Cloud-optimised"), False),
            self.tr("Rasters as cloud-optimised GeoTIFFs: with overviews, to be read in parts from afar."),
            advanced=True,
        )

    def add(self, parameter: QgsProcessingParameterDefinition, text: str, advanced: bool = False) -> None:
        """Add a parameter with its help."""
        parameter.setHelp(text)
        if advanced:
            parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.FlagAdvanced)
        self.addParameter(parameter)

    def scene_options(self, parameters, context) -> SceneOptions:
        """Return how to read the scene."""
        return SceneOptions(
            band=self.parameterAsInt(parameters, BAND, context),
            item=self.parameterAsInt(parameters, ITEM, context),
            units=self.parameterAsEnumString(parameters, UNITS, context),
            incidence=self.parameterAsString(parameters, INCIDENCE, context).strip(),
        )

    def even_seams(self, parameters, context) -> bool:
        """Return whether to even out seams."""
        return self.parameterAsBool(parameters, EVEN_SEAMS, context)

    def output_crs(self, parameters, context) -> str:
        """Return the maps' coordinate system as text; empty where none is wanted."""
        wanted, crs = parameters.get(OUTPUT_CRS), self.parameterAsCrs(parameters, OUTPUT_CRS, context)
        if crs.isValid():
            return crs.toWkt(QgsCoordinateReferenceSystem.WKT_PREFERRED_GDAL)
        if wanted and isinstance(wanted, str):
            raise OptionError(f"{wanted!r} is no coordinate system here; give one such as EPSG:32632.")
        return ""

    def cog(self, parameters, context) -> bool:
        """Return whether to write cloud-optimised GeoTIFFs."""
        return self.parameterAsBool(parameters, COG, context)

    def _land_source(self, parameters, context) -> str:
        text = self.parameterAsString(parameters, LAND_MASK, context).strip()
        if text.lower() == NO_LAND:
            return NO_LAND
        if text.lower() == WORLD:
            return os.path.join(QgsApplication.pkgDataPath(), "resources", "data", "world_map.gpkg")
        return scene_path(parameters.get(LAND_MASK), text, context)


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
