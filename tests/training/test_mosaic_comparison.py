"""The comparison of the paper's mosaic with ours, and the numbers it shows."""

import numpy as np
import pytest
from metocean.models.registry import load_method
from metocean.training import mosaic_comparison
from metocean.training.benchmark import mosaic as comparison
from metocean.training.benchmark.mosaic import Scene, seam

pytestmark = pytest.mark.usefixtures("one_thread")


def test_steps_at_borders_are_compared_with_those_elsewhere():
    """Tiles of 8 cells keep 4: values rise by 3 from cell 3 to 4 and from 7 to 8, by 1 elsewhere."""
    along = np.arange(12) + 2 * (np.arange(12) // 4)
    maps = np.broadcast_to((along[:, None] + along[None, :])[None], (10, 12, 12)).astype(np.float32)
    assert seam(maps, 8) == pytest.approx(3)
    assert seam(maps[:, :4], 8) == pytest.approx((3 * 2) / (2 * (9 + 3) / 12))


def test_power_is_averaged_and_labels_are_of_the_same_ground():
    scene = Scene.simulated(1, (64, 96))
    method = load_method("unet", "cpu")
    image = scene.image(method)
    assert image.shape == (32, 48) and scene.labels.shape == (8, 12) == image.known_pixels.shape
    fine = Scene(scene.swath, np.full((4, 4), 0.1), np.full(4, 35.0))
    fine.sigma0[0, 0] = 0.5
    values = fine.image(method).read(slice(0, 2), slice(0, 2))
    assert (values[0, 0] / values[1, 1]) ** 2 == pytest.approx(2.0, rel=1e-5)


def test_the_page_has_every_method_with_weights_and_names_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(mosaic_comparison, "weights_state", lambda name: () if name == "im2px" else (1,))
    monkeypatch.setattr(
        comparison, "load_method", lambda name, **options: load_method("unet", "cpu", **options)
    )
    out = tmp_path / "mosaic.md"
    mosaic_comparison.main(["--out", str(out), "--seeds", "4", "--lines", "448", "--samples", "432"])
    text = out.read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[0] for row in rows[1:3]] == [
        "| A, fully supervised U-Net",
        "| D, class activation map",
    ]
    ours, mosaic, same, *seams = (float(cell) for cell in rows[1].split(" | ")[1:6])
    assert min(ours, mosaic) > 0 and max(ours, mosaic) < 100 and 50 < same < 100
    assert seams[1] > 1.5 > seams[0]
    assert "no weights: E, image to pixel" in text
    assert "1 **simulated** swaths of 22 km x 22 km" in " ".join(text.split())
