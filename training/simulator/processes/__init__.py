"""The ten processes and what distracts from them, one phenomenon a module.

Each has its parameters' ranges in one dataclass and a function ``(sea, rng, weight)`` that changes the sea
and its labels where the weight, 0 to 1, says. May import: numpy, scipy, metocean.core and the modules one
folder up. Door: `metocean.training.simulator.scenes.mixture` knows them all, and nobody else needs to.
"""
