"""Pleiotropic loci with their genes and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from scripts.analysis.coloc_loci import locus_names
from scripts.analysis.genes import NamedGene, best_scored_gene, nearest_gene
from scripts.table.coloc import ColocVerdict
from scripts.table.pleiotropy import ANNOTATED, KNOWN, GeneAgreement

SHOWN_TRAITS = 5


def annotate(
    loci: pd.DataFrame,
    known: pd.DataFrame,
    genes: pd.DataFrame | None,
    scores: pd.DataFrame | None,
    shared: pd.DataFrame,
    window_kb: float,
) -> pd.DataFrame:
    """One row a locus (columns ANNOTATED) with the nearest gene and the best scored one within `window_kb`.

    `loci` has the columns LOCUS, `known` those of KNOWN; `genes` gene, symbol, chromosome, start and end;
    `scores` gene and score; `shared` is what `shared_signals` gives.
    """
    rows = []
    names = locus_names(loci["lead_rsid"], loci["chromosome"], loci["lead_position"])
    for name, locus in zip(names, loci.to_dict("records"), strict=True):
        place = (int(locus["chromosome"]), int(locus["lead_position"]))
        near = None if genes is None else nearest_gene(genes, *place)
        best = None
        if genes is not None and scores is not None:
            best = best_scored_gene(genes, scores, *place, window_kb)
        expressed = _expressed(shared, locus)
        rows.append(
            {
                **_of_locus(locus),
                **_genes(near, best, expressed),
                **_colocalised(shared, name),
                **_known(known[known["locus"] == locus["locus"]]),
            }
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


def shared_signals(
    coloc: pd.DataFrame, exposure: str | None, outcome: str, genes: Mapping[str, str]
) -> pd.DataFrame:
    """The rows of coloc.tsv on `outcome`, with `is_lead` for the lead exposure and the `gene` of its trait.

    `genes` gives each trait that is the expression of a gene the gene's name; others have none.
    """
    own = coloc[coloc["trait_2"] == outcome]
    return own.assign(is_lead=own["trait_1"] == exposure, gene=own["trait_1"].map(dict(genes)))


def _expressed(shared: pd.DataFrame, locus: Mapping[Any, Any]) -> list[str]:
    """Genes whose expression shares a causal variant with the outcome where the locus is."""
    here = shared[
        shared["gene"].notna()
        & (shared["verdict"] == ColocVerdict.SHARED)
        & (shared["chromosome"] == locus["chromosome"])
        & (shared["start"] <= locus["lead_position"])
        & (shared["end"] >= locus["lead_position"])
    ]
    return list(dict.fromkeys(here["gene"]))


def _colocalised(shared: pd.DataFrame, lead: str) -> dict[str, Any]:
    """Whether the exposure and the outcome share the causal variant of the locus: by SuSiE where it ran."""
    own = shared[shared["is_lead"].astype(bool) & (shared["locus"] == lead)]
    if own.empty:
        return {}
    posterior = own["susie_pp_h4"].fillna(own["pp_h4"])
    return {"pp_h4": posterior.iloc[0], "coloc_verdict": own["verdict"].iloc[0]}


def _genes(near: NamedGene | None, best: NamedGene | None, expressed: Sequence[str]) -> dict[str, Any]:
    names = [*(gene.name for gene in (near, best) if gene), *expressed]
    return {
        "eqtl_genes": "; ".join(expressed) or None,
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
