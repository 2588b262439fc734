"""From a scene to sea-surface roughness: sqrt(sigma0 / CMOD5.N(10 m/s, 45°, incidence)) on the working grid.

Power is averaged over cells first, then calibrated and divided; decibels and amplitudes are never averaged.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Optional

import numpy as np

from ..classes import NODATA
from ..cmod5n import look_up_reference
from ..errors import InputError, OptionError
from ..feedback import Feedback, Part
from ..files.prefetch import prefetched
from ..files.raster import small_cache
from ..files.raster_writer import RasterLayout, raster_writer
from ..geometry.georeference import Georeference
from ..geometry.land import LandOptions, land_mask
from ..geometry.working_grid import Axis, WorkingGrid
from ..quantity import LARGEST, QUANTITY, QUANTITY_KEY
from ..scenes.types.scene import Reader, Scene
from .detrend import Trend, fit_trend, thinned
from .histogram import Histogram
from .seams import SeamCorrection, Seams, seam_notes, typical

# Imagettes are 20 km; published ones come to the networks as 256 pixels "of 100 m".
_IMAGETTE_CELLS_AT_100_M = 256
_RESOLUTIONS_M = (20.0, 1000.0)
# Metadata by which the raster is shown, as shares of its valid pixels.
_STATISTICS = {"ROUGHNESS_P02": 0.02, "ROUGHNESS_P98": 0.98}
# Land and what is near it are held for a whole scene: 400 MB for this many cells.
_LARGEST_GRID = 70_000_000
_NO_SEA_REMEDY = "choose a scene of the sea, or another land mask or none"
# Part of the work that finds the trend of a scene.
_FIT_SHARE = 0.2


@dataclass(frozen=True)
class RoughnessOptions:
    """Ground spacing of the result in metres, what is land, and whether to even out seams of sub-swaths."""

    resolution_m: float = 100.0
    land: LandOptions = field(default_factory=LandOptions)
    even_seams: bool = False


@dataclass(frozen=True)
class Roughness:
    """A roughness raster on disk, -1 where nothing is known; ``spacing_m`` is None for an imagette.

    ``median`` is that of all valid pixels, however sparse.
    """

    path: str
    shape: tuple[int, int]
    spacing_m: Optional[tuple[float, float]]
    georeference: Georeference
    median: float
    acquired: Optional[datetime]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def prepare(scene: Scene, path: str, options: RoughnessOptions, feedback: Feedback) -> Roughness:
    """Write the roughness of a scene as Float32 GeoTIFF, 0 to 2, with its provenance in the metadata.

    Warnings go to ``feedback`` as well as into the result.

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
    warnings = scene.warnings + _coarse(scene, grid, options.resolution_m)
    for warning in warnings:
        feedback.warn(warning)
    layout = RasterLayout(grid.shape, NODATA, "sqrt roughness", _metadata(scene, options, warnings))
    with small_cache(), raster_writer(path, layout) as target:
        georeference.write_to(target.dataset)
        land = land_mask(georeference, grid.shape, options.land)
        if land is not None and land.all():
            raise InputError(f"{scene.name} shows nothing but land and coast; {_NO_SEA_REMEDY}.")
        maker = _RoughnessRows.from_scene(scene, grid, land, Part(feedback, 0.0, _FIT_SHARE))
        seams = Seams.from_borders(scene.borders, grid)
        if options.even_seams:
            steps_db = seams.typical_steps(thinned(grid.chunks()), maker.ratio)
            maker = replace(maker, seam_correction=SeamCorrection(seams, steps_db))
        rest = Part(feedback, _FIT_SHARE, 1.0)
        values, steps = Histogram(LARGEST), []
        with prefetched(maker.rows, grid.chunks()) as pieces:
            for (start, stop), rows in zip(grid.chunks(), pieces):
                values.add(rows[rows >= 0])
                steps.append(seams.steps(_power(rows), start))
                target.write(rows, start)
                rest.progress(stop / grid.shape[0])
        if values.empty:
            raise InputError(f"{scene.name} has no valid sea, only nodata or land; {_NO_SEA_REMEDY}.")
        notes = scene.notes + seam_notes(typical(steps), maker.seam_correction)
        target.add_metadata({key: f"{values.quantile(share):.4f}" for key, share in _STATISTICS.items()})
        target.add_metadata({"NOTES": "\n".join(notes)})
    return Roughness(
        path=path,
        shape=grid.shape,
        spacing_m=_spacing(scene, grid),
        georeference=georeference,
        median=values.quantile(0.5),
        acquired=scene.acquired,
        notes=notes,
        warnings=warnings,
    )


def working_grid(scene: Scene, resolution_m: float) -> WorkingGrid:
    """Return the cells of about ``resolution_m`` over a scene; an imagette gets its customary size."""
    if not _RESOLUTIONS_M[0] <= resolution_m <= _RESOLUTIONS_M[1]:
        raise OptionError(f"A resolution of {resolution_m:g} m makes no sense here; choose 100 or 50.")
    if scene.spacing_m is None:
        cells = round(_IMAGETTE_CELLS_AT_100_M * 100.0 / resolution_m)
        return WorkingGrid(Axis.from_cells(scene.shape[0], cells), Axis.from_cells(scene.shape[1], cells))
    line, sample = (Axis.from_step(n, resolution_m / m) for n, m in zip(scene.shape, scene.spacing_m))
    if line.cells * sample.cells > _LARGEST_GRID:
        raise InputError(
            f"{scene.name} is too large for {resolution_m:g} m cells; cut out the part you need."
        )
    return WorkingGrid(line, sample)


def _spacing(scene: Scene, grid: WorkingGrid) -> Optional[tuple[float, float]]:
    if scene.spacing_m is None:
        return None
    return scene.spacing_m[0] * grid.lines.step, scene.spacing_m[1] * grid.samples.step


def _coarse(scene: Scene, grid: WorkingGrid, resolution_m: float) -> tuple[str, ...]:
    if scene.spacing_m is None or min(grid.lines.step, grid.samples.step) >= 1:
        return ()
    return (
        f"The pixels ({max(scene.spacing_m):.0f} m) are coarser than {resolution_m:g} m and interpolated; "
        "waves, streaks and other fine structure cannot be seen.",
    )


def _metadata(scene: Scene, options: RoughnessOptions, warnings: tuple[str, ...]) -> dict[str, str]:
    items = {
        QUANTITY_KEY: QUANTITY,
        "RESOLUTION_M": f"{options.resolution_m:g}",
        "SOURCE": scene.name,
        "UNITS": scene.units,
        "INCIDENCE": scene.incidence,
        "POLARISATION": scene.polarisation,
        "ACQUIRED": scene.acquired.isoformat() if scene.acquired else "",
        "LAND": options.land.source,
        "WARNINGS": "\n".join(warnings),
        "IMAGETTE": "yes" if scene.spacing_m is None else "",
    }
    return {key: value for key, value in items.items() if value}


def _power(roughness: np.ndarray) -> np.ndarray:
    return np.where(roughness >= 0, roughness**2, np.nan)


@dataclass(frozen=True)
class _RoughnessRows:
    """Turns rows of a scene into rows of roughness."""

    reader: Reader
    quantity: str
    land: Optional[np.ndarray]
    trend: Optional[Trend] = None
    seam_correction: Optional[SeamCorrection] = None

    @classmethod
    def from_scene(
        cls, scene: Scene, grid: WorkingGrid, land: Optional[np.ndarray], feedback: Feedback
    ) -> _RoughnessRows:
        plain = cls(scene.source.reader(grid), scene.quantity, land)
        if scene.quantity != "relative":
            return plain
        first = grid.chunks()[0]
        kind = "plane" if scene.georeference.is_map else "range"
        if plain.reader.rows(first[0], first[0] + 1)[1] is not None:
            # The angle is known: only the level is not.
            kind = "constant"
        trend = fit_trend(kind, grid.shape, grid.chunks(), plain.ratio, feedback)
        return replace(plain, trend=trend)

    def ratio(self, start: int, stop: int) -> np.ndarray:
        """Power over what the reference sea would give, NaN where unknown or land."""
        power, incidence = self.reader.rows(start, stop)
        if incidence is not None:
            power = power / look_up_reference(incidence)
            if self.quantity == "relative":
                # DN² of Sentinel-1's detected products go with beta0 = sigma0 / sin(incidence).
                power = power * np.sin(np.deg2rad(incidence))
        if self.land is not None:
            power[self.land[start:stop]] = np.nan
        return power

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Roughness, float32, with nodata."""
        ratio = self.ratio(start, stop)
        if self.seam_correction is not None:
            ratio = self.seam_correction.rows(ratio, start)
        if self.trend is not None:
            ratio = ratio / self.trend.rows(start, stop)
        roughness = np.minimum(np.sqrt(ratio), LARGEST).astype(np.float32)
        return np.where(np.isnan(roughness), np.float32(NODATA), roughness)
