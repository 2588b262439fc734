# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of a simulated product, read with GDAL's parser of XML alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from metocean.training.simulator.product.measurement import SeaSigma0
from osgeo import gdal, osr

LIGHT_SPEED_M_S = 299792458.0
SHAPE, CELL_M = (60, 90), 100.0
DARK, BRIGHT = 0.004, 0.08


def field() -> SeaSigma0:
    """Half the swath dark, half bright: the dark half lies near the noise."""
    sigma0 = np.full(SHAPE, DARK, np.float32)
    sigma0[:, SHAPE[1] // 2 :] = BRIGHT
    return SeaSigma0(sigma0, CELL_M)


def read(pattern: Path, glob: str) -> list:
    """Return the parsed XML of the one file that matches."""
    (path,) = pattern.glob(glob)
    tree = gdal.ParseXMLString(path.read_text(encoding="utf-8"))
    assert tree is not None, path
    return tree


def values(tree: list, name: str) -> list[str]:
    """Return the texts of all elements of that name, at any depth."""
    found = []
    for child in tree[2:]:
        if child[0] == gdal.CXT_Element and child[1] == name:
            found.append("".join(part[1] for part in child[2:] if part[0] == gdal.CXT_Text))
        if child[0] == gdal.CXT_Element:
            found += values(child, name)
    return found


def numbers(tree: list, name: str) -> np.ndarray:
    return np.array([float(text) for text in values(tree, name)])


def attributes(tree: list, name: str) -> list[str]:
    found = [child[2][1] for child in tree[2:] if child[0] == gdal.CXT_Attribute and child[1] == name]
    for child in tree[2:]:
        if child[0] == gdal.CXT_Element:
            found += attributes(child, name)
    return found


def project(wkt: str, latitude_deg: np.ndarray, longitude_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    degrees, metres = osr.SpatialReference(), osr.SpatialReference()
    degrees.ImportFromEPSG(4326)
    metres.ImportFromWkt(wkt)
    for reference in (degrees, metres):
        reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    pairs = np.column_stack([longitude_deg.ravel(), latitude_deg.ravel()])
    found = np.array(osr.CoordinateTransformation(degrees, metres).TransformPoints(pairs))
    return found[:, 0].reshape(latitude_deg.shape), found[:, 1].reshape(latitude_deg.shape)
