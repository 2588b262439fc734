# SPDX-License-Identifier: GPL-2.0-or-later
"""The ten processes and what distracts from them, one phenomenon a module.

Each has its parameters' ranges in one dataclass and a function that draws it into a sea:

Parameters
----------
sea : Sea
    Changed in place, its labels too.
rng : Draws
    Alone decides what is drawn: the same draws give the same process.
weight : (rows, columns) or float
    Where, 0 to 1.
ranges : dataclass of the module
    From which the process's parameters are drawn.
label : bool
    Of streaks and cells, which also stand beside fronts: whether they are strong enough to be named.

May import: numpy, scipy, metocean.core and the modules one folder up. Door:
`metocean.training.simulator.scenes.mixture` knows them all, and nobody else needs to.
"""
