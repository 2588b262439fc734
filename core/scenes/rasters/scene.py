# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain rasters as scenes: their units, band and incidence have to be found out."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import datetime, timezone
from typing import Optional

import numpy as np
from osgeo import gdal

from ... import metadata
from ...cmod5n import HH_WARNING, reference_sigma0
from ...files.gdal_calls import short
from ...files.raster import open_raster
from ...geometry.georeference import Georeference, ground_spacing
from ...geometry.projections import open_metric
from ...quantity import QUANTITY
from ..types.scene import Quantity, Scene, SceneOptions
from .band_choice import choose_band, polarisation_of
from .band_names import band_name
from .band_source import BandSource
from .band_view import BandView, view_band
from .hyp3 import hyp3_image
from .imagette import as_imagette, refuse_swath
from .incidence import EdgeIncidence
from .incidence_choice import choose_incidence
from .location import located_raster
from .prepared import prepared_scene
from .snap import snap_raster
from .unit_table import UNITS, Measure, Units
from .units import choose_units, median_power

# Middle of Sentinel-1's swaths; brings control points, which have heights of land, down to the sea where no
# better angle is known. A height of 255 m moves a point by 321 m.
_TYPICAL_INCIDENCE_DEG = 38.5
# In powers of the reference sea, that of 10 m/s. What the networks see ends at 4, the square of
# `metocean.core.quantity.LARGEST`: with a median beyond twice that nearly all of an image is clipped.
_ROUGHEST = 9.0
_TO_SIGMA0 = ", brought to sigma0 with the cosine of the incidence angle"
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
    file = snap_raster(hyp3_image(path))
    original = open_raster(file)
    if original.GetMetadataItem(metadata.QUANTITY_KEY) == QUANTITY:
        return prepared_scene(file, original.GetMetadata())
    located, where = located_raster(file, options.crs)
    # Pixels in degrees are resampled to metres: the working grid is one of metres. What names of bands and
    # metadata say is asked of the original, from which warping takes some of them away.
    dataset = open_metric(located)
    if not Georeference.from_dataset(dataset).known:
        refuse_swath(path, original)
    scene = _measured_scene(located, dataset, open_raster(located), options)
    notes = (*scene.notes, where) if where else scene.notes
    # The view of a file that tells its place in another way has none of the folders above it in its path.
    scene = replace(scene, acquired=acquisition_time(file), notes=notes)
    if not scene.georeference.known:
        return as_imagette(scene, path)
    return replace(scene, spacing_m=ground_spacing(scene.georeference, scene.shape))


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
    view = replace(
        view_band(dataset, band, options.nodata), file=short(path), description=names[band - 1], bands=names
    )
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
        polarisation=polarisation,
        notes=(f"Band: {band} ({why_band}).",),
        warnings=(*_doubts(units, incidence is not None, polarisation), *_too_bright(view, units, known)),
    )


def _quantity(units: Units, incidence_known: bool) -> Quantity:
    """Return `Scene.quantity`: without angles the trend of backscatter across the swath stays unknown."""
    if units.measure is Measure.ROUGHNESS:
        return Quantity.ROUGHNESS
    calibrated = units.measure is not Measure.DN
    return Quantity.SIGMA0 if incidence_known and calibrated else Quantity.RELATIVE


def _too_bright(view: BandView, units: Units, incidence_deg: float) -> tuple[str, ...]:
    """Warn of values that would be a sea far rougher than any: of other units, or nearly all land."""
    calibrated = units.measure in (Measure.SIGMA0, Measure.GAMMA0)
    reference = float(reference_sigma0(np.array(incidence_deg)))
    if not calibrated or median_power(view, units) <= _ROUGHEST * reference:
        return ()
    return (
        f"Half of the image is brighter than any sea (median {view.median:.3g}): its units may be others, "
        "such as natural logarithms or amplitudes, or it shows land.",
    )


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
