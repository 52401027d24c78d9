"""Step: what the screen found beside the truth of a simulated study."""

from pathlib import Path

from scripts.analysis.truth import compare
from scripts.step import run
from scripts.table.frames import read_tsv, write_tsv


def check_truth(truth: Path, screen: Path, table: Path) -> None:
    """Write one row per simulated exposure: the truth, the estimate, whether the screen was right."""
    write_tsv(compare(read_tsv(truth), read_tsv(screen)), table)


if __name__ == "__main__":
    run(check_truth)
