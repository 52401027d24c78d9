"""Step: whether each trait and each primary outcome share a causal variant, locus by locus."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.coloc import Scale
from scripts.analysis.coloc_loci import (
    empty,
    loci_of_genes,
    loci_of_instruments,
    loci_of_trait,
    pleiotropic_loci,
    read_loci,
)
from scripts.analysis.coloc_pairs import pairs_of_traits
from scripts.analysis.coloc_tables import Inputs, Tables, colocalise_traits, framed
from scripts.analysis.selection import open_panel
from scripts.step import run
from scripts.table import coloc
from scripts.table.files import read_json
from scripts.table.frames import read_tsv, write_parquet, write_tsv
from scripts.table.genes import read_genes


def colocalise(
    trait_tables: list[Path],
    outcome_tables: list[Path],
    lead: list[Path],
    pleiotropic: list[Path],
    instruments: list[Path],
    genes: list[Path],
    loci: list[Path],
    panel: list[Path],
    bed: list[Path],
    fam: list[Path],
    table: Path,
    sets: Path,
    priors: Path,
    pairs: Path,
    variants: Path,
    traits: dict[str, str],
    outcomes: list[str],
    scales: dict[str, dict[str, bool]],
    settings: dict[str, Any],
    harmonise: dict[str, Any],
    mhc: str,
) -> None:
    """Write the loci, the pairs of credible sets, the sweep of the prior, pairs of traits and all variants.

    `traits` gives the name of each trait, in the order of `trait_tables`; `scales` whether a trait is binary
    and whether its effects are in SD. Loci come from the file `loci`, from `instruments`, from `genes` or
    from `pleiotropic`; those of the last are also where the exposure of the table and note `lead` is tested,
    with the outcome that the note names.
    """
    tables = dict(zip((*traits, *outcomes), (*trait_tables, *outcome_tables), strict=True))
    note = read_json(lead[1]) if lead else {"exposure": None, "outcome": None}
    if note["exposure"]:
        tables[note["exposure"]] = lead[0]
    inputs = Inputs(
        tables=tables,
        scales={trait: Scale(**scale) for trait, scale in scales.items()},
        panel=open_panel(panel[0], bed[0], fam[0]) if panel else None,
        settings=settings,
        harmonise=harmonise,
        mhc=mhc,
    )
    found, reach = Tables(), settings["window_kb"]
    for outcome in outcomes:
        shared = pleiotropic_loci(read_tsv(pleiotropic[0]), reach) if pleiotropic else empty()
        named = _loci(loci, instruments, genes, traits, outcome, reach)
        where = {trait: [loci_of_trait(trait, shared if named is None else named)] for trait in traits}
        if outcome == note["outcome"] and note["exposure"]:
            where.setdefault(note["exposure"], []).append(shared)
        for trait, places in where.items():
            each = pd.concat(places, ignore_index=True).drop_duplicates("locus", ignore_index=True)
            colocalise_traits(trait, outcome, each, inputs, found)
    logging.info("%d loci, %d of them tested", len(found.loci), len(found.variants))
    write_tsv(framed(found.loci, coloc.LOCI), table)
    write_tsv(framed(found.sets, coloc.SETS), sets)
    write_tsv(framed(found.priors, coloc.PRIORS), priors)
    joined = _joined(found.variants)
    write_tsv(pairs_of_traits(joined, settings), pairs)
    write_parquet(joined, variants)


def _loci(
    file: list[Path],
    instruments: list[Path],
    genes: list[Path],
    traits: dict[str, str],
    outcome: str,
    window_kb: float,
) -> pd.DataFrame | None:
    """The loci of the named traits for one outcome; None where they are the pleiotropic ones."""
    if file:
        return read_loci(file[0], window_kb)
    if instruments:
        return loci_of_instruments(pd.read_parquet(instruments[0]), list(traits), outcome, window_kb)
    return loci_of_genes(read_genes(genes[0]), traits, window_kb) if genes else None


def _joined(variants: list[pd.DataFrame]) -> pd.DataFrame:
    return (
        pd.concat(variants, ignore_index=True)
        if variants
        else pd.DataFrame({name: [] for name in coloc.PAIR})
    )


if __name__ == "__main__":
    run(colocalise)
