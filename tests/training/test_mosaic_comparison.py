# SPDX-License-Identifier: GPL-2.0-or-later
"""The page that compares the paper's mosaic with ours."""

import pytest
from metocean.models.registry import load_method
from metocean.training import mosaic_comparison
from metocean.training.benchmark import mosaic as comparison

pytestmark = pytest.mark.usefixtures("one_thread")


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
