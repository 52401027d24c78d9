"""The ledger of gates: how many entered each, how many passed, how many chance alone would pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scripts.table.methods import CORRECTION_NAMES, method_names
from scripts.table.status import ExposureStatus, GateStatus, Reverse

COLUMNS = [
    *(
        "gate",
        "sentence",
        "status",
        "n_entered",
        "n_passed",
        "n_expected_by_chance",
        "observed_over_expected",
    ),
    *("pi0", "family", "correction", "m", "rank"),
    *("flips_observed", "flips_mean", "flips_low", "flips_high", "flips_p"),
]
# Further questions that are asked of hits, by stages that may not have run.
FOLLOW_UPS = {
    "genetically_correlated": "Hits genetically correlated with the outcome, P < {p:g} (LD score regression)",
    "pleiotropic": "Hits that share a locus with the outcome (PLACO); only the lead exposure is asked",
    "colocalised": "Hits with a locus where one variant is likely behind both (colocalisation)",
}
ASKED = "Outcomes on which an exposure that is asked first has a nominal effect"
Row = dict[str, Any]


def gate_table(
    screen: pd.DataFrame,
    methods: Sequence[str],
    budget: Mapping[str, Any],
    signs: Mapping[str, int],
    corrections: pd.DataFrame,
    flips: pd.DataFrame,
    reverse: pd.DataFrame,
    follow_ups: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Gates in the order of the flow, then what is asked of hits (COLUMNS).

    `n_expected_by_chance` is what random error alone would pass if no exposure had an effect, with the
    testable pairs as denominator: exact for the nominal gate of a method that keeps its level, an upper
    bound for later ones (a null exposure passes the first with probability `nominal_p`). Validation does
    not lower it: outcomes that share people or heritability with the primary one may repeat what chance
    gave there; the sign flips, which keep that, say by how much. `follow_ups` has a table (exposure,
    outcome, passed) for each stage that ran.
    """
    rows = _flow(screen, methods, budget, signs)
    rows.append(_reversed(screen, reverse, budget["reverse"]))
    for gate, sentence in FOLLOW_UPS.items():
        told = sentence.format(p=budget["nominal_p"])
        rows.append(_follow_up(gate, told, screen, follow_ups.get(gate)))
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    table = _with_families(table, corrections, budget)
    table["observed_over_expected"] = table["n_passed"] / table["n_expected_by_chance"].where(
        table["n_expected_by_chance"] > 0
    )
    counted = flips.set_index("gate")
    for column, name in zip(COLUMNS[-5:], ("n_observed", "n_mean", "n_low", "n_high", "p"), strict=True):
        table[column] = table["gate"].map(counted[name].to_dict()).astype(float)
    integers = dict.fromkeys(("n_entered", "n_passed", "m", "rank", "flips_observed"), "Int64")
    return table.astype(integers)


def _flow(
    screen: pd.DataFrame, methods: Sequence[str], budget: Mapping[str, Any], signs: Mapping[str, int]
) -> list[Row]:
    asked = int((screen["status"] != ExposureStatus.NOT_ASKED).sum())
    readable = asked - int((screen["status"] == ExposureStatus.UNREADABLE).sum())
    testable = int((screen["status"] == ExposureStatus.ESTIMATED).sum())
    nominal, concordant = int(screen["nominal"].sum()), int(screen["concordant"].sum())
    discovered, nominal_p = int(screen["discovered"].sum()), budget["nominal_p"]
    by_chance = testable * nominal_p
    all_methods, first = method_names(list(methods)), method_names(list(methods[:1]))
    agree = f"P < {nominal_p:g} and one direction in {all_methods}" if len(methods) > 1 else "One direction"
    rows = [
        _gate("listed", "Exposures listed, once for each primary outcome", len(screen), len(screen)),
        *([_gate("asked", ASKED, len(screen), asked)] if asked < len(screen) else []),
        _gate("readable", "Files that could be read", asked, readable),
        _gate("testable", f"Instruments enough for {all_methods}", readable, testable),
        _gate("nominal", f"P < {nominal_p:g} in {first}", testable, nominal, by_chance),
        _gate("concordant", agree, nominal, concordant, by_chance),
    ]
    chosen = budget["screen"]
    if chosen["correction"] != "none":
        by_chance = _corrected_by_chance(chosen, testable, by_chance)
        how = CORRECTION_NAMES[chosen["correction"]] + (
            f" for {chosen['tests']:g} tests" if _states_tests(chosen) else ""
        )
        sentence = f"Adjusted P < {chosen['level']:g} over the testable ({how})"
        rows.append(_gate("corrected", sentence, concordant, discovered, by_chance))
    if signs:
        sentence = (
            f"Adjusted P < {budget['validation']['level']:g} and the expected sign in a validation outcome, "
            f"none against it ({CORRECTION_NAMES[budget['validation']['correction']]})"
        )
        rows.append(_gate("validated", sentence, discovered, int(screen["hit"].sum()), by_chance))
    return rows


def _gate(gate: str, sentence: str, entered: int, passed: int, by_chance: float = np.nan) -> Row:
    return {
        "gate": gate,
        "sentence": sentence,
        "status": GateStatus.RUN.value,
        "n_entered": entered,
        "n_passed": passed,
        "n_expected_by_chance": by_chance,
    }


def _reversed(screen: pd.DataFrame, reverse: pd.DataFrame, budget: Mapping[str, Any]) -> Row:
    """Hits that the outcome does not seem to act on; those that could not be asked do not pass."""
    silent = int(reverse["verdict"].isin([Reverse.SILENT.value, Reverse.UNCONFIRMED.value]).sum())
    sentence = (
        f"Hits on which the outcome has no confirmed effect at adjusted P < {budget['level']:g} "
        f"({CORRECTION_NAMES[budget['correction']]})"
    )
    return _gate("not_reversed", sentence, int(screen["hit"].sum()), silent)


def _follow_up(gate: str, sentence: str, screen: pd.DataFrame, table: pd.DataFrame | None) -> Row:
    """What a later stage says of the hits that it examined; without its table the gate was not asked."""
    hits = screen.loc[screen["hit"], ["exposure", "outcome"]]
    if table is None:
        return {"gate": gate, "sentence": sentence, "status": GateStatus.NOT_RUN.value}
    asked = hits.merge(table, on=["exposure", "outcome"])
    return _gate(gate, sentence, len(asked), int(asked["passed"].sum()))


def _with_families(table: pd.DataFrame, corrections: pd.DataFrame, budget: Mapping[str, Any]) -> pd.DataFrame:
    """The family, correction, size, last rank and pi0 behind the P of each gate."""
    families = {
        **dict.fromkeys(("nominal", "concordant", "corrected"), "screen"),
        "validated": "validation",
        "not_reversed": "reverse",
    }
    table["family"] = table["gate"].map(families)
    chosen = {gate: budget[family]["correction"] for gate, family in families.items()}
    table["correction"] = table["gate"].map(chosen | dict.fromkeys(("nominal", "concordant"), "none"))
    keyed = corrections.set_index(["family", "correction"])
    for i, (family, correction) in enumerate(zip(table["family"], table["correction"], strict=True)):
        if (family, "storey") in keyed.index:
            table.loc[i, "pi0"] = keyed.loc[(family, "storey"), "pi0"]
            table.loc[i, "m"] = keyed.loc[(family, "storey"), "m"]
        if (family, correction) in keyed.index:
            table.loc[i, "rank"] = keyed.loc[(family, correction), "rank"]
    return table


def _states_tests(chosen: Mapping[str, Any]) -> bool:
    """Whether Bonferroni's number of tests is the study's and not that of the testable pairs."""
    return chosen["correction"] == "bonferroni" and chosen["tests"] is not None


def _corrected_by_chance(chosen: Mapping[str, Any], m: int, nominal: float) -> float:
    """Tests that the correction rejects on average among m independent ones without effect, at most."""
    level = float(chosen["level"])
    if _states_tests(chosen):
        return min(m * level / float(chosen["tests"]), nominal)
    if chosen["correction"] in ("bonferroni", "effective_number"):
        return min(level, nominal)
    return min(expected_by_benjamini_hochberg(m, level), nominal)


def expected_by_benjamini_hochberg(m: int, fdr: float) -> float:
    """Tests that Benjamini-Hochberg at `fdr` rejects on average among m independent ones without effect.

    Finner & Roters 2002, Annals of Statistics 30:220. Close to `fdr`, but above it: the false discovery rate
    is then the probability of any rejection, and sometimes there are several. Benjamini-Yekutieli rejects
    fewer; Storey as many, where it takes all for null.
    """
    k = np.arange(1, m)
    several = np.cumprod((m - k) / m * fdr * (k + 1) / k).sum() if m else -1.0
    return float(fdr * (1.0 + several))
