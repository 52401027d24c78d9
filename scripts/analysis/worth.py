"""What each hit is worth: one row that gathers everything known of it, and one plain sentence or two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scripts.analysis.evidence import PAIR
from scripts.analysis.finding import number, percent
from scripts.table.status import EstimateScale, Flag, Reverse, Validation, Verdict

FROM_SCREEN = [
    *("exposure", "name", "outcome", "n_instruments", "method", "beta", "se", "ci_low", "ci_high"),
    *("neglog10_p", "p", "p_adjusted", "adjust_method", "p_bh", "bh_m", "bh_rank", "validation"),
    *(
        "n_validation_concordant",
        "n_validation_discordant",
        "n_combined",
        "combined_z",
        "combined_p",
        "flags",
    ),
]
FROM_REVERSE = [
    *("n_instruments", "beta", "se", "p", "p_adjusted", "adjust_method", "m", "rank", "verdict"),
]
OVERLAP = ["n_shared_at_most", "overlap_bias_bound"]
CORRECTORS = {"simss_ivw": "MR-SimSS", "simss_raps": "MR-SimSS around MR-RAPS"}  # in the study's units
CORRECTED_COLUMNS = ["exposure", "outcome", "method", "scale", "beta", "se", "p"]
COUNTS = ["n_validation", "n_same_people", "n_other_people"]  # tests, and agreeing ones of other people
LEVELS = ("nothing speaks against it", "with reservations", "not to be believed as it stands")


def hit_table(
    screen: pd.DataFrame,
    validation: pd.DataFrame,
    reverse: pd.DataFrame,
    overlap: pd.DataFrame,
    corrected: pd.DataFrame,
    beside: pd.DataFrame,
    names: Mapping[str, str],
    units: Mapping[str, str],
) -> pd.DataFrame:
    """One row per hit: the screen's numbers, validation, reverse direction (`reverse_*`), flags, `worth`.

    `overlap` bounds the bias by shared people, `corrected` has the estimates corrected for it (`corrected_*`,
    of the first method in the study's units), `beside` what LD score regression and colocalisation found
    (BESIDE). `names` and `units` are of all traits. `sentence` says it all
    in words, from the numbers of the row alone.
    """
    hits = screen.loc[screen["hit"], FROM_SCREEN].reset_index(drop=True)
    from_reverse = [*FROM_REVERSE, "f_mean"]
    back = reverse[[*PAIR, *from_reverse]].rename(columns={name: f"reverse_{name}" for name in from_reverse})
    table = hits.merge(back, on=PAIR, how="left").merge(_shared(overlap), on=PAIR, how="left")
    table = table.merge(_corrected(corrected), on=PAIR, how="left")
    # The exposure is the outcome of the reverse direction: of its people as many are shared.
    share = table["n_shared_at_most"] / table.pop("n_exposure")
    table["reverse_overlap_bias_bound"] = share / table.pop("reverse_f_mean")
    table = table.merge(_counts(validation), on=PAIR, how="left").merge(beside, on=PAIR, how="left")
    table = table.fillna(dict.fromkeys(COUNTS, 0)).astype(dict.fromkeys(COUNTS, "int64"))
    rows: list[dict[Any, Any]] = table.to_dict("records")
    return table.assign(
        worth=pd.Series([worth_of(row) for row in rows], dtype="str"),
        sentence=pd.Series([sentence_of(row, names, units) for row in rows], dtype="str"),
    )


def _shared(overlap: pd.DataFrame) -> pd.DataFrame:
    named = overlap.rename(columns={"bias_bound": "overlap_bias_bound"})
    return named[[*PAIR, *OVERLAP, "n_exposure"]]


def _corrected(corrected: pd.DataFrame) -> pd.DataFrame:
    """The first corrected estimate of each pair that is in the study's units."""
    usable = corrected[
        corrected["method"].isin(CORRECTORS)
        & (corrected["scale"] == EstimateScale.UNITS)
        & corrected["beta"].notna()
    ]
    first = usable.drop_duplicates(PAIR)[CORRECTED_COLUMNS].drop(columns="scale")
    return first.rename(columns={name: f"corrected_{name}" for name in ("method", "beta", "se", "p")})


def _counts(validation: pd.DataFrame) -> pd.DataFrame:
    """COUNTS of each discovered pair."""
    same = validation["same_people"].fillna("") != ""
    agrees = validation["verdict"] == Verdict.CONCORDANT
    tests = validation.assign(tested=validation["p"].notna(), same=same, independent=agrees & ~same)
    columns = dict(zip(COUNTS, (("tested", "sum"), ("same", "sum"), ("independent", "sum")), strict=True))
    return tests.groupby(PAIR).agg(**columns).reset_index()


def worth_of(row: Mapping[Any, Any]) -> str:
    """One of LEVELS: the reverse direction or a control speak against a hit, flags make reservations.

    So does a reverse direction that is not silent, and validation by nobody but the same people.
    """
    flags = _flags(row)
    if row["reverse_verdict"] == Reverse.REVERSED or Flag.NEGATIVE_CONTROL in flags:
        return LEVELS[2]
    validated = row["n_other_people"] > 0 or row["validation"] == Validation.NOT_TESTED
    sound = not flags and row["reverse_verdict"] == Reverse.SILENT and validated
    return LEVELS[0] if sound else LEVELS[1]


def sentence_of(row: Mapping[Any, Any], names: Mapping[str, str], units: Mapping[str, str]) -> str:
    """The hit in words: effect, place among the tests, validation, reverse direction, what to mind."""
    said = [_effect(row, names, units), _overlapping(row), _validated(row), _reverse(row, names)]
    said += [_related(row), _colocalised(row)]
    flags = _flags(row)
    if flags:
        said.append(f"Mind that {_listed([flag.sentence for flag in flags])}.")
    return " ".join(part for part in said if part)


def _flags(row: Mapping[Any, Any]) -> list[Flag]:
    words = row["flags"] if isinstance(row["flags"], str) else ""
    return [Flag.of(word) for word in words.split()]


def _effect(row: Mapping[Any, Any], names: Mapping[str, str], units: Mapping[str, str]) -> str:
    way = "higher" if row["beta"] > 0 else "lower"
    unit = (
        f"{units.get(row['outcome']) or 'outcome units'} per {units.get(row['exposure']) or 'exposure unit'}"
    )
    return (
        f"Genetically higher {row['name']} goes with {way} {names.get(row['outcome'], row['outcome'])}: "
        f"{number(row['beta'])} ({number(row['ci_low'])} to {number(row['ci_high'])}) {unit}, "
        f"P = {_p(row['p'])}, rank {int(row['bh_rank']):,} of {int(row['bh_m']):,} tests (adjusted "
        f"{_p(row['p_bh'])})."
    )


def _overlapping(row: Mapping[Any, Any]) -> str:
    """What shared people may do to the estimate, and the estimate without that, where it is known."""
    if not row["n_shared_at_most"] > 0:
        return ""
    said = (
        f"Its study may share up to {row['n_shared_at_most']:,.0f} people with the outcome's, which can "
        f"bias it by at most {percent(row['overlap_bias_bound'])} of the confounded association"
    )
    if pd.isna(row["corrected_beta"]):
        return f"{said}."
    how = CORRECTORS[row["corrected_method"]]
    return (
        f"{said}; corrected for that and for the choice of instruments ({how}) it is "
        f"{number(row['corrected_beta'])} (P = {_p(row['corrected_p'])})."
    )


def _validated(row: Mapping[Any, Any]) -> str:
    if row["validation"] == Validation.NOT_TESTED:
        return "No validation outcome was tested."
    against = row["n_validation_discordant"]
    people = (
        f"; {row['n_same_people']:,} of them {'rests' if row['n_same_people'] == 1 else 'rest'} on people "
        "of the discovery"
        if row["n_same_people"]
        else ""
    )
    return (
        f"{row['n_validation_concordant']:,} of {row['n_validation']:,} validation outcomes agree and "
        f"{against or 'none'} {'contradict' if against > 1 else 'contradicts'}{people}. Taken together, with "
        f"their correlation, they give P = {_p(row['combined_p'])} in the "
        f"{'expected' if row['combined_z'] > 0 else 'opposite'} direction."
    )


def _reverse(row: Mapping[Any, Any], names: Mapping[str, str]) -> str:
    outcome = names.get(row["outcome"], row["outcome"])
    if row["reverse_verdict"] == Reverse.NOT_TESTABLE:
        return Reverse.NOT_TESTABLE.sentence
    n = f"{int(row['reverse_n_instruments']):,}"
    if row["reverse_verdict"] == Reverse.REVERSED:
        return (
            f"But genetically predicted {outcome} goes with it ({n} instruments of the reverse direction, "
            f"adjusted P = {_p(row['reverse_p_adjusted'])}): it may be a consequence, not a cause."
        )
    shown = "no effect" if row["reverse_verdict"] == Reverse.SILENT else "an effect"
    doubt = (
        "" if row["reverse_verdict"] == Reverse.SILENT else ", which their weighted median does not confirm"
    )
    return (
        f"In the reverse direction {n} instruments of {outcome} show {shown} on it "
        f"(adjusted P = {_p(row['reverse_p_adjusted'])}){doubt}."
    )


def _related(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["rg_p"]):
        return ""
    return f"The genetic correlation is {number(row['rg'])} (P = {_p(row['rg_p'])})."


def _colocalised(row: Mapping[Any, Any]) -> str:
    if not row["n_coloc_tested"] > 0:
        return ""
    tested, shared = int(row["n_coloc_tested"]), int(row["n_coloc_shared"])
    loci = "locus" if tested == 1 else "loci"
    return f"At {shared or 'none'} of {tested} {loci} the two share one causal variant."


def _p(p: float) -> str:
    return "below 1e-300" if p == 0 else f"{p:.2g}"


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
