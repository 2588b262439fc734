from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from metocean.core.cmod5n import cmod5n, look_up_reference, reference_sigma0, vv_over_hh

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "data" / "cmod5n_reference.csv"


@pytest.mark.skipif(
    not REFERENCE.exists(), reason="no ../shared/data/cmod5n_reference.csv beside the checkout"
)
def test_agrees_with_independent_implementation():
    table = np.genfromtxt(REFERENCE, delimiter=",", names=True)
    assert table.size == 864
    ours = cmod5n(table["v"], table["phi_deg"], table["theta_deg"])
    np.testing.assert_allclose(ours, table["sigma0_linear"], rtol=1e-9)


def test_three_rows_known_by_heart():
    # From the same independent implementation, so that the function stays held where the table is absent.
    np.testing.assert_allclose(
        cmod5n(0.5, 0.0, np.array([18.0, 20.0])), [0.143278502150225, 0.060346654493068974]
    )


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
