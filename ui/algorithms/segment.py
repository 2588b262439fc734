"""``metocean:segment``: a scene to ten class probabilities, a class map and areas."""

from __future__ import annotations

import functools
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
)

from ...core.classes import CLASSES, CODES
from ...core.method import Method
from ...core.outputs import UNDECIDED_NAME, Area, OutputPaths
from ...core.segment import SegmentOptions, SegmentResult, segment
from ...models.packages import import_with_torch
from ...models.registry import (
    DEVICES,
    FILLS,
    METHODS,
    PRECISIONS,
    load_method,
    settings_of,
    weights_state,
)
from ..destination import RasterOutput
from ..layers import SceneGroup
from ..style import save_styles
from .common import MetoceanAlgorithm, static_enum

METHOD, DEVICE, PRECISION = "METHOD", "DEVICE", "PRECISION"
SIDE_PX, STRIDE_PX, FILL, MOSAIC = "SIDE_PX", "STRIDE_PX", "FILL", "MOSAIC"
EXCLUDE, THRESHOLD, OUTPUT_CRS = "EXCLUDE", "THRESHOLD", "OUTPUT_CRS"
PROBABILITIES, CLASS_MAP, AREAS, ROUGHNESS = "PROBABILITIES", "CLASSES", "AREAS", "ROUGHNESS"


@functools.lru_cache(maxsize=1)
def _cached(method_id: str, device: str, precision: str, files: tuple, **settings: Any) -> Method:
    """Batch mode and repeated runs want the same network again; one is kept, as long as ``files`` stay."""
    return load_method(method_id, device, precision, **settings)


def _method(method_id: str, device: str, precision: str, settings: dict[str, Any]) -> Method:
    return _cached(method_id, device, precision, weights_state(method_id), **settings)


class SegmentAlgorithm(MetoceanAlgorithm):
    """Ten metocean processes in a SAR scene."""

    NAME = "segment"

    def displayName(self):
        """Return the title in the toolbox."""
        return self.tr("Segment metocean processes")

    def tags(self):
        """Return words the toolbox finds it by."""
        words = self.tr("sar,sentinel-1,ocean,segmentation,classification,wind,waves,slicks,sea ice,rain")
        return [*words.split(","), *(cls.name.lower() for cls in CLASSES)]

    def shortHelpString(self):
        """Return what it does."""
        classes = "".join(f"<li><b>{c.code}</b> {c.name}: {c.description}</li>" for c in CLASSES)
        methods = "".join(f"<li><b>{name}</b> {entry.title}</li>" for name, entry in METHODS.items())
        return self.tr(
            "Maps ten processes of ocean and atmosphere in a Sentinel-1 scene (after Colin et al. 2022): a "
            "probability for each, the most probable one per pixel, and their areas.<ul>{}</ul>"
            "Methods, by the name that METHOD takes:<ul>{}</ul>"
            "The networks that come with the plugin were trained on simulated scenes: look at the roughness "
            "before you trust a class."
        ).format(classes, methods)

    def initAlgorithm(self, configuration=None):
        """Declare parameters and outputs."""
        self.add_scene()
        self._add_method()
        self._add_classes()
        self.add_reading()
        self.add(
            QgsProcessingParameterCrs(OUTPUT_CRS, self.tr("Output CRS"), optional=True),
            self.tr("Coordinate system of the maps; empty: the scene's own if metric, else UTM or polar."),
            advanced=True,
        )
        self._add_destinations()
        for code in (*CODES, UNDECIDED_NAME.upper()):
            self.addOutput(QgsProcessingOutputNumber(f"AREA_{code}_KM2", self.tr("{} (km²)").format(code)))
            self.addOutput(QgsProcessingOutputNumber(f"SHARE_{code}", self.tr("{} (%)").format(code)))
        self.addOutput(QgsProcessingOutputNumber("SECONDS", self.tr("Seconds")))
        self.addOutput(QgsProcessingOutputString("MODEL", self.tr("Model")))
        self.addOutput(QgsProcessingOutputString("DEVICE_USED", self.tr("Device used")))
        self.addOutput(QgsProcessingOutputString("ACQUIRED", self.tr("Acquired (UTC)")))

    def work(self, parameters, context, feedback):
        """Segment, style and hand over."""
        method_id = self.parameterAsEnumString(parameters, METHOD, context)
        outputs = self._outputs(parameters, context)
        feedback.progress(0.0)
        settings = self._settings(parameters, context, method_id)
        method = _method(
            method_id,
            self.parameterAsEnumString(parameters, DEVICE, context),
            self.parameterAsEnumString(parameters, PRECISION, context),
            settings,
        )
        options = self._options(parameters, context, {"method": method_id, **settings})
        try:
            result = segment(self.path, method, options, outputs, feedback, finish=_style)
        finally:
            if method.device != "cpu":
                import_with_torch(".device").release()
        group = SceneGroup(f"{result.name} – {METHODS[method_id].title}", result.acquired)
        group.post_process(context, _rasters(outputs))
        return {**_paths(outputs), **_numbers(result), "DEVICE_USED": method.device}

    def _add_method(self):
        self.add(
            static_enum(METHOD, self.tr("Method"), list(METHODS), next(iter(METHODS))),
            self.tr("One of {}; what each does is said beside the dialog.").format(", ".join(METHODS)),
        )
        self.add(
            static_enum(DEVICE, self.tr("Device"), list(DEVICES), DEVICES[0]),
            self.tr("Where the network runs: auto, cpu, cuda (NVIDIA) or mps (Apple)."),
            advanced=True,
        )
        self.add(
            static_enum(PRECISION, self.tr("Precision"), list(PRECISIONS), PRECISIONS[0]),
            self.tr("Arithmetic of the network: auto, fp32 (exact) or bf16 (faster where supported)."),
            advanced=True,
        )
        self._add_settings()

    def _add_settings(self):
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

    def _values_of(self, parameter: str) -> str:
        """Say what the methods that have a setting do without the parameter of its name."""
        name = parameter.lower()
        values = [f"{key} {entry.settings[name]}" for key, entry in METHODS.items() if name in entry.settings]
        return self.tr("Not given: the method's own ({}).").format(", ".join(values))

    def _settings(self, parameters, context, method_id: str) -> dict[str, Any]:
        """Return what a method is loaded with: its own where nothing is given, which is 0 or "" in QGIS."""
        given = {
            "side_px": self.parameterAsInt(parameters, SIDE_PX, context),
            "stride_px": self.parameterAsInt(parameters, STRIDE_PX, context),
            "fill": self.parameterAsEnumString(parameters, FILL, context),
        }
        return {
            **settings_of(method_id, **{name: value for name, value in given.items() if value}),
            "mosaic": self.parameterAsBool(parameters, MOSAIC, context),
        }

    def _add_classes(self):
        defaults = SegmentOptions()
        self.add(
            static_enum(
                EXCLUDE, self.tr("Classes to exclude"), list(CODES), None, allowMultiple=True, optional=True
            ),
            self.tr("Codes of classes that cannot occur in this scene, such as SI,IB in the tropics."),
        )
        self.add(
            QgsProcessingParameterNumber(
                THRESHOLD,
                self.tr("Threshold"),
                QgsProcessingParameterNumber.Double,
                defaults.threshold,
                minValue=0.0,
                maxValue=1.0,
            ),
            self.tr("Pixels whose most probable class stays below this are undecided, 0 to 1."),
        )

    def _add_destinations(self):
        unnamed = self.unnamed_output()
        rasters = (
            (
                PROBABILITIES,
                self.tr("Probabilities"),
                self.tr("Ten bands, Float32, -1 where nothing is known. {}").format(unnamed),
            ),
            (
                CLASS_MAP,
                self.tr("Classes"),
                self.tr("Byte: 0 undecided, 1 to 10 the classes, 255 nodata. {}").format(unnamed),
            ),
        )
        for name, title, text in rasters:
            self.add(
                RasterOutput(name, title),
                text,
            )
        self.add(
            QgsProcessingParameterFileDestination(
                AREAS, self.tr("Areas"), "CSV (*.csv)", QgsProcessing.TEMPORARY_OUTPUT, optional=True
            ),
            self.tr(
                "Square kilometres and percent of each class: area on the ground, counted on the network's "
                "own grid. {}"
            ).format(unnamed),
        )
        self.add(
            QgsProcessingParameterRasterDestination(ROUGHNESS, self.tr("Roughness"), optional=True),
            self.tr("What the network saw, put on the map: Float32, -1 where nothing is known."),
        )

    def _outputs(self, parameters, context) -> OutputPaths:
        return OutputPaths(
            probabilities=self.layer_path(parameters, PROBABILITIES, "probabilities", context),
            classes=self.layer_path(parameters, CLASS_MAP, "classes", context),
            areas=self.file_path(parameters, AREAS, "areas", context) or None,
            roughness=self.parameterAsOutputLayer(parameters, ROUGHNESS, context) or None,
        )

    def _options(self, parameters, context, provenance: dict[str, Any]) -> SegmentOptions:
        crs = self.parameterAsCrs(parameters, OUTPUT_CRS, context)
        return SegmentOptions(
            scene=self.scene_options(parameters, context),
            land=self.land,
            output_crs=crs.toWkt(QgsCoordinateReferenceSystem.WKT_PREFERRED_GDAL) if crs.isValid() else "",
            # QGIS gives one empty string for a list that is not given.
            exclude=tuple(filter(None, self.parameterAsEnumStrings(parameters, EXCLUDE, context))),
            threshold=self.parameterAsDouble(parameters, THRESHOLD, context),
            provenance=tuple((f"METOCEAN_{name.upper()}", str(value)) for name, value in provenance.items()),
        )


def _rasters(outputs: OutputPaths) -> dict[str, str]:
    paths = {
        "classes": outputs.classes,
        "probabilities": outputs.probabilities,
        "roughness": outputs.roughness,
    }
    return {kind: path for kind, path in paths.items() if path}


def _style(staged: OutputPaths, result: SegmentResult) -> None:
    widest = max(range(len(CODES)), key=lambda index: result.areas[CODES[index]].km2)
    save_styles(_rasters(staged), widest, result.acquired)


def _paths(outputs: OutputPaths) -> dict:
    paths = {
        PROBABILITIES: outputs.probabilities,
        CLASS_MAP: outputs.classes,
        AREAS: outputs.areas,
        ROUGHNESS: outputs.roughness,
    }
    return {name: path for name, path in paths.items() if path}


def _numbers(result: SegmentResult) -> dict:
    areas: dict[str, Area] = {**result.areas, UNDECIDED_NAME.upper(): result.undecided}
    numbers = {f"AREA_{code}_KM2": round(area.km2, 3) for code, area in areas.items()}
    numbers |= {f"SHARE_{code}": round(area.percent, 3) for code, area in areas.items()}
    return {
        **numbers,
        "SECONDS": round(result.seconds, 2),
        "MODEL": result.model_id,
        "ACQUIRED": result.acquired.isoformat() if result.acquired else "",
    }
