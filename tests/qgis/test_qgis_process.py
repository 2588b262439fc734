# SPDX-License-Identifier: GPL-2.0-or-later
"""The real qgis_process, as typed in a shell, from an empty home folder."""

from __future__ import annotations

import json
import os
import subprocess

import numpy as np
import pytest
from checkout import CHECKOUT, needs_setup
from metocean.core.classes import CLASSES
from metocean.training.simulator.product.imaging import Acquisition, Imaging
from osgeo import gdal
from qgis_process import category_names, check_refusal, run, start, total_km2

PROGRAM = "qgis_process.bin"


def test_a_simulated_product_becomes_maps(environment, product, tmp_path) -> None:
    done = run(environment, tmp_path, f"INPUT={product}")
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)["results"]
    assert total_km2(results) == pytest.approx(16 * 24, rel=0.01)
    probabilities = gdal.Open(results["PROBABILITIES"])
    names = [
        probabilities.GetRasterBand(band + 1).GetDescription() for band in range(probabilities.RasterCount)
    ]
    assert names == [entry.label for entry in CLASSES]
    assert (tmp_path / "p.qml").exists() and (tmp_path / "c.qml").exists()
    assert category_names(results["CLASSES"])[1:] == [entry.label for entry in CLASSES]
    check_place(results["CLASSES"])


def test_methods_nobody_knows_are_refused(environment, product, tmp_path) -> None:
    outputs = [f"{name}={tmp_path / name}" for name in ("PANEL", "AREAS", "AGREEMENT")]
    done = start(environment, "comparemethods", f"INPUT={product}", "METHODS=crystal_ball", *outputs)
    check_refusal(done, tmp_path, "METHODS")


def check_place(classes_path: str) -> None:
    """Check that the data end within a cell of where the geometry puts the scene's corners."""
    dataset = gdal.Open(classes_path)
    known = np.argwhere(dataset.ReadAsArray() != 255)
    imaging = Imaging.from_acquisition(Acquisition(), (400, 600), 40.0)
    corners = imaging.locate(np.array([0, 399]), np.array([0, 599]))
    transformer = gdal.Transformer(None, None, ["SRC_SRS=EPSG:4326", f"DST_SRS={dataset.GetProjection()}"])
    pairs = np.column_stack([corners.longitude_deg.ravel(), corners.latitude_deg.ravel()]).tolist()
    places = np.array(transformer.TransformPoints(False, pairs)[0])
    left, column_m, _, top, _, row_m = dataset.GetGeoTransform()
    cells = np.column_stack([(places[:, 1] - top) / row_m, (places[:, 0] - left) / column_m])
    assert np.allclose(known.min(axis=0), cells.min(axis=0), atol=1.0)
    assert np.allclose(known.max(axis=0) + 1, cells.max(axis=0), atol=1.0)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (("INPUT=/no/such/scene.tif",), "There is no file"),
        (("INPUT={product}", "TRESHOLD=0.4"), "did you mean THRESHOLD"),
        (("INPUT={product}", "METHOD=cam", "SIDE_PX=33"), "has no setting side_px"),
        (("INPUT={product}", "METHOD=crystal_ball"), "METHOD"),
    ],
    ids=["no file", "unknown parameter", "setting of another method", "unknown method"],
)
def test_a_refusal_is_a_sentence_and_exit_code_1(environment, product, tmp_path, parameters, words) -> None:
    done = run(environment, tmp_path, *(text.format(product=product) for text in parameters))
    check_refusal(done, tmp_path, words)


def test_without_torch_the_remedy_is_said(environment, product, tmp_path) -> None:
    there = subprocess.run(["/usr/bin/python3", "-c", "import torch"], capture_output=True, check=False)
    if there.returncode == 0:
        pytest.skip("QGIS's own Python has torch")
    bare = {name: value for name, value in environment.items() if name != "METOCEAN_PACKAGES"}
    done = run(bare, tmp_path, f"INPUT={product}")
    check_refusal(done, tmp_path, "PyTorch is missing")
    assert (
        f"{environment['QGIS_CUSTOM_CONFIG_PATH']}/profiles/default/python/metocean-packages" in done.stderr
    )


@needs_setup
def test_the_documented_line_works_as_typed(product, tmp_path) -> None:
    """``eval "$(make -s env)"``, then qgis_process without a word about profiles."""
    script = f"""
        eval "$(make -s env)" &&
        cd "{tmp_path}" &&
        {PROGRAM} run metocean:segment -- INPUT="{product}" CLASSES=c.tif
    """
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=CHECKOUT,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert category_names(str(tmp_path / "c.tif"))
    # What was not named stands where the user stands, under the scene's name.
    assert list(tmp_path.glob("S1A_*_probabilities.tif")) and list(tmp_path.glob("S1A_*_areas.csv"))
