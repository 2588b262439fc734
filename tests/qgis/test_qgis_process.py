"""The real qgis_process, as typed in a shell, from an empty home folder."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from metocean.core.classes import CLASSES
from metocean.training.simulator.product.imaging import Acquisition, Imaging
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import Product
from metocean.training.simulator.product.safe import write_safe
from osgeo import gdal

PROGRAM = "qgis_process.bin"
CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A profile and a home that nothing was ever done in, with the plugin enabled."""
    base = tmp_path_factory.mktemp("an empty home")
    settings = base / "config" / "profiles" / "default" / "QGIS"
    settings.mkdir(parents=True)
    (settings / "QGIS3.ini").write_text("[PythonPlugins]\nmetocean=true\n")
    (base / "plugins").mkdir()
    (base / "plugins" / "metocean").symlink_to(CHECKOUT)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LD_LIBRARY_PATH")}
    return {
        **kept,
        "HOME": str(base),
        "QGIS_CUSTOM_CONFIG_PATH": str(base / "config"),
        "QGIS_PLUGINPATH": str(base / "plugins"),
        "METOCEAN_PACKAGES": sysconfig.get_path("purelib"),
        "QT_QPA_PLATFORM": "offscreen",
    }


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated scene of 16 km by 24 km in the Atlantic."""
    field = SeaSigma0(np.full((160, 240), 0.05, np.float32), 100.0)
    return write_safe(tmp_path_factory.mktemp("scene"), field, Acquisition(), Product(seed=4))


def run(environment: dict[str, str], folder: Path, *parameters: str) -> subprocess.CompletedProcess[str]:
    """Segment with every output in ``folder``."""
    files = {"PROBABILITIES": "p.tif", "CLASSES": "c.tif", "AREAS": "a.csv", "ROUGHNESS": "r.tif"}
    outputs = [f"{name}={folder / file}" for name, file in files.items()]
    return start(environment, "segment", *parameters, *outputs)


def start(environment: dict[str, str], algorithm: str, *parameters: str) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, "--json", "run", f"metocean:{algorithm}", "--", *parameters]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_a_simulated_product_becomes_maps(environment, product, tmp_path) -> None:
    done = run(environment, tmp_path, f"INPUT={product}")
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)["results"]
    assert _total_km2(results) == pytest.approx(16 * 24, rel=0.01)
    probabilities = gdal.Open(results["PROBABILITIES"])
    names = [
        probabilities.GetRasterBand(band + 1).GetDescription() for band in range(probabilities.RasterCount)
    ]
    assert names == [entry.label for entry in CLASSES]
    assert (tmp_path / "p.qml").exists() and (tmp_path / "c.qml").exists()
    assert category_names(results["CLASSES"])[1:] == [entry.label for entry in CLASSES]
    _check_place(results["CLASSES"])


def _total_km2(results: dict) -> float:
    codes = [*(entry.code for entry in CLASSES), "UNDECIDED"]
    assert sum(results[f"SHARE_{code}"] for code in codes) == pytest.approx(100, abs=0.1)
    return sum(results[f"AREA_{code}_KM2"] for code in codes)


def test_a_real_imagette_becomes_classes(environment, shared_data, tmp_path) -> None:
    imagette = sorted(shared_data.glob("wv_imagettes/*.png"))[0]
    done = run(environment, tmp_path, f"INPUT={imagette}")
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)["results"]
    assert _total_km2(results) == pytest.approx(400, rel=0.01)
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
    assert _total_km2(results) == pytest.approx(known.sum() * 0.16, rel=0.05)


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


def test_methods_nobody_knows_are_refused(environment, product, tmp_path) -> None:
    outputs = [f"{name}={tmp_path / name}" for name in ("PANEL", "AREAS", "AGREEMENT")]
    done = start(environment, "comparemethods", f"INPUT={product}", "METHODS=crystal_ball", *outputs)
    _is_refusal(done, tmp_path, "METHODS")


def category_names(path: str) -> list[str]:
    # The dataset needs a name: GDAL's bands do not keep theirs alive.
    dataset = gdal.Open(path)
    # GDAL 3.6 opens the file beside a GeoTIFF only when metadata are asked for.
    dataset.GetMetadata()
    return dataset.GetRasterBand(1).GetCategoryNames()


def _check_place(classes_path: str) -> None:
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
    _is_refusal(done, tmp_path, words)


def _is_refusal(done: subprocess.CompletedProcess[str], folder: Path, words: str) -> None:
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert list(folder.iterdir()) == []


def test_without_torch_the_remedy_is_said(environment, product, tmp_path) -> None:
    there = subprocess.run(["/usr/bin/python3", "-c", "import torch"], capture_output=True, check=False)
    if there.returncode == 0:
        pytest.skip("QGIS's own Python has torch")
    bare = {name: value for name, value in environment.items() if name != "METOCEAN_PACKAGES"}
    done = run(bare, tmp_path, f"INPUT={product}")
    _is_refusal(done, tmp_path, "PyTorch is missing")
    assert (
        f"{environment['QGIS_CUSTOM_CONFIG_PATH']}/profiles/default/python/metocean-packages" in done.stderr
    )


def test_the_documented_line_works_as_typed(product, tmp_path) -> None:
    """``eval "$(make -s env)"``, then qgis_process without a word about profiles."""
    assert (CHECKOUT / ".venv" / "ready").exists(), "run make setup first"
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
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert category_names(str(tmp_path / "c.tif"))
    # What was not named stands where the user stands, under the scene's name.
    assert list(tmp_path.glob("S1A_*_probabilities.tif")) and list(tmp_path.glob("S1A_*_areas.csv"))
