"""Step: each exposure's estimates pooled over outcomes that are cohorts of one trait."""

from pathlib import Path
from typing import Any

from scripts.analysis.fingerprint import Declared, read_biobanks
from scripts.analysis.outcome_families import families_sharing, family_table
from scripts.analysis.pooling import How
from scripts.method.random_effects import PooledTest
from scripts.method.tau2 import Tau2Method
from scripts.step import run
from scripts.table.frames import read_tsv, write_tsv


def pool_outcomes(
    estimates: Path,
    biobanks: Path,
    pooled: Path,
    families: list[dict[str, Any]],
    people: dict[str, list[dict[str, Any]]],
    tau2: Tau2Method,
    test: PooledTest,
) -> None:
    """Write the table. `people` are the cohorts behind each outcome as the study declares them."""
    declared = {outcome: [Declared.of(row) for row in rows] for outcome, rows in people.items()}
    shared = families_sharing(families, declared, read_biobanks(biobanks))
    write_tsv(family_table(read_tsv(estimates), families, shared, How(tau2, test)), pooled)


if __name__ == "__main__":
    run(pool_outcomes)
