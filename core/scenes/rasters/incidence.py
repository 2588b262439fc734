"""Where incidence angles come from without an annotation: a constant, the swath's edges or a raster."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional, Protocol, Union

import numpy as np
from osgeo import gdal

from ...errors import InputError, OptionError
from ...files.raster import exists, read_lines, short
from ...geometry.projections import open_metric
from ...geometry.working_grid import PowerLines, WorkingGrid, cell_means
from .fill_values import KnownPixels
from .hyp3 import hyp3_angles

_NUMBER = r"\d+(?:[.,]\d+)?"
_ANGLE_NAME = re.compile(r"^angle$|incidence|(?:^|_)inc(?:_|$)|theta", re.IGNORECASE)
_LARGEST_RADIANS = 1.6
_EARTH_RADIUS_M, _ORBIT_HEIGHT_M = 6.371e6, 6.93e5
_CHOICES = (
    "auto, none, degrees such as 38.5, left:right edges such as 30.5:46.0, band:3, or the path of a raster"
)


class Incidence(Protocol):
    """A source of incidence angles."""

    def rows(self, grid: WorkingGrid, start: int, stop: int) -> np.ndarray:
        """Return degrees (rows, columns) at cells; NaN where unknown."""


@dataclass(frozen=True)
class EdgeIncidence:
    """Angles at the left and right edges of the raster, alike for a constant; see `choose_incidence`.

    Between them the angle at the Earth's centre grows evenly, as seen from Sentinel-1's orbit; a straight
    line between the edges would err by 0.66° in an IW swath.
    """

    left_deg: float
    right_deg: float

    @property
    def middle_deg(self) -> float:
        """Angle halfway."""
        return (self.left_deg + self.right_deg) / 2

    def rows(self, grid: WorkingGrid, start: int, stop: int) -> np.ndarray:
        """Return degrees (rows, columns)."""
        share = (grid.samples.centres(0, grid.samples.cells) + 0.5) / grid.samples.pixels
        angles = np.linspace(0.0, 89.0, 8901)
        ratio = _EARTH_RADIUS_M / (_EARTH_RADIUS_M + _ORBIT_HEIGHT_M)
        central = angles - np.rad2deg(np.arcsin(ratio * np.sin(np.deg2rad(angles))))
        left, right = np.interp((self.left_deg, self.right_deg), angles, central)
        row = np.interp(left + (right - left) * share, central, angles)
        return np.broadcast_to(row, (stop - start, row.size))


@dataclass(frozen=True)
class RasterIncidence:
    """A band with angles, over the same area as the scene."""

    path: str
    band: int
    to_degrees: float

    @classmethod
    def from_band(cls, path: str, band: int) -> RasterIncidence:
        """Look at a band and recognise radians."""
        # GDAL frees a band with its data set: keep that.
        dataset = open_metric(path)
        values, known = KnownPixels(dataset.GetRasterBand(band)).sample()
        values = values[known & (values > 0)]
        # The median: slopes may look away from the radar, and fill need not be declared.
        typical = float(np.median(values)) if values.size else np.inf
        if typical > 90:
            raise InputError(f"Band {band} of {short(path)} holds no incidence angles (0 to 90 degrees).")
        return cls(path, band, 1.0 if typical > _LARGEST_RADIANS else float(np.rad2deg(1.0)))

    def rows(self, grid: WorkingGrid, start: int, stop: int) -> np.ndarray:
        """Return degrees (rows, columns); NaN where the band has none."""
        dataset = open_metric(self.path)
        band = dataset.GetRasterBand(self.band)
        own = WorkingGrid(grid.lines.over(band.YSize), grid.samples.over(band.XSize))

        def read(first: int, count: int) -> PowerLines:
            angles = read_lines(band, first, count).astype(np.float32) * np.float32(self.to_degrees)
            known = (angles > 0) & (angles < 90)
            return np.where(known, angles, 0), known

        return cell_means(read, own, start, stop)


def angle_band(dataset: gdal.Dataset) -> int:
    """Return the number of the band that is named like an incidence angle, 0 where there is none."""
    names = [dataset.GetRasterBand(i + 1).GetDescription() for i in range(dataset.RasterCount)]
    found = [i + 1 for i, name in enumerate(names) if _ANGLE_NAME.search(name)]
    # The angle to the ellipsoid is that to the sea; a local one follows the terrain.
    found.sort(key=lambda i: "local" in names[i - 1].lower())
    return found[0] if found else 0


def choose_incidence(path: str, option: str) -> tuple[Optional[Incidence], str]:
    """Return the source of incidence of a raster that has no annotation, and the reason for it.

    Parameters
    ----------
    option : str
        ``auto``, ``none``, degrees, ``left:right``, ``band:n`` or a path. Of the edges the smaller angle is
        that of the first sample where the raster is as the radar saw it.
    """
    text = option.strip()
    if text.lower() in ("auto", "", "none"):
        band = angle_band(open_metric(path)) if text.lower() != "none" else 0
        if band:
            return RasterIncidence.from_band(path, band), f"band {band} of the raster, by its name"
        beside = hyp3_angles(path) if text.lower() != "none" else ""
        return _raster(path, beside, "beside the image") if beside else (None, "none")
    chosen = _constant(text) or _band(path, text)
    if isinstance(chosen, EdgeIncidence) and _as_radar_sees(open_metric(path)):
        # The first sample is the nearest to the radar, on whichever side a map shows it.
        chosen = EdgeIncidence(*sorted((chosen.left_deg, chosen.right_deg)))
    if chosen is not None:
        return chosen, f"as chosen: {text}"
    if not exists(text):
        raise OptionError(f"Incidence {text!r} is neither a file nor one of: {_CHOICES}.", option="incidence")
    return _raster(path, text, "as chosen")


def _as_radar_sees(dataset: gdal.Dataset) -> bool:
    return dataset.GetGCPCount() > 0 and not dataset.GetGeoTransform(can_return_null=True)


def _raster(path: str, other: str, reason: str) -> tuple[Incidence, str]:
    _check_extent(path, other)
    return RasterIncidence.from_band(other, 1), f"raster {short(other)}, {reason}"


def _constant(text: str) -> Optional[EdgeIncidence]:
    match = re.fullmatch(rf"({_NUMBER})(?::({_NUMBER}))?", text)
    if not match:
        return None
    left, right = (float((match.group(i) or match.group(1)).replace(",", ".")) for i in (1, 2))
    if not (10 <= left <= 70 and 10 <= right <= 70):
        raise OptionError(f"Incidence {text} is not between 10 and 70 degrees.", option="incidence")
    return EdgeIncidence(left, right)


def _band(path: str, text: str) -> Optional[Union[RasterIncidence, EdgeIncidence]]:
    match = re.fullmatch(r"band:(\d+)", text, re.IGNORECASE)
    if not match:
        return None
    band, count = int(match.group(1)), open_metric(path).RasterCount
    if not 1 <= band <= count:
        raise OptionError(f"Incidence {text}: {short(path)} has {count} band(s); choose one of them.")
    return RasterIncidence.from_band(path, band)


def _check_extent(path: str, other: str) -> None:
    """Both rasters have to cover the same area; without coordinates, to have the same proportions."""
    ours, theirs = open_metric(path), open_metric(other)
    a, b = (d.GetGeoTransform(can_return_null=True) for d in (ours, theirs))
    if a and b and ours.GetProjection() and theirs.GetProjection():
        corners = [
            (t[0], t[3], t[0] + t[1] * d.RasterXSize, t[3] + t[5] * d.RasterYSize)
            for t, d in ((a, ours), (b, theirs))
        ]
        far = np.abs(np.diff(corners, axis=0)).max()
        same = bool(far < 2 * max(abs(a[1]), abs(b[1])))
    else:
        ratio = (ours.RasterXSize * theirs.RasterYSize) / (ours.RasterYSize * theirs.RasterXSize)
        same = abs(ratio - 1) < 0.02
    if not same:
        raise InputError(
            f"The incidence raster {short(other)} does not cover the same area as {short(path)}."
        )
