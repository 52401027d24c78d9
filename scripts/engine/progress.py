"""How far a run is: a line on the terminal now and then, and a table of all rules that is kept up to date."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from scripts.engine.usage import mean_seconds, usage_by_rule, usage_of
from scripts.table.files import write_text

LINE_SECONDS, TABLE_SECONDS = 60.0, 10.0
HEADER = ("rule", "planned", "done", "failed", "running", "left", "mean_s", "peak_mb", "left_s")


@dataclass(slots=True)
class Tally:
    """The jobs of one rule: how many there are to do, which run, which failed, and what the finished took."""

    planned: int = 0
    done: int = 0
    running: set[int] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)
    seconds: float = 0.0
    peak_mb: float | None = None
    expected_s: float | None = None

    @property
    def left(self) -> int:
        """Jobs that are not finished."""
        return max(self.planned - self.done, 0)

    @property
    def mean_s(self) -> float | None:
        """Seconds of one job: in this run or, before the first one is finished, in earlier ones."""
        return self.seconds / self.done if self.done else self.expected_s


class Progress(logging.Handler):
    """Listens to Snakemake's events; `table` is kept up to date, `say` gets a line now and then."""

    def __init__(
        self,
        table: Path,
        benchmarks: Path,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """It counts from now on, and writes and speaks once it is `active`."""
        super().__init__()
        self.table, self.benchmarks, self.say, self.clock = table, benchmarks, say, clock
        self.rules: dict[str, Tally] = {}
        self.jobs: dict[int, tuple[str, Path | None, float]] = {}
        self.began = self.said = self.wrote = clock()
        self.active = False

    def emit(self, record: logging.LogRecord) -> None:
        """Count an event; records without one are somebody's words."""
        event = str(getattr(record, "event", None))
        if event == "run_info":
            self.plan(record.__dict__["stats"])
        elif event == "job_info":
            self.starts(record.__dict__)
        elif event == "job_finished":
            self.finishes(record.__dict__["job_id"])
        elif event == "job_error":
            self.fails(record.__dict__)
        elif event == "group_error":
            for job in record.__dict__["job_error_info"]:
                self.fails(job)

    def plan(self, stats: Mapping[str, Any]) -> None:
        """How many jobs each rule has; what they took in earlier runs gives the first expectation."""
        earlier = {rule: mean_seconds(jobs) for rule, jobs in usage_by_rule(self.benchmarks).items()}
        for rule, count in stats.items():
            if rule != "total":
                self.rules[rule] = Tally(planned=int(count), expected_s=earlier.get(rule))
        self.began = self.said = self.wrote = self.clock()

    def starts(self, job: Mapping[str, Any]) -> None:
        """A job was handed to a core, or to the cluster."""
        benchmark = Path(job["benchmark"]) if job.get("benchmark") else None
        self.jobs[job["jobid"]] = (job["rule_name"], benchmark, self.clock())
        tally = self.rules.setdefault(job["rule_name"], Tally())
        tally.running.add(job["jobid"])
        tally.failed.discard(job["jobid"])
        self.tell()

    def finishes(self, jobid: int) -> None:
        """A job is done."""
        rule, benchmark, began = self.jobs.get(jobid, ("", None, self.clock()))
        tally = self.rules.get(rule)
        if tally is None:
            return
        usage = usage_of(benchmark) if benchmark else None
        tally.done += 1
        tally.running.discard(jobid)
        tally.failed.discard(jobid)
        tally.seconds += usage.seconds if usage else self.clock() - began
        if usage and usage.peak_mb is not None:
            tally.peak_mb = max(tally.peak_mb or 0.0, usage.peak_mb)
        self.tell()

    def fails(self, job: Mapping[str, Any]) -> None:
        """A job failed; it may be tried again."""
        tally = self.rules.setdefault(job["rule_name"], Tally())
        tally.running.discard(job["jobid"])
        tally.failed.add(job["jobid"])
        self.tell()

    def tell(self, last: bool = False) -> None:
        """Write the table, and say the line, if it is time for either."""
        if not self.rules or not self.active:
            return
        now = self.clock()
        if last or now - self.wrote >= TABLE_SECONDS:
            self.wrote = now
            write_text(self.text(), self.table)
        if not last and now - self.said >= LINE_SECONDS:
            self.said = now
            self.say(f"{self.line()} ({self.table})")

    def line(self) -> str:
        """Done, failed, remaining and the expected time, in one line."""
        tallies = self.rules.values()
        done, left = sum(tally.done for tally in tallies), sum(tally.left for tally in tallies)
        failed = sum(len(tally.failed) for tally in tallies)
        text = f"{done:,} of {done + left:,} jobs are done, {failed:,} failed, {left:,} are left"
        expected = self.expected_s()
        return text if expected is None else f"{text}: about {duration(expected)}"

    def expected_s(self) -> float | None:
        """Seconds to the end, with as many jobs side by side as until now; None while nothing is known."""
        worked = sum(tally.seconds for tally in self.rules.values())
        known = [(tally, tally.mean_s) for tally in self.rules.values()]
        finished = sum(tally.done for tally in self.rules.values())
        if not finished or worked <= 0:
            return None
        side_by_side = max(worked / max(self.clock() - self.began, 1e-9), 1e-9)
        typical = worked / finished
        work = sum(tally.left * (typical if mean is None else mean) for tally, mean in known)
        return work / side_by_side

    def text(self) -> str:
        """The table: a row for each rule in the order of the plan, and one for all with the time of day."""
        rows = [self._row(rule, tally) for rule, tally in self.rules.items()]
        now = f"{datetime.now():%Y-%m-%d %H:%M:%S}"
        return "".join("\t".join(row) + "\n" for row in (HEADER, *rows)) + f"# {now}: {self.line()}\n"

    @staticmethod
    def _row(rule: str, tally: Tally) -> tuple[str, ...]:
        counts = (tally.planned, tally.done, len(tally.failed), len(tally.running), tally.left)
        mean = tally.mean_s
        numbers = (mean, tally.peak_mb, None if mean is None else mean * tally.left)
        return (rule, *map(str, counts), *("" if value is None else f"{value:.1f}" for value in numbers))


def duration(seconds: float) -> str:
    """Seconds in the words of people, e.g. 3 h 20 min."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes >= 5 else f"{60 * minutes + rest} s"
