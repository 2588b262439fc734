# SPDX-License-Identifier: GPL-2.0-or-later
"""Masks that make no sense."""

import pytest
from metocean.core.errors import OptionError
from metocean.models.methods.mask_geometry import Masks


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"fill": "mean", "side_px": 75, "stride_px": 76}, "stride_px of 76 leave gaps.* 1 to .* 75"),
        ({"fill": "mean", "side_px": 75, "stride_px": 0}, "stride_px of 0"),
        ({"fill": "mean", "side_px": 75, "stride_px": 32.5}, "stride_px of 32.5"),
        ({"fill": "mean", "side_px": 74, "stride_px": 32}, "odd, 1 to 511; 74"),
        ({"fill": "mean", "side_px": 513, "stride_px": 32}, "odd, 1 to 511; 513"),
        ({"fill": "noise", "side_px": 75, "stride_px": 32}, "mean or zero"),
    ],
)
def test_masks_that_make_no_sense_are_refused(settings, words):
    with pytest.raises(OptionError, match=words):
        Masks(**settings)
