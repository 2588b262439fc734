# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the main job as a user would, through qgis_process, and draw what came out.

Needs the variables that ``make -s env`` prints; ``make demo`` sets them.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from metocean.training.simulator.product.options import Product
from metocean.training.simulator.product.simulate import Extent, simulate_product
from picture import draw

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDER = CHECKOUT / ".cache" / "demo"
SEED = 1
NOISE = ("QStandardPaths:", "<string>:1: DeprecationWarning")
OUTPUTS = {
    "ROUGHNESS": "roughness.tif",
    "PROBABILITIES": "probabilities.tif",
    "CLASSES": "classes.tif",
    "AREAS": "areas.csv",
}


def main() -> int:
    """Return qgis_process's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scene", type=Path, help="a scene of your own; without it one is simulated")
    scene = parser.parse_args().scene
    scene = scene.absolute() if scene else simulated_scene()
    outputs = {name: FOLDER / file for name, file in OUTPUTS.items()}
    print(f"Segmenting {scene.name} ...", flush=True)
    failed = segment(scene, outputs)
    if failed:
        return failed
    print_areas(outputs["AREAS"])
    picture = FOLDER / "picture.png"
    draw(outputs["ROUGHNESS"], outputs["CLASSES"], picture, scene.name)
    for name, path in {**outputs, "PICTURE": picture}.items():
        print(f"{name.lower():>14}  {path}")
    return 0


def simulated_scene() -> Path:
    """Return the folder of a simulated scene, made anew when the simulator has changed."""
    sources = sorted((CHECKOUT / "training" / "simulator").rglob("*.py"))
    version = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:8]
    folder = FOLDER / f"scene-{version}"
    if not folder.exists():
        print("Simulating a wide swath ...", flush=True)
        for old in FOLDER.glob("scene-*"):
            shutil.rmtree(old)
        unfinished = FOLDER / "scene-unfinished"
        simulate_product(unfinished, Product(seed=SEED), Extent())
        unfinished.rename(folder)
    return next(folder.glob("*.SAFE"))


def segment(scene: Path, outputs: dict[str, Path]) -> int:
    """Run the algorithm; print the sentence it fails with; return its exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    parameters = [f"INPUT={scene}", *(f"{name}={path}" for name, path in outputs.items())]
    command = ["qgis_process.bin", "--json", "run", "metocean:segment", "--", *parameters]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        # Each sentence once: QGIS prints an exception's text twice, and Qt its own remarks.
        lines = dict.fromkeys(done.stderr.splitlines() + done.stdout.splitlines())
        print("\n".join(line for line in lines if line and not line.startswith(NOISE)), file=sys.stderr)
    return done.returncode


def print_areas(path: Path) -> None:
    """Print the table of areas."""
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            km2, percent = float(row["km2"]), float(row["percent"])
            print(f"{row['code']:>14}  {km2:10.0f} km²  {percent:5.1f} %  {row['name']}")


if __name__ == "__main__":
    sys.exit(main())
