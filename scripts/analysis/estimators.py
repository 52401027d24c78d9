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
from scripts.method.egger import EggerFit, egger
from scripts.method.gsmr import GsmrFit, gsmr
from scripts.method.ivw import ivw
from scripts.method.wald import wald_ratio
from scripts.method.weighted_median import weighted_median


@dataclass(frozen=True, slots=True)
class Instruments:
    """Aligned effects of n instruments on exposure and outcome (arrays of length n), and their LD.

    `ld` (n, n) is oriented to the effect alleles and comes from `n_ref` people; None: taken as independent.
    """

    beta_x: FloatArray
    se_x: FloatArray
    beta_y: FloatArray
    se_y: FloatArray
    ld: FloatArray | None
    n_ref: int | None


@dataclass(frozen=True, slots=True)
class Settings:
    """The study's choices for the estimators; `gsmr_*` as in `gsmr`."""

    methods: Sequence[str]
    bootstrap_draws: int
    gsmr_min_instruments: int
    gsmr_heidi_p: float
    gsmr_ld_r2_max: float
    gsmr_ld_fdr: float
    gsmr_ridge: float


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
    def gsmr(self) -> GsmrFit:
        """GSMR with the study's settings."""
        settings = self.settings
        return gsmr(
            *self.second_order,
            self.data.ld,
            self.data.n_ref,
            heidi=settings.gsmr_heidi_p > 0,
            heidi_p=settings.gsmr_heidi_p,
            ld_r2_max=settings.gsmr_ld_r2_max,
            ld_fdr=settings.gsmr_ld_fdr,
            min_instruments=settings.gsmr_min_instruments,
            ridge=settings.gsmr_ridge,
        )

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
    "egger": lambda pair: pair.egger.slope,
    "weighted_median": lambda pair: weighted_median(pair.sample),
    "gsmr": lambda pair: pair.gsmr.estimate,
}
