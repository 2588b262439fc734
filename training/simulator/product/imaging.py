# SPDX-License-Identifier: GPL-2.0-or-later
"""Which point of the Earth each pixel of a simulated Sentinel-1 image shows, and at which angle.

Nothing is approximated by an affine map, so that what the processing derives from the annotation (incidence,
positions, spacing) can be checked against geometry. Times are seconds after the scene's centre line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ....core.arrays import Array
from .orbit import ORBIT_RADIUS_M, POLAR_RADIUS_M, Orbit, angle_deg, geodetic, normal, unit

# Nodes of the table that turns ground range into slant range; linear between them errs by centimetres.
RANGE_NODES = 512
# Argument of latitude between the equator and the turning points, where latitude is a function of it.
LARGEST_PHASE_RAD = np.deg2rad(88.0)


@dataclass(frozen=True)
class Acquisition:
    """What the simulated satellite looks at: scene centre, pass, and incidence of the first sample."""

    latitude_deg: float = 46.0
    longitude_deg: float = -14.0
    ascending: bool = False
    near_incidence_deg: float = 30.3


@dataclass(frozen=True)
class PixelPositions:
    """Where the pixels of a grid are and how they are seen: arrays of shape (lines, samples)."""

    latitude_deg: Array
    longitude_deg: Array
    incidence_deg: Array
    elevation_deg: Array
    slant_range_m: Array
    time_s: Array


@dataclass(frozen=True)
class Imaging:
    """One ground-range image: its orbit, shape (lines, samples), pixel spacing and line interval."""

    orbit: Orbit
    shape: tuple[int, int]
    spacing_m: float
    near_range_m: float
    line_interval_s: float

    @classmethod
    def from_acquisition(cls, acquisition: Acquisition, shape: tuple[int, int], spacing_m: float) -> Imaging:
        """Find the orbit that sees the acquisition's centre in the middle of the image.

        Raises
        ------
        ValueError
            If the orbit never sees that latitude.
        """
        reach_m = (shape[1] - 1) * spacing_m / 2
        orbit = _find_orbit(acquisition, reach_m)
        before, after = _centre(orbit, acquisition, reach_m, np.array([-0.5, 0.5]))
        ground_speed_m_s = float(np.linalg.norm(after - before))
        near_m = _near_range(orbit, acquisition.near_incidence_deg)
        return cls(orbit, shape, spacing_m, near_m, spacing_m / ground_speed_m_s)

    @property
    def heading_deg(self) -> float:
        """Direction of flight at the centre line, clockwise from north, -180 to 180."""
        position, velocity = self.orbit.state(np.zeros(()))
        longitude = np.arctan2(position[1], position[0])
        east = np.array([-np.sin(longitude), np.cos(longitude), 0.0])
        north = np.cross(unit(position), east)
        return float(np.rad2deg(np.arctan2(velocity @ east, velocity @ north)))

    def time_s(self, lines: Array) -> Array:
        """Return the zero-Doppler time of each line, relative to the centre line."""
        return (np.asarray(lines, float) - (self.shape[0] - 1) / 2) * self.line_interval_s

    def locate(self, lines: Array, pixels: Array, height_m: Array | float = 0.0) -> PixelPositions:
        """Return the positions of the pixel centres at every pair of lines and pixels.

        Parameters
        ----------
        lines, pixels : (L,) and (P,)
            They may lie outside the image, and between pixels.
        height_m : (L, P) or float
            Over the ellipsoid: the point that a pixel shows lies at this height, at the pixel's slant range.
        """
        time_s = self.time_s(lines)[:, None]
        slant_m = _slant_range(
            self.orbit, time_s[:, 0], self.near_range_m, np.asarray(pixels) * self.spacing_m
        )
        point = self.orbit.look(time_s, slant_m, height_m)
        latitude, longitude = geodetic(point, height_m)
        sight = unit(self.orbit.state(time_s)[0] - point)
        nadir = unit(self.orbit.state(time_s)[0])
        return PixelPositions(
            latitude,
            longitude,
            angle_deg(sight, normal(point, height_m)),
            angle_deg(sight, nadir),
            slant_m,
            np.broadcast_to(time_s, slant_m.shape),
        )


def _find_orbit(acquisition: Acquisition, reach_m: float) -> Orbit:
    """Return the orbit whose centre line passes, ``reach_m`` beyond the near edge, over the wanted place."""

    def place(phase_rad: float) -> tuple[Array, Array]:
        return geodetic(_centre(Orbit(phase_rad, 0.0), acquisition, reach_m, np.zeros(1))[0])

    def error_deg(phase_rad: float) -> float:
        return float(place(phase_rad)[0]) - acquisition.latitude_deg

    equator = 0.0 if acquisition.ascending else np.pi
    low, high = equator - LARGEST_PHASE_RAD, equator + LARGEST_PHASE_RAD
    if error_deg(low) * error_deg(high) > 0:
        latitude = f"{acquisition.latitude_deg:g}"
        raise ValueError(f"The orbit never sees latitude {latitude}; choose one nearer the equator.")
    phase_rad = brentq(error_deg, low, high, xtol=1e-12)
    # The Earth is round: turning the orbit about its axis changes the longitude and nothing else.
    return Orbit(phase_rad, np.deg2rad(acquisition.longitude_deg - float(place(phase_rad)[1])))


def _centre(orbit: Orbit, acquisition: Acquisition, reach_m: float, time_s: Array) -> Array:
    """Return the points that the middle sample of the centre line sees at some times."""
    near_m = _near_range(orbit, acquisition.near_incidence_deg)
    middle_m = _slant_range(orbit, np.zeros(1), near_m, np.array([reach_m]))[0]
    return orbit.look(time_s, middle_m)


def _slant_range(orbit: Orbit, time_s: Array, near_range_m: float, ground_m: Array) -> Array:
    """Return (times, grounds) slant ranges of points ``ground_m`` along the surface from the near range."""
    table_m = near_range_m + np.linspace(0.0, max(float(ground_m.max()), 1.0), RANGE_NODES)
    point = orbit.look(time_s[:, None], table_m[None, :])
    steps = np.linalg.norm(np.diff(point, axis=1), axis=-1)
    arc = np.concatenate([np.zeros((len(time_s), 1)), np.cumsum(steps, axis=1)], axis=1)
    return np.stack([np.interp(ground_m, row, table_m) for row in arc])


def _near_range(orbit: Orbit, incidence_deg: float) -> float:
    """Return the slant range at which the centre line has this incidence."""
    position = orbit.state(np.zeros(()))[0]
    altitude_m = ORBIT_RADIUS_M - POLAR_RADIUS_M

    def error(slant_m: float) -> float:
        point = orbit.look(np.zeros(()), np.asarray(slant_m))
        return float(angle_deg(unit(position - point), normal(point))) - incidence_deg

    value: float = brentq(error, altitude_m * 1.001, altitude_m * 2.5, xtol=1e-6)
    return value
