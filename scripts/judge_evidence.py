"""Step: discovery and validation, from the estimates of the screen."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.discovery_sets import discovery_sets
from scripts.analysis.evidence import screen_table
from scripts.analysis.fingerprint import Biobank, Declared, read_biobanks
from scripts.analysis.flags import with_flags
from scripts.analysis.null_z import known_number
from scripts.analysis.overlap import same_people
from scripts.analysis.validation import validation_table, with_validation
from scripts.step import run
from scripts.table.frames import read_tsv, write_tsv
from scripts.table.reports import selection_reports


def judge_evidence(
    estimates: Path,
    diagnostics: Path,
    leave_one_out: Path,
    selections: list[Path],
    effective_number: Path,
    correlations: Path,
    biobanks: Path,
    screen: Path,
    validation: Path,
    sets: Path,
    names: dict[str, str],
    outcomes: list[str],
    validation_signs: dict[str, int],
    negative_exposures: list[str],
    people: dict[str, list[dict[str, Any]]],
    methods: list[str],
    first: list[str],
    error_budget: dict[str, Any],
    mhc: str,
) -> None:
    """Write one row per exposure (screen), per validation test, and per set of discovered pairs.

    `people` are the cohorts behind each outcome as the study declares them, `first` the exposures that decide
    on which outcomes the others are asked.
    """
    estimated, told = read_tsv(estimates), read_tsv(diagnostics)
    reduced = selection_reports(selections, list(names))
    independent = known_number(read_tsv(effective_number))
    found = screen_table(estimated, told, reduced, names, outcomes, methods, error_budget, independent, first)
    single = pd.read_parquet(leave_one_out, columns=["exposure", "outcome", "rsid", "beta", "neglog10_p"])
    found = with_flags(found, told, single, negative_exposures, error_budget["nominal_p"], mhc)
    tests, _ = validation_table(
        found,
        estimated,
        validation_signs,
        error_budget,
        _same_people(people, outcomes, read_biobanks(biobanks)),
    )
    found = with_validation(found, tests, bool(validation_signs), read_tsv(correlations))
    write_tsv(found.drop(columns="reduced"), screen)
    write_tsv(tests, validation)
    write_tsv(discovery_sets(found, tests, list(validation_signs)), sets)


def _same_people(
    people: dict[str, list[dict[str, Any]]], outcomes: list[str], biobanks: tuple[Biobank, ...]
) -> dict[str, str]:
    """Why validation outcomes rest on people of the primary one, by outcome."""
    declared = {outcome: [Declared.of(part) for part in parts] for outcome, parts in people.items()}
    primary = [part for outcome in outcomes for part in declared.pop(outcome)]
    return same_people(primary, declared, biobanks)


if __name__ == "__main__":
    run(judge_evidence)
