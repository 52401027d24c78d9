"""Step: which part of each exposure's effect passes through each mediator."""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis import coloc_tables
from scripts.analysis.coloc import Scale
from scripts.analysis.direction import diseases_of
from scripts.analysis.lead import followed_exposures
from scripts.analysis.mediation_coloc import Colocalised
from scripts.analysis.mediation_inputs import Inputs, lookup_all, places_of
from scripts.analysis.mediation_study import screen
from scripts.analysis.mediation_verdict import judged
from scripts.analysis.mediators import Cis, instruments_of, windows_of
from scripts.analysis.selection import PanelFile, open_panel, select
from scripts.step import run
from scripts.table import sumstats
from scripts.table.coloc import LOCI, PAIR, PRIORS
from scripts.table.correlations import read_correlations
from scripts.table.frames import read_tsv, write_parquet, write_tsv
from scripts.table.genes import read_genes
from scripts.table.mediation import LEAVE_ONE_OUT, USED


def mediate(
    screened: Path,
    instruments: list[Path],
    reduced: list[Path],
    candidates: Path,
    mediators: list[Path],
    outcomes: list[Path],
    genes: list[Path],
    panel: list[Path],
    bed: list[Path],
    fam: list[Path],
    correlations: list[Path],
    table: Path,
    gates: Path,
    variants: Path,
    leave_one_out: Path,
    coloc: Path,
    coloc_priors: Path,
    coloc_variants: Path,
    exposures: list[str],
    names: dict[str, str],
    outcome_ids: list[str],
    scales: dict[str, dict[str, bool]],
    diseases: dict[str, list[float | None]],
    settings: dict[str, Any],
    coloc_settings: dict[str, Any],
    selection: dict[str, Any],
    mhc: str,
    harmonise: dict[str, Any],
    seed: int,
) -> None:
    """Write the triples, their gates, and what their figures need.

    `names` gives the name of each mediator in the order of `mediators`; `exposures` and `outcome_ids` are in
    the order of `reduced` and `outcomes`. Only the tables of exposures that are followed are opened.
    """
    panel_file = open_panel(panel[0], bed[0], fam[0]) if panel else None
    tested = read_tsv(screened)
    followed = {
        outcome: followed_exposures(settings["exposures"], tested, [outcome], exposures, names)
        for outcome in outcome_ids
    }
    own = _own_instruments(
        instruments, [name for name in exposures if any(name in part for part in followed.values())]
    )
    cis = windows_of(read_genes(genes[0]) if genes else pd.DataFrame(), names, settings["cis_window_kb"])
    chosen = _mediators_instruments(
        pd.read_parquet(candidates), names, cis, panel_file, selection, settings, mhc
    )
    back = {
        outcome: _significant(path, panel_file, selection, mhc)
        for outcome, path in zip(outcome_ids, outcomes, strict=True)
    }
    paths = {
        **{name: path for name, path in zip(exposures, reduced, strict=True) if name in own},
        **dict(zip((*names, *outcome_ids), (*mediators, *outcomes), strict=True)),
    }
    logging.info("%d exposures, %d mediators, %d outcomes", len(own), len(names), len(outcome_ids))
    inputs = Inputs(
        exposures=own,
        mediators=chosen,
        outcomes=back,
        followed=followed,
        rows=lookup_all(paths, places_of([*own.values(), *chosen.values(), *back.values()])),
        cis=cis,
        panel=panel_file,
        correlations=read_correlations(correlations),
        diseases=diseases_of(diseases) if settings["steiger_filter"] else None,
        settings=settings,
        clump_window_kb=selection["clump_window_kb"],
        harmonise=harmonise,
        seed=seed,
    )
    shared = {trait: Scale(**scale) for trait, scale in scales.items()}
    colocalised = Colocalised(coloc_tables.Inputs(paths, shared, panel_file, coloc_settings, harmonise, mhc))
    found = screen(inputs, colocalised)
    triples, asked = judged(found.rows, found.facts, _controls(settings["controls"]), settings["fdr"])
    write_tsv(triples, table)
    write_tsv(asked, gates)
    write_parquet(_joined(found.variants, USED), variants)
    write_parquet(_joined(found.leave_one_out, LEAVE_ONE_OUT), leave_one_out)
    write_tsv(coloc_tables.framed(colocalised.tables.loci, LOCI), coloc)
    write_tsv(coloc_tables.framed(colocalised.tables.priors, PRIORS), coloc_priors)
    write_parquet(_joined(colocalised.tables.variants, PAIR), coloc_variants)


def _controls(pairs: list[dict[str, str]]) -> dict[str, list[str]]:
    """The negative controls of each mediator."""
    found: dict[str, list[str]] = {}
    for pair in pairs:
        found.setdefault(pair["mediator"], []).append(pair["control"])
    return found


def _mediators_instruments(
    candidates: pd.DataFrame,
    names: Iterable[str],
    cis: Mapping[str, Cis],
    panel: PanelFile | None,
    selection: dict[str, Any],
    settings: dict[str, Any],
    mhc: str,
) -> dict[str, pd.DataFrame]:
    """Each mediator's instruments among its candidates."""
    rows = {
        str(name): sumstats.sort_rows(part[list(sumstats.COLUMNS)]).astype(sumstats.COLUMNS)
        for name, part in candidates.groupby("mediator")
    }
    return {
        name: instruments_of(
            rows.get(name, sumstats.empty()).reset_index(drop=True),
            name in cis,
            panel,
            selection,
            settings,
            mhc,
        )
        for name in names
    }


def _own_instruments(batches: list[Path], followed: list[str]) -> dict[str, pd.DataFrame]:
    """The instruments of each exposure that is followed; none for one that has none."""
    every = pd.concat([pd.read_parquet(path) for path in batches], ignore_index=True)
    rows = {str(name): part for name, part in every.groupby("exposure")}
    return {
        name: rows.get(name, every.head(0)).drop(columns="exposure").reset_index(drop=True)
        for name in followed
    }


def _significant(path: Path, panel: PanelFile | None, selection: dict[str, Any], mhc: str) -> pd.DataFrame:
    """An outcome's own instruments."""
    rows = sumstats.read_significant(path, max(selection["p_thresholds"]))
    return select(rows, panel, selection, mhc).instruments


def _joined(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({name: [] for name in columns})


if __name__ == "__main__":
    run(mediate)
