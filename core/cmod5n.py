# SPDX-License-Identifier: GPL-2.0-or-later
"""CMOD5.N: sea-surface backscatter of C-band, VV, as a function of neutral wind and incidence angle.

Source: H. Hersbach, "CMOD5.N: A C-band geophysical model function for equivalent neutral wind", ECMWF
Technical Memorandum 554, 2008. The HH ratio is that of Thompson et al., IGARSS 1998.

Names of one letter, and y0, v0, s0, are the memorandum's, so that the two can be held side by side; x is the
incidence about 40° in units of 25°, v the wind speed in m/s.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array

_C = (
    np.nan,  # the memorandum counts from one
    *(-0.6878, -0.7957, 0.3380, -0.1728, 0.0, 0.0040, 0.1103, 0.0159, 6.7329, 2.7713),
    *(-2.2885, 0.4971, -0.7250, 0.0450, 0.0066, 0.3222, 0.0120, 22.7, 2.0813, 3.0),
    *(8.3659, -3.3428, 1.3236, 6.2437, 2.3893, 0.3249, 4.1590, 1.6930),
)
_THOMPSON_ALPHA = 0.6
HH_WARNING = "HH is brought to VV with Thompson's polarisation ratio, which is experimental."
# The state of the sea every scene is compared with. The wind is not known when a scene is opened; any fixed
# one takes most of the fall of backscatter with incidence out, and 45° lies between upwind and crosswind.
_REFERENCE_WIND_MS = np.array(10.0)
_REFERENCE_AZIMUTH_DEG = np.array(45.0)
# Angles of the table of it: a straight line over 0.002° is close enough (1e-7, which is tested), and a
# wide scene has millions of cells for which the full formula would be computed.
_TABLE_SIZE = 45_001


def cmod5n(wind_ms: ArrayLike, azimuth_deg: ArrayLike, incidence_deg: ArrayLike) -> Array:
    """Return sigma0 (linear) for arrays or numbers that broadcast against each other.

    Parameters
    ----------
    wind_ms : array or number
        Neutral wind speed at 10 m, above 0.
    azimuth_deg : array or number
        Wind direction relative to the look; 0 is upwind.
    incidence_deg : array or number
        Fitted for 18 to 58.

    Examples
    --------
    >>> round(float(cmod5n(10.0, 45.0, 40.0)), 4)
    0.0323
    """
    v = np.asarray(wind_ms, np.float64)
    phi = np.deg2rad(np.asarray(azimuth_deg, np.float64))
    x = (np.asarray(incidence_deg, np.float64) - 40.0) / 25.0
    b1, b2 = _upwind_crosswind(v, x), _second_harmonic(v, x)
    sigma0: Array = _mean_level(v, x) * (1.0 + b1 * np.cos(phi) + b2 * np.cos(2.0 * phi)) ** 1.6
    return sigma0


def reference_sigma0(incidence_deg: Array) -> Array:
    """Return sigma0 (linear) at 10 m/s and 45°: divided by it, a scene has no trend across the swath left.

    ``incidence_deg`` may have any shape; NaN stays NaN.
    """
    return cmod5n(_REFERENCE_WIND_MS, _REFERENCE_AZIMUTH_DEG, incidence_deg)


def look_up_reference(incidence_deg: Array) -> Array:
    """Return `reference_sigma0` to within 1e-7 of itself, for 0 to 90 degrees, in a tenth of the time.

    ``incidence_deg`` may have any shape; NaN stays NaN.
    """
    return np.interp(incidence_deg, *_reference_table())


# Made on first use: opening the toolbox must not wait for it.
@lru_cache(maxsize=1)
def _reference_table() -> tuple[Array, Array]:
    angles_deg = np.linspace(0.0, 90.0, _TABLE_SIZE)
    return angles_deg, reference_sigma0(angles_deg)


def vv_over_hh(incidence_deg: Array) -> Array:
    """Return Thompson's polarisation ratio sigma0 VV / sigma0 HH (linear) of the sea; experimental.

    ``incidence_deg`` may have any shape. The ratio depends on it alone, whatever the wind.
    """
    tan2 = np.tan(np.deg2rad(np.asarray(incidence_deg, np.float64))) ** 2
    ratio: Array = ((1.0 + 2.0 * tan2) / (1.0 + _THOMPSON_ALPHA * tan2)) ** 2
    return ratio


def _sigmoid(t: Array) -> Array:
    sigmoid: Array = 1.0 / (1.0 + np.exp(-t))
    return sigmoid


def _mean_level(v: Array, x: Array) -> Array:
    """Return B0, the level that does not depend on the wind's direction."""
    a0 = _C[1] + _C[2] * x + _C[3] * x**2 + _C[4] * x**3
    a1 = _C[5] + _C[6] * x
    gamma = _C[9] + _C[10] * x + _C[11] * x**2
    s0 = _C[12] + _C[13] * x
    s = (_C[7] + _C[8] * x) * v
    # Below s0 the sigmoid goes on as a power law. Arrays know no branches: both are computed everywhere, and
    # the minimum holds the power law to its own range.
    low = _sigmoid(s0) * (np.minimum(s, s0) / s0) ** (s0 * (1.0 - _sigmoid(s0)))
    f = np.where(s < s0, low, _sigmoid(s))
    level: Array = f**gamma * 10.0 ** (a0 + a1 * v)
    return level


def _upwind_crosswind(v: Array, x: Array) -> Array:
    """Return B1, by which upwind differs from downwind."""
    level = _C[14] * (1.0 + x) - _C[15] * v * (0.5 + x - np.tanh(4.0 * (x + _C[16] + _C[17] * v)))
    amplitude: Array = level / (1.0 + np.exp(0.34 * (v - _C[18])))
    return amplitude


def _second_harmonic(v: Array, x: Array) -> Array:
    """Return B2, by which both differ from crosswind."""
    y0, n = _C[19], _C[20]
    a = y0 - (y0 - 1.0) / n
    b = 1.0 / (n * (y0 - 1.0) ** (n - 1.0))
    v0 = _C[21] + _C[22] * x + _C[23] * x**2
    d1 = _C[24] + _C[25] * x + _C[26] * x**2
    d2 = _C[27] + _C[28] * x
    # Below y0 a power law; its a and b give it the value and the slope of the line at y0.
    y = v / v0 + 1.0
    y = np.where(y < y0, a + b * (y - 1.0) ** n, y)
    amplitude: Array = (-d1 + d2 * y) * np.exp(-y)
    return amplitude
