# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare sigma0, incidence and roughness with satpy and xsar: real annotation, simulated pixels.

Each ``*GRD*.zip`` of a folder, with or without pixels, is unpacked to a temporary folder and gets pixels; of
the products nothing is kept but the table of agreement. ``make crosscheck METADATA=folder``.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
from metocean.core.cmod5n import reference_sigma0
from metocean.core.files.xml_file import load
from metocean.core.geometry.working_grid import Axis, WorkingGrid
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.sentinel1.product_files import processor_version
from osgeo import gdal

CELL = 10
# Rows of cells that are compared, at the beginning, in the middle and at the end of an image.
RUN = 20
# Above the noise: satpy takes what is below for zero.
NUMBERS = (70, 160)
QUANTITIES = {
    "sigma0_raw": "σ0, noise left in (dB)",
    "sigma0": "σ0, noise removed (dB)",
    "incidence": "incidence (°)",
    "roughness": "roughness σ0 / CMOD5.N (dB)",
}
INTRODUCTION = """# Agreement with others' code

Absolute differences between what the plugin, [satpy](https://github.com/pytroll/satpy) {satpy} and
[xsar](https://github.com/umr-lops/xsar) {xsar} make of the same pixels: real annotation of Sentinel-1 GRD
products, simulated DN. `make crosscheck METADATA=folder` writes this page ({day}).

DN are alike within each cell of 10 x 10, so that every way of averaging gives the same. {rows} rows of
cells of each product are compared, at its beginning, middle and end, over the full swath. *Inside* leaves
out the cells beside a zero in the product's table of noise, at the far edge: there noise is missing, and
the plugin takes the nearest that is known, the others take it for none.

What remains: satpy adds the calibration constant, 1, to DN² and interpolates noise between range vectors
where the plugin takes the nearest; both interpolate incidence linearly, the plugin by a spline.

| product | processor | quantity | with | median | largest | inside |
|---|---|---|---|---|---|---|
"""


def unpacked(archive: Path, folder: Path) -> Path:
    """Return the SAFE folder of an archive, complete but for its pixels."""
    with zipfile.ZipFile(archive) as z:
        z.extractall(folder)
    safe = next(folder.glob("*.SAFE"))
    # Some archives lack the cross-polarised half that their manifest names, and xsar wants it.
    for file in [f for f in safe.rglob("*-vv-*") if f.is_file()]:
        other = file.with_name(file.name.replace("-vv-", "-vh-").replace("-001.", "-002."))
        if not other.exists() and "1SDV" in safe.name:
            shutil.copy(file, other)
    return safe


def shape_of(annotation: Path) -> tuple[int, int]:
    """Return lines and samples."""
    image, root = "imageAnnotation/imageInformation", load(str(annotation))
    lines, samples = (int(root.number(f"{image}/numberOf{name}")) for name in ("PowerLines", "Samples"))
    return lines, samples


def compared_rows(lines: int) -> np.ndarray:
    """Return the numbers of the rows of cells to compare."""
    rows = lines // CELL
    return np.concatenate([np.arange(first, first + RUN) for first in (0, rows // 2, rows - RUN)])


def add_pixels(safe: Path, annotation: Path) -> None:
    """Write random DN, alike within cells; what is not compared stays empty."""
    lines, samples = shape_of(annotation)
    (safe / "measurement").mkdir(exist_ok=True)
    path = str(safe / "measurement" / f"{annotation.stem}.tiff")
    options = ["SPARSE_OK=TRUE", "TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER"]
    dataset = gdal.GetDriverByName("GTiff").Create(path, samples, lines, 1, gdal.GDT_UInt16, options)
    rng = np.random.default_rng(1)
    for row in compared_rows(lines):
        cells = rng.integers(*NUMBERS, (1, samples // CELL + 1)).astype(np.uint16)
        dataset.GetRasterBand(1).WriteArray(
            cells.repeat(CELL, 0).repeat(CELL, 1)[:, :samples], 0, int(row) * CELL
        )


def by_us(safe: Path, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return the quantities at cells."""
    removed, incidence = read(safe, rows)
    annotation = next((safe / "annotation").glob("*-vv-*.xml"))
    text = annotation.read_text()
    done = "thermalNoiseCorrectionPerformed>"
    annotation.write_text(text.replace(f"{done}false", f"{done}true"))
    left = read(safe, rows)[0]
    annotation.write_text(text)
    roughness = removed / reference_sigma0(incidence)
    return {"sigma0_raw": left, "sigma0": removed, "incidence": incidence, "roughness": roughness}


def read(safe: Path, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return sigma0 and incidence as the plugin reads them."""
    scene = open_scene(safe)
    reader = scene.source.reader(WorkingGrid(*(Axis.from_step(n, CELL) for n in scene.shape)))
    parts = [reader.rows(int(run[0]), int(run[-1]) + 1) for run in np.split(rows, rows.size // RUN)]
    sigma0, incidence = (np.concatenate(values) for values in zip(*parts))
    return sigma0, incidence


def known_noise(safe: Path, columns: int) -> np.ndarray:
    """Return True for the columns of cells all around which noise is known, (columns,)."""
    tables = load(str(next((safe / "annotation" / "calibration").glob("noise-*-vv-*"))))
    known = np.ones(columns, bool)
    for list_, lut in (("noiseVector", "noiseLut"), ("noiseRangeVector", "noiseRangeLut")):
        for vector in tables.all(f"{list_}List/{list_}"):
            pixels, values = vector.numbers("pixel"), vector.numbers(lut)
            if values.any():
                centres = (np.arange(columns) + 0.5) * CELL - 0.5
                known &= np.interp(centres, pixels, (values == 0).astype(float)) == 0
    return known


def differences(quantity: str, ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return absolute differences, in decibels but of angles."""
    return np.abs(ours - theirs) if quantity == "incidence" else np.abs(10 * np.log10(ours / theirs))


def compare(archive: Path, python: str) -> Iterator[tuple[dict[str, str], str]]:
    """Give the others' versions and a row of the table for each quantity and each of the others."""
    with tempfile.TemporaryDirectory() as folder:
        safe = unpacked(archive, Path(folder))
        for annotation in (safe / "annotation").glob("*.xml"):
            add_pixels(safe, annotation)
        rows = compared_rows(shape_of(next((safe / "annotation").glob("*-vv-*.xml")))[0])
        np.save(f"{folder}/rows.npy", rows)
        script = Path(__file__).with_name("crosscheck_others.py")
        command = [
            python,
            "-W",
            "ignore",
            str(script),
            str(safe),
            f"{folder}/rows.npy",
            f"{folder}/others.npz",
        ]
        subprocess.run(command, check=True)
        ours, others = by_us(safe, rows), np.load(f"{folder}/others.npz")
        inside = known_noise(safe, ours["sigma0"].shape[1])
        ipf = "{}.{:02d}".format(*processor_version(load(str(safe / "manifest.safe"))))
    versions = {name: str(others[f"{name}_version"]) for name in ("satpy", "xsar")}
    product = re.sub(r"_\d{8}T\d{6}_\d{6}_\w+$", "", safe.stem)
    for quantity, title in QUANTITIES.items():
        for other in [o for o in ("satpy", "xsar") if f"{o}_{quantity}" in others]:
            error = differences(quantity, ours[quantity], others[f"{other}_{quantity}"])
            numbers = f"{np.median(error):.5f} | {error.max():.5f} | {error[:, inside].max():.5f}"
            yield versions, f"| {product} | {ipf} | {title} | {other} | {numbers} |\n"


def main() -> None:
    """Compare all products and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--metadata", type=Path, required=True, help="folder with zipped GRD products")
    parser.add_argument("--python", required=True, help="of the environment with satpy and xsar")
    parser.add_argument("--out", type=Path, required=True, help="page to write, Markdown")
    options = parser.parse_args()
    archives = sorted(options.metadata.glob("*GRD*.zip"))
    if not archives:
        raise SystemExit(f"There is no *GRD*.zip in {options.metadata}; name another folder.")
    rows = [row for archive in archives for row in compare(archive, options.python)]
    introduction = INTRODUCTION.format(day=date.today(), rows=3 * RUN, **rows[0][0])
    options.out.write_text(introduction + "".join(row for _, row in rows), encoding="utf-8")
    print(options.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
