"""Published data sets in the layouts they are distributed in, from a folder to shards."""

import json

import numpy as np
import pytest
from metocean.core.classes import CLASSES, class_index
from metocean.core.errors import InputError
from metocean.training.data.pool import Pool, open_folders
from metocean.training.data.readers import importing
from metocean.training.data.readers.importing import import_folder, recognise
from metocean.training.data.readers.voc import check_classes, read_classes
from metocean.training.data.shards import Content, write_shard

LETTERS = {"F": "POW", "G": "WS", "H": "MCC", "I": "RC", "J": "BS"}
LETTERS |= {"K": "SI", "L": "IB", "M": "LWA", "N": "AF", "O": "OF"}


def code(name):
    return class_index(name) + 1


@pytest.fixture
def tengeop(tmp_path, write_raster):
    """Two imagettes of each class, grey 10 · class and 1 more."""
    for letter, name in LETTERS.items():
        for i in range(2):
            values = np.full((9, 8), 10 * code(name) + i, np.uint8)
            write_raster(tmp_path / "TenGeoP-SARwv" / "GeoTIFF" / letter / f"s1a-wv1-{i}.tiff", values)
    return tmp_path / "TenGeoP-SARwv"


@pytest.fixture
def pixel_masks(tmp_path, write_raster):
    """Three and two imagettes of 40 px, grey 50, 51, ...; the left half of the masks is RC, the rest 0."""
    for part, count in (("train", 3), ("val", 2)):
        for i in range(count):
            folder = tmp_path / "masks" / part
            write_raster(folder / "input" / f"image_{i}.png", np.full((40, 40), 50 + i, np.uint8))
            mask = np.zeros((64, 64), np.uint8)
            mask[:, :32] = code("RC")
            write_raster(folder / "output" / f"mask_{i}.png", mask)
    return tmp_path / "masks"


@pytest.fixture
def voc(tmp_path, write_raster):
    """Three images of 256 px; masks with a column of cells for each number from 0 to 13, and VOC's 255."""
    folder = tmp_path / "VOC"
    numbers = np.zeros((256, 256), np.uint8)
    for number in [*range(14), 255]:
        first = 4 * min(number, 14)
        numbers[:, first : first + 4] = number
    for i, name in enumerate("abc"):
        write_raster(folder / "JPEGImages" / f"{name}.png", np.full((256, 256), 40 + i, np.uint8))
        write_raster(
            folder / "SegmentationClass" / f"{name}.png", numbers, palette=[(i, 0, 0) for i in range(256)]
        )
    (folder / "ImageSets" / "Segmentation").mkdir(parents=True)
    (folder / "ImageSets" / "Segmentation" / "train.txt").write_text("c\na\n")
    (folder / "ImageSets" / "Segmentation" / "val.txt").write_text("b\n")
    return folder


def shards(folder, cache, part="train"):
    return open_folders(import_folder(folder, cache, part))


def meta(shard):
    return json.loads((shard.path / "meta.json").read_text())


@pytest.mark.parametrize("inside", ["", "GeoTIFF"])
def test_tengeop_has_tags_by_letter(tengeop, tmp_path, inside):
    assert recognise(tengeop / inside).source == "TenGeoP-SARwv"
    (shard,) = shards(tengeop / inside, tmp_path / "cache")
    assert shard.images.shape == (20, 512, 512) and shard.labels is None and shard.step == 8
    grey = 10 * shard.tags.astype(int)
    assert sorted(shard.tags) == sorted(list(range(1, 11)) * 2)
    assert set(shard.images[:, 100, 100] - grey) == {0, 1}
    assert meta(shard) == {
        "count": 20,
        "simulated": False,
        "source": "TenGeoP-SARwv",
        "step": 8,
        "encoding": None,
        "percentiles": None,
    }


def test_tengeop_as_png_in_any_case(tmp_path, write_raster):
    write_raster(tmp_path / "data" / "png" / "k" / "ONE.PNG", np.full((8, 8), 200, np.uint8))
    (shard,) = shards(tmp_path / "data", tmp_path / "cache")
    assert shard.tags.tolist() == [code("SI")] and np.unique(shard.images).tolist() == [200]


def test_unknown_class_letters_are_named(tengeop, tmp_path, write_raster):
    write_raster(tengeop / "GeoTIFF" / "P" / "s1a.tiff", np.zeros((8, 8), np.uint8))
    with pytest.raises(InputError, match=r"P is named after no class; TenGeoP-SARwv has F POW, .*O OF"):
        recognise(tengeop)


def test_pixel_masks_by_part(pixel_masks, tmp_path, capsys):
    assert set(recognise(pixel_masks).parts) == {"train", "val"}
    (train,) = shards(pixel_masks, tmp_path / "cache")
    (val,) = shards(pixel_masks, tmp_path / "cache", "val")
    assert train.images[:, 0, 0].tolist() == [50, 51, 52] and val.images[:, 0, 0].tolist() == [50, 51]
    # Images up to 256 px are at 100 m.
    assert train.images.shape == (3, 256, 256) and train.step == 4
    assert (train.labels == np.repeat([code("RC"), 0], 32)).all()
    assert train.tags.tolist() == [code("RC")] * 3
    assert (meta(train)["source"], meta(train)["encoding"]) == ("pixel masks", "index 0..10, 0 unlabelled")
    assert "3 images, index 0..10, 0 unlabelled" in capsys.readouterr().out
    with pytest.raises(InputError, match="no images for test; it has 3 for train, 2 for val"):
        import_folder(pixel_masks, tmp_path / "cache", "test")


def test_all_parts_are_read_alike(pixel_masks, tmp_path, write_raster):
    """Only the validation masks have 255 for unlabelled: train's numbers count from zero, too."""
    write_raster(pixel_masks / "val" / "output" / "mask_0.png", np.full((64, 64), 255, np.uint8))
    (train,) = shards(pixel_masks, tmp_path / "cache")
    assert meta(train)["encoding"] == "index 0..9, 255 unlabelled"
    assert train.labels[0, 0, [0, 63]].tolist() == [code("RC") + 1, code("AF")]
    # So is a part that is given by itself.
    (alone,) = shards(pixel_masks / "train", tmp_path / "alone")
    assert meta(alone)["encoding"] == meta(train)["encoding"]
    np.testing.assert_array_equal(alone.labels, train.labels)


def test_larger_images_and_masks_are_at_50_m(tmp_path, write_raster):
    """One part by itself; the mask has the image's size, a front fills a quarter of one cell."""
    mask = np.zeros((512, 512), np.uint8)
    mask[8:12, 16:20] = code("OF")
    write_raster(tmp_path / "part" / "input" / "a.tif", np.full((512, 512), 9000, np.uint16))
    write_raster(tmp_path / "part" / "output" / "a.png", mask)
    (shard,) = shards(tmp_path / "part", tmp_path / "cache")
    assert shard.images.shape == (1, 512, 512) and shard.step == 8
    assert np.unique(shard.images).tolist() == [35]  # 9000 / 65535 · 255
    assert np.argwhere(shard.labels[0]).tolist() == [[1, 2]] and shard.labels[0, 1, 2] == code("OF")


@pytest.mark.parametrize(("size", "fits"), [((64, 64), True), ((80, 90), True), ((90, 80), False)])
def test_masks_have_their_images_proportions_or_are_square(tmp_path, write_raster, size, fits):
    write_raster(tmp_path / "part" / "input" / "a.png", np.full((40, 45), 90, np.uint8))
    write_raster(tmp_path / "part" / "output" / "a.png", np.ones(size, np.uint8))
    if fits:
        assert (shards(tmp_path / "part", tmp_path / "cache")[0].labels == 1).all()
    else:
        with pytest.raises(InputError, match=r"output/a\.png has \(90, 80\).*its image \(40, 45\)"):
            import_folder(tmp_path / "part", tmp_path / "cache")


def test_images_without_masks_are_counted(pixel_masks):
    (pixel_masks / "train" / "output" / "mask_1.png").unlink()
    with pytest.raises(InputError, match="train has 3 images in input and 2 masks in output"):
        recognise(pixel_masks)


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


def test_shards_are_returned_as_they_are(tmp_path):
    content = Content(np.zeros((1, 32, 32), np.uint8), None, np.array([1], np.uint8))
    write_shard(tmp_path / "shard-000", content, {"step": 8})
    assert recognise(tmp_path) is None
    assert import_folder(tmp_path, tmp_path / "cache") == [tmp_path]
    assert not (tmp_path / "cache").exists()


def test_other_folders_are_refused_with_what_was_expected_and_found(tmp_path):
    (tmp_path / "holiday").mkdir()
    (tmp_path / "beach.jpg").touch()
    with pytest.raises(InputError) as caught:
        recognise(tmp_path)
    for part in ("shard-000", "GeoTIFF/F", "train/input", "SegmentationClass", "Found: beach.jpg, holiday."):
        assert part in str(caught.value)
    with pytest.raises(InputError, match="not a folder"):
        recognise(tmp_path / "beach.jpg")


def test_what_is_not_divided_is_the_same_shards_for_every_part(tengeop, tmp_path):
    """So held-out images are found among those to train on, and taken out."""
    train, val = (import_folder(tengeop, tmp_path / "cache", part) for part in ("train", "val"))
    assert train == val
    with pytest.raises(InputError, match="No labelled images to train on"):
        Pool(train, open_folders(val))


def test_an_interrupted_import_goes_on(tengeop, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(importing, "SHARD_IMAGES", 8)
    damaged = recognise(tengeop).parts["all"][10].image
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:50])
    with pytest.raises(InputError, match=damaged.name):
        import_folder(tengeop, tmp_path / "cache", percentiles=(0, 100))
    (first,) = (tmp_path / "cache").rglob("meta.json")
    before = first.stat().st_mtime_ns
    damaged.write_bytes(whole)
    folders = import_folder(tengeop, tmp_path / "cache", percentiles=(0, 100))
    assert first.stat().st_mtime_ns == before
    assert [len(shard.images) for shard in open_folders(folders)] == [8, 8, 4]
    assert "20 of 20 images" in capsys.readouterr().out
    assert import_folder(tengeop, tmp_path / "cache", percentiles=(0, 100)) == folders
    assert "of 20 images," not in capsys.readouterr().out


def test_changed_files_are_imported_anew(pixel_masks, tmp_path):
    before = import_folder(pixel_masks, tmp_path / "cache")
    for side in ("input", "output"):
        next((pixel_masks / "train" / side).glob("*_2.png")).unlink()
    after = import_folder(pixel_masks, tmp_path / "cache")
    assert before != after and len(open_folders(after)[0].images) == 2


def test_data_sets_of_all_kinds_make_one_pool(tengeop, pixel_masks, voc, tmp_path):
    folders = [import_folder(folder, tmp_path / "cache")[0] for folder in (tengeop, pixel_masks, voc)]
    pool = Pool(folders, [], by="tags")
    assert pool.count == 25
    batch = pool.read(np.arange(25), step=8)
    assert batch.images.shape == (25, 512, 512) and batch.labels[:20].max() == 0
    assert batch.images[20:, 100, 100].tolist() == [50, 51, 52, 42, 40]
