"""Genomic risk loci from P values and linkage disequilibrium, by the definitions of FUMA.

Watanabe et al. 2017 (doi:10.1038/s41467-017-01261-5). Independent variants are significant and not in LD
(r2 >= `r2_independent`) with a more significant one; lead variants are independent ones not in LD
(r2 >= `r2_lead`) with a more significant one; candidates are all variants in LD with an independent one; a
locus spans the candidates of its leads, and loci closer than `merge_kb` are one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import FloatArray, IntArray

BASES_PER_KB = 1000
# Rows in LD with a row, and their r2 with it.
Neighbours = Callable[[int], tuple[IntArray, FloatArray]]


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds; FUMA's defaults. A variant without P (in the panel only) is a candidate by its r2 alone."""

    p_lead: float = 5e-8
    p_candidate: float = 0.05
    r2_independent: float = 0.6
    r2_lead: float = 0.1
    merge_kb: float = 250.0


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead variant's row, and the rows of all independent variants in LD with it, itself first."""

    row: int
    independent: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Locus:
    """First and last position of its candidates; leads and independent rows, most significant first."""

    start: int
    end: int
    leads: tuple[Lead, ...]
    independent: tuple[int, ...]
    candidates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Loci:
    """Loci of one chromosome from left to right; `tags`: each candidate's independent variant and r2."""

    loci: tuple[Locus, ...]
    tags: dict[int, tuple[int, float]]


def find_loci(
    position: IntArray,
    neglog10_p: FloatArray,
    neighbours: Neighbours,
    rules: Rules,
    one_locus: tuple[int, int] | None = None,
) -> Loci:
    """Loci of the variants (k,) of one chromosome; NaN in `neglog10_p` marks those known to the panel alone.

    `neighbours(row)` is called once for each independent variant; r2 below both thresholds may be left out.
    In a tie of P the first row goes first. Loci that touch the region `one_locus` (first and last position)
    count as one.
    """
    independent, links = _independent(neglog10_p, neighbours, rules)
    tags = _tags(independent, links, neglog10_p, rules)
    leads = _leads(independent, links, rules.r2_lead)
    spans = sorted(_span(lead, tags, position) for lead in leads)
    together: list[list[tuple[int, int, int]]] = []
    for span in spans:
        if together and _joined(together[-1], span, rules.merge_kb * BASES_PER_KB, one_locus):
            together[-1].append(span)
        else:
            together.append([span])
    by_row = {lead.row: lead for lead in leads}
    rank = {row: order for order, row in enumerate(independent)}
    return Loci(tuple(_locus(group, by_row, rank, tags) for group in together), tags)


def _independent(
    neglog10_p: FloatArray, neighbours: Neighbours, rules: Rules
) -> tuple[list[int], dict[int, dict[int, float]]]:
    """Independent rows, most significant first, and the r2 of each one's neighbours."""
    significant = np.flatnonzero(neglog10_p > -math.log10(rules.p_lead))
    order = significant[np.argsort(-neglog10_p[significant], kind="stable")]
    claimed = np.zeros(len(neglog10_p), dtype=bool)
    links: dict[int, dict[int, float]] = {}
    for row in map(int, order):
        if claimed[row]:
            continue
        rows, r2 = neighbours(row)
        claimed[rows[r2 >= rules.r2_independent]] = True
        links[row] = dict(zip(rows.tolist(), r2.tolist(), strict=True))
    return list(links), links


def _tags(
    independent: list[int], links: dict[int, dict[int, float]], neglog10_p: FloatArray, rules: Rules
) -> dict[int, tuple[int, float]]:
    """Each candidate's independent variant, that with which its r2 is largest (first in a tie), and r2."""
    least = -math.log10(rules.p_candidate)
    tags: dict[int, tuple[int, float]] = {row: (row, 1.0) for row in independent}
    for row in independent:
        for other, r2 in links[row].items():
            known = neglog10_p[other]
            if r2 < rules.r2_independent or (not math.isnan(known) and known < least):
                continue
            if other not in tags or r2 > tags[other][1]:
                tags[other] = (row, r2)
    return tags


def _leads(independent: list[int], links: dict[int, dict[int, float]], r2_lead: float) -> list[Lead]:
    leads: list[Lead] = []
    taken: set[int] = set()
    for row in independent:
        if row in taken:
            continue
        near = [other for other in independent if other != row and links[row].get(other, 0.0) >= r2_lead]
        leads.append(Lead(row, (row, *near)))
        taken.update(near)
    return leads


def _span(lead: Lead, tags: dict[int, tuple[int, float]], position: IntArray) -> tuple[int, int, int]:
    """First and last position of a lead's candidates, and its row."""
    members = [row for row, (tagged_by, _) in tags.items() if tagged_by in lead.independent]
    places = position[members]
    return int(places.min()), int(places.max()), lead.row


def _joined(
    group: list[tuple[int, int, int]],
    span: tuple[int, int, int],
    reach: float,
    one_locus: tuple[int, int] | None,
) -> bool:
    start, end = group[0][0], max(last for _, last, _ in group)
    if span[0] - end <= reach:
        return True
    if one_locus is None:
        return False
    first, last = one_locus
    return start <= last and end >= first and span[0] <= last and span[1] >= first


def _locus(
    group: list[tuple[int, int, int]],
    leads: dict[int, Lead],
    rank: dict[int, int],
    tags: dict[int, tuple[int, float]],
) -> Locus:
    members = sorted((leads[row] for _, _, row in group), key=lambda lead: rank[lead.row])
    independent = sorted({row for lead in members for row in lead.independent}, key=rank.__getitem__)
    inside = set(independent)
    return Locus(
        start=min(start for start, _, _ in group),
        end=max(end for _, end, _ in group),
        leads=tuple(members),
        independent=tuple(independent),
        candidates=tuple(sorted(row for row, (tagged_by, _) in tags.items() if tagged_by in inside)),
    )
