# SPDX-License-Identifier: GPL-2.0-or-later
"""With the bundled networks: the edge between plain swell and nodata is no front."""

import numpy as np
import pytest
from metocean.core.feedback import Silent
from metocean.core.methods.image import Image
from metocean.core.results.classification import classify
from metocean.models.registry import load_method
from scipy.ndimage import binary_dilation
from swell import OUTSIDE, swell


def classes_of(method, roughness):
    image = Image.from_array(roughness, method.output_stride)
    return classify(method.predict(image, Silent()), method.threshold), image.known_pixels


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("edge", OUTSIDE)
def test_cells_within_800_m_of_an_edge_are_as_without_it(edge, seed):
    method, sea = load_method("unet"), swell(seed)
    without_edge, _ = classes_of(method, sea)
    with_edge, known_pixels = classes_of(method, np.where(OUTSIDE[edge], -1, sea).astype(np.float32))
    known = 2 * known_pixels >= method.output_stride**2
    beside = binary_dilation(~known, iterations=2) & known
    # 0 is undecided.
    right = (with_edge == without_edge) | (with_edge == 0)
    assert beside.sum() > 50 and right[beside].mean() >= 0.95
