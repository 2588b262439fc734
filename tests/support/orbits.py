# SPDX-License-Identifier: GPL-2.0-or-later
"""Where orbit and slant range put the sea, and products that are moved to other places."""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
from metocean.core.files.xml_file import load
from metocean.core.geometry.projections import spatial_reference
from metocean.core.scenes.sentinel1.tables import read_grid
from scipy.interpolate import CubicHermiteSpline
from scipy.optimize import fsolve
from scipy.spatial.transform import Rotation

DEGREES = spatial_reference("EPSG:4326")


def annotation_of(safe):
    return next((safe / "annotation").glob("*-vv-*.xml"))


def orbit_of(root):
    begin = datetime.fromisoformat(root.get("adsHeader/startTime"))
    seconds = lambda text: (datetime.fromisoformat(text) - begin).total_seconds()  # noqa: E731
    states = root.all("generalAnnotation/orbitList/orbit")
    position, velocity = (
        np.array([[s.number(f"{kind}/{axis}") for axis in "xyz"] for s in states])
        for kind in ("position", "velocity")
    )
    return CubicHermiteSpline([seconds(s.get("time")) for s in states], position, velocity), seconds


def on_the_sea(point, orbit, seconds):
    """Longitude and latitude of the ellipsoid at the point's zero-Doppler time and slant range."""
    a, b = 6378137.0, 6378137.0 * (1 - 1 / 298.257223563)
    time, distance = seconds(point.get("azimuthTime")), 299792458.0 * point.number("slantRangeTime") / 2
    place, along = orbit(time), orbit.derivative()(time) / 7500
    lat, lon = np.deg2rad([point.number("latitude"), point.number("longitude")])
    start = a * np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    x, y, z = fsolve(
        lambda p: [
            1e6 * ((p[0] ** 2 + p[1] ** 2) / a**2 + p[2] ** 2 / b**2 - 1),
            np.linalg.norm(p - place) - distance,
            (p - place) @ along,
        ],
        start,
        xtol=1e-12,
    )
    return np.rad2deg(np.arctan2(y, x)), np.rad2deg(np.arctan2(z * a**2 / b**2, np.hypot(x, y)))


def turn(longitudes, latitudes, start, goal):
    """Move places rigidly on the sphere, so that ``start`` comes to ``goal`` and north there stays north."""
    lon, lat = np.deg2rad(longitudes), np.deg2rad(latitudes)
    points = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    rotation = Rotation.from_euler("zyz", [-start[0], start[1] - goal[1], goal[0]], degrees=True)
    x, y, z = rotation.apply(points).T
    return np.rad2deg(np.arctan2(y, x)), np.rad2deg(np.arcsin(z))


def edit(file, pattern, change):
    file.write_text(re.sub(pattern, change, file.read_text(), flags=re.DOTALL))


def move(safe, start, goal):
    """Move the places of an annotation."""
    file, number = annotation_of(safe), r"[^<]*"
    grid = read_grid(load(str(file)))
    moved = turn(grid.longitudes.ravel(), grid.latitudes.ravel(), start, goal)
    pairs = iter(np.column_stack(moved))

    def place_of(match):
        longitude, latitude = next(pairs)
        return f"{match[1]}{latitude:.12f}{match[2]}{longitude:.12f}"

    edit(file, f"(<geolocationGridPoint>.*?<latitude>){number}(</latitude>.*?<longitude>){number}", place_of)


def make_plain(safe):
    """Without noise, and so bright at any DN that roughness stays within its range."""
    edit(annotation_of(safe), "(thermalNoiseCorrectionPerformed>)false", r"\1true")
    tables = next((safe / "annotation" / "calibration").glob("calibration-*-vv-*"))
    times_300 = lambda m: m[1] + " ".join(str(300 * float(v)) for v in m[2].split())  # noqa: E731
    edit(tables, "(<sigmaNought[^>]*>)([^<]*)", times_300)
    (safe / "manifest.safe").write_text('<x><software name="Sentinel-1 IPF" version="003.40"/></x>')


def shape_of(root):
    image = "imageAnnotation/imageInformation"
    return tuple(int(root.number(f"{image}/numberOf{name}")) for name in ("Lines", "Samples"))
