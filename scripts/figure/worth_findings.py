"""What the hits are worth, in words and numbers: chance, corrections, controls, the reverse direction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scripts.figure.words import MISSING, Labels, count, expected, interval, label_of, number, p_value
from scripts.method.multiplicity import chance_of_as_many
from scripts.table.methods import CORRECTION_NAMES
from scripts.table.status import GateStatus, Reverse, Scale

LEVEL = 0.05  # below it, as many hits are called more than chance gives
FLOW = ("nominal", "concordant", "corrected", "validated")
NO_MORE, MORE = "No more hits than chance", "More hits than chance"

Cells = dict[str, str]


def chance_verdict(gates: pd.DataFrame) -> str:
    """Whether more passed the last gate of the flow than chance passes, by sign flips where they were made.

    Without them the binomial probability of as many at the nominal gate decides.
    """
    rows: list[dict[Any, Any]] = gates[gates["gate"].isin(FLOW)].to_dict("records")
    first, last = rows[0], rows[-1]
    p, how = _by_binomial(first) if pd.isna(last["flips_p"]) else (last["flips_p"], _by_flips(last))
    more = last["n_passed"] > 0 and p < LEVEL
    return (
        f"{MORE if more else NO_MORE}: {int(last['n_passed']):,} passed every gate; {how}. The first gate "
        f"passed {int(first['n_passed']):,} of {int(first['n_entered']):,}, where chance alone passes "
        f"{expected(first['n_expected_by_chance'])}."
    )


def _by_flips(row: Mapping[Any, Any]) -> str:
    return (
        f"with the outcomes' signs flipped at random {expected(row['flips_mean'])} pass on average "
        f"({row['flips_low']:g} to {row['flips_high']:g} in 95% of the draws), and as many as the "
        f"{int(row['flips_observed']):,} of the same count without flips with P = {row['flips_p']:.2g}"
    )


def _by_binomial(row: Mapping[Any, Any]) -> tuple[float, str]:
    n = int(row["n_entered"])
    rate = row["n_expected_by_chance"] / n if n else 0.0
    p = chance_of_as_many(int(row["n_passed"]), n, rate)
    return p, f"as many as passed the first gate, of independent tests, have P = {p:.2g}"


def ledger_rows(gates: pd.DataFrame) -> list[Cells]:
    """The ledger, a line a gate; a gate that was not asked says so."""
    rows: list[dict[Any, Any]] = gates.to_dict("records")
    return [_gate(row) for row in rows]


def _gate(row: Mapping[Any, Any]) -> Cells:
    blank = dict.fromkeys(("entered", "passed", "by_chance", "ratio", "flips", "pi0", "family"), MISSING)
    if row["status"] == GateStatus.NOT_RUN:
        return {**blank, "sentence": f"{row['sentence']}. {GateStatus.NOT_RUN.sentence}"}
    by_chance, ratio = row["n_expected_by_chance"], row["observed_over_expected"]
    exact = row["gate"] == "nominal"
    return {
        "sentence": row["sentence"],
        "entered": f"{int(row['n_entered']):,}",
        "passed": f"{int(row['n_passed']):,}",
        "by_chance": MISSING if pd.isna(by_chance) else f"{'' if exact else 'at most '}{expected(by_chance)}",
        "ratio": MISSING if pd.isna(ratio) else f"{'' if exact else 'at least '}{number(ratio, 1)}",
        "flips": MISSING
        if pd.isna(row["flips_p"])
        else f"{expected(row['flips_mean'])} ({row['flips_low']:g} to {row['flips_high']:g})",
        "pi0": MISSING if pd.isna(row["pi0"]) else number(row["pi0"], 2),
        "family": MISSING if pd.isna(row["m"]) else _family(row),
    }


def _family(row: Mapping[Any, Any]) -> str:
    """screen, Benjamini-Hochberg: m 57, rank 22."""
    rank = "" if pd.isna(row["rank"]) else f", rank {int(row['rank']):,}"
    return f"{row['family']}, {CORRECTION_NAMES[row['correction']]}: m {int(row['m']):,}{rank}"


def correction_rows(corrections: pd.DataFrame) -> list[Cells]:
    """Every family under every correction, the chosen one marked."""
    rows: list[dict[Any, Any]] = corrections.to_dict("records")
    return [
        {
            "family": row["family"],
            "correction": CORRECTION_NAMES[row["correction"]] + (" (decides)" if row["chosen"] else ""),
            "m": f"{row['m']:,}",
            "tests": number(row["tests"], 1) if row["tests"] != row["m"] else f"{row['m']:,}",
            "pi0": number(row["pi0"], 2) if row["correction"] == "storey" else MISSING,
            "level": f"{row['level']:g}",
            "below": f"{row['n_below_level']:,}",
            "rank": f"{row['rank']:,}",
        }
        for row in rows
    ]


def control_rows(controls: pd.DataFrame, labels: Labels) -> list[Cells]:
    """The screen beside its controls."""
    rows: list[dict[Any, Any]] = controls.to_dict("records")
    return [
        {
            "control": _control_name(row, labels),
            "sentence": row["sentence"],
            "tested": f"{row['n_tested']:,}",
            "inflation": MISSING if pd.isna(row["lambda"]) else number(row["lambda"], 2),
            "nominal": f"{row['n_nominal']:,}",
            "by_chance": expected(row["n_expected"]),
            "hits": f"{row['n_hits']:,}",
            "rate": MISSING if pd.isna(row["hit_rate"]) else f"{row['hit_rate']:.0%}",
        }
        for row in rows
    ]


def _control_name(row: Mapping[Any, Any], labels: Labels) -> str:
    names = {"screen": "The screen itself", "negative_exposures": "Negative control exposures"}
    if row["kind"] in names:
        return names[row["kind"]]
    kind = "Negative control outcome" if row["kind"] == "negative_outcome" else "Positive control"
    return f"{kind}: {label_of(row['control'], labels).name}"


def reverse_rows(reverse: pd.DataFrame, labels: Labels) -> list[Cells]:
    """The reverse direction of each hit, with Steiger's test where it ran."""
    rows: list[dict[Any, Any]] = reverse.to_dict("records")
    return [
        {
            "outcome": label_of(row["outcome"], labels).name,
            "exposure": label_of(row["exposure"], labels).name,
            "instruments": MISSING if pd.isna(row["n_instruments"]) else f"{int(row['n_instruments']):,}",
            "effect": interval(row["beta"], row["ci_low"], row["ci_high"]),
            "unit": "",
            "p": p_value(row["neglog10_p"]),
            "p_adjusted": MISSING if pd.isna(row["p_adjusted"]) else f"{row['p_adjusted']:.2g}",
            "steiger": _steiger(row),
            "said": Reverse.of(row["verdict"]).sentence,
        }
        for row in rows
    ]


def _steiger(row: Mapping[Any, Any]) -> str:
    """What the outcome's instruments explain of both, in percent: outcome, exposure, scale, P."""
    if pd.isna(row["steiger_z"]):
        return MISSING
    shares = f"{number(100 * row['r2_outcome'])}% and {number(100 * row['r2_exposure'])}%"
    scale = "" if row["r2_scale_outcome"] == Scale.QUANTITATIVE else f" ({row['r2_scale_outcome']})"
    return f"{shares}{scale}, P {p_value(row['steiger_neglog10_p'])}"


def hit_sentences(hits: pd.DataFrame) -> list[Cells]:
    """What each hit is worth, as hits.tsv says it."""
    rows: list[dict[Any, Any]] = hits.to_dict("records")
    return [{"exposure": row["name"], "worth": row["worth"], "sentence": row["sentence"]} for row in rows]


def worth_findings(
    gates: pd.DataFrame,
    corrections: pd.DataFrame,
    controls: pd.DataFrame,
    reverse: pd.DataFrame,
    hits: pd.DataFrame,
    independent: pd.DataFrame,
    labels: Labels,
) -> dict[str, Any]:
    """What the page prints of the worth of its hits."""
    return {
        "verdict": chance_verdict(gates),
        "ledger": ledger_rows(gates),
        "corrections": correction_rows(corrections),
        "independent": _independent(independent),
        "controls": control_rows(controls, labels),
        "reverse": reverse_rows(reverse, labels),
        "sentences": hit_sentences(hits),
    }


def _independent(table: pd.DataFrame) -> str:
    """How many independent exposures there are, and from what that is known."""
    row = table.iloc[0]
    exposures = count(int(row["n_exposures"]), "exposure")
    if pd.isna(row["n_effective"]):
        return f"How many of the {exposures} are independent is not known: too few variants without effect."
    return (
        f"By the correlation of their z scores at {row['n_variants']:,.0f} variants without effect (on "
        f"average for two of them), the {exposures} are worth {row['n_effective']:.1f} independent ones "
        "(Li and Ji)."
    )
