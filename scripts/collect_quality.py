"""Step: the accounts of all rows, and what stands out in the source files: row by row and trait by trait."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.confounders import LISTED
from scripts.analysis.finding import Policy
from scripts.analysis.fingerprint import Declared, Said, read_biobanks
from scripts.analysis.quality_table import Sources, all_findings, findings_table, trait_table
from scripts.step import run
from scripts.table.files import read_json
from scripts.table.frames import write_tsv
from scripts.table.qc import QcReport
from scripts.table.reports import selection_reports
from scripts.table.status import DropReason


def collect_quality(
    traits: list[Path],
    selections: list[Path],
    receipts: list[Path],
    biobanks: Path,
    counts: Path,
    metrics: Path,
    ladder: Path,
    confounded: Path,
    table: Path,
    findings: Path,
    declared: list[dict[str, Any]],
    exposures: list[str],
    outcomes: list[str],
    cohorts: dict[str, list[str]],
    checks: dict[str, Any],
) -> None:
    """Write rows dropped by reason, metrics, each exposure's instruments by threshold, those that were left
    out as known for a confounder, and the findings.

    `declared` holds what the study says of each trait that is read from files (the fields of Declared),
    `cohorts` the traits behind each outcome and meta-analysis. `receipts` are those of downloads, by trait.
    """
    selected = selection_reports(selections, exposures).values()
    read = [read_json(path) for path in traits] + [one["quality"] for one in selected if one["quality"]]
    write_tsv(pd.DataFrame([row for report in read for row in _counts(report)], columns=COUNTS), counts)
    write_tsv(pd.DataFrame([row for report in read for row in _metrics(report)], columns=METRICS), metrics)
    rungs = [{"exposure": report["exposure"], **rung} for report in selected for rung in report["ladder"]]
    write_tsv(pd.DataFrame(rungs, columns=LADDER), ladder)
    known = [{"exposure": report["exposure"], **row} for report in selected for row in report["confounded"]]
    write_tsv(pd.DataFrame(known, columns=LISTED), confounded)
    sources = Sources(
        declared={fields["id"]: Declared.of(fields) for fields in declared},
        reports={report["trait"]: QcReport(**report) for report in read},
        unreadable={one["exposure"]: one["message"] for one in selected if not one["quality"]},
        exposures=tuple(exposures),
        outcomes=tuple(outcomes),
        cohorts={trait: tuple(parts) for trait, parts in cohorts.items()},
        policy=Policy.of(checks),
        biobanks=read_biobanks(biobanks),
        confounded={one["exposure"]: one["confounded"] for one in selected if one["confounded"]},
        unnamed={one["exposure"]: one["n_without_rsid"] for one in selected if one["n_without_rsid"]},
        said={path.stem: Said.of(read_json(path)["metadata"]) for path in receipts},
    )
    found = all_findings(sources)
    write_tsv(findings_table(found), findings)
    write_tsv(trait_table(sources, found).convert_dtypes(), table)


COUNTS = ["trait", "reason", "sentence", "n_rows", "share"]
METRICS = ["trait", "metric", "value"]
LADDER = ["exposure", "p_threshold", "n_significant", "n_in_panel", "n_barred", "n_instruments", "n_in_mhc"]


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
