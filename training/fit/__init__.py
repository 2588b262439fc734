# SPDX-License-Identifier: GPL-2.0-or-later
"""One training run, from a command line to weights with a card.

`job` says what a run is, `splits` opens its images, `trainer` is the loop, `run_state` and `run_log` what
it leaves behind on the way, `evaluation` scores a network, `publish` writes weights, card and scores at the
end.
May come in: core, models, `metocean.training.data`, `.recipes`, `.metrics`.
Doors: `command_line` (parse, commit), `job` (Job), `devices` (Hardware, launch), `trainer` (Trainer),
`evaluation` (Judge), `splits`, `publish`, `verdicts`.
"""
