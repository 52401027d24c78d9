"""Pleiotropic loci with their genes and what is known of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scripts.analysis.genes import NamedGene, best_scored_gene, nearest_gene
from scripts.table.pleiotropy import ANNOTATED, KNOWN, GeneAgreement

SHOWN_TRAITS = 5


def annotate(
    loci: pd.DataFrame,
    known: pd.DataFrame,
    genes: pd.DataFrame | None,
    scores: pd.DataFrame | None,
    window_kb: float,
) -> pd.DataFrame:
    """One row a locus (columns ANNOTATED) with the nearest gene and the best scored one within `window_kb`.

    `loci` has the columns LOCUS, `known` those of KNOWN; `genes` gene, symbol, chromosome, start and end;
    `scores` gene and score.
    """
    rows = []
    for locus in loci.to_dict("records"):
        place = (int(locus["chromosome"]), int(locus["lead_position"]))
        near = None if genes is None else nearest_gene(genes, *place)
        best = None
        if genes is not None and scores is not None:
            best = best_scored_gene(genes, scores, *place, window_kb)
        rows.append(
            {**_of_locus(locus), **_genes(near, best), **_known(known[known["locus"] == locus["locus"]])}
        )
    return pd.DataFrame(rows, columns=ANNOTATED)


def known_associations(variants: pd.DataFrame, associations: pd.DataFrame) -> pd.DataFrame:
    """Columns KNOWN: associations of the candidates of each locus, the strongest first.

    `variants` has the columns LOCUS_VARIANT; `associations` rsid, trait, neglog10_p and pubmed_id.
    """
    inside = variants.loc[variants["locus"].notna(), ["locus", "rsid", "role", "r2", "independent_rsid"]]
    found = inside.merge(associations, on="rsid")
    order = ["locus", "neglog10_p", "trait", "pubmed_id", "rsid"]
    ascending = [True, False, True, True, True]
    return found.sort_values(order, ascending=ascending, kind="stable")[KNOWN].reset_index(drop=True)


def _of_locus(locus: dict[Any, Any]) -> dict[str, Any]:
    names = [name for name in ANNOTATED if name in locus]
    return {
        **{name: locus[name] for name in names},
        "rsid": locus["lead_rsid"],
        "position": locus["lead_position"],
    }


def _genes(near: NamedGene | None, best: NamedGene | None) -> dict[str, Any]:
    names = [gene.name for gene in (near, best) if gene]
    return {
        "nearest_gene": near.name if near else None,
        "nearest_gene_distance": near.distance if near else None,
        "pops_gene": best.name if best else None,
        "pops_score": best.score if best else None,
        "pops_gene_distance": best.distance if best else None,
        "genes": _agreement(names).value,
    }


def _agreement(names: list[str]) -> GeneAgreement:
    if len(names) < 2:
        return GeneAgreement.ONE_SOURCE if names else GeneAgreement.NONE
    return GeneAgreement.AGREE if len(set(names)) == 1 else GeneAgreement.DISAGREE


def _known(known: pd.DataFrame) -> dict[str, Any]:
    traits = list(dict.fromkeys(known["trait"]))
    more = [f"and {len(traits) - SHOWN_TRAITS} more"] if len(traits) > SHOWN_TRAITS else []
    return {"n_known_associations": len(known), "known_traits": "; ".join(traits[:SHOWN_TRAITS] + more)}
