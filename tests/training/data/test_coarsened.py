# SPDX-License-Identifier: GPL-2.0-or-later
"""Images in coarser pixels, for Table 1 of the paper."""

import numpy as np
import pytest
import torch
from metocean.training.data.augment import coarsened


def test_coarser_pixels_have_the_mean_power_of_their_area():
    images = torch.rand(2, 1, 12, 12, generator=torch.Generator().manual_seed(0))
    for i, line, sample in np.ndindex(2, 4, 4):
        area = images[i, 0, 3 * line : 3 * line + 3, 3 * sample : 3 * sample + 3].numpy()
        assert float(coarsened(images, 3.0)[i, 0, line, sample]) == pytest.approx(
            np.sqrt((area**2).mean()), rel=1e-5
        )
    assert coarsened(images, 1.0) is images
    # The paper's 340 m: InceptionV3's smallest input, of 512 px at 50 m.
    assert coarsened(torch.ones(1, 1, 512, 512), 340 / 50).shape[-1] == 75
