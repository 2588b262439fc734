# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables and figures of Colin et al. 2022 that can be measured again, on simulated or on real images.

`settings` says what is trained and for how long, `works` what can be asked for, `bench` trains and scores
what is not there yet; `table1`, `table2`, `figure3`, `figure4` and `bundled` each ask and write a page
(`report`). `mosaic` is apart: the paper's way with wide scenes beside ours.
May come in: core, models, and all of training but `speed` and what is at its top.
Doors: the command ``python -m metocean.training.benchmark``, and `mosaic`.
"""
