# SPDX-License-Identifier: GPL-2.0-or-later
"""``metocean:preprocess``: a raster to sea-surface roughness."""

from __future__ import annotations

from qgis.core import QgsProcessingOutputNumber

from ...core.files.staging import new_folder
from ...core.roughness.roughness import Roughness, RoughnessOptions
from ...core.runs.preprocess import PreprocessOptions, preprocess
from ...core.runs.product_items import preprocess_all
from ..maps.layers import style_when_loaded
from ..maps.result_kind import ResultKind
from ..maps.style import save_styles
from ..parameters.destination import FolderOutput, RasterOutput
from .common import static_enum
from .scene import SceneAlgorithm

RESOLUTION, OUTPUT, FOLDER, COUNT = "RESOLUTION", "OUTPUT", "FOLDER", "COUNT"
# Texts, as choices of the toolbox are.
RESOLUTIONS = ["100", "50"]


class PreprocessAlgorithm(SceneAlgorithm):
    """Sea-surface roughness as a GeoTIFF."""

    NAME = "preprocess"

    def displayName(self):
        """Return the title in the toolbox."""
        return self.tr("Prepare sea-surface roughness")

    def tags(self):
        """Return words the toolbox finds it by."""
        return self.tr("sar,sentinel-1,ocean,roughness,calibration,sigma0,noise,incidence,cmod5n").split(",")

    def shortHelpString(self):
        """Return what it does."""
        return self.tr(
            "Turns a Sentinel-1 scene into sea-surface roughness: the square root of sigma nought over what "
            "CMOD5.N expects of a 10 m/s wind at 45°, from 0 to 2, averaged to 100 m or 50 m. Calibration, "
            "thermal noise and incidence come from the product's annotation where there is one. The file "
            "says in its metadata how it was made, and the segmentation recognises it."
        )

    def initAlgorithm(self, configuration=None):
        """Declare the parameters."""
        self._add_how()
        self.add(
            RasterOutput(OUTPUT, self.tr("Roughness")),
            self.tr("GeoTIFF, Float32, -1 where nothing is known. {}").format(self.unnamed_output()),
        )

    def work(self, parameters, context, feedback):
        """Write the roughness."""
        options = self._options(parameters, context)
        target = self.layer_path(parameters, OUTPUT, "roughness", context)
        roughness = preprocess(self.path, options, target, feedback, finish=_style)
        style_when_loaded(context, ResultKind.ROUGHNESS, target, roughness.acquired)
        return {OUTPUT: target}

    def _add_how(self):
        self.add_scene()
        default = f"{RoughnessOptions().resolution_m:g}"
        self.add(
            static_enum(RESOLUTION, self.tr("Resolution (m)"), RESOLUTIONS, default),
            self.tr("Ground spacing in metres: 100 is what the U-Net wants, 50 what the other methods want."),
        )
        self.add_reading()
        self.add_map()

    def _options(self, parameters, context) -> PreprocessOptions:
        resolution_m = float(self.parameterAsEnumString(parameters, RESOLUTION, context))
        return PreprocessOptions(
            self.scene_options(parameters, context),
            RoughnessOptions(resolution_m, self.land, self.even_seams(parameters, context)),
            self.output_crs(parameters, context),
            self.cog(parameters, context),
        )


class PreprocessAllAlgorithm(PreprocessAlgorithm):
    """Sea-surface roughness of every image of a product.

    QGIS's batch mode runs over files, and does not know that one product of wave mode holds many images.
    """

    NAME = "preprocessall"

    def displayName(self):
        """Return the title in the toolbox."""
        return self.tr("Prepare all images of a product")

    def shortHelpString(self):
        """Return what it does."""
        return self.tr(
            "Turns every image of a product that holds several (the imagettes of wave mode, the sub-swaths "
            "of IW or EW SLC) into sea-surface roughness, a file each, for the segmentation's batch mode. "
            "Images that cannot be used, such as those of land, are left out with a warning. ITEM has no "
            "effect."
        )

    def initAlgorithm(self, configuration=None):
        """Declare the parameters."""
        self._add_how()
        self.add(
            FolderOutput(FOLDER, self.tr("Folder of roughness")),
            self.tr("A GeoTIFF for each image, named after it. {}").format(self.unnamed_output()),
        )
        self.addOutput(QgsProcessingOutputNumber(COUNT, self.tr("Images")))

    def work(self, parameters, context, feedback):
        """Write the roughness of each image."""
        options = self._options(parameters, context)
        folder = self.file_path(parameters, FOLDER, "images", context)
        with new_folder(folder):
            written = preprocess_all(self.path, options, folder, feedback, finish=_style)
        return {FOLDER: folder, COUNT: len(written)}


def _style(staged: str, roughness: Roughness) -> None:
    save_styles({ResultKind.ROUGHNESS: staged}, 0, roughness.acquired)
