"""Colocalisation of two traits in a region: do they share one causal variant, or are there two neighbours?

Five hypotheses: no causal variant (H0), one for trait 1 only (H1), for trait 2 only (H2), one for each (H3),
one for both (H4). Giambartolomei et al. 2014, doi:10.1371/journal.pgen.1004383; the priors' influence:
Wallace 2020, doi:10.1371/journal.pgen.1008720. Bayes factors stay on the log scale throughout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy import special

from scripts.method.arrays import FloatArray, IntArray

H0, H1, H2, H3, H4 = range(5)


@dataclass(frozen=True, slots=True)
class Priors:
    """Prior probability that a variant is causal for trait 1 only, for trait 2 only, and for both."""

    p1: float = 1e-4
    p2: float = 1e-4
    p12: float = 1e-5

    def within(self, n_variants: int) -> Self:
        """The priors, each lowered to 1/(n + 1) where n variants would use up all probability.

        As coloc 6.0.1 does (n p >= 1), for each prior by itself.
        """

        def lowered(p: float) -> float:
            return p if n_variants * p < 1.0 else 1.0 / (n_variants + 1)

        return replace(self, p1=lowered(self.p1), p2=lowered(self.p2), p12=lowered(self.p12))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a region says before any prior: log sums of the Bayes factors of its variants.

    `trait_1` and `trait_2`: over each trait's variants; `shared`: of one variant for both; `distinct`: over
    all pairs of two different variants (-inf where there is one variant only).
    """

    n_variants: int
    trait_1: float
    trait_2: float
    shared: float
    distinct: float

    @classmethod
    def of(cls, log_bf_1: FloatArray, log_bf_2: FloatArray) -> Self:
        """From the log Bayes factors (k,) of the same variants for two traits; ValueError for none."""
        if not len(log_bf_1):
            raise ValueError("a region without variants cannot be colocalised")
        trait_1, trait_2 = _log_sum(log_bf_1), _log_sum(log_bf_2)
        shared = _log_sum(log_bf_1 + log_bf_2)
        distinct = -math.inf if len(log_bf_1) == 1 else _log_difference(trait_1 + trait_2, shared)
        return cls(len(log_bf_1), trait_1, trait_2, shared, distinct)

    def log_weights(self, priors: Priors) -> FloatArray:
        """Log of prior times evidence of H0 to H4, up to a constant."""
        p1, p2, p12 = math.log(priors.p1), math.log(priors.p2), math.log(priors.p12)
        return np.array(
            [0.0, p1 + self.trait_1, p2 + self.trait_2, p1 + p2 + self.distinct, p12 + self.shared]
        )

    def posterior(self, priors: Priors) -> FloatArray:
        """Posterior probabilities of H0 to H4."""
        return np.asarray(special.softmax(self.log_weights(priors)))

    def posterior_by_p12(self, priors: Priors, p12: FloatArray) -> FloatArray:
        """Posteriors (k, 5) for k values of p12, each lowered as `Priors.within` does."""
        each = (replace(priors, p12=float(value)).within(self.n_variants) for value in p12)
        return np.array([self.posterior(values) for values in each])

    def p12_at(self, priors: Priors, pp_h4: float) -> float:
        """The p12 at which the posterior of H4 is `pp_h4`: below it, it is lower.

        From pp/(1 - pp) = p12 S12/(weights of H0 to H3); may be above 1, which no prior reaches.
        """
        others = _log_sum(self.log_weights(priors)[:H4])
        log_p12 = float(special.logit(pp_h4)) + others - self.shared
        return math.exp(min(log_p12, 700.0))


@dataclass(frozen=True, slots=True)
class Colocalisation:
    """Posteriors of H0 to H4 (5,) with the priors in use, and of each variant (k,) to be the one under H4."""

    evidence: Evidence
    priors: Priors
    posterior: FloatArray
    variant_h4: FloatArray


def colocalise(log_bf_1: FloatArray, log_bf_2: FloatArray, priors: Priors) -> Colocalisation:
    """Colocalise two traits by the log Bayes factors (k,) of the same variants, priors lowered to fit k."""
    evidence = Evidence.of(log_bf_1, log_bf_2)
    used = priors.within(evidence.n_variants)
    variant = np.asarray(special.softmax(log_bf_1 + log_bf_2))
    return Colocalisation(evidence, used, evidence.posterior(used), variant)


def credible_set(probability: FloatArray, coverage: float) -> IntArray:
    """Fewest variants whose probabilities (k, sum 1) reach `coverage`, the most probable first."""
    order = np.argsort(-probability, kind="stable")
    size = int(np.searchsorted(np.cumsum(probability[order]), coverage)) + 1
    return order[:size]


def _log_sum(values: FloatArray) -> float:
    return float(special.logsumexp(values))


def _log_difference(larger: float, smaller: float) -> float:
    """log(exp(larger) - exp(smaller)); rounding may leave nothing of it."""
    ratio = -math.expm1(smaller - larger)
    return larger + math.log(ratio) if ratio > 0 else -math.inf
