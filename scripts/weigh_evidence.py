"""Step: the ledger of gates, all corrections, controls, and what each hit is worth."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.controls import control_table
from scripts.analysis.corrections import family, screen_family, summary, validation_family
from scripts.analysis.evidence import PAIR
from scripts.analysis.follow_up import beside_hits, colocalised, genetically_correlated, pleiotropic
from scripts.analysis.gates import gate_table
from scripts.analysis.ldsc import CORRELATION
from scripts.analysis.null_z import known_number
from scripts.analysis.worth import hit_table
from scripts.step import run
from scripts.table.coloc import LOCI
from scripts.table.files import read_json
from scripts.table.frames import read_tsv, write_tsv


def weigh_evidence(
    screen: Path,
    validation: Path,
    estimates: Path,
    reverse_direction: Path,
    sign_flips: Path,
    effective_number: Path,
    overlap: Path,
    overlap_estimates: Path,
    correlated: list[Path],
    pleiotropy: list[Path],
    coloc: list[Path],
    gates: Path,
    hits: Path,
    controls_table: Path,
    adjusted: Path,
    corrections: Path,
    methods: list[str],
    validation_signs: dict[str, int],
    controls: dict[str, Any],
    error_budget: dict[str, Any],
    names: dict[str, str],
    units: dict[str, str],
) -> None:
    """Write the tables; `correlated`, `pleiotropy` (loci and the lead's note) and `coloc` may be empty."""
    found, tests, back = read_tsv(screen), read_tsv(validation), read_tsv(reverse_direction)
    independent = known_number(read_tsv(effective_number))
    n_outcomes = found["outcome"].nunique()
    reversed_tests = back[back["neglog10_p"].notna()].assign(tested_outcome=back["exposure"])
    families = pd.concat(
        [
            screen_family(
                found,
                None if independent is None else independent * n_outcomes,
                error_budget["screen"]["tests"],
            ),
            validation_family(found, tests),
            family("reverse", reversed_tests, None),
        ],
        ignore_index=True,
    )
    chosen = summary(families, error_budget)
    related = read_tsv(correlated[0]) if correlated else pd.DataFrame(columns=CORRELATION)
    shared = read_tsv(coloc[0]) if coloc else pd.DataFrame(columns=LOCI)
    ran = {}
    if correlated:
        ran["genetically_correlated"] = genetically_correlated(related, error_budget["nominal_p"])
    if pleiotropy:
        ran["pleiotropic"] = pleiotropic(read_tsv(pleiotropy[0]), read_json(pleiotropy[1]))
    if coloc:
        ran["colocalised"] = colocalised(shared)
    flips = read_tsv(sign_flips)
    of_hits = found.loc[found["hit"].astype(bool), PAIR].merge(back, on=PAIR)
    ledger = gate_table(found, methods, error_budget, validation_signs, chosen, flips, of_hits, ran)
    write_tsv(ledger, gates)
    people, corrected = read_tsv(overlap), read_tsv(overlap_estimates)
    beside = beside_hits(related, shared)
    write_tsv(hit_table(found, tests, back, people, corrected, beside, names, units), hits)
    write_tsv(control_table(found, read_tsv(estimates), controls, error_budget["nominal_p"]), controls_table)
    write_tsv(families, adjusted)
    write_tsv(chosen, corrections)


if __name__ == "__main__":
    run(weigh_evidence)
