"""What the machinery itself costs: rehearsals of growing size, from nothing to the report, on two cores.

    PYTHONPATH=. python -m tests.benchmarks.rehearsal [exposures ...] [--target screen] [--folder FOLDER]
        [--table FILE] [--figure FILE]

100, 1,000 and 3,935 exposures unless told otherwise. CPU seconds, so that other work on the machine does not
count: of the whole run, of its steps (each says in its log what it took), and the rest, the engine's. Then
the run that finds nothing to do, and one with one exposure more, whose jobs are counted by a dry run.

A large rehearsal takes hours. In a `--folder` it is kept, and goes on where Ctrl-C stopped it. Rows are added
to `--table`, and the figure shows all that are there.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
import time
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from tests.workflow.rehearsal import Rehearsal, launcher, rehearsal

TOOK = re.compile(r"The step took ([\d.]+) s of CPU and at most (\d+) MB")
CORES = ("--cores", "2")


@dataclass(frozen=True)
class Measured:
    """CPU seconds of a run and of its steps, most memory of a step (MB), and what later runs do."""

    exposures: int
    steps: int
    cpu_s: float
    steps_cpu_s: float
    engine_share: float
    peak_mb: int
    again_cpu_s: float
    again_s: float
    more_jobs: int
    more_reads: int
    more_batches: int


def children() -> float:
    """CPU seconds of finished child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(folder: Path, exposures: int, target: str) -> Measured:
    """A rehearsal with one exposure left out of the table, again, and with it."""
    with rehearsal(folder / "mrscape", exposures + 1) as study:
        study.table.write_text(launcher().table_of(exposures))
        cpu = spent(study, target)
        took = [TOOK.search(path.read_text()) for path in (study.folder / "logs").glob("*/*/*.log")]
        steps = [(float(found[1]), int(found[2])) for found in took if found]
        began, clock = children(), time.monotonic()
        status, words = study.run(target, *CORES)
        assert status == 0 and "Nothing to be done" in words, words
        again, again_s = children() - began, time.monotonic() - clock
        study.table.write_text(launcher().table_of(exposures + 1))
        more = planned(study, target)
    inside = sum(seconds for seconds, _ in steps)
    peak = max(megabytes for _, megabytes in steps)
    batches = more.get("select_instruments", 0)
    return Measured(
        *(exposures, len(steps), cpu, inside, 1 - inside / cpu, peak, again, again_s),
        *(sum(more.values()), more.get("reduce_exposure", 0), batches),
    )


def spent(study: Rehearsal, target: str) -> float:
    """CPU seconds of a run to its end, and of those that Ctrl-C stopped before it."""
    account, log = study.folder / "cpu_s", study.folder / "terminal.log"
    before, began = float(account.read_text()) if account.exists() else 0.0, children()
    run = study.start(target, *CORES, log=log)
    try:
        status = run.wait()
    except KeyboardInterrupt:
        run.terminate()
        run.wait()
        raise
    finally:
        account.write_text(str(before + children() - began))
    assert status == 0, log.read_text()
    return float(account.read_text())


def planned(study: Rehearsal, target: str) -> dict[str, int]:
    """Rules that a dry run would run, and how often."""
    status, words = study.run(target, "--dry-run", "--quiet", "rules")
    assert status == 0, words
    table = words.split("Job stats:")[1].split("\n\n")[0]
    jobs = {line.split()[0]: int(line.split()[1]) for line in table.splitlines()[3:] if line.strip()}
    return {rule: count for rule, count in jobs.items() if rule not in ("total", target)}


def draw(rows: pd.DataFrame, path: Path) -> None:
    """CPU seconds for each exposure, of the run and of the engine, against the number of exposures."""
    figure, axes = plt.subplots(figsize=(5.5, 4.0), layout="constrained")
    n, engine = rows["exposures"], rows["cpu_s"] - rows["steps_cpu_s"]
    axes.loglog(n, rows["cpu_s"] / n, "o-", label="whole run")
    axes.loglog(n, engine / n, "s--", label="engine")
    axes.set(xlabel="Exposures", ylabel="CPU seconds for each exposure", title="Rehearsal (SIMULATED data)")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description="Rehearsals of growing size.")
    parser.add_argument("exposures", nargs="*", type=int, default=[100, 1000, 3935])
    parser.add_argument("--target", default="all")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--figure", type=Path)
    told = parser.parse_args()
    rows = pd.read_csv(told.table, sep="\t") if told.table and told.table.exists() else pd.DataFrame()
    for number in told.exposures:
        kept = nullcontext(told.folder / str(number)) if told.folder else tempfile.TemporaryDirectory()
        with kept as folder:
            row = pd.DataFrame([asdict(measured(Path(folder), number, told.target))])
        rows = pd.concat([rows, row]).sort_values("exposures")
        print(row.to_csv(sep="\t", index=False, float_format="%.4g"), flush=True)
        if told.table:
            rows.to_csv(told.table, sep="\t", index=False, float_format="%.4g")
    if told.figure:
        draw(rows, told.figure)


if __name__ == "__main__":
    main()
