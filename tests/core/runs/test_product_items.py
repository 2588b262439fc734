# SPDX-License-Identifier: GPL-2.0-or-later
"""Products of several images: every one is an item, and all of them go to a folder."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from complex_products import SCAN, WAVE, make_product
from feedback import CancelAfter, Recorder
from metocean.core.errors import Cancelled, InputError, OptionError, OutputError
from metocean.core.runs.preprocess import PreprocessOptions
from metocean.core.runs.product_items import preprocess_all
from metocean.core.scenes.opening import count_items, open_scene
from metocean.core.scenes.sentinel1.product_files import choose_image, image_named
from metocean.core.scenes.types.scene import SceneOptions
from osgeo import gdal
from rasters import write_complex_geotiff
from sea import roughness_of


def test_every_imagette_is_an_item(tmp_path):
    safe = make_product(tmp_path, WAVE, ("wv1", "wv2", "wv1"), (450, 450))
    peak = {}
    for item in (1, 2, 3):
        scene = open_scene(safe, SceneOptions(item=item))
        swath = "wv2" if item == 2 else "wv1"
        assert scene.name.startswith(f"s1a-{swath}-slc") and scene.name.endswith(f"-00{item}")
        assert f"Image {item} of 3 ({swath.upper()})" in " ".join(scene.notes)
        peak[item] = roughness_of(scene, tmp_path).max()
    assert peak[3] > 1.5 * max(peak[1], peak[2])
    by_file = open_scene(next((safe / "measurement").glob("*-003.tiff")))
    assert by_file.name == scene.name and open_scene(safe).name.endswith("-001")
    with pytest.raises(OptionError, match=r"3 image\(s\) of VV and no item 4"):
        open_scene(safe, SceneOptions(item=4))


def test_items_of_a_real_product_by_the_names_in_its_manifest(shared_data, tmp_path):
    text = (shared_data / "s1_metadata" / "S1B_WV_SLC_manifest.safe").read_text()
    names = re.findall(r'href="\./(measurement/[^"]+)"', text)
    (tmp_path / "measurement").mkdir()
    for name in names:
        (tmp_path / name).touch()
    for item, name in enumerate(sorted(names, key=lambda n: n[-8:]), 1):
        choice = choose_image(str(tmp_path), str(tmp_path), item=item)
        assert (choice.item, choice.items) == (item, len(names)) and choice.path.endswith(name)
        assert choice.key.number == item and choice.key.swath == ("WV1" if item % 2 else "WV2")


def test_all_imagettes_go_to_a_folder_but_those_that_cannot_be_used(tmp_path):
    safe = make_product(tmp_path, WAVE, ("wv1", "wv2", "wv1"), (450, 450))
    write_complex_geotiff(next((safe / "measurement").glob("*-002.tiff")), np.zeros((900, 900, 2), np.int16))
    assert count_items(safe) == 3
    out, heard = tmp_path / "out", Recorder()
    with pytest.raises(OutputError, match="no folder"):
        preprocess_all(str(safe), PreprocessOptions(), str(out), heard)
    out.mkdir()
    written = preprocess_all(str(safe), PreprocessOptions(), str(out), heard)
    assert [path[-18:] for path in written] == ["-001_roughness.tif", "-003_roughness.tif"]
    assert sorted(path.name for path in out.iterdir()) == sorted(Path(path).name for path in written)
    assert any("Image 2 of 3 is left out" in warning for warning in heard.warnings)
    assert heard.fractions == sorted(heard.fractions) and heard.fractions[-1] == 1
    places = [gdal.Open(path) for path in written]
    assert all(p.GetProjection() and p.GetMetadataItem("SOURCE") in path for p, path in zip(places, written))
    assert places[1].ReadAsArray().max() > 1.5 * places[0].ReadAsArray().max()


def test_cancelling_tells_which_images_are_there(tmp_path):
    safe = make_product(tmp_path, WAVE, ("wv1", "wv2"), (450, 450))
    out = tmp_path / "out"
    out.mkdir()

    with pytest.raises(Cancelled, match=r"1 of 2 images were finished and stay in .*out\."):
        preprocess_all(str(safe), PreprocessOptions(), str(out), CancelAfter(0.6))
    assert [path.name[-18:] for path in out.iterdir()] == ["-001_roughness.tif"]


def test_all_imagettes_through_qgis(tmp_path, run_algorithm, monkeypatch):
    from qgis.core import QgsProcessingContext, QgsProcessingException

    safe = make_product(tmp_path, WAVE, ("wv1", "wv2"), (450, 450))
    out = tmp_path / "out"
    results = run_algorithm("preprocessall", {"INPUT": str(safe), "FOLDER": str(out)}, QgsProcessingContext())
    assert results["COUNT"] == 2 and results["FOLDER"] == str(out)
    assert sum(path.suffix == ".tif" for path in out.iterdir()) == 2
    assert sum(path.suffix == ".qml" for path in out.iterdir()) == 2
    for file in (safe / "measurement").iterdir():
        write_complex_geotiff(file, np.zeros((900, 900, 2), np.int16))
    monkeypatch.setattr("qgis.utils.iface", None)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(QgsProcessingException, match="no valid sea"):
        run_algorithm("preprocessall", {"INPUT": str(safe)}, QgsProcessingContext())
    assert sorted(tmp_path.iterdir()) == before


def test_a_product_of_nothing_but_land_says_so_for_all(tmp_path):
    safe = make_product(tmp_path, WAVE, ("wv1", "wv2"), (-1, 0))
    for file in (safe / "measurement").iterdir():
        write_complex_geotiff(file, np.zeros((900, 900, 2), np.int16))
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="no valid sea"):
        preprocess_all(str(safe), PreprocessOptions(), str(tmp_path / "out"), Recorder())


def test_a_layer_of_a_sub_swath_is_that_sub_swath(tmp_path):
    safe = make_product(tmp_path, SCAN, ("iw1", "iw2"), (104, 640))
    manifest = str(safe / "manifest.safe")
    assert image_named(manifest, "IW2_VV").endswith("-002.tiff")
    assert image_named(manifest, "IW_VV") == image_named(manifest, "IW3_VV") == manifest
    assert open_scene(image_named(manifest, "IW2_VV")).name.startswith("s1a-iw2-slc")
