# SPDX-License-Identifier: GPL-2.0-or-later
"""The real qgis_process on the real material."""

from __future__ import annotations

import csv
import json

import pytest
from osgeo import gdal
from qgis_process import run, start, total_km2


def test_a_real_imagette_becomes_classes(environment, shared_data, tmp_path) -> None:
    imagette = sorted(shared_data.glob("wv_imagettes/*.png"))[0]
    done = run(environment, tmp_path, f"INPUT={imagette}")
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)["results"]
    assert total_km2(results) == pytest.approx(400, rel=0.01)
    image, classes = gdal.Open(str(imagette)), gdal.Open(results["CLASSES"])
    assert (classes.ReadAsArray() != 255).all() and classes.ReadAsArray().shape == (64, 64)
    _, width, _, _, _, height = classes.GetGeoTransform()
    assert (64 * width, -64 * height) == pytest.approx((image.RasterXSize, image.RasterYSize))


def test_real_digital_numbers_become_maps(environment, shared_data, tmp_path) -> None:
    """An IW scene off Kerala, most of it land, decimated, without annotation."""
    (pixels,) = shared_data.glob("iw_grd_dn/*/measurement/iw-vv.tiff")
    done = run(environment, tmp_path, f"INPUT={pixels}")
    assert done.returncode == 0, done.stderr
    assert "not calibrated" in done.stderr + done.stdout
    results = json.loads(done.stdout)["results"]
    classes = gdal.Open(results["CLASSES"])
    assert classes.GetSpatialRef().GetUTMZone() == 43
    known = classes.ReadAsArray() != 255
    assert 0.01 < known.mean() < 0.5
    assert total_km2(results) == pytest.approx(known.sum() * 0.16, rel=0.05)


def test_methods_are_compared_on_a_real_imagette(environment, shared_data, tmp_path) -> None:
    imagette = sorted(shared_data.glob("wv_imagettes/*.png"))[0]
    files = {"PANEL": "p.png", "AREAS": "a.csv", "AGREEMENT": "g.csv", "FOLDER": "maps"}
    outputs = [f"{name}={tmp_path / file}" for name, file in files.items()]
    done = start(environment, "comparemethods", f"INPUT={imagette}", "METHODS=unet", *outputs)
    assert done.returncode == 0, done.stderr
    panel = gdal.Open(str(tmp_path / "p.png")).ReadAsArray()
    assert panel.shape[0] >= 3 and panel.std() > 30
    with (tmp_path / "a.csv").open(newline="") as file:
        assert sum(float(row["km2"]) for row in csv.DictReader(file)) == pytest.approx(400, rel=0.01)
    classes = gdal.Open(str(tmp_path / "maps" / f"{imagette.stem}_unet.tif"))
    assert classes.ReadAsArray().shape == (64, 64)
