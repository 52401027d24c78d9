"""Audit of a published table: each row held to arithmetic that a reader can do again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.audit_loci import nearest_gene_finding
from scripts.analysis.audit_numbers import (
    Claim,
    Found,
    adjusted_not_below_raw,
    adjusted_possible,
    centre,
    count_possible,
    effect,
    more_than_chance,
    p_of_interval,
    proportion,
    scales,
)
from scripts.analysis.fingerprint import Biobank, biobank_of
from scripts.table.audit import COLUMNS, REFERENCE, SUMMARY_COLUMNS, AuditVerdict, Check

ROW_CHECKS: dict[Check, Callable[[Claim], Found | None]] = {
    Check.SCALES: scales,
    Check.CENTRE: centre,
    Check.P_OF_INTERVAL: p_of_interval,
    Check.ADJUSTED_NOT_BELOW_RAW: adjusted_not_below_raw,
    Check.ADJUSTED_POSSIBLE: adjusted_possible,
    Check.COUNT_POSSIBLE: count_possible,
    Check.MORE_THAN_CHANCE: more_than_chance,
    Check.PROPORTION: proportion,
}


def audit_table(
    name: str, table: pd.DataFrame, genes: pd.DataFrame | None, biobanks: Sequence[Biobank]
) -> pd.DataFrame:
    """Findings (COLUMNS) of one published table, as `scripts.source.published` reads it.

    A check runs on the rows that have what it needs. `genes` are those of the build that the column `placed`
    is on. Raises ValueError, with the line and the column, where a number is none.
    """
    rows: list[dict[Any, Any]] = table.to_dict("records")
    claims = [Claim(int(row["line"]), row) for row in rows]
    references = _references(claims)
    found: list[tuple[Any, ...]] = []
    for claim in claims:
        told = [(check, ask(claim)) for check, ask in ROW_CHECKS.items()]
        told.append((Check.SIGN, _sign(claim, references)))
        told.append((Check.NEAREST_GENE, nearest_gene_finding(claim, genes)))
        told.append((Check.SAMPLE, _sample(claim, biobanks)))
        subject, exposure = claim.subject, claim.text("exposure")
        found += [(name, claim.line, subject, exposure, check.value, *one) for check, one in told if one]
    return pd.DataFrame(found, columns=COLUMNS)


def summary(findings: pd.DataFrame) -> pd.DataFrame:
    """One row for each table and check that was asked (SUMMARY_COLUMNS)."""
    rows = []
    for (table, check), part in findings.groupby(["table", "check"], sort=False):
        counts = part["verdict"].value_counts()
        against = part[part["verdict"] == AuditVerdict.CONTRADICTS]
        of = {verdict: int(counts.get(verdict.value, 0)) for verdict in AuditVerdict}
        checked = len(part) - of[AuditVerdict.NOT_CHECKED]
        exposures = against["exposure"].replace("", np.nan).nunique()
        spoken = (AuditVerdict.AGREES, AuditVerdict.ONLY_IF_CUT, AuditVerdict.CONTRADICTS)
        told = (Check.of(str(check)).sentence, checked, *(of[verdict] for verdict in spoken), exposures)
        rows.append((table, check, *told, of[AuditVerdict.NOT_CHECKED]))
    return pd.DataFrame(rows, columns=SUMMARY_COLUMNS)


def _references(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    """The rows of each exposure that the signs of its others are compared with."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.text("expected_sign") == REFERENCE:
            found.setdefault(claim.text("exposure"), []).append(claim)
    return found


def _sign(claim: Claim, references: Mapping[str, Sequence[Claim]]) -> Found | None:
    wanted = claim.text("expected_sign")
    own = effect(claim)
    if wanted in ("", REFERENCE) or own is None:
        return None
    others = {
        np.sign(one.middle) for row in references.get(claim.text("exposure"), []) if (one := effect(row))
    }
    if len(others) != 1 or 0.0 in others:
        return AuditVerdict.NOT_CHECKED.value, "The reference rows of this exposure have no single sign."
    (reference,) = others
    expected = reference * claim.number("expected_sign")
    agrees = np.sign(own.middle) in (expected, 0.0)
    ways = {1.0: "above 0", -1.0: "below 0"}
    arithmetic = (
        f"The effect on the reference outcome is {ways[reference]}; relative to it the sign is {wanted}, so "
        f"that this one should be {ways[expected]}; it is {own.middle:.3g}."
    )
    return (AuditVerdict.AGREES if agrees else AuditVerdict.CONTRADICTS).value, arithmetic


def _sample(claim: Claim, biobanks: Sequence[Biobank]) -> Found | None:
    if not claim.has("n", "ancestry"):
        return None
    n, declared = claim.number("n"), claim.text("ancestry")
    bank = biobank_of(n, biobanks)
    if bank is None:
        return AuditVerdict.NOT_CHECKED.value, f"No known sample has {n:,.0f} people."
    agrees = bank.ancestry == declared
    arithmetic = f"{n:,.0f} people is {bank.name} ({bank.study}), {bank.ancestry}; declared: {declared}."
    if not bank.certain:
        return AuditVerdict.NOT_CHECKED.value, f"{arithmetic} That sample's size is not certain."
    return (AuditVerdict.AGREES if agrees else AuditVerdict.CONTRADICTS).value, arithmetic
