"""The methods: keys in tables and config, and what readers should know of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PRIMARY = "primary"  # the method of the screen's own estimate, which depends on the number of instruments
PRIMARY_NAME = "Inverse-variance weighted (Wald ratio with one instrument)"
NEEDS_LD = frozenset({"gsmr", "gsmr_global_heidi"})


@dataclass(frozen=True, slots=True)
class Method:
    """What readers call a method, when they may trust it, and the DOI of its paper."""

    name: str
    trust: str
    doi: str


# Every method that `estimators.methods` may name, in the order of tables; analysis/estimators.py runs them.
METHODS = {
    "wald_ratio": Method(
        "Wald ratio",
        "One instrument only. Nothing shows whether it is valid.",
        "10.1002/sim.3034",
    ),
    "ivw": Method(
        "Inverse-variance weighted",
        "All instruments valid, or their pleiotropy balanced: the most precise then, and the first to read.",
        "10.1002/gepi.21758",
    ),
    "ivw_fixed": Method(
        "IVW, fixed effects",
        "Only where the instruments do not differ (Q is not significant), else its interval is too narrow.",
        "10.1002/gepi.21758",
    ),
    "ivw_additive": Method(
        "IVW, additive random effects",
        "As IVW; gives weak instruments more weight the more the instruments differ.",
        "10.1016/0197-2456(86)90046-2",
    ),
    "radial_ivw": Method(
        "Radial IVW",
        "As IVW, with weights that count the exposure's errors, so that its Q shows true outliers.",
        "10.1093/ije/dyy101",
    ),
    "debiased_ivw": Method(
        "Debiased IVW",
        "Many weak instruments from separate samples, balanced pleiotropy: IVW without its bias towards 0.",
        "10.1214/20-AOS2027",
    ),
    "maximum_likelihood": Method(
        "Maximum likelihood",
        "As IVW, with the exposure's errors in the model; little bias with weak instruments.",
        "10.1002/gepi.21758",
    ),
    "egger": Method(
        "MR-Egger",
        "Directional pleiotropy that is independent of instrument strength; imprecise, and biased towards 0 "
        "where I2_GX is below 0.9.",
        "10.1093/ije/dyv080",
    ),
    "egger_bootstrap": Method(
        "MR-Egger (bootstrap)",
        "As MR-Egger, with a standard error that counts the exposure's errors but no excess heterogeneity.",
        "10.1093/ije/dyv080",
    ),
    "rucker": Method(
        "Rucker's choice",
        "Moves from IVW to MR-Egger where heterogeneity asks for it; its interval ignores that it chose.",
        "10.1093/biostatistics/kxq046",
    ),
    "simple_median": Method(
        "Simple median",
        "More than half of the instruments are valid, whatever their weight.",
        "10.1002/gepi.21965",
    ),
    "weighted_median": Method(
        "Weighted median",
        "Valid instruments carry more than half of the weight.",
        "10.1002/gepi.21965",
    ),
    "penalised_median": Method(
        "Penalised weighted median",
        "As the weighted median, with outliers weighted down.",
        "10.1002/gepi.21965",
    ),
    "simple_mode": Method(
        "Simple mode",
        "The largest group of instruments with one ratio is the valid one; imprecise.",
        "10.1093/ije/dyx102",
    ),
    "weighted_mode": Method(
        "Weighted mode",
        "The group with one ratio that carries most weight is the valid one.",
        "10.1093/ije/dyx102",
    ),
    "simple_mode_nome": Method(
        "Simple mode (NOME)",
        "As the simple mode, where the exposure's errors are negligible.",
        "10.1093/ije/dyx102",
    ),
    "weighted_mode_nome": Method(
        "Weighted mode (NOME)",
        "As the weighted mode, where the exposure's errors are negligible.",
        "10.1093/ije/dyx102",
    ),
    "raps_l2": Method(
        "MR-RAPS, squared loss",
        "Many weak instruments, all valid: no bias towards 0. One bad instrument spoils it.",
        "10.1214/19-AOS1866",
    ),
    "raps_huber": Method(
        "MR-RAPS, Huber loss",
        "As with squared loss, with outliers bounded.",
        "10.1214/19-AOS1866",
    ),
    "raps_tukey": Method(
        "MR-RAPS, Tukey loss",
        "As with squared loss, with far outliers ignored.",
        "10.1214/19-AOS1866",
    ),
    "raps_l2_overdispersed": Method(
        "MR-RAPS, overdispersed, squared loss",
        "Many weak instruments with balanced pleiotropy in all of them.",
        "10.1214/19-AOS1866",
    ),
    "raps_huber_overdispersed": Method(
        "MR-RAPS, overdispersed, Huber loss",
        "Weak instruments, balanced pleiotropy and a few outliers: the version that its authors advise.",
        "10.1214/19-AOS1866",
    ),
    "raps_tukey_overdispersed": Method(
        "MR-RAPS, overdispersed, Tukey loss",
        "As with Huber loss, with far outliers ignored.",
        "10.1214/19-AOS1866",
    ),
    "presso": Method(
        "MR-PRESSO",
        "IVW without the outliers that its tests find: fewer than half of the instruments invalid. IVW where "
        "there are none.",
        "10.1038/s41588-018-0099-7",
    ),
    "contamination_mixture": Method(
        "Contamination mixture",
        "The largest group of instruments with one ratio is valid. No standard error; its interval may have "
        "gaps, or no end.",
        "10.1038/s41467-019-14156-4",
    ),
    "cml_ma_bic": Method(
        "cML-MA-BIC",
        "The largest group is valid, pleiotropy of the others of any kind; too narrow where all are a little "
        "pleiotropic.",
        "10.1016/j.ajhg.2021.05.014",
    ),
    "cml_bic": Method(
        "cML-BIC",
        "As cML-MA-BIC, ignoring that it chose the instruments.",
        "10.1016/j.ajhg.2021.05.014",
    ),
    "cml_ma_bic_dp": Method(
        "cML-MA-BIC with data perturbation",
        "As cML-MA-BIC, with a standard error that counts the choice of instruments.",
        "10.1016/j.ajhg.2021.05.014",
    ),
    "lasso": Method(
        "MR-Lasso",
        "Fewer than half of the instruments invalid; its interval ignores that it chose.",
        "10.1371/journal.pone.0222362",
    ),
    "gsmr": Method(
        "GSMR",
        "As IVW, with instruments in linkage disequilibrium and outliers removed; 10 instruments or more.",
        "10.1038/s41467-017-02317-2",
    ),
    "gsmr_global_heidi": Method(
        "GSMR (global HEIDI)",
        "As GSMR, each instrument tested against all others instead of one reference.",
        "10.1038/s41467-017-02317-2",
    ),
}

# Methods of a multivariable analysis, in the order of tables, after the total effect that they are beside.
MULTIVARIABLE = {
    "total": Method(
        "Total effect (IVW)",
        "Each exposure by its own instruments, as in the screen: what acts through the others is in it.",
        "10.1002/gepi.21758",
    ),
    "mvmr_ivw": Method(
        "Direct effect, IVW",
        "All instruments valid given all exposures of the analysis, and conditional F above 10.",
        "10.1093/aje/kwu283",
    ),
    "mvmr_egger": Method(
        "Direct effect, MR-Egger",
        "Directional pleiotropy beyond the exposures of the analysis; oriented to the exposure of its row.",
        "10.1002/sim.7492",
    ),
    "mvmr_median": Method(
        "Direct effect, median",
        "More than half of the instruments valid given all exposures of the analysis.",
        "10.1002/sim.9156",
    ),
    "mvmr_minimum_q": Method(
        "Direct effect, minimum Q",
        "Instruments that tell the exposures apart badly (conditional F below 10); counts their errors.",
        "10.1002/sim.9133",
    ),
}

PRESETS: dict[str, tuple[str, ...]] = {
    "paper": ("wald_ratio", "ivw", "egger", "weighted_median", "gsmr"),
    "core": (
        *("wald_ratio", "ivw", "debiased_ivw", "egger", "weighted_median", "weighted_mode"),
        *("raps_huber_overdispersed", "presso", "contamination_mixture", "cml_ma_bic", "gsmr"),
    ),
    "full": tuple(METHODS),
}


def methods_of(asked: str | Sequence[str], ld: bool) -> list[str]:
    """The keys that `estimators.methods` asks for; a preset leaves out what needs LD where there is none."""
    if isinstance(asked, str):
        return [key for key in PRESETS[asked] if ld or key not in NEEDS_LD]
    return list(asked)


def method_name(method: str) -> str:
    """What readers call a method."""
    return PRIMARY_NAME if method == PRIMARY else (METHODS | MULTIVARIABLE)[method].name


def method_names(methods: list[str]) -> str:
    """What readers call several methods that all must agree."""
    return " and ".join(map(method_name, methods))
