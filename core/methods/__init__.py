# SPDX-License-Identifier: GPL-2.0-or-later
"""What a segmentation method is, for those who run one and those who write one; without torch.

Lives here: `protocol` says what a method has and gives, `image` what it reads, `tiling` how large images are
cut, `training_ranges` what its training images were like; `orientations` is a method around any other.

May come in: the modules at core's top, and numpy; no other folder of core.

Doors: all of these modules. ``models`` builds its methods on them, ``core/results`` and ``core/runs`` call
what `protocol.Method` has, the ui wraps methods in `orientations.OrientationMean`.
"""
