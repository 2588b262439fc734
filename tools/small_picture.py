# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of windows that are small enough for a repository: speckle on a map can hardly be compressed."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

LARGEST_BYTES = 300_000
# Of the map, tried one after the other; a PNG with a palette has 256 in all.
COLOURS = (96, 64, 48, 32, 24)
# Left, top, right, bottom in pixels.
Box = tuple[int, int, int, int]


def make_small(path: Path, map_box: Box) -> None:
    """Write a PNG anew, its map in ever fewer colours, until it has at most `LARGEST_BYTES`."""
    with Image.open(path) as image:
        picture = image.convert("RGB")
    for colours in COLOURS:
        if path.stat().st_size <= LARGEST_BYTES:
            return
        with_fewer_colours(picture, map_box, colours).save(path, optimize=True)


def with_fewer_colours(picture: Image.Image, box: Box, colours: int) -> Image.Image:
    """Return a picture of 256 colours, of which ``colours`` are the map's: those of the legend stay.

    Coverage rather than the median decides which, or rare classes would lose their colour. There is no
    dithering, whose dots would look like speckle.
    """
    frame, part = (
        picture.copy(),
        picture.crop(box).quantize(colours, Image.MAXCOVERAGE, dither=Image.NONE).convert("RGB"),
    )
    frame.paste((255, 255, 255), box)
    frequent = sorted(frame.getcolors(frame.width * frame.height), reverse=True)[: 256 - colours]
    frame.paste(part, box)
    chosen = [colour for _, colour in frequent + part.getcolors(colours)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in chosen for value in colour])
    return frame.quantize(palette=palette, dither=Image.NONE)
