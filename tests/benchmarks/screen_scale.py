"""CPU time of the Mendelian randomization of a whole study: the step `screen_batch` on SIMULATED instruments.

    PYTHONPATH=. python tests/benchmarks/screen_scale.py [exposures] [batches] [outcomes] [preset]

With OMP_NUM_THREADS=1. 3,935 exposures of 20 instruments with their LD, in 64 batches, against one outcome of
a million variants, with the methods of preset `paper`, unless told otherwise. Each batch is a process of its
own, so that start-up counts, as it does in a run. IVW with numpy alone is timed beside it, for the ratio.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from scripts.method.ivw import ivw
from scripts.table import sumstats
from scripts.table.frames import write_parquet
from scripts.table.methods import PRESETS

ROOT = Path(__file__).resolve().parents[2]
INSTRUMENTS, VARIANTS, PEOPLE = 20, 1_000_000, 503
RUN = """\
import inspect, json, sys
from pathlib import Path
from scripts.screen_batch import screen_batch
given = json.loads(Path(sys.argv[1]).read_text())
paths = {name: Path(given["paths"][name]) for name in given["paths"]}
lists = {name: [Path(path) for path in given["lists"][name]] for name in given["lists"]}
known = inspect.signature(screen_batch).parameters
screen_batch(**{name: value for name, value in (paths | lists | given["values"]).items() if name in known})
"""


def variants(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Sorted places on 22 chromosomes with alleles that tell their strand."""
    place = np.sort(rng.choice(2_800_000_000, n, replace=False))
    size = 2_800_000_000 // 22 + 1
    table = pd.DataFrame({"chromosome": place // size + 1, "position": place % size + 1})
    return table.assign(rsid="SIMULATED", effect_allele="A", other_allele="G", eaf=rng.uniform(0.05, 0.95, n))


def outcome(places: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A trait without any effect."""
    table = places.assign(beta=rng.normal(0.0, 0.01, len(places)), se=0.01, neglog10_p=0.3, n=500_000.0)
    return table[list(sumstats.COLUMNS)].astype(sumstats.COLUMNS)


def instruments(places: pd.DataFrame, exposures: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """What `select_instruments` leaves of a batch: each exposure's instruments, hardly correlated."""
    tables = []
    for exposure in exposures:
        rows = places.iloc[np.sort(rng.choice(len(places), INSTRUMENTS, replace=False))]
        z = rng.choice([-1.0, 1.0], INSTRUMENTS) * rng.uniform(5.5, 15.0, INSTRUMENTS)
        ld = np.corrcoef(rng.standard_normal((INSTRUMENTS, PEOPLE)))
        own = {"beta": 0.01 * z, "se": 0.01, "neglog10_p": z**2 / 4.6, "n": 30_000.0, "f_statistic": z**2}
        own |= {"in_mhc": False, "row": np.arange(INSTRUMENTS), "r": list(ld), "exposure": exposure}
        tables.append(rows.assign(**own))
    return pd.concat(tables, ignore_index=True)


def children() -> float:
    """CPU seconds of finished child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def task(folder: Path, number: int, exposures: list[str], outcomes: list[str], preset: str) -> Path:
    """The arguments of one batch, as a file."""
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    estimators = config["estimators"] | {"methods": list(PRESETS[preset])}
    kept = {
        name: config[name] for name in ("harmonise", "proxies", "steiger_filter", "seed") if name in config
    }
    parts = ("estimates", "diagnostics", "instruments_used", "leave_one_out")
    given = {
        "paths": {part: str(folder / f"{part}_{number}.parquet") for part in parts}
        | {"instruments": str(folder / f"instruments_{number}.parquet")},
        "lists": {"outcomes": [str(folder / f"{name}.parquet") for name in outcomes]}
        | {"panel": [str(folder / "panel.fam")], "panel_index": [], "bed": []},
        "values": {"exposures": exposures, "outcome_ids": outcomes, "estimators": estimators, "diseases": {}}
        | kept,
    }
    path = folder / f"task_{number}.json"
    path.write_text(json.dumps(given))
    return path


def main(exposures: int = 3935, batches: int = 64, n_outcomes: int = 1, preset: str = "paper") -> None:
    rng = np.random.default_rng(1)
    names, outcomes = [f"exposure_{i}" for i in range(exposures)], [f"outcome_{i}" for i in range(n_outcomes)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "panel.fam").write_text("SIMULATED\n" * PEOPLE)
        places = variants(VARIANTS, rng)
        for one in outcomes:
            sumstats.write(outcome(places, rng), folder / f"{one}.parquet")
        start = children()
        for number in range(batches):
            members = names[number::batches]
            write_parquet(instruments(places, members, rng), folder / f"instruments_{number}.parquet")
            path = task(folder, number, members, outcomes, preset)
            subprocess.run([sys.executable, "-c", RUN, str(path)], check=True, env=os.environ, cwd=ROOT)
        used = children() - start
        before = children()
        subprocess.run([sys.executable, "-c", RUN.split("given")[0]], check=True, env=os.environ, cwd=ROOT)
        start_up = children() - before
        rows = pd.read_parquet(folder / "estimates_0.parquet")
    x, y = rng.uniform(0.05, 0.15, INSTRUMENTS), rng.normal(0.0, 0.01, INSTRUMENTS)
    began = time.process_time()
    for _ in range(1000):
        ivw(x, y, np.full(INSTRUMENTS, 0.01))
    alone = (time.process_time() - began) / 1000
    pairs = exposures * n_outcomes
    print(
        f"{pairs:,} pairs, {rows['method'].nunique()} methods, {batches} batches: {used / 60:.2f} CPU minutes"
    )
    print(f"  of which start-up {batches * start_up / 60:.2f} ({start_up:.2f} s a batch)")
    each = (used - batches * start_up) / pairs
    print(f"  {1000 * each:.2f} ms a pair without it, {each / alone:.0f} times IVW alone")


if __name__ == "__main__":
    told = sys.argv[1:]
    main(*(int(number) for number in told[:3]), *told[3:4])
