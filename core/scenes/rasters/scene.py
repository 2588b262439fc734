"""Plain rasters as scenes: their units, band and incidence have to be found out."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import datetime, timezone
from typing import Optional

from osgeo import gdal

from ... import metadata
from ...cmod5n import HH_WARNING
from ...errors import InputError
from ...files.raster import open_raster, short
from ...geometry.georeference import Georeference, ground_spacing
from ...geometry.projections import open_metric
from ...quantity import QUANTITY
from ..types.scene import Quantity, Scene, SceneOptions
from .band_choice import choose_band, polarisation_of
from .band_names import band_name
from .band_source import BandSource
from .band_view import view_band
from .hyp3 import hyp3_image
from .incidence import EdgeIncidence
from .incidence_choice import choose_incidence
from .prepared import prepared_scene
from .snap import snap_raster
from .unit_table import UNITS, Measure, Units
from .units import choose_units

# Sides of a raster without coordinates that is taken for an imagette of 20 km: published ones have about 400
# to 600 pixels, and some are resampled to sizes that networks want.
_IMAGETTE_PIXELS = (100, 2000)
# Middle of Sentinel-1's swaths; brings control points, which have heights of land, down to the sea where no
# better angle is known. A height of 255 m moves a point by 321 m.
_TYPICAL_INCIDENCE_DEG = 38.5
_TO_SIGMA0 = ", brought to sigma0 with the cosine of the incidence angle"
_PREVIEW = re.compile(r"\.safe[/\\]preview[/\\]", re.IGNORECASE)
# As in S1A_IW_GRDH_1SDV_20180716T004042_…; the first of several is when the acquisition begins.
_TIME = re.compile(r"(?<!\d)(\d{8})T(\d{6})(?!\d)", re.IGNORECASE)


def raster_scene(path: str, options: SceneOptions) -> Scene:
    """Return the scene in a file that GDAL reads.

    Raises
    ------
    InputError
        It holds no radar image, or does not say enough of itself.
    OptionError
        An option makes no sense for it.
    """
    # Other formats of several files are recognised here, each by a function from the path that people choose
    # to the one that GDAL opens.
    path = snap_raster(hyp3_image(path))
    original = open_raster(path)
    if original.GetMetadataItem(metadata.QUANTITY_KEY) == QUANTITY:
        return prepared_scene(path, original.GetMetadata())
    # Pixels in degrees are resampled to metres: the working grid is one of metres. What names of bands and
    # metadata say is asked of the original, from which warping takes some of them away.
    dataset = open_metric(path)
    scene = _measured_scene(path, dataset, original, options)
    if not scene.georeference.known:
        _refuse_lost_place(path, original)
        return _imagette(scene)
    spacing = ground_spacing(scene.georeference, scene.shape)
    return replace(scene, spacing_m=spacing)


def _refuse_lost_place(path: str, dataset: gdal.Dataset) -> None:
    """Refuse what has its place on earth and does not say which: as an imagette it would have wrong areas."""
    affine = dataset.GetGeoTransform(can_return_null=True)
    # (0, 0) is where pictures that were merely saved with an affine begin.
    if affine and not dataset.GetProjection() and (affine[0], affine[3]) != (0.0, 0.0):
        raise InputError(
            f"{short(path)} has coordinates, but not in which system: assign a projection to the file "
            "(Raster ▸ Projections ▸ Assign Projection in QGIS)."
        )
    # The quick-look of a product is a whole swath in a few hundred pixels: small and grey as an imagette is.
    if _PREVIEW.search(path):
        raise InputError(f"{short(path)} is a product's quick-look: choose the product's folder.")


def _measured_scene(path: str, dataset: gdal.Dataset, original: gdal.Dataset, options: SceneOptions) -> Scene:
    """Find out band, units and incidence, in this order: each needs what was found before.

    Parameters
    ----------
    path : str
        That GDAL opens.
    dataset : gdal.Dataset
        The raster in metres.
    original : gdal.Dataset
        The raster as it is stored.
    options : SceneOptions
    """
    band, why_band = choose_band(original, options.band)
    names = tuple(band_name(original, i + 1) for i in range(original.RasterCount))
    view = replace(view_band(dataset, band), file=short(path), description=names[band - 1], bands=names)
    name, why_units = choose_units(view, options.units)
    units = UNITS[name]
    incidence, why_incidence = choose_incidence(path, options.incidence, band)
    # Roughness was divided by the reference sea at its angle before it was stored.
    if units.measure is Measure.ROUGHNESS:
        incidence, why_incidence = None, "not needed"
    known = incidence.middle_deg if isinstance(incidence, EdgeIncidence) else _TYPICAL_INCIDENCE_DEG
    polarisation = polarisation_of(original, band)
    cosine = units.measure is Measure.GAMMA0 and incidence is not None
    return Scene(
        name=os.path.splitext(short(path))[0],
        path=path,
        shape=(dataset.RasterYSize, dataset.RasterXSize),
        spacing_m=None,
        georeference=Georeference.from_dataset(dataset, known),
        quantity=_quantity(units, incidence is not None),
        source=BandSource(path, band, units, polarisation, view.roughness_scale, incidence, view.fill),
        units=f"{name} ({why_units}){_TO_SIGMA0 if cosine else ''}",
        incidence=why_incidence,
        acquired=acquisition_time(path),
        polarisation=polarisation,
        notes=(f"Band: {band} ({why_band}).",),
        warnings=_doubts(units, incidence is not None, polarisation),
    )


def _quantity(units: Units, incidence_known: bool) -> Quantity:
    """Return `Scene.quantity`: without angles the trend of backscatter across the swath stays unknown."""
    if units.measure is Measure.ROUGHNESS:
        return Quantity.ROUGHNESS
    calibrated = units.measure is not Measure.DN
    return Quantity.SIGMA0 if incidence_known and calibrated else Quantity.RELATIVE


def _doubts(units: Units, incidence_known: bool, polarisation: str) -> tuple[str, ...]:
    if units.measure is Measure.ROUGHNESS:
        return ()
    doubts = []
    if units.measure is Measure.DN:
        doubts.append(
            "The pixels are not calibrated: roughness is relative to the scene's median, so low wind "
            "areas are less reliable."
        )
    if not incidence_known:
        doubts.append(
            "The incidence angle is unknown: the trend across the swath is estimated from the image; "
            "better give the angle."
        )
    if polarisation == "HH":
        doubts.append(
            HH_WARNING
            if incidence_known
            else "HH cannot be brought to VV without the incidence angle; better give it."
        )
    return tuple(doubts)


def _imagette(scene: Scene) -> Scene:
    """Without coordinates only an imagette makes sense: its ground size is known beforehand."""
    # Whatever is taken for an imagette has areas of 20 km x 20 km. A swath would silently get a fraction of
    # its true ones, so what cannot be an imagette is refused.
    low, high = _IMAGETTE_PIXELS
    lines, samples = scene.shape
    if not low <= min(scene.shape) <= max(scene.shape) <= high:
        raise InputError(
            f"{short(scene.path)} has neither a CRS on earth nor control points, and {samples} x {lines} "
            "pixels are no imagette; load the SAFE product or a georeferenced raster."
        )
    note = "No coordinates: taken for an imagette of 20 km x 20 km."
    doubts = scene.warnings
    if max(scene.shape) > 1.5 * min(scene.shape):
        doubts += ("The raster is far from square, so it may be no imagette of 20 km x 20 km.",)
    return replace(scene, notes=(*scene.notes, note), warnings=doubts)


def acquisition_time(path: str) -> Optional[datetime]:
    """Return the UTC time in the name of a file or its folders, as Sentinel-1 products write it."""
    # The file's own name first: folders above it may be of other times.
    for part in reversed(re.split(r"[/\\]", path)):
        match = _TIME.search(part)
        if match:
            try:
                return datetime.strptime("".join(match.groups()), "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
            except ValueError:
                continue
    return None
