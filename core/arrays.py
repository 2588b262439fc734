# SPDX-License-Identifier: GPL-2.0-or-later
"""The type of numpy's arrays in annotations: shapes and kinds of numbers stand in the docstrings.

Numpy's own generic alias came with 1.21, and QGIS may bring an older one: it is for type checkers alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = np.ndarray
