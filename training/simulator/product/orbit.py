# SPDX-License-Identifier: GPL-2.0-or-later
"""A circular orbit over the WGS84 ellipsoid, and what a radar on it sees sideways at zero Doppler."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array

EQUATORIAL_RADIUS_M = 6378137.0
FLATTENING = 1 / 298.257223563
POLAR_RADIUS_M = EQUATORIAL_RADIUS_M * (1 - FLATTENING)
EARTH_RATE_RAD_S = 7.2921159e-5
GRAVITY_M3_S2 = 3.986004418e14
# Sentinel-1: 98.18 degrees, 175 orbits in 12 days.
INCLINATION_RAD = np.deg2rad(98.18)
ORBIT_RADIUS_M = 7_071_000.0
MEAN_MOTION_RAD_S = np.sqrt(GRAVITY_M3_S2 / ORBIT_RADIUS_M**3)

NEWTON_STEPS = 8


@dataclass(frozen=True)
class Orbit:
    """Circular orbit: argument of latitude and longitude of the ascending node, both at time 0."""

    phase_rad: float
    node_rad: float

    def state(self, time_s: Array) -> tuple[Array, Array]:
        """Return Earth-fixed position (metres) and velocity (m/s), each of shape ``time_s.shape + (3,)``."""
        phase = self.phase_rad + MEAN_MOTION_RAD_S * np.asarray(time_s, float)
        node = self.node_rad - EARTH_RATE_RAD_S * np.asarray(time_s, float)
        east = np.stack([np.cos(node), np.sin(node), np.zeros_like(node)], -1)
        north = np.stack(
            [
                -np.cos(INCLINATION_RAD) * np.sin(node),
                np.cos(INCLINATION_RAD) * np.cos(node),
                np.full_like(node, np.sin(INCLINATION_RAD)),
            ],
            -1,
        )
        cos, sin = np.cos(phase)[..., None], np.sin(phase)[..., None]
        position = ORBIT_RADIUS_M * (cos * east + sin * north)
        inertial = ORBIT_RADIUS_M * MEAN_MOTION_RAD_S * (cos * north - sin * east)
        return position, inertial - np.cross([0.0, 0.0, EARTH_RATE_RAD_S], position)

    def look(self, time_s: Array, slant_range_m: Array, height_m: Array | float = 0.0) -> Array:
        """Return the points seen to the right at zero Doppler, Earth-fixed, (..., 3).

        Solved by Newton's method for: in the plane across the velocity, at the slant range, at the height.

        Parameters
        ----------
        time_s, slant_range_m, height_m : array or float
            Seconds, metres from the satellite and metres over the ellipsoid; broadcast against each other.
        """
        time_s, slant_range_m, height_m = np.broadcast_arrays(time_s, slant_range_m, height_m)
        position, velocity = self.state(time_s)
        along = unit(velocity)
        axes = _axes(height_m)
        point = _first_guess(position, along, slant_range_m)
        for _ in range(NEWTON_STEPS):
            sight = point - position
            distance = np.linalg.norm(sight, axis=-1)
            residual = np.stack(
                [
                    (sight * along).sum(-1),
                    distance - slant_range_m,
                    (((point / axes) ** 2).sum(-1) - 1) * EQUATORIAL_RADIUS_M / 2,
                ],
                -1,
            )
            jacobian = np.stack(
                [along, sight / distance[..., None], point / axes**2 * EQUATORIAL_RADIUS_M], -2
            )
            point = point - np.linalg.solve(jacobian, residual[..., None])[..., 0]
        return point


def _first_guess(position: Array, along: Array, slant_range_m: Array) -> Array:
    """Return points on a sphere, right of the track."""
    up = unit(position)
    height_m = ORBIT_RADIUS_M - POLAR_RADIUS_M
    aside_m = np.sqrt(np.maximum(slant_range_m**2 - height_m**2, 1e8))
    right = unit(np.cross(along, up))
    return unit(up * EQUATORIAL_RADIUS_M + right * aside_m[..., None]) * EQUATORIAL_RADIUS_M


def _axes(height_m: Array | float) -> Array:
    """Return the semi-axes (..., 3) of the surface at some height.

    That is no ellipsoid, but up to the highest mountains it is within centimetres of the one whose axes are
    longer by the height.
    """
    sea = np.array([EQUATORIAL_RADIUS_M, EQUATORIAL_RADIUS_M, POLAR_RADIUS_M])
    values: Array = sea + np.expand_dims(height_m, -1)
    return values


def geodetic(point: Array, height_m: Array | float = 0.0) -> tuple[Array, Array]:
    """Return latitude and longitude in degrees of points (..., 3) at heights (...) over the ellipsoid."""
    axes = _axes(height_m)
    flat = np.hypot(point[..., 0], point[..., 1])
    latitude = np.arctan2(point[..., 2], (axes[..., 2] / axes[..., 0]) ** 2 * flat)
    return np.rad2deg(latitude), np.rad2deg(np.arctan2(point[..., 1], point[..., 0]))


def normal(point: Array, height_m: Array | float = 0.0) -> Array:
    """Return the unit vectors upwards at points (..., 3) at heights (...) over the ellipsoid."""
    return unit(point / _axes(height_m) ** 2)


def unit(vector: Array) -> Array:
    """Return vectors of length one."""
    values: Array = vector / np.linalg.norm(vector, axis=-1, keepdims=True)
    return values


def angle_deg(one: Array, other: Array) -> Array:
    """Return the angles between unit vectors."""
    values: Array = np.rad2deg(np.arccos(np.clip((one * other).sum(-1), -1, 1)))
    return values
