"""The check of an audit that needs a table of genes: is the claimed gene the nearest one?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts.analysis.audit_numbers import Claim, Found
from scripts.analysis.genes import BASES_PER_KB, distances, nearest_gene
from scripts.table.audit import AuditVerdict


def nearest_gene_finding(claim: Claim, genes: pd.DataFrame | None) -> Found | None:
    """Whether no gene's body is nearer than that of the claimed one; several may hold the position."""
    if not claim.has("chromosome", "position", "nearest_gene"):
        return None
    claimed, place = claim.text("nearest_gene"), claim.text("placed")
    at = f"{claim.text('chromosome')}:{claim.text('position')}"
    if genes is None:
        return AuditVerdict.NOT_CHECKED.value, "There is no table of genes (genes.table)."
    if not place:
        return AuditVerdict.NOT_CHECKED.value, f"{at} has no place on the build of the genes."
    chromosome, position = (int(part) for part in place.split(":"))
    nearest = nearest_gene(genes, chromosome, position)
    if nearest is None:
        return AuditVerdict.NOT_CHECKED.value, f"The table of genes has none on chromosome {chromosome}."
    here = genes[(genes["chromosome"] == chromosome) & (genes["symbol"] == claimed)]
    best = f"The nearest gene of {at} is {nearest.name} ({_far(nearest.distance)})"
    if here.empty:
        return AuditVerdict.NOT_CHECKED.value, f"{best}; {claimed} is not in the table of genes."
    own = int(np.min(distances(here, position)))
    agrees = own <= nearest.distance
    arithmetic = (
        f"{claimed} is the nearest gene of {at} ({_far(own)})."
        if agrees
        else (f"{best}; {claimed} is {own / BASES_PER_KB:,.1f} kb away.")
    )
    return (AuditVerdict.AGREES if agrees else AuditVerdict.CONTRADICTS).value, arithmetic


def _far(distance: int) -> str:
    return "inside it" if distance == 0 else f"{distance / BASES_PER_KB:,.1f} kb away"
