# SPDX-License-Identifier: GPL-2.0-or-later
"""Li et al., ESSD-2024-222 (doi 10.5281/zenodo.14279466): 256 px at 100 m, masks numbered as in VOC.

VOC is the layout of the Pascal Visual Object Classes challenge: JPEGImages, SegmentationClass, and lists of
names in ImageSets/Segmentation.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Optional

from ....core.classes import CLASS_VALUES, CLASSES, UNDECIDED, pixel_value, position_of
from ....core.errors import InputError
from .layout import PARTS, WHOLE, DataSet, Example, Layout, child, rasters
from .masks import numbered

# 1 to 10 are our classes in order; eddies, internal waves and what else there is remain unlabelled.
_ENCODING = numbered("VOC index", {i: i if i in CLASS_VALUES else UNDECIDED for i in range(256)})
_CLASS_FILES = ("class_names.txt", "labelmap.txt", "classes.txt", "classes.csv")


def find(folder: Path) -> Optional[DataSet]:
    """Find the data set by its folders of images and masks; check its class file, if it has one."""
    images, masks = child(folder, "jpegimages", "images"), child(folder, "segmentationclass")
    if images is None or masks is None:
        return None
    # Masks of other numbers would be read without an error, and teach the wrong classes.
    for name in _CLASS_FILES:
        if (folder / name).is_file():
            check_classes(folder / name)
    lists = {part: folder / "ImageSets" / "Segmentation" / f"{part}.txt" for part in PARTS}
    names = {part: _text(path).split() for part, path in lists.items() if path.is_file()}
    names = names or {WHOLE: sorted(path.stem for path in rasters(masks))}
    examples = {part: _examples(images, masks, listed) for part, listed in names.items()}
    return DataSet("ESSD-2024-222", examples, side_px=256, encoding=_ENCODING, same_size=True)


def _examples(images: Path, masks: Path, names: list[str]) -> list[Example]:
    found = [{path.stem: path for path in rasters(folder)} for folder in (images, masks)]
    for folder, files in zip((images, masks), found):
        # Lists may name what an incomplete download lacks: better now than after an hour of reading.
        missing = [name for name in names if name not in files]
        if missing:
            raise InputError(f"{folder} lacks {missing[0]} ({len(missing)} in all); complete the data set.")
    return [Example(found[0][name], found[1][name]) for name in names]


def check_classes(path: Path) -> None:
    """Hold a data set's class file against our classes; an `InputError` shows where the two differ."""
    ours = {_key(name): pixel_value(i) for i, c in enumerate(CLASSES) for name in (c.code, c.name)}
    for number, name in read_classes(path).items():
        expected = number if number in CLASS_VALUES else None
        if ours.get(_key(name)) != expected:
            taken = CLASSES[position_of(number)].label if expected else "unlabelled"
            raise InputError(
                f"{path} calls class {number} '{name}', which is read as {taken}; renumber the masks, or "
                "correct or remove the file."
            )


def read_classes(path: Path) -> dict[int, str]:
    """Return names by number: as lines state them, or else in their order with the background as 0."""
    stated, ordered = {}, []
    for line in _text(path).splitlines():
        # "1,AF", "1 AF", "AF;31;119;180": class files come in all of these.
        fields = [field.strip('" ') for field in re.split(r"[,;:\t]|(?<=\d) ", line)]
        numbers = [field for field in fields if field.isdigit()]
        names = [field for field in fields if field and not field.isdigit()]
        if not names or line.startswith("#"):
            continue
        ordered.append(names[0])
        # Three numbers after a name are its colour.
        if fields[0].isdigit() or len(numbers) == 1:
            stated[int(numbers[0])] = names[0]
    # VOC's own lists begin with the background, others leave it out.
    first = 0 if "background" in "".join(ordered[:1]).lower() else 1
    return stated or dict(enumerate(ordered, first))


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def _key(name: str) -> str:
    """Return a name without case, punctuation, plural and what is in parentheses."""
    return re.sub(r"\(.*\)|[^a-z]", "", name.lower()).rstrip("s")


LAYOUT = Layout("VOC (JPEGImages, SegmentationClass, ImageSets/Segmentation/train.txt)", find)
