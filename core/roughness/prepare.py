# SPDX-License-Identifier: GPL-2.0-or-later
"""From a scene to sea-surface roughness: sqrt(sigma0 / CMOD5.N(10 m/s, 45°, incidence)) on the working grid.

Power is averaged over cells first, then calibrated and divided; decibels and amplitudes are never averaged:
the mean of either lies below the mean of power, by an amount that depends on the speckle.

The ratio to CMOD5.N (a wind of 10 m/s, 45 degrees from the look direction) takes out how backscatter falls
with the incidence angle, which networks would take for weather. It is what TenGeoP-SARwv's imagettes show,
too. The scale is fixed: a stretch by each scene's own values would erase the cue for low wind areas.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional

import numpy as np

from ..arrays import Array
from ..classes import NODATA
from ..errors import InputError, OptionError
from ..feedback import Feedback, Part
from ..files.prefetch import prefetched
from ..files.raster import small_cache
from ..files.raster_writer import RasterLayout, RasterWriter, raster_writer
from ..geometry.georeference import Georeference
from ..geometry.land import land_mask
from ..geometry.working_grid import Axis, WorkingGrid
from ..quantity import LARGEST
from ..scenes.types.scene import Scene
from .detrend import thinned
from .histogram import Histogram
from .provenance import coarse_warning, items_afterwards, items_beforehand
from .roughness import Roughness, RoughnessOptions
from .rows import RoughnessRows
from .seams import SeamCorrection, Seams, seam_notes, typical

# Imagettes are 20 km; published ones come to the networks as 256 pixels "of 100 m". That is not quite true,
# as 256 pixels of 100 m are 25.6 km, but it is what Colin et al. 2022 train and test with.
_IMAGETTE_CELLS_AT_100_M = 256
# Networks learnt at 50 m and 100 m; far from these the option is a slip.
_RESOLUTIONS_M = (20.0, 1000.0)
# Land and what is near it are held for a whole scene: 400 MB for this many cells.
_LARGEST_GRID = 70_000_000
_NO_SEA_REMEDY = "choose a scene of the sea, or another land mask or none"
# Part of the work that finds the trend of a scene.
_FIT_SHARE = 0.2


def prepare(scene: Scene, path: str, options: RoughnessOptions, feedback: Feedback) -> Roughness:
    """Write the roughness of a scene as Float32 GeoTIFF, 0 to 2, with its provenance in the metadata.

    Parameters
    ----------
    scene : Scene
    path : str
        Of the GeoTIFF. It appears when all went well, and not at all otherwise.
    options : RoughnessOptions
    feedback : Feedback
        Gets the warnings that are in the result, too.

    Raises
    ------
    InputError
        The scene cannot be read, or nothing but land and nodata is in it.
    OptionError
        An option makes no sense.
    OutputError
        ``path`` cannot be written.
    Cancelled
        When ``feedback`` says so; nothing is left on disk.
    """
    grid = working_grid(scene, options.resolution_m)
    georeference = scene.georeference.coarsened(grid.lines.step, grid.samples.step)
    warnings = scene.warnings + coarse_warning(scene, grid, options.resolution_m)
    for warning in warnings:
        feedback.warn(warning)
    layout = RasterLayout(grid.shape, NODATA, "sqrt roughness", items_beforehand(scene, options, warnings))
    # A scene streams through once from top to bottom: a large cache would keep what nobody asks for again.
    with small_cache(), raster_writer(path, layout) as writer:
        georeference.write_to(writer.dataset)
        rows = _rows(scene, grid, georeference, options, Part(feedback, 0.0, _FIT_SHARE))
        seen = _write(rows, Seams.from_borders(scene.borders, grid), writer, Part(feedback, _FIT_SHARE, 1.0))
        if seen.values.empty:
            raise InputError(f"{scene.name} has no valid sea, only nodata or land; {_NO_SEA_REMEDY}.")
        notes = scene.notes + seam_notes(seen.steps_db, rows.seam_correction)
        writer.add_metadata(items_afterwards(seen.values, notes))
    return Roughness(
        path=path,
        shape=grid.shape,
        spacing_m=_spacing_m(scene, grid),
        georeference=georeference,
        median=seen.values.quantile(0.5),
        acquired=scene.acquired,
        notes=notes,
        warnings=warnings,
    )


def working_grid(scene: Scene, resolution_m: float) -> WorkingGrid:
    """Return the cells of about ``resolution_m`` over a scene; an imagette gets its customary size.

    Raises
    ------
    InputError
        There would be more cells than fit in memory.
    OptionError
        The resolution makes no sense.
    """
    low, high = _RESOLUTIONS_M
    if not low <= resolution_m <= high:
        raise OptionError(
            f"A resolution of {resolution_m:g} m makes no sense here; choose 100 or 50.",
            option="resolution_m",
        )
    if scene.spacing_m is None:
        cells = round(_IMAGETTE_CELLS_AT_100_M * 100.0 / resolution_m)
        return WorkingGrid(Axis.from_cells(scene.shape[0], cells), Axis.from_cells(scene.shape[1], cells))
    line, sample = (Axis.from_step(n, resolution_m / m) for n, m in zip(scene.shape, scene.spacing_m))
    if line.cells * sample.cells > _LARGEST_GRID:
        raise InputError(
            f"{scene.name} is too large for {resolution_m:g} m cells; cut out the part you need."
        )
    return WorkingGrid(line, sample)


def _rows(
    scene: Scene,
    grid: WorkingGrid,
    georeference: Georeference,
    options: RoughnessOptions,
    feedback: Feedback,
) -> RoughnessRows:
    """Return what computes the rows: the scene opened, land laid over it, its trend and seams known.

    Parameters
    ----------
    scene : Scene
    grid : WorkingGrid
        Over the scene's pixels.
    georeference : Georeference
        Of the grid's cells.
    options : RoughnessOptions
    feedback : Feedback
        For what is read beforehand: a part of the scene.
    """
    # Land first: it must not take part in the trend or the seams, and a scene of nothing else ends here.
    land = land_mask(georeference, grid.shape, options.land)
    if land is not None and land.all():
        raise InputError(f"{scene.name} shows nothing but land and coast; {_NO_SEA_REMEDY}.", option="land")
    rows = RoughnessRows.from_scene(scene, grid, land, feedback)
    if not options.even_seams:
        return rows
    seams = Seams.from_borders(scene.borders, grid)
    steps_db = seams.typical_steps(thinned(grid.chunks()), rows.ratio)
    return replace(rows, seam_correction=SeamCorrection(seams, steps_db))


@dataclass(frozen=True)
class _Seen:
    """What was seen of the roughness while it was written: its values, and the seams' steps in dB."""

    values: Histogram
    steps_db: Array


def _write(rows: RoughnessRows, seams: Seams, writer: RasterWriter, feedback: Feedback) -> _Seen:
    """Write all rows, computed ahead in threads, and look at them on the way: they are never read again.

    Parameters
    ----------
    rows : RoughnessRows
    seams : Seams
        Whose steps are measured in the result, whether they were evened out or not.
    writer : RasterWriter
    feedback : Feedback
    """
    values, steps, grid = Histogram(LARGEST), [], seams.grid
    # While one piece is written, the next ones are read and computed.
    with prefetched(rows.rows, grid.chunks()) as pieces:
        for (start, stop), piece in zip(grid.chunks(), pieces):
            values.add(piece[piece >= 0])
            steps.append(seams.steps(_power(piece), start))
            writer.write(piece, start)
            feedback.progress(stop / grid.shape[0])
    return _Seen(values, typical(steps))


def _spacing_m(scene: Scene, grid: WorkingGrid) -> Optional[tuple[float, float]]:
    if scene.spacing_m is None:
        return None
    return scene.spacing_m[0] * grid.lines.step, scene.spacing_m[1] * grid.samples.step


def _power(roughness: Array) -> Array:
    return np.where(roughness >= 0, roughness**2, np.nan)
