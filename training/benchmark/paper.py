# SPDX-License-Identifier: GPL-2.0-or-later
"""What Colin et al. 2022 (Remote Sensing 14(4), 851) report of their own, real test set; all in %."""

from __future__ import annotations

# Table 1: accuracy on the validation and on the test images, by resolution in m.
TABLE_1 = {50: (99, 77), 100: (98, 75), 200: (93, 66), 340: (88, 59)}

# Table 2: Dice by method, for the ten classes in the order of their codes, and their mean. Two decimal points
# of B filled with zero are misplaced in print (3.28, 1.3); put right they give the mean that is printed.
TABLE_2 = {
    "unet": (29.5, 24.7, 13.5, 69.5, 30.8, 33.7, 47.9, 31.1, 63.3, 61.1, 40.5),
    "mask_mean": (9.6, 16.1, 4.9, 15.2, 20.6, 18.9, 9.6, 13.1, 17.2, 27.2, 15.2),
    "mask_zero": (10.4, 17.2, 1.2, 5.9, 32.8, 13.0, 14.8, 8.2, 19.0, 51.7, 17.4),
    "part_75": (6.9, 29.0, 2.0, 39.2, 23.2, 6.7, 40.0, 19.0, 73.3, 66.9, 30.6),
    "part_129": (14.6, 28.9, 2.0, 63.2, 34.2, 11.8, 19.2, 23.5, 77.5, 70.0, 34.5),
    "cam": (16.6, 14.8, 2.2, 47.6, 12.0, 20.4, 7.3, 17.9, 40.0, 14.2, 19.3),
    "im2px": (12.1, 26.9, 1.9, 69.6, 26.5, 10.9, 17.5, 18.8, 69.8, 27.7, 28.2),
}
# The same for the standard deviations over ten trainings; the last is the mean of those of the classes.
TABLE_2_DEVIATIONS = {
    "unet": (4.4, 8.4, 2.1, 4.5, 7.4, 6.2, 6.5, 3.5, 11.0, 7.5, 6.1),
    "mask_mean": (2.1, 2.9, 0.9, 2.8, 3.7, 1.5, 2.0, 2.3, 4.0, 8.8, 3.1),
    "mask_zero": (1.1, 1.6, 0.5, 1.7, 5.0, 1.2, 2.0, 1.6, 8.2, 11.1, 3.4),
    "part_75": (1.3, 1.2, 0.0, 9.8, 3.4, 0.9, 4.9, 6.2, 4.0, 5.1, 3.7),
    "part_129": (1.7, 0.9, 0.2, 2.6, 6.0, 1.5, 4.4, 0.6, 3.5, 4.8, 2.6),
    "cam": (3.4, 3.4, 0.3, 5.8, 3.2, 3.2, 1.0, 2.5, 9.4, 8.0, 4.0),
    "im2px": (1.9, 1.8, 0.5, 1.5, 5.2, 1.1, 1.5, 3.7, 12.5, 5.6, 3.5),
}
