"""Physical simulator of C-band co-polarised ocean scenes with exact masks of the ten processes.

One module per phenomenon, each with its parameter ranges in one dataclass and an ``apply(sea, rng, ...)``
that changes the sea and its labels. `scene` draws what meets what, `sea` turns it into sigma0.
"""
