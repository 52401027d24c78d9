"""The tail of a product of normals against the integral of its density, and its limits."""

import numpy as np
import pytest
from scipy import integrate, special

from scripts.method.product_tail import log_product_tail


def slow_tail(x: float, rho: float) -> float:
    """Both sides of the density, integrated by quadrature (independent of the substitution)."""
    width = 1 - rho**2

    def density(t: float) -> float:
        growth = np.exp(-t / (1 + rho)) + np.exp(-t / (1 - rho))
        return float(growth * special.k0e(t / width) / (np.pi * np.sqrt(width)))

    return float(integrate.quad(density, x, x + 120, epsabs=0, epsrel=1e-11, limit=500)[0])


@pytest.mark.parametrize("rho", [0.0, 0.2, -0.5, 0.9])
@pytest.mark.parametrize("x", [0.5, 2.0, 7.0, 30.0])
def test_equals_the_integral_of_the_density(x: float, rho: float) -> None:
    # quad is asked for 12 digits and delivers about ten.
    assert np.exp(log_product_tail(np.array([x]), rho))[0] == pytest.approx(slow_tail(x, rho), rel=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.99, 0.999])
def test_the_whole_has_probability_one(rho: float) -> None:
    assert abs(log_product_tail(np.array([0.0]), rho)[0]) < 1e-12


def test_nearly_equal_z_scores_give_the_tail_of_a_square() -> None:
    """With correlation 1 the product is a chi-squared variable with one degree of freedom."""
    x = np.array([1.0, 10.0, 100.0, 1000.0])
    near = log_product_tail(x, 1 - 1e-6)
    np.testing.assert_allclose(near, np.log(2) + special.log_ndtr(-np.sqrt(x)), rtol=1e-3)


def test_sign_of_the_correlation_does_not_matter_and_more_of_it_makes_longer_tails() -> None:
    x = np.geomspace(0.1, 5000, 50)
    np.testing.assert_array_equal(log_product_tail(x, 0.4), log_product_tail(x, -0.4))
    assert (np.diff([log_product_tail(x, rho) for rho in (0.0, 0.3, 0.6, 0.9)], axis=0)[:, 10:] > 0).all()


def test_monotone_and_finite_where_doubles_end() -> None:
    x = np.concatenate([[0.0], np.geomspace(1e-300, 1e6, 2001)])
    log_p = log_product_tail(x)
    assert np.isfinite(log_p).all() and (np.diff(log_p) <= 1e-15).all()


@pytest.mark.parametrize("rho", [1.0, -1.0, float("nan")])
def test_refuses_a_correlation_that_is_none(rho: float) -> None:
    with pytest.raises(ValueError, match="rho"):
        log_product_tail(np.array([1.0]), rho)
