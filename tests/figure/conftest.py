"""Synthetic results of a screen, with the columns of the final tables, for figures and summary."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import special

from scripts.analysis.controls import control_table
from scripts.analysis.corrections import family, screen_family, summary, validation_family
from scripts.analysis.evidence import PAIR
from scripts.analysis.flips import COLUMNS as FLIP_COLUMNS
from scripts.analysis.follow_up import BESIDE
from scripts.analysis.gates import gate_table
from scripts.analysis.reverse import COLUMNS as REVERSE_COLUMNS
from scripts.analysis.reverse import OF_INSTRUMENTS
from scripts.analysis.worth import CORRECTED_COLUMNS, hit_table
from scripts.figure.words import Label
from scripts.table.frames import write_parquet, write_tsv
from scripts.table.status import DropReason
from tests.analysis.tables import BUDGET

OUTCOME = "disease"
METHODS = ("wald_ratio", "ivw", "egger", "weighted_median", "gsmr")
VALIDATION = {"density_heel": -1, "density_hip": -1, "fracture": 1, "density_forearm": -1}
CONTROLS = {
    "negative_outcomes": [],
    "negative_exposures": ["exposure.30"],
    "positive": [{"exposure": "exposure.00", "outcome": OUTCOME, "sign": 1}],
}
NAMES = (
    "Mean diffusivity in the superior longitudinal fasciculus (left)",
    "Total cholesterol in medium very-low-density lipoproteins",
    "Ferritin",
    "CD25 on IgD+ CD38- unswitched memory B cell",
    "Tract volume, forceps major",
)
UNITS = {"density_heel": "SD", "density_hip": "SD", "fracture": "log odds", "density_forearm": "SD"}


@dataclass(frozen=True)
class Tables:
    """The final tables of one synthetic study, and the labels of its traits."""

    screen: pd.DataFrame
    estimates: pd.DataFrame
    diagnostics: pd.DataFrame
    instruments: pd.DataFrame
    leave_one_out: pd.DataFrame
    validation: pd.DataFrame
    gates: pd.DataFrame
    truth_check: pd.DataFrame
    quality_counts: pd.DataFrame
    quality_findings: pd.DataFrame
    quality: pd.DataFrame
    corrections: pd.DataFrame
    controls: pd.DataFrame
    reverse: pd.DataFrame
    hits: pd.DataFrame
    effective_number: pd.DataFrame
    labels: dict[str, Label]

    def write(self, folder: Path) -> dict[str, Path]:
        paths = {}
        for name in ("instruments", "leave_one_out"):
            paths[name] = folder / f"{name}.parquet"
            write_parquet(getattr(self, name), paths[name])
        for name in (
            *("screen", "estimates", "diagnostics", "validation", "gates", "truth_check"),
            *("quality_counts", "quality_findings", "quality"),
            *("corrections", "controls", "reverse", "hits", "effective_number"),
        ):
            paths[name] = folder / f"{name}.tsv"
            write_tsv(getattr(self, name), paths[name])
        return paths

    @property
    def names(self) -> dict[str, str]:
        return {trait: label.name for trait, label in self.labels.items()}

    @property
    def units(self) -> dict[str, str]:
        return {trait: label.unit for trait, label in self.labels.items()}


def neglog10_p(beta: np.ndarray, se: np.ndarray) -> np.ndarray:
    return -(special.log_ndtr(-np.abs(beta / se)) + np.log(2)) / np.log(10)


def with_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """The interval and P of (beta, se)."""
    beta, se = table["beta"].to_numpy(float), table["se"].to_numpy(float)
    logs = neglog10_p(beta, se)
    return table.assign(ci_low=beta - 1.96 * se, ci_high=beta + 1.96 * se, neglog10_p=logs, p=10.0**-logs)


def make_tables(
    n: int = 60,
    n_hits: int = 12,
    seed: int = 1,
    outcomes: tuple[str, ...] = (OUTCOME,),
    scale: float = 1.0,
    n_instruments: int | None = None,
) -> Tables:
    """`n` exposures, of which the first `n_hits` are hits; `scale` multiplies every outcome effect."""
    rng = np.random.default_rng(seed)
    ids = [f"exposure.{i:02d}" for i in range(n)]
    names = {e: f"{NAMES[i % len(NAMES)]}" + (f" {i}" if i >= len(NAMES) else "") for i, e in enumerate(ids)}
    labels = {e: Label(name, "SD") for e, name in names.items()}
    labels |= {o: Label(f"Simulated {o}", "log odds") for o in outcomes}
    labels |= {v: Label(v.replace("_", " ").capitalize(), UNITS[v]) for v in VALIDATION}
    parts = [
        _pair(rng, e, names[e], o, i, n, n_hits, scale, n_instruments)
        for o in outcomes
        for i, e in enumerate(ids)
    ]
    screen = _screen(pd.DataFrame([part["screen"] for part in parts]))
    estimates = with_numbers(pd.concat([part["estimates"] for part in parts], ignore_index=True))
    validation, reverse = _validation(rng, screen), _reverse(screen)
    corrections = _corrections(screen, validation, reverse)
    return Tables(
        screen=screen,
        estimates=estimates,
        diagnostics=pd.DataFrame([part["diagnostics"] for part in parts]),
        instruments=pd.concat([part["instruments"] for part in parts], ignore_index=True),
        leave_one_out=pd.concat([part["leave_one_out"] for part in parts], ignore_index=True),
        validation=validation,
        gates=gate_table(
            screen, ["gsmr", "ivw"], BUDGET, VALIDATION, corrections, _flips(screen), reverse, {}
        ),
        corrections=corrections,
        controls=control_table(screen, estimates, CONTROLS, 0.05),
        reverse=reverse,
        hits=hit_table(
            *(screen, validation, reverse, _overlap(screen), pd.DataFrame(columns=CORRECTED_COLUMNS)),
            pd.DataFrame(columns=[*PAIR, *BESIDE]),
            *({o: f"Simulated {o}" for o in outcomes}, {}),
        ),
        effective_number=pd.DataFrame(
            {"n_exposures": [n], "n_variants": [312.4], "shrinkage": [0.1], "n_effective": [41.5]}
        ),
        truth_check=_truth(rng, screen),
        quality_counts=_quality(ids),
        quality_findings=_findings([]),
        quality=_traits(rng, ids, labels),
        labels=labels,
    )


def _pair(rng, exposure, name, outcome, index, n, n_hits, scale, fixed):  # type: ignore[no-untyped-def]
    status = "estimated"
    if n > n_hits + 8 and index >= n - 6:
        status = ("no_instruments", "too_few_instruments", "unreadable", "none_in_panel")[(n - 1 - index) % 4]
    k = fixed or int(rng.integers(5, 45))
    k = {"estimated": k, "too_few_instruments": 2}.get(status, 0)
    strength = rng.choice([-1, 1]) * rng.uniform(0.12, 0.6) if index < n_hits else rng.normal(0, 0.01)
    points = _instruments(rng, exposure, outcome, k, strength * scale, scale)
    x, y, se_y = (points[c].to_numpy() for c in ("beta_exposure", "beta_outcome", "se_outcome"))
    weight = (x / se_y) ** 2
    ratio = y / x if k else x
    beta = float(np.sum(weight * ratio) / np.sum(weight)) if k else np.nan
    se = float(np.sum(weight) ** -0.5) if k else np.nan
    shifts = {"ivw": (1.0, 1.0), "egger": (1.15, 2.6), "weighted_median": (0.95, 1.3), "gsmr": (1.02, 0.98)}
    rows = [
        {
            "exposure": exposure,
            "outcome": outcome,
            "method": m,
            "status": "estimated" if ok else "too_few_instruments",
            "n_instruments": k,
            "beta": beta * shifts.get(m, (1, 1))[0] if ok else np.nan,
            "se": se * shifts.get(m, (1, 1))[1] if ok else np.nan,
        }
        for m in METHODS
        if (m != "wald_ratio" or k == 1)
        for ok in [k >= 4 or (m == "ivw" and k >= 2)]
    ]
    message = (
        "exposure.99.tsv.gz: line 14: 'abc' in column beta, a number was expected"
        if status == "unreadable"
        else status
    )
    return {
        "screen": {
            "exposure": exposure,
            "name": name,
            "outcome": outcome,
            "status": status,
            "message": message,
            "p_threshold": 5e-8,
            "relaxed_threshold": False,
            "n_instruments": k,
            "method": "ivw" if k else None,
            "beta": beta,
            "se": se,
            "hit": index < n_hits and status == "estimated",
            "index": index,
        },
        "estimates": pd.DataFrame(rows),
        "diagnostics": {
            "exposure": exposure,
            "outcome": outcome,
            "n_selected": k + 3,
            "n_not_in_outcome": 1,
            "n_palindromic_ambiguous": 2,
            "n_allele_mismatch": 0,
            "n_no_effect": 0,
            "n_steiger_filtered": 0,
            "n_instruments": k,
            "n_proxied": 1,
            "f_min": 30.1,
            "f_mean": 60.3,
            "f_share_below_10": 0.0,
            "i2_gx": 0.97,
            "q": 1.1 * k,
            "q_df": k - 1,
            "q_neglog10_p": 0.4,
            "i2": 0.1,
            "egger_intercept": -0.004 * scale,
            "egger_intercept_se": 0.005 * scale,
            "egger_intercept_neglog10_p": 0.3,
            "n_heidi_outliers": 1,
            "radial_beta": beta,
        },
        "instruments": points,
        "leave_one_out": _leave_one_out(exposure, outcome, points, weight, ratio, beta, se),
    }


def _instruments(rng, exposure, outcome, k, slope, scale):  # type: ignore[no-untyped-def]
    b_x = rng.choice([-1, 1], k) * rng.uniform(0.03, 0.12, k)
    se_y = rng.uniform(0.006, 0.015, k) * scale
    b_y = slope * b_x + rng.normal(0, 1, k) * se_y
    gsmr = np.where(
        np.arange(k) % 11 == 10, "heidi_outlier", np.where(np.arange(k) % 17 == 5, "in_ld", "used")
    )
    b_y = b_y + np.where(gsmr == "heidi_outlier", 5 * se_y, 0)
    return with_numbers(
        pd.DataFrame(
            {
                "exposure": exposure,
                "outcome": outcome,
                "chromosome": 1 + np.arange(k) % 22,
                "position": 1000 + np.arange(k),
                "rsid": [f"rs{i}" for i in rng.integers(10**4, 10**9, k)],
                "effect_allele": "A",
                "other_allele": "G",
                "eaf_exposure": 0.3,
                "beta_exposure": b_x,
                "se_exposure": np.full(k, 0.006),
                "f_statistic": (b_x / 0.006) ** 2,
                "eaf_outcome": 0.3,
                "beta_outcome": b_y,
                "se_outcome": se_y,
                "status": "kept",
                "gsmr_status": gsmr,
                "presso_status": np.where(gsmr == "heidi_outlier", "outlier", "kept"),
                "radial_status": np.where(np.arange(k) % 9 == 4, "outlier", "kept"),
                "wald_beta": b_y / b_x,
                "wald_se": se_y / np.abs(b_x),
                "q": ((b_y - slope * b_x) / se_y) ** 2,
                "radial_weight": (b_x / np.hypot(se_y, slope * 0.006)) ** 2,
                "beta": b_y,
                "se": se_y,
            }
        )
    ).drop(columns=["beta", "se", "ci_low", "ci_high", "neglog10_p", "p"])


def _leave_one_out(exposure, outcome, points, weight, ratio, beta, se):  # type: ignore[no-untyped-def]
    k = len(points)
    left = weight.sum() - weight
    single = pd.DataFrame(
        {
            "exposure": exposure,
            "outcome": outcome,
            "rsid": [*points["rsid"], "All"][: k + 1],
            "beta": [*((weight.sum() * beta - weight * ratio) / np.where(left > 0, left, np.nan)), beta],
            "se": [*(np.where(left > 0, left, np.nan) ** -0.5), se],
        }
    )
    return with_numbers(single).drop(columns="p") if k > 1 else with_numbers(single.tail(0)).drop(columns="p")


def _screen(screen: pd.DataFrame) -> pd.DataFrame:
    screen = with_numbers(screen)
    tested = screen["status"] == "estimated"
    p = screen["p"].where(tested)
    rank = p.rank(method="first")
    screen["p_bh"] = (p * tested.sum() / rank).clip(upper=1)
    screen["bh_m"], screen["bh_rank"] = int(tested.sum()), rank.astype("Int64")
    for name in ("beta", "se", "neglog10_p"):
        screen[f"gsmr_{name}"] = screen[name].where(tested)
    screen["nominal"] = tested & (screen["p"] < 0.05)
    screen["concordant"] = screen["discovered"] = screen["nominal"] | screen["hit"]
    kinds = np.array(["silent", "discordant", "conflicting", "not_tested"])[screen["index"] % 4]
    screen["validation"] = np.where(
        screen["hit"], "validated", np.where(screen["discovered"], kinds, "not_tested")
    )
    screen["n_validation_concordant"] = np.where(screen["hit"], 2, 0)
    screen["n_validation_discordant"] = 0
    screen["p_adjusted"], screen["adjust_method"] = screen["p_bh"], "benjamini_hochberg"
    screen["flags"] = np.where(screen["index"] % 3 == 1, "few_instruments outlier_driven", "")
    screen["n_combined"], screen["combined_z"], screen["combined_p"] = 3, 4.1, 4.1e-5
    return screen.drop(columns="index")


def _validation(rng: np.random.Generator, screen: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for row in screen[screen["discovered"]].itertuples():
        for place, (trait, sign) in enumerate(VALIDATION.items()):
            agrees = bool(row.hit) and place < 2
            beta = row.beta * sign * (0.6 if agrees else 0.1) * (-1 if row.validation == "discordant" else 1)
            rows.append(
                {
                    "exposure": row.exposure,
                    "name": row.name,
                    "outcome": row.outcome,
                    "validation_outcome": trait,
                    "expected_sign": sign,
                    "n_instruments": row.n_instruments,
                    "method": "ivw",
                    "beta": np.nan if trait == "density_forearm" else beta,
                    "se": abs(row.beta) * rng.uniform(0.08, 0.3),
                    "verdict": "not_testable"
                    if trait == "density_forearm"
                    else "concordant"
                    if agrees
                    else "discordant"
                    if row.validation == "discordant" and place == 0
                    else "silent",
                }
            )
    columns = [
        "exposure",
        "name",
        "outcome",
        "validation_outcome",
        "expected_sign",
        "n_instruments",
        "method",
    ]
    table = with_numbers(
        pd.DataFrame(rows, columns=[*columns, "beta", "se", "verdict"]).astype({"beta": float})
    )
    same = np.where(table["validation_outcome"] == "density_heel", "both of UK Biobank", "")
    return table.assign(
        p_adjusted=table["p"], adjust_method="benjamini_hochberg", m=len(table), rank=1, same_people=same
    )


def _reverse(screen: pd.DataFrame) -> pd.DataFrame:
    """The reverse direction of each hit: the first reversed, the second not testable, the others silent."""
    hits = screen.loc[screen["hit"], ["exposure", "outcome"]].reset_index(drop=True)
    table = with_numbers(hits.assign(beta=0.02, se=0.05))
    kinds = np.array(["reversed", "not_testable", *["silent"] * max(len(hits) - 2, 0)])[: len(hits)]
    numbers = {"n_instruments": 31, "method": "ivw", "median_beta": 0.01, "median_neglog10_p": 0.2}
    steiger = dict.fromkeys(("f_mean", "r2_exposure", "r2_outcome", "steiger_z", "steiger_neglog10_p"), 0.01)
    table = table.assign(
        **numbers, **steiger, p_adjusted=0.81, adjust_method="benjamini_hochberg", m=len(hits)
    )
    table = table.assign(
        rank=1,
        verdict=kinds,
        r2_scale_exposure="quantitative",
        r2_scale_outcome="liability",
        steiger_direction="forward",
    )
    table.loc[kinds == "not_testable", ["beta", "se", "p", "neglog10_p", "p_adjusted", "n_instruments"]] = (
        np.nan
    )
    return table[[*REVERSE_COLUMNS, *OF_INSTRUMENTS]]


def _corrections(screen: pd.DataFrame, validation: pd.DataFrame, reverse: pd.DataFrame) -> pd.DataFrame:
    back = reverse[reverse["neglog10_p"].notna()].assign(tested_outcome=reverse["exposure"])
    tests = validation_family(screen, validation) if len(validation) else pd.DataFrame()
    families = [screen_family(screen, 41.5), tests, family("reverse", back, None)]
    return summary(pd.concat(families), BUDGET)


def _overlap(screen: pd.DataFrame) -> pd.DataFrame:
    """The bound of the bias by shared people, of every pair."""
    shared = {"n_exposure": 30_000.0, "n_shared_at_most": 21_000.0, "bias_bound": 0.0012}
    return screen[["exposure", "outcome"]].assign(**shared)


def _flips(screen: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (gate, int(screen[column].sum()), mean, mean / 2, 2 * mean + 1, p, 1000)
        for gate, column, mean, p in (
            ("nominal", "nominal", 3.1, 0.004),
            ("concordant", "concordant", 2.2, 0.003),
            ("validated", "hit", 0.4, 0.002),
        )
    ]
    return pd.DataFrame(rows, columns=FLIP_COLUMNS)


def _truth(rng: np.random.Generator, screen: pd.DataFrame) -> pd.DataFrame:
    table = screen.drop_duplicates("exposure")
    others = [
        "no_effect",
        "no_effect",
        "no_effect",
        "balanced_pleiotropy",
        "directional_pleiotropy",
        "reverse",
        "weak",
    ]
    classes = ["causal" if row.hit else others[i % len(others)] for i, row in enumerate(table.itertuples())]
    table = table.assign(**{"class": classes})
    acts = table["class"] == "causal"
    table["effect"] = np.where(
        acts, table["beta"].fillna(0.1) + rng.normal(0, 1, len(table)) * table["se"].fillna(0), 0.0
    )
    right = np.sign(table["effect"]) == np.sign(table["beta"])
    tested = table["status"] == "estimated"
    table["verdict"] = np.select(
        [~tested, acts & table["hit"] & right, acts & table["hit"], acts, table["hit"]],
        ["not_testable", "found", "wrong_sign", "missed", "false_positive"],
        "rightly_not_found",
    )
    return table[
        [
            "exposure",
            "class",
            "effect",
            "status",
            "n_instruments",
            "beta",
            "se",
            "discovered",
            "validation",
            "hit",
            "verdict",
        ]
    ]


def _quality(ids: list[str]) -> pd.DataFrame:
    rows = [
        (trait, reason, sentence, n, n / 100_000)
        for trait in ids
        for reason, sentence, n in (
            ("read", "Rows read.", 100_000),
            ("kept", "Rows kept.", 99_000),
            ("missing_value", "An allele is missing.", 1_000),
        )
    ]
    return pd.DataFrame(rows, columns=["trait", "reason", "sentence", "n_rows", "share"])


def _findings(rows: list[tuple[str, str, str, str, str]]) -> pd.DataFrame:
    """Rows of (severity, check, trait, found, meaning)."""
    return pd.DataFrame(rows, columns=["severity", "check", "trait", "found", "meaning"])


def _traits(rng: np.random.Generator, ids: list[str], labels: dict[str, Label]) -> pd.DataFrame:
    """quality.tsv of files in which nothing stands out."""
    k = len(ids)
    n = rng.integers(22_000, 33_000, k).astype(float)
    text = {"build_declared": "GRCh37", "build_used": "GRCh37", "eaf_source": "file", "scale_declared": "SD"}
    text |= {"scale_found": "SD", "ancestry_declared": "EUR", "ancestry_found": "EUR", "findings": ""}
    numbers = {"rows_read": 100_000, "rows_kept": 1_000, "panel_share": 0.9, "panel_alleles": 1.0}
    return pd.DataFrame(
        {
            "trait": ids,
            "name": [labels[trait].name for trait in ids],
            **dict.fromkeys((f"dropped_{reason}" for reason in DropReason), 0),
            "dropped_not_significant": 98_000,
            "dropped_missing_value": 1_000,
            "n": n,
            "n_implied": n * rng.lognormal(0, 0.05, k),
            "lambda_gc": rng.normal(1.1, 0.05, k),
            "eaf_correlation": 1 - rng.gamma(2, 0.001, k),
            "fst_panel": rng.gamma(2, 0.001, k),
            **text,
            **numbers,
        }
    )


@pytest.fixture(scope="session")
def tables() -> Tables:
    return make_tables()


@pytest.fixture(scope="session")
def many_hits() -> Tables:
    return make_tables(n=160, n_hits=60, seed=2)


@pytest.fixture(scope="session")
def one_hit() -> Tables:
    return make_tables(n=20, n_hits=1, seed=3)


@pytest.fixture(scope="session")
def no_hits() -> Tables:
    return make_tables(n=20, n_hits=0, seed=4)
