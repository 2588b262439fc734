# SPDX-License-Identifier: GPL-2.0-or-later
"""Masks in Pascal VOC's layout, with lists of parts and files of class names."""

import numpy as np
import pytest
from imported_shards import meta, shards
from metocean.core.classes import CLASSES
from metocean.core.errors import InputError
from metocean.training.data.readers.importing import import_folder, recognise
from metocean.training.data.readers.voc import check_classes, read_classes


def test_voc_follows_its_lists(voc, tmp_path):
    (train,) = shards(voc, tmp_path / "cache")
    (val,) = shards(voc, tmp_path / "cache", "val")
    assert train.images[:, 9, 9].tolist() == [42, 40] and val.images[:, 9, 9].tolist() == [41]
    assert train.images.shape == (2, 256, 256) and train.step == 4
    assert train.labels[0, 5, :16].tolist() == [*range(11), 0, 0, 0, 0, 0]
    assert meta(val)["source"] == "ESSD-2024-222"


def test_voc_without_lists_is_one_whole(voc, tmp_path, write_raster):
    for path in (voc / "ImageSets" / "Segmentation").iterdir():
        path.unlink()
    (shard,) = shards(voc, tmp_path / "cache", "val")
    assert shard.images[:, 0, 0].tolist() == [40, 41, 42]
    write_raster(voc / "SegmentationClass" / "b.png", np.zeros((128, 128), np.uint8))
    with pytest.raises(InputError, match=r"b\.png has \(128, 128\)"):
        import_folder(voc, tmp_path / "cache")
    (voc / "JPEGImages" / "c.png").unlink()
    with pytest.raises(InputError, match=r"JPEGImages lacks c \(1 in all\)"):
        recognise(voc)


def test_voc_class_file_that_contradicts_is_refused_with_both_names(voc):
    (voc / "class_names.txt").write_text("background\nAtmospheric fronts\nSea ice\n")
    with pytest.raises(InputError, match="calls class 2 'Sea ice', which is read as BS – Biological Slicks"):
        recognise(voc)
    (voc / "class_names.txt").write_text(
        "\n".join(["_background_", *(c.name.lower() for c in CLASSES), "eddy"])
    )
    assert recognise(voc).source == "ESSD-2024-222"


@pytest.mark.parametrize(
    "text",
    [
        "background\nAF\nBS\n",
        "AF\nBS\n",
        "# label:color_rgb:parts:actions\nbackground:0,0,0::\nAF:128,0,0::\nBS:0,128,0::\n",
        "id,name\n1,AF\n2,BS\n",
        '"Class","Pixel Value"\n"AF",1\n"BS",2\n',
        "1 AF\n2: BS\n",
        "id,name,red,green,blue\n1,AF,0,0,0\n2,BS,1,1,1\n",
    ],
)
def test_class_files_in_their_several_forms(tmp_path, text):
    path = tmp_path / "classes"
    path.write_text(text)
    found = read_classes(path)
    assert {number: name for number, name in found.items() if number} == {1: "AF", 2: "BS"}
    check_classes(path)


@pytest.mark.parametrize("text", ["1,AF\n12,Sea Ice\n", "1,eddies\n", "AF\nIB\n"])
def test_class_files_that_contradict(tmp_path, text):
    (tmp_path / "classes").write_text(text)
    with pytest.raises(InputError, match="calls class"):
        check_classes(tmp_path / "classes")
