"""Linear regression where response and predictors all carry errors of known covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from scripts.method.arrays import FloatArray

MAX_STEPS = 200
HALVINGS = 60
CONVERGED = 1e-26  # of Q: the square of the last Newton step, in standard errors


@dataclass(frozen=True, slots=True)
class ErrorsInVariables:
    """n observations (n, 1 + m): the response, then m predictors; and their errors' (n, 1 + m, 1 + m).

    With c = (1, -theta), observation i has the residual e_i = observed_i c, whose variance is
    v_i = c' covariance_i c, and Q(theta) = sum e_i^2/v_i.
    """

    observed: FloatArray
    covariance: FloatArray

    def q(self, theta: FloatArray) -> float:
        """Q at these coefficients (m)."""
        contrast = np.concatenate(([1.0], -theta))
        variance = contrast @ self.covariance @ contrast
        return float(np.sum((self.observed @ contrast) ** 2 / variance))

    def with_variance(self, extra: float) -> ErrorsInVariables:
        """The model with `extra` added to the variance of every response."""
        covariance = self.covariance.copy()
        covariance[:, 0, 0] += extra
        return ErrorsInVariables(self.observed, covariance)

    def minimum(self, near: FloatArray | None = None) -> FloatArray:
        """The coefficients (m) of the smallest Q by Newton's method, or of the local minimum by `near`.

        Raises LinAlgError where it does not settle.
        """
        scale = np.sqrt(np.mean(np.diagonal(self.covariance, axis1=1, axis2=2), axis=0))
        unit = ErrorsInVariables(self.observed / scale, self.covariance / np.outer(scale, scale))
        to_unit = scale[1:] / scale[0]
        starts = (unit._eigenvector(), unit._least_squares()) if near is None else (near * to_unit,)
        found = min((unit._descend(start) for start in starts), key=unit.q)
        return np.asarray(found / to_unit, dtype=np.float64)

    def sandwich(self, theta: FloatArray) -> FloatArray:
        """Covariance (m, m) of the coefficients that solve dQ/dtheta = 0."""
        score, hessian = self._derivatives(theta)
        bread = np.linalg.inv(hessian)
        return np.asarray(bread @ (score.T @ score) @ bread)

    def _eigenvector(self) -> FloatArray:
        """The minimum if all observations had their mean covariance, each divided by its own response's."""
        weight = 1.0 / self.covariance[:, 0, 0]
        moments = (self.observed * weight[:, None]).T @ self.observed
        errors = np.tensordot(weight, self.covariance, axes=1)
        _, vectors = linalg.eigh(moments, errors, subset_by_index=[0, 0])
        contrast = vectors[:, 0]
        return np.asarray(-contrast[1:] / contrast[0])

    def _least_squares(self) -> FloatArray:
        rows = self.observed / np.sqrt(self.covariance[:, :1, 0])
        return np.asarray(np.linalg.lstsq(rows[:, 1:], rows[:, 0])[0], dtype=np.float64)

    def _descend(self, theta: FloatArray) -> FloatArray:
        q = self.q(theta)
        for _ in range(MAX_STEPS):
            score, hessian = self._derivatives(theta)
            gradient = score.sum(axis=0)
            values, vectors = np.linalg.eigh(hessian)
            # Absolute curvature turns saddles into descents; the floor bounds steps along flat directions.
            curvature = np.maximum(np.abs(values), 1e-12 * np.max(np.abs(values), initial=0.0))
            step = -vectors @ ((vectors.T @ gradient) / curvature)
            decrease = float(-gradient @ step)
            if decrease <= CONVERGED * (1.0 + q):
                return np.asarray(theta + step, dtype=np.float64)
            for _ in range(HALVINGS):
                trial = self.q(theta + step)
                if trial < q:
                    break
                step = step / 2.0
            else:
                return theta  # no smaller value can be told from rounding
            theta, q = theta + step, trial
        raise np.linalg.LinAlgError("Q has no minimum that Newton's method finds")

    def _derivatives(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """First derivatives of Q/2 by observation (n, m), and second derivatives of their sum (m, m)."""
        contrast = np.concatenate(([1.0], -theta))
        predictor = self.observed[:, 1:]
        spread = self.covariance @ contrast
        variance = spread @ contrast
        ratio = (self.observed @ contrast) / variance
        slope = -spread[:, 1:]  # half of the variance's derivative
        score = -ratio[:, None] * (predictor + ratio[:, None] * slope)
        moved = predictor + 2.0 * ratio[:, None] * slope
        hessian = (moved / variance[:, None]).T @ moved
        return score, hessian - np.tensordot(ratio**2, self.covariance[:, 1:, 1:], axes=1)
