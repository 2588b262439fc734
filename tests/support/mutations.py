# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways to damage a product, or to make it hostile, each driven by a seed."""

from __future__ import annotations

import os
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from osgeo import gdal

ODD_NUMBERS = ("-1", "0", "-4000", "99999999999", "1e308", "nan", "inf", "-inf", "12abc", "", "1 2 3", "٣")
BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">{}]>'.format(
    "".join(f'<!ENTITY {x} "{10 * f"&{y};"}">' for y, x in zip("abcdefghi", "bcdefghij"))
)
OUTSIDE = '<!DOCTYPE b [<!ENTITY j SYSTEM "file:///etc/hostname">]>'
Mutation = Callable[[Path, random.Random], Path]


def texts(safe: Path) -> list[Path]:
    return sorted(file for file in safe.rglob("*") if file.suffix in (".xml", ".safe"))


def image(safe: Path) -> Path:
    return next((safe / "measurement").iterdir())


def of_text(change: Callable[[str, random.Random], str]) -> Mutation:
    """Change one of the product's texts."""

    def mutate(safe: Path, rng: random.Random) -> Path:
        file = rng.choice(texts(safe))
        file.write_text(change(file.read_text(encoding="utf-8"), rng), encoding="utf-8")
        return safe

    mutate.__name__ = change.__name__
    return mutate


@of_text
def cut(text: str, rng: random.Random) -> str:
    return text[: rng.randrange(len(text))]


@of_text
def odd_number(text: str, rng: random.Random) -> str:
    found = rng.choice(list(re.finditer(r"(?<=>)[-+\d.e]+(?=<)", text)) or [re.search("", text)])
    return text[: found.start()] + rng.choice(ODD_NUMBERS) + text[found.end() :]


@of_text
def odd_numbers(text: str, rng: random.Random) -> str:
    """Every number of one kind."""
    tag = rng.choice(re.findall(r"<(\w+)[^<>]*>[-+\d.e ]+<", text) or ["none"])
    return re.sub(rf"(<{tag}[^<>]*>)[-+\d.e ]+<", rf"\g<1>{rng.choice(ODD_NUMBERS)}<", text)


@of_text
def lost_element(text: str, rng: random.Random) -> str:
    tag = rng.choice(re.findall(r"<(\w+)[ >]", text))
    return re.sub(rf"<{tag}[ >].*?</{tag}>", "", text, count=rng.choice((0, 1)), flags=re.DOTALL)


@of_text
def repeated(text: str, rng: random.Random) -> str:
    start = rng.randrange(len(text))
    return text[:start] + 3 * text[start : start + 2000]


@of_text
def bomb(text: str, rng: random.Random) -> str:
    head, _, body = text.partition("?>")
    found = rng.choice(list(re.finditer(r"(?<=>)[^<>]+(?=<)", body)))
    doctype = rng.choice((BOMB, OUTSIDE))
    return f"{head}?>{doctype}{body[: found.start()]}&j;{body[found.end() :]}"


@of_text
def deep(text: str, rng: random.Random) -> str:
    return text.replace("</", 20_000 * "<x>" + 20_000 * "</x>" + "</", 1)


def bytes_that_are_no_text(safe: Path, rng: random.Random) -> Path:
    rng.choice(texts(safe)).write_bytes(rng.choice((b"", b"\xff\xfe\x00\x00<", rng.randbytes(3000))))
    return safe


def huge_dimensions(safe: Path, rng: random.Random) -> Path:
    """As the annotation says and, sometimes, the image, too."""
    annotation = next((safe / "annotation").glob("*.xml"))
    size, text = str(rng.choice((100_000, 2**31 - 1, 2**40))), annotation.read_text(encoding="utf-8")
    text = re.sub(r"(<numberOf(?:Lines|Samples)>)\d+<", rf"\g<1>{size}<", text)
    annotation.write_text(text, encoding="utf-8")
    if size == "100000" and rng.random() < 0.7:
        options = ["SPARSE_OK=TRUE", "BIGTIFF=YES", "TILED=YES"]
        gdal.GetDriverByName("GTiff").Create(str(image(safe)), 100_000, 100_000, 1, gdal.GDT_UInt16, options)
    return safe


def other_image(safe: Path, rng: random.Random) -> Path:
    kind, shape = (
        rng.choice((gdal.GDT_Byte, gdal.GDT_Float32, gdal.GDT_CFloat64)),
        rng.choice(((1, 1), (7, 900))),
    )
    target = str(image(safe))
    os.remove(target)
    gdal.GetDriverByName("GTiff").Create(target, *shape, rng.choice((1, 5)), kind)
    return safe


def image_cut(safe: Path, rng: random.Random) -> Path:
    content = image(safe).read_bytes()
    image(safe).write_bytes(content[: rng.randrange(len(content))])
    return safe


def something_else(safe: Path, rng: random.Random) -> Path:
    """A file that is missing, or a folder in its place."""
    file = rng.choice([image(safe), *texts(safe)])
    file.unlink()
    if rng.random() < 0.5:
        file.mkdir()
    return safe


def swapped(safe: Path, rng: random.Random) -> Path:
    first, second = rng.sample([image(safe), *texts(safe)], 2)
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    return safe


def hostile_zip(safe: Path, rng: random.Random) -> Path:
    """Paths that lead out of the archive, members twice, an archive that is cut, one inside another."""
    path, trick = safe.parent / "product.zip", rng.choice(("..", "absolute", "twice", "cut", "inside"))
    start = {"..": "../../out/", "absolute": f"{safe.parent.parent}/out/"}.get(trick, "")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(file for file in safe.rglob("*") if file.is_file()):
            name = f"{start}{file.relative_to(safe.parent)}"
            for _ in range(2 if trick == "twice" else 1):
                archive.write(file, name)
    if trick == "cut":
        path.write_bytes(path.read_bytes()[: -rng.randrange(1, 5000)])
    if trick == "inside":
        inner = path.rename(safe.parent / "inner.zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(inner, "inner.zip")
    return path


MUTATIONS: tuple[Mutation, ...] = (
    *(cut, odd_number, odd_numbers, odd_numbers, lost_element, repeated, bomb, deep),
    *(bytes_that_are_no_text, huge_dimensions, other_image, image_cut, something_else, swapped, hostile_zip),
)
