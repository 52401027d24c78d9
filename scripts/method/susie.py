"""SuSiE, the sum of single effects, on z scores and LD: several causal variants in a region.

Wang et al. 2020, doi:10.1111/rssb.12388; with summary statistics Zou et al. 2022,
doi:10.1371/journal.pgen.1010299. As susieR's susie_rss with N given: residual variance fixed, the prior
variance of each effect estimated. Effects are in units of z: the posterior of an effect b of a variant with
residual z has variance V/(1 + V) and mean z V/(1 + V), where V is the prior variance times N - 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.coloc import credible_set
from scripts.method.panel_ld import PanelLd

START_VARIANCE = 0.2  # of the trait's variance, as the peer starts
LOG_VARIANCE_RANGE = (-30.0, 15.0)  # log of an effect's variance over the trait's, as the peer searches
NULL_VARIANCE = 1e-9  # an effect of less is none
PRECISION = 1.5e-8  # of the log variance; the peer's


@dataclass(frozen=True, slots=True)
class SusieSettings:
    """Most causal variants, iterations and the rise of the ELBO that ends them, sets' coverage and purity."""

    effects: int = 10
    coverage: float = 0.95
    purity: float = 0.5
    max_iterations: int = 100
    tolerance: float = 1e-3


@dataclass(frozen=True, slots=True)
class CredibleSet:
    """Variants (most probable first) that hold one causal variant; `purity`: their least |r|."""

    effect: int
    variants: IntArray
    coverage: float
    purity: float


@dataclass(frozen=True, slots=True)
class SusieFit:
    """Single effects (L) of variants (p): `alpha` (L, p) is the probability that the variant is the effect's,
    `log_bf` (L, p) its Bayes factor, `variance` (L,) each effect's prior variance (0: no effect), `pip` (p,)
    the probability that the variant has any effect. `sets` come purest first."""

    alpha: FloatArray
    log_bf: FloatArray
    variance: FloatArray
    pip: FloatArray
    elbo: float
    iterations: int
    converged: bool
    sets: tuple[CredibleSet, ...]


@dataclass(slots=True)
class _Effect:
    """One single effect: posterior weights, means and second moments (p,), and R times its expectation."""

    alpha: FloatArray
    mean: FloatArray
    square: FloatArray
    log_bf: FloatArray
    variance: float
    divergence: float = 0.0

    @property
    def expected(self) -> FloatArray:
        return self.alpha * self.mean


def shrunken_z(z: FloatArray, n: float) -> FloatArray:
    """z as if its effect's own variance were out of the residual: z sqrt((n - 1)/(z^2 + n - 2))."""
    return np.asarray(z * np.sqrt((n - 1.0) / (z**2 + n - 2.0)))


def susie(z: FloatArray, ld: PanelLd, n: float, settings: SusieSettings) -> SusieFit:
    """Fit SuSiE to z scores (p,) with the LD of the same variants and alleles, from `n` people.

    Iterates Bayesian stepwise selection until the evidence lower bound (ELBO) rises by less than the
    tolerance; `converged` is False where it does not. ValueError unless `n` is above 2 and every z is finite.
    """
    if not n > 2 or not np.isfinite(z).all():
        raise ValueError("SuSiE needs finite z scores and more than two people")
    y = shrunken_z(z, n)
    p = len(y)
    effects = [
        _Effect(np.full(p, 1.0 / p), np.zeros(p), np.zeros(p), np.zeros(p), START_VARIANCE * (n - 1.0))
        for _ in range(min(settings.effects, p))
    ]
    contributions = np.zeros((len(effects), p))  # R b of each effect
    fitted = np.zeros(p)
    elbo, converged, iterations = -math.inf, False, 0
    while not converged and iterations < settings.max_iterations:
        iterations += 1
        for k, effect in enumerate(effects):
            fitted = fitted - contributions[k]
            effects[k] = _single_effect(y - fitted, effect.variance, n)
            contributions[k] = ld.times(effects[k].expected) if effects[k].variance else 0.0
            fitted = fitted + contributions[k]
        before, elbo = elbo, _elbo(y, effects, contributions, fitted)
        converged = elbo - before < settings.tolerance
    alpha = np.array([effect.alpha for effect in effects])
    variance = np.array([effect.variance for effect in effects]) / (n - 1.0)
    some = variance > NULL_VARIANCE
    return SusieFit(
        alpha=alpha,
        log_bf=np.array([effect.log_bf for effect in effects]),
        variance=variance,
        pip=1.0 - np.prod(1.0 - alpha[some], axis=0),
        elbo=elbo,
        iterations=iterations,
        converged=converged,
        sets=_credible_sets(alpha, some, ld, settings),
    )


def _single_effect(residual: FloatArray, before: float, n: float) -> _Effect:
    """The posterior of one effect given the residual z of the others (Wang et al., section 3.1)."""
    variance = _prior_variance(residual**2, before, n)
    log_bf = _log_bf(residual**2, variance)
    weighed = special.logsumexp(log_bf) - math.log(len(log_bf))
    alpha = np.exp(log_bf - weighed) / len(log_bf)
    shrinkage = variance / (1.0 + variance)
    mean = shrinkage * residual
    square = shrinkage + mean**2
    divergence = -weighed + float(alpha @ (mean * residual - 0.5 * square))
    return _Effect(alpha, mean, square, log_bf, variance, divergence)


def _log_bf(z2: FloatArray, variance: float) -> FloatArray:
    return np.asarray(0.5 * (z2 * (variance / (1.0 + variance)) - math.log1p(variance)))


def _prior_variance(z2: FloatArray, before: float, n: float) -> float:
    """The prior variance of highest evidence, the one before where the search does no better, or 0."""

    def log_likelihood(variance: float) -> float:
        log_bf = _log_bf(z2, variance)
        highest = float(log_bf.max())
        return highest + math.log(float(np.exp(log_bf - highest).mean()))

    low, high = (bound + math.log(n - 1.0) for bound in LOG_VARIANCE_RANGE)
    found = optimize.minimize_scalar(
        lambda log_variance: -log_likelihood(math.exp(log_variance)),
        bounds=(low, high),
        method="bounded",
        options={"xatol": PRECISION},
    )
    best = max((math.exp(found.x), before), key=log_likelihood)
    return best if log_likelihood(best) > 0.0 else 0.0


def _elbo(y: FloatArray, effects: list[_Effect], contributions: FloatArray, fitted: FloatArray) -> float:
    """Evidence lower bound, up to terms of n alone: expected log-likelihood less the effects' divergences."""
    expected = np.array([effect.expected for effect in effects])
    together = expected.sum(axis=0)
    squares = sum(float(effect.alpha @ effect.square) for effect in effects)
    own = float((expected * contributions).sum())
    residual = -2.0 * float(together @ y) + float(together @ fitted) - own + squares
    return -0.5 * residual - sum(effect.divergence for effect in effects)


def _credible_sets(
    alpha: FloatArray, some: BoolArray, ld: PanelLd, settings: SusieSettings
) -> tuple[CredibleSet, ...]:
    """The sets of the effects that are not null, each once, whose variants are in LD with one another."""
    seen: set[frozenset[int]] = set()
    found = []
    for effect in np.flatnonzero(some):
        variants = credible_set(alpha[effect], settings.coverage)
        members = frozenset(variants.tolist())
        if members in seen:
            continue
        seen.add(members)
        purity = ld.least_correlation(variants, settings.purity)
        if purity >= settings.purity:
            found.append(CredibleSet(int(effect), variants, float(alpha[effect, variants].sum()), purity))
    return tuple(sorted(found, key=lambda one: -one.purity))
