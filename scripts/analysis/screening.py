"""A batch of the screen: each exposure of the batch against every outcome, from tables to tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.alignment import align_with_proxies
from scripts.analysis.direction import Disease, direction_of, with_direction
from scripts.analysis.estimates import PairResult, Row, analyse, generator
from scripts.analysis.estimators import Instruments, Settings
from scripts.method.leave_one_out import LeaveOneOut
from scripts.table.status import GsmrStatus, VariantStatus

NUMBERS = ("beta", "se", "ci_low", "ci_high", "neglog10_p")
STATUSES = ("gsmr_status", "presso_status", "radial_status")  # of variants that were not aligned: not run
LOST = [status for status in VariantStatus if status != VariantStatus.KEPT]


# Rows that stand for the instruments that an outcome (its id) lacks, as `proxies.proxy_rows` gives them.
FindProxies = Callable[[str, pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class BatchTables:
    """The four tables of a batch, with columns as in the study's final tables."""

    estimates: pd.DataFrame
    diagnostics: pd.DataFrame
    instruments: pd.DataFrame
    leave_one_out: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Choices:
    """What the study chose for its screen, besides the data.

    `harmonise` as in `align`; `diseases`: the binary traits; `steiger_filter`: leave out variants that
    explain more of the outcome; `find_proxies`: None where none are used.
    """

    harmonise: Mapping[str, Any]
    estimators: Settings
    seed: int
    diseases: Mapping[str, Disease] = field(default_factory=dict)
    steiger_filter: bool = False
    find_proxies: FindProxies | None = None


def screen_pairs(
    exposures: Mapping[str, pd.DataFrame],
    outcomes: Mapping[str, pd.DataFrame],
    choices: Choices,
    n_ref: int | None,
) -> BatchTables:
    """Every exposure (its instruments) against every outcome (its rows at the instruments' positions)."""
    collected: dict[str, list[pd.DataFrame]] = {name: [] for name in BatchTables.__slots__}
    stacked = pd.concat([table.assign(exposure=exposure) for exposure, table in exposures.items()])
    for outcome, rows in outcomes.items():
        find = partial(choices.find_proxies, outcome) if choices.find_proxies else None
        batch = align_with_proxies(stacked, rows, choices.harmonise, find)
        batch = with_direction(batch, choices.diseases, outcome, choices.steiger_filter)
        rows_of = batch.groupby("exposure", sort=False).indices
        for exposure in exposures:
            aligned = batch.iloc[rows_of.get(exposure, [])].drop(columns="exposure")
            kept = aligned[aligned["status"] == VariantStatus.KEPT]
            stream = generator(choices.seed, exposure, outcome)
            diseases = choices.diseases.get(exposure), choices.diseases.get(outcome)
            result = analyse(_arrays(kept, n_ref), choices.estimators, stream)
            accounts = {**_accounts(aligned), **result.diagnostics, **direction_of(kept, *diseases)}
            for name, part in _tables(aligned, kept, result, accounts).items():
                collected[name].append(part.assign(exposure=exposure, outcome=outcome))
    return BatchTables(**{name: _stack(tables) for name, tables in collected.items()})


def _arrays(kept: pd.DataFrame, n_ref: int | None) -> Instruments:
    """The kept variants' effects, and the part of the LD matrix that is between them."""
    columns = ("beta_exposure", "se_exposure", "beta_outcome", "se_outcome")
    beta_x, se_x, beta_y, se_y = (kept[column].to_numpy(float) for column in columns)
    rows = kept["row"].to_numpy(int)
    known = n_ref is not None and len(kept) > 0 and all(len(correlations) for correlations in kept["r"])
    ld = np.array([correlations[rows] for correlations in kept["r"]]) if known else None
    people = kept[["n_exposure", "n_outcome"]].to_numpy(float).min(initial=np.inf)
    return Instruments(beta_x, se_x, beta_y, se_y, ld, n_ref, float(people))


def _tables(
    aligned: pd.DataFrame, kept: pd.DataFrame, result: PairResult, accounts: Row
) -> dict[str, pd.DataFrame]:
    variants = pd.DataFrame(result.variants, index=kept.index).reindex(aligned.index)
    return {
        "estimates": pd.DataFrame(result.estimates),
        "diagnostics": pd.DataFrame([accounts]),
        "instruments": aligned.drop(columns=["row", "r"])
        .join(variants)
        .fillna(dict.fromkeys(STATUSES, GsmrStatus.NOT_RUN.value)),
        "leave_one_out": _leave_one_out(kept, result.leave_one_out),
    }


def _accounts(aligned: pd.DataFrame) -> Row:
    """Where the selected instruments went."""
    counts = aligned["status"].value_counts()
    lost = {f"n_{status.value}": int(counts.get(status.value, 0)) for status in LOST}
    kept = aligned["status"] == VariantStatus.KEPT
    return {
        "n_selected": len(aligned),
        **lost,
        "n_instruments": int(kept.sum()),
        "n_in_mhc": int((kept & aligned["in_mhc"]).sum()),
        "n_proxied": int((kept & aligned["proxy_r2"].notna()).sum()),
    }


def _leave_one_out(kept: pd.DataFrame, fit: LeaveOneOut | None) -> pd.DataFrame:
    if fit is None:
        return pd.DataFrame(
            {"rsid": pd.Series(dtype="str"), **{name: pd.Series(dtype=float) for name in NUMBERS}}
        )
    return pd.DataFrame({"rsid": [*kept["rsid"], "All"], **{name: getattr(fit, name) for name in NUMBERS}})


def _stack(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """One table, the pair's columns first; empty parts say nothing about types and are left out."""
    filled = [table for table in tables if len(table)] or tables[:1]
    stacked = pd.concat(filled, ignore_index=True)
    pair = ["exposure", "outcome"]
    return stacked[[*pair, *stacked.columns.drop(pair)]]
