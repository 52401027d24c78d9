"""Step: results that were printed elsewhere beside this run's."""

from pathlib import Path

from scripts.analysis.published_screen import compare_effects, compare_loci
from scripts.step import run
from scripts.table.files import read_tsv, write_tsv


def compare_published(
    effects: list[Path],
    estimates: list[Path],
    loci: list[Path],
    pleiotropic: list[Path],
    effects_table: list[Path],
    loci_table: list[Path],
    names: dict[str, str],
) -> None:
    """Write a row for each printed effect and for each printed locus, of those that the study has."""
    for printed, ours, table in zip(effects, estimates, effects_table, strict=True):
        write_tsv(compare_effects(read_tsv(printed), read_tsv(ours), names), table)
    for printed, ours, table in zip(loci, pleiotropic, loci_table, strict=True):
        write_tsv(compare_loci(read_tsv(printed), read_tsv(ours)), table)


if __name__ == "__main__":
    run(compare_published)
