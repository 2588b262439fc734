# SPDX-License-Identifier: GPL-2.0-or-later
"""What a scene is: the types that every kind of input fills in, and what a user can say about one.

`scene.Scene` with its `Source` and `Reader`, `scene.SceneOptions`, `borders.Borders`. Both are doors:
whatever comes after scenes sees these types and none of the readers behind them, so a new kind of input
changes nothing there. Imports: geometry alone.
"""
