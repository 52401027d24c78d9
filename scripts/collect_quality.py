"""Step: the accounts of all rows: what was read, kept and dropped, trait by trait."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.step import run
from scripts.table.files import read_json, write_tsv
from scripts.table.reports import selection_reports
from scripts.table.status import DropReason


def collect_quality(
    traits: list[Path],
    selections: list[Path],
    counts: Path,
    metrics: Path,
    ladder: Path,
    exposures: list[str],
) -> None:
    """Write rows dropped by reason, quality metrics, and each exposure's instruments by threshold."""
    selected = selection_reports(selections, exposures).values()
    reports = [read_json(path) for path in traits] + [
        report["quality"] for report in selected if report["quality"]
    ]
    write_tsv(pd.DataFrame([row for report in reports for row in _counts(report)], columns=COUNTS), counts)
    write_tsv(pd.DataFrame([row for report in reports for row in _metrics(report)], columns=METRICS), metrics)
    rungs = [{"exposure": report["exposure"], **rung} for report in selected for rung in report["ladder"]]
    write_tsv(pd.DataFrame(rungs, columns=LADDER), ladder)


COUNTS = ["trait", "reason", "sentence", "n_rows", "share"]
METRICS = ["trait", "metric", "value"]
LADDER = ["exposure", "p_threshold", "n_significant", "n_in_panel", "n_instruments", "n_in_mhc"]


def _counts(report: dict[str, Any]) -> list[tuple[Any, ...]]:
    read = report["rows_read"]
    kept = read - sum(report["counts"].values())
    rows = [("read", "Rows read.", read), ("kept", "Rows kept.", kept)]
    rows += [
        (reason, DropReason.of(reason).sentence, count) for reason, count in report["counts"].items() if count
    ]
    return [(report["trait"], *row, row[-1] / read if read else None) for row in rows]


def _metrics(report: dict[str, Any]) -> list[tuple[str, str, float | None]]:
    return [(report["trait"], name, value) for name, value in report["metrics"].items()]


if __name__ == "__main__":
    run(collect_quality)
