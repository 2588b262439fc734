# SPDX-License-Identifier: GPL-2.0-or-later
"""CMOD5.N against the memorandum's equations, and against what every such function must do."""

from __future__ import annotations

from math import cos, exp, radians, tanh

import numpy as np
import pytest
from metocean.core.cmod5n import cmod5n, look_up_reference, reference_sigma0, vv_over_hh

# Of the memorandum, c1 to c28 of the neutral wind; 0 stands before them so that they count from one.
C = [0.0, -0.6878, -0.7957, 0.3380, -0.1728, 0.0000, 0.0040, 0.1103, 0.0159, 6.7329, 2.7713, -2.2885, 0.4971]
C += [-0.7250, 0.0450, 0.0066, 0.3222, 0.0120, 22.7000, 2.0813, 3.0000, 8.3659, -3.3428, 1.3236, 6.2437]
C += [2.3893, 0.3249, 4.1590, 1.6930]


def literally(wind_ms: float, azimuth_deg: float, incidence_deg: float) -> float:
    """The equations one after the other, number by number."""
    v, x = wind_ms, (incidence_deg - 40) / 25
    a0 = C[1] + C[2] * x + C[3] * x**2 + C[4] * x**3
    a1 = C[5] + C[6] * x
    a2 = C[7] + C[8] * x
    gamma = C[9] + C[10] * x + C[11] * x**2
    s0 = C[12] + C[13] * x
    s = a2 * v
    if s >= s0:
        f = 1 / (1 + exp(-s))
    else:
        g = 1 / (1 + exp(-s0))
        f = (s / s0) ** (s0 * (1 - g)) * g
    b0 = 10 ** (a0 + a1 * v) * f**gamma
    b1 = C[14] * (1 + x) - C[15] * v * (0.5 + x - tanh(4 * (x + C[16] + C[17] * v)))
    b1 /= 1 + exp(0.34 * (v - C[18]))
    v0 = C[21] + C[22] * x + C[23] * x**2
    d1 = C[24] + C[25] * x + C[26] * x**2
    d2 = C[27] + C[28] * x
    y0, n = C[19], C[20]
    y = 1 + v / v0
    v2 = y if y >= y0 else y0 - (y0 - 1) / n + (y - 1) ** n / (n * (y0 - 1) ** (n - 1))
    b2 = (-d1 + d2 * v2) * exp(-v2)
    phi = radians(azimuth_deg)
    return b0 * (1 + b1 * cos(phi) + b2 * cos(2 * phi)) ** 1.6


# Both sides of the two branches, and the ends of what the function was fitted for.
@pytest.mark.parametrize("wind_ms", [0.2, 2.0, 4.5, 7.0, 10.0, 16.0, 25.0, 50.0])
@pytest.mark.parametrize("incidence_deg", [18.0, 29.1, 40.0, 46.7, 58.0])
def test_agrees_with_the_equations_of_the_memorandum(wind_ms, incidence_deg):
    azimuths_deg = np.array([0.0, 37.0, 90.0, 133.0, 180.0])
    expected = [literally(wind_ms, azimuth_deg, incidence_deg) for azimuth_deg in azimuths_deg]
    np.testing.assert_allclose(cmod5n(wind_ms, azimuths_deg, incidence_deg), expected, rtol=1e-12)


def test_agrees_with_independent_implementation(shared_data):
    table = np.genfromtxt(shared_data / "cmod5n_reference.csv", delimiter=",", names=True)
    assert table.size == 864
    ours = cmod5n(table["v"], table["phi_deg"], table["theta_deg"])
    np.testing.assert_allclose(ours, table["sigma0_linear"], rtol=1e-9)


def test_arrays_broadcast_against_each_other():
    winds_ms, azimuths_deg = np.array([3.0, 12.0])[:, None, None], np.array([0.0, 90.0, 180.0])[:, None]
    incidence_deg = np.linspace(20, 46, 4)
    whole = cmod5n(winds_ms, azimuths_deg, incidence_deg)
    assert whole.shape == (2, 3, 4)
    assert whole[1, 2, 3] == cmod5n(12.0, 180.0, 46.0)


def test_the_wind_seen_from_left_and_right_is_the_same():
    azimuths_deg = np.linspace(0, 180, 25)
    sigma0 = cmod5n(10.0, azimuths_deg, 35.0)
    np.testing.assert_allclose(cmod5n(10.0, -azimuths_deg, 35.0), sigma0)
    np.testing.assert_allclose(cmod5n(10.0, 360 - azimuths_deg, 35.0), sigma0)


def test_upwind_is_brightest_then_downwind_then_crosswind():
    for wind_ms in (5.0, 10.0, 15.0):
        upwind, crosswind, downwind = cmod5n(wind_ms, np.array([0.0, 90.0, 180.0]), 40.0)
        assert upwind > downwind > crosswind > 0


def test_more_wind_is_brighter_and_a_calm_sea_dark():
    winds_ms = np.linspace(0.1, 20, 100)
    assert (np.diff(cmod5n(winds_ms, 45.0, 35.0)) > 0).all()
    assert cmod5n(1e-3, 45.0, 35.0) < 1e-4 * cmod5n(10.0, 45.0, 35.0)


def test_reference_is_a_ten_metre_wind_at_45_degrees_and_falls_with_incidence():
    theta = np.linspace(20, 46, 50)
    np.testing.assert_array_equal(reference_sigma0(theta), cmod5n(10.0, 45.0, theta))
    assert (np.diff(reference_sigma0(theta)) < 0).all()


def test_the_reference_looked_up_is_that_computed(rng):
    theta = rng.uniform(15, 60, (40, 50))
    np.testing.assert_allclose(look_up_reference(theta), reference_sigma0(theta), rtol=1e-7)
    assert np.isnan(look_up_reference(np.array([np.nan]))).all()


def test_thompson_ratio_by_hand():
    # tan² 45° = 1: ((1 + 2) / (1 + 0.6))²; at nadir both polarisations are alike.
    np.testing.assert_allclose(vv_over_hh(np.array([0.0, 45.0])), [1.0, (3 / 1.6) ** 2])
