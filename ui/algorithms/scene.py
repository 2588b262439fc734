# SPDX-License-Identifier: GPL-2.0-or-later
"""What every algorithm asks of a scene: where it is, how to read it, and how the maps are made.

To add a parameter: its name above, `add` with its help in one of the functions below, and the field of
options that it sets in `scene_options` or beside it. Values are read with QGIS's ``parameterAs…``, as
``qgis_process`` hands over texts, models expressions, and scripts either. ``parameters`` itself is asked only
whether something was given at all, or for the object of a layer, which may be in no project.
"""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from ...core.errors import OptionError
from ...core.geometry.land import LandOptions
from ...core.roughness.roughness import RoughnessOptions
from ...core.scenes.rasters.units import CHOICES as UNIT_CHOICES
from ...core.scenes.types.scene import SceneOptions
from ..parameters.land import WORLD, land_path
from ..parameters.numbers import read_numbers
from ..parameters.scene_parameter import SceneParameter, scene_crs, scene_nodata, scene_path, without_options
from .common import MetoceanAlgorithm, static_enum
from .errors import errors_for_qgis

# Names of parameters are what scripts, models and saved batches of users write: they never change.
INPUT, BAND, ITEM, UNITS, INCIDENCE = "INPUT", "BAND", "ITEM", "UNITS", "INCIDENCE"
LAND_MASK, COAST_KM = "LAND_MASK", "COAST_KM"
EVEN_SEAMS, OUTPUT_CRS, COG = "EVEN_SEAMS", "OUTPUT_CRS", "COG"


class SceneAlgorithm(MetoceanAlgorithm):
    """Base of the algorithms that read a scene and write maps of it."""

    def prepareAlgorithm(self, parameters, context, feedback):
        """Read what lives in the main thread: layers of the project.

        `processAlgorithm` runs in another thread, where a layer of the project must not be touched.
        """
        with errors_for_qgis(self):
            parameters = read_numbers(parameters, self.parameterDefinitions())
            scene = parameters.get(INPUT), self.parameterAsString(parameters, INPUT, context), context
            self.path, self.crs, self.nodata = scene_path(*scene), scene_crs(*scene), scene_nodata(*scene)
            # Needed before the scene is opened: files that nobody named are named after it.
            self.item = self.parameterAsInt(parameters, ITEM, context)
            # A land layer is one of the project, too, with a filter perhaps, which goes into the path.
            self.land = LandOptions(
                source=land_path(
                    parameters.get(LAND_MASK), self.parameterAsString(parameters, LAND_MASK, context), context
                ),
                buffer_km=self.parameterAsDouble(parameters, COAST_KM, context),
            )
        # False would say that the run failed, and not why: whatever is wrong is an exception.
        return True

    def stem(self) -> str:
        """Return what names of files about the scene start with."""
        scene = Path(self.path)
        # Every manifest has the same name; its folder is named after the product.
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
        # Defaults are those of the dataclasses, so that a script on metocean.core gets what the toolbox
        # gives.
        defaults = SceneOptions()
        self._add_image(defaults)
        self._add_units(defaults)
        self._add_land()

    def _add_image(self, defaults: SceneOptions):
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

    def _add_units(self, defaults: SceneOptions):
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
                "degrees such as 38.5, degrees at the left and right edge such as 30.5:46.0 (at near and far "
                "range of an image that is no map), band:3, or the path of a raster."
            ),
            advanced=True,
        )

    def _add_land(self):
        self.add(
            # No layer parameter: QGIS's takes no words such as world and none, which are no layers.
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

    def scene_options(self, parameters, context) -> SceneOptions:
        """Return how to read the scene."""
        return SceneOptions(
            band=self.parameterAsInt(parameters, BAND, context),
            item=self.parameterAsInt(parameters, ITEM, context),
            units=self.parameterAsEnumString(parameters, UNITS, context),
            incidence=without_options(self.parameterAsString(parameters, INCIDENCE, context).strip()),
            crs=self.crs,
            nodata=self.nodata,
        )

    def even_seams(self, parameters, context) -> bool:
        """Return whether to even out seams."""
        return self.parameterAsBool(parameters, EVEN_SEAMS, context)

    def output_crs(self, parameters, context) -> str:
        """Return the maps' coordinate system as text; empty where none is wanted."""
        wanted, crs = parameters.get(OUTPUT_CRS), self.parameterAsCrs(parameters, OUTPUT_CRS, context)
        if crs.isValid():
            # WKT, as a system may be the user's own and have no code of an authority.
            return crs.toWkt(QgsCoordinateReferenceSystem.WKT_PREFERRED_GDAL)
        # QGIS takes a text that is no system for none given, and the map would be in another one.
        if wanted and isinstance(wanted, str):
            raise OptionError(
                f"{wanted!r} is no coordinate system here; give one such as EPSG:32632.", option="output_crs"
            )
        return ""

    def cog(self, parameters, context) -> bool:
        """Return whether to write cloud-optimised GeoTIFFs."""
        return self.parameterAsBool(parameters, COG, context)
