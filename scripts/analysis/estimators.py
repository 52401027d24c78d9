"""The registry of univariable estimators: how each method is run on one exposure and one outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, cast
from zlib import crc32

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.bootstrap import Bootstrap, parametric_bootstrap
from scripts.method.cml import CmlFit, cml, cml_perturbed
from scripts.method.contamination_mixture import ContaminationMixtureFit, contamination_mixture
from scripts.method.debiased_ivw import debiased_ivw
from scripts.method.egger import EggerFit, egger
from scripts.method.egger_bootstrap import egger_bootstrap
from scripts.method.estimate import Estimate
from scripts.method.gsmr import GsmrFit, gsmr
from scripts.method.heidi import HeidiVersion
from scripts.method.ivw import ivw, ivw_additive
from scripts.method.lasso import lasso
from scripts.method.maximum_likelihood import maximum_likelihood
from scripts.method.mode import ModeFit, mode_estimates
from scripts.method.presso import DistortionNull, PressoFit, presso
from scripts.method.radial import RadialFit, radial_ivw
from scripts.method.raps import raps
from scripts.method.robust_loss import Loss
from scripts.method.rucker import RuckerFit, rucker
from scripts.method.wald import wald_ratio
from scripts.method.weighted_median import penalised_median, simple_median, weighted_median


@dataclass(frozen=True, slots=True)
class Instruments:
    """Aligned effects of n instruments on exposure and outcome (arrays of length n), and their LD.

    `ld` (n, n) is oriented to the effect alleles and comes from `n_ref` people; None: taken as independent.
    `n_people`: the least sample size behind any of the effects.
    """

    beta_x: FloatArray
    se_x: FloatArray
    beta_y: FloatArray
    se_y: FloatArray
    ld: FloatArray | None
    n_ref: int | None
    n_people: float


@dataclass(frozen=True, slots=True)
class Settings:
    """The study's choices for the estimators; `alpha` of tests of the instruments, `gsmr_*` as in `gsmr`.

    `presso_draws` and `presso_distortion` as in `presso`, `cml_perturbations` as in `cml_perturbed`.
    """

    methods: Sequence[str]
    bootstrap_draws: int
    alpha: float
    gsmr_min_instruments: int
    gsmr_heidi_p: float
    gsmr_ld_r2_max: float
    gsmr_ld_fdr: float
    gsmr_ridge: float
    presso_draws: int
    presso_distortion: DistortionNull
    cml_perturbations: int


def settings_of(estimators: Mapping[str, Any]) -> Settings:
    """Settings from the `estimators` section of the config, whose keys are their names."""
    return Settings(**estimators)


class Result(Protocol):
    """What a row of the table of estimates needs: an `Estimate`, or a fit with its own interval and P."""

    @property
    def beta(self) -> float:
        """Effect of the exposure on the outcome."""

    @property
    def se(self) -> float:
        """Its standard error; NaN for a method that gives an interval without one."""

    @property
    def n_instruments(self) -> int:
        """Instruments that the method used."""

    @property
    def neglog10_p(self) -> float:
        """-log10 of the two-sided P."""

    @property
    def p(self) -> float:
        """Two-sided P."""

    @property
    def ci_low(self) -> float:
        """Lower end of the 95% confidence interval."""

    @property
    def ci_high(self) -> float:
        """Upper end of the 95% confidence interval."""


class Pair:
    """One exposure and one outcome, with what several methods share: computed when first asked for."""

    def __init__(self, data: Instruments, settings: Settings, rng: np.random.Generator) -> None:
        """Nothing is computed yet. `rng` is the pair's own stream."""
        self.data = data
        self.settings = settings
        self._rng = rng

    @property
    def first_order(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(beta_x, beta_y, se_y): for methods that take the exposure's effects as known."""
        return self.data.beta_x, self.data.beta_y, self.data.se_y

    @property
    def second_order(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """(beta_x, se_x, beta_y, se_y)."""
        return self.data.beta_x, self.data.se_x, self.data.beta_y, self.data.se_y

    @cached_property
    def egger(self) -> EggerFit:
        """MR-Egger's slope and intercept."""
        return egger(*self.first_order)

    @cached_property
    def sample(self) -> Bootstrap:
        """Parametric draws of both effects; they alone use the pair's stream, others take `stream`."""
        return parametric_bootstrap(*self.second_order, self.settings.bootstrap_draws, self._rng)

    @cached_property
    def rucker(self) -> RuckerFit:
        """Rucker's choice of model."""
        return rucker(*self.first_order, self.egger, self.settings.alpha)

    @cached_property
    def radial(self) -> RadialFit:
        """Radial IVW with modified second-order weights."""
        return radial_ivw(*self.second_order)

    @cached_property
    def modes(self) -> ModeFit:
        """Simple and weighted mode."""
        return self._modes(nome=False)

    @cached_property
    def modes_nome(self) -> ModeFit:
        """Simple and weighted mode without measurement error in the exposure."""
        return self._modes(nome=True)

    def _modes(self, nome: bool) -> ModeFit:
        draws = self.settings.bootstrap_draws
        return mode_estimates(*self.second_order, draws, self.stream("mode"), nome)

    @cached_property
    def presso(self) -> PressoFit:
        """MR-PRESSO with the study's settings."""
        settings = self.settings
        return presso(
            *self.second_order,
            settings.presso_draws,
            self.stream("presso"),
            threshold=settings.alpha,
            distortion_null=settings.presso_distortion,
        )

    @cached_property
    def contamination_mixture(self) -> ContaminationMixtureFit:
        """Contamination mixture with psi of 1.5 standard deviations."""
        return contamination_mixture(*self.first_order)

    @cached_property
    def cml(self) -> CmlFit:
        """Constrained maximum likelihood: model average and best model."""
        return cml(*self.second_order, self.data.n_people)

    @cached_property
    def perturbed(self) -> Bootstrap:
        """Draws of both effects for cML's data perturbation."""
        return parametric_bootstrap(*self.second_order, self.settings.cml_perturbations, self.stream("cml"))

    @cached_property
    def gsmr(self) -> GsmrFit:
        """GSMR with the study's settings and the original HEIDI-outlier test."""
        return self.gsmr_with("reference")

    def gsmr_with(self, heidi_version: HeidiVersion) -> GsmrFit:
        """GSMR with the study's settings and a version of the HEIDI-outlier test."""
        settings = self.settings
        return gsmr(
            *self.second_order,
            self.data.ld,
            self.data.n_ref,
            heidi=settings.gsmr_heidi_p > 0,
            heidi_version=heidi_version,
            heidi_p=settings.gsmr_heidi_p,
            ld_r2_max=settings.gsmr_ld_r2_max,
            ld_fdr=settings.gsmr_ld_fdr,
            min_instruments=settings.gsmr_min_instruments,
            ridge=settings.gsmr_ridge,
        )

    def raps(self, loss: Loss, overdispersion: bool) -> Estimate:
        """MR-RAPS with a loss, with or without overdispersion."""
        return raps(*self.second_order, loss=loss, overdispersion=overdispersion).estimate

    def stream(self, key: str) -> np.random.Generator:
        """A method's own random stream, which does not depend on what else is run."""
        seed = cast(np.random.SeedSequence, self._rng.bit_generator.seed_seq)
        return np.random.default_rng(
            np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, crc32(key.encode())))
        )


# To add a method: its module in method/, a line here, and what readers should know in table/methods.py.
ESTIMATORS: dict[str, Callable[[Pair], Result]] = {
    "wald_ratio": lambda pair: wald_ratio(*pair.first_order),
    "ivw": lambda pair: ivw(*pair.first_order),
    "ivw_fixed": lambda pair: ivw(*pair.first_order, model="fixed"),
    "ivw_additive": lambda pair: ivw_additive(*pair.first_order),
    "radial_ivw": lambda pair: pair.radial.estimate,
    "debiased_ivw": lambda pair: debiased_ivw(*pair.second_order),
    "maximum_likelihood": lambda pair: maximum_likelihood(*pair.second_order),
    "egger": lambda pair: pair.egger.slope,
    "egger_bootstrap": lambda pair: egger_bootstrap(pair.egger, pair.sample),
    "rucker": lambda pair: pair.rucker.estimate,
    "simple_median": lambda pair: simple_median(pair.sample),
    "weighted_median": lambda pair: weighted_median(pair.sample),
    "penalised_median": lambda pair: penalised_median(pair.sample),
    "simple_mode": lambda pair: pair.modes.simple,
    "weighted_mode": lambda pair: pair.modes.weighted,
    "simple_mode_nome": lambda pair: pair.modes_nome.simple,
    "weighted_mode_nome": lambda pair: pair.modes_nome.weighted,
    "raps_l2": lambda pair: pair.raps("l2", overdispersion=False),
    "raps_huber": lambda pair: pair.raps("huber", overdispersion=False),
    "raps_tukey": lambda pair: pair.raps("tukey", overdispersion=False),
    "raps_l2_overdispersed": lambda pair: pair.raps("l2", overdispersion=True),
    "raps_huber_overdispersed": lambda pair: pair.raps("huber", overdispersion=True),
    "raps_tukey_overdispersed": lambda pair: pair.raps("tukey", overdispersion=True),
    "presso": lambda pair: pair.presso.estimate,
    "contamination_mixture": lambda pair: pair.contamination_mixture,
    "cml_ma_bic": lambda pair: pair.cml.average,
    "cml_bic": lambda pair: pair.cml.best,
    "cml_ma_bic_dp": lambda pair: cml_perturbed(
        pair.perturbed, pair.data.n_people, pair.settings.cml_perturbations
    ),
    "lasso": lambda pair: lasso(*pair.first_order).estimate,
    "gsmr": lambda pair: pair.gsmr.estimate,
    "gsmr_global_heidi": lambda pair: pair.gsmr_with("global").estimate,
}
