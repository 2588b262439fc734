# SPDX-License-Identifier: GPL-2.0-or-later
"""The Processing algorithms: segment, comparemethods, preprocess and preprocessall.

Lives here: a module for each (`preprocess` has two), on bases that each add what more of them share:
`common` (names, outputs, feedback, errors), `scene` (how to read a scene), `network` (where networks run),
`method` (which one, and how it works). To add a parameter: declare it in the base or algorithm that needs
it, and put what was given into the dataclass of options beside it.

May come in: all that may into `metocean.ui`. Only modules of this folder know names of parameters.

Doors: the classes of algorithms, for `metocean.ui.provider`.
"""
