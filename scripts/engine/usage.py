"""What the steps took, by rule, from the benchmark files that Snakemake writes beside them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.table.files import write_text

HEADER = ("rule", "jobs", "mean_s", "total_s", "longest_s", "cpu_s", "peak_mb")


@dataclass(frozen=True, slots=True)
class Usage:
    """One job: seconds by the clock and of CPU, most memory (MB); None where it was too short to see."""

    seconds: float
    cpu_seconds: float | None
    peak_mb: float | None


def usage_of(benchmark: Path) -> Usage | None:
    """What a benchmark file says; nothing where it is gone or half there."""
    try:
        with benchmark.open(newline="") as file:
            row = next(csv.DictReader(file, delimiter="\t"))
        return Usage(float(row["s"]), _number(row["cpu_time"]), _number(row["max_rss"]))
    except (OSError, StopIteration, KeyError, TypeError, ValueError):
        return None


def usage_by_rule(benchmarks: Path) -> dict[str, list[Usage]]:
    """All jobs below the folder of a study's benchmarks, which has a folder for each rule."""
    found: dict[str, list[Usage]] = {}
    for path in sorted(benchmarks.glob("*/*.tsv")):
        usage = usage_of(path)
        if usage is not None:
            found.setdefault(path.parent.name, []).append(usage)
    return found


def mean_seconds(jobs: Iterable[Usage]) -> float:
    """Mean time by the clock of one job or more."""
    seconds = [job.seconds for job in jobs]
    return sum(seconds) / len(seconds)


def write_usage(by_rule: Mapping[str, Sequence[Usage]], path: Path) -> None:
    """The table of what each rule took, the dearest first."""
    ordered = sorted(by_rule.items(), key=lambda item: -sum(job.seconds for job in item[1]))
    lines = ["\t".join(HEADER), *("\t".join(_row(rule, jobs)) for rule, jobs in ordered)]
    write_text("\n".join(lines) + "\n", path)


def _row(rule: str, jobs: Sequence[Usage]) -> list[str]:
    seconds = [job.seconds for job in jobs]
    cpu = [job.cpu_seconds for job in jobs if job.cpu_seconds is not None]
    peak = [job.peak_mb for job in jobs if job.peak_mb is not None]
    told = (
        mean_seconds(jobs),
        sum(seconds),
        max(seconds),
        sum(cpu) if cpu else None,
        max(peak, default=None),
    )
    return [rule, str(len(jobs)), *("" if number is None else f"{number:.1f}" for number in told)]


def _number(text: str) -> float | None:
    return None if text in ("NA", "-", "") else float(text)
