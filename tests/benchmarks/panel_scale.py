"""How the panel's cost in time and memory grows: synthetic data, each stage in a process of its own.

    PYTHONPATH=. python tests/benchmarks/panel_scale.py [panel variants] [exposure rows]

The comparison of a whole exposure with the panel and the matching of its candidates are set against reading
the same columns from Parquet, in one run on one machine; the meta-analysis of three cohorts of the exposure's
size is timed beside them.
"""

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scripts import meta_analyse
from scripts.analysis.selection import PanelFile
from scripts.source import alleles
from scripts.source.panel import COMPARED, Panel, read_compared, with_hashes
from scripts.table import sumstats
from scripts.table.frames import write_parquet

CHUNK = 100_000  # rows that a reader hands over at a time, about
CANDIDATES = 2_000
PAIRS = np.array([("A", "G"), ("C", "T"), ("A", "T"), ("G", "C"), ("T", "TA"), ("CAG", "C")], dtype=object)
ALLELES = ["effect_allele", "other_allele"]
PAIR_SHARES = [0.36, 0.36, 0.1, 0.1, 0.04, 0.04]


def places(n: int, seed: int) -> pd.DataFrame:
    """Chromosome and position of n variants, sorted."""
    rng = np.random.default_rng(seed)
    position = np.sort(rng.integers(1, 2_800_000_000, n))
    size = 2_800_000_000 // 22 + 1
    columns = {"chromosome": (position // size + 1).astype("int8"), "position": position % size + 1}
    return pd.DataFrame(columns).astype({"position": "int32"})


def write_panel(n: int, path: Path) -> None:
    rng = np.random.default_rng(1)
    index = places(n, seed=1)
    pairs = PAIRS[rng.choice(len(PAIRS), n, p=PAIR_SHARES)]
    index["rsid"] = np.char.add("rs", np.arange(n).astype(str))
    index["allele_1"], index["allele_2"] = pairs[:, 0], pairs[:, 1]
    index["index"] = np.arange(n)
    index["frequency"], index["missing"] = rng.uniform(0.01, 0.99, n), 0.0
    write_parquet(with_hashes(index), path)


def write_exposure(n: int, panel: Path, path: Path, seed: int) -> None:
    """Half of the rows at the panel's places, with its alleles."""
    rng = np.random.default_rng(seed)
    shared = pq.read_table(panel, columns=["chromosome", "position", "allele_1", "allele_2"]).to_pandas()
    shared = shared.iloc[rng.choice(len(shared), min(n // 2, len(shared)), replace=False)]
    shared = shared.rename(columns={"allele_1": "effect_allele", "allele_2": "other_allele"})
    own = places(n - len(shared), seed=99).assign(effect_allele="A", other_allele="G")
    rows = pd.concat([shared, own]).drop_duplicates(["chromosome", "position"])
    n = len(rows)
    rows["rsid"] = np.char.add("rs", np.arange(n).astype(str))
    rows["eaf"], rows["beta"], rows["se"] = rng.uniform(0.01, 0.99, n), rng.normal(0, 0.01, n), 0.01
    rows["neglog10_p"], rows["n"] = rng.exponential(0.4, n), 10_000.0
    table = rows[list(sumstats.COLUMNS)].astype(sumstats.COLUMNS)
    sumstats.write(sumstats.sort_rows(table).reset_index(drop=True), path)


def read_alone(panel: Path, exposure: Path) -> None:
    """The floor: the columns that the comparison needs, of both files."""
    pq.read_table(panel, columns=COMPARED)
    for _ in chunks(exposure):
        pass


def chunks(exposure: Path) -> Iterator[pd.DataFrame]:
    with pq.ParquetFile(exposure) as file:
        for batch in file.iter_batches(CHUNK, columns=["chromosome", "position", *ALLELES, "eaf"]):
            yield batch.to_pandas(categories=ALLELES)


def compare(panel: Path, exposure: Path) -> None:
    compared = Panel.of(read_compared(panel))
    for rows in chunks(exposure):
        clean = rows.assign(**{name: alleles.upper_case(rows[name]) for name in ALLELES})
        compared.agreement(clean)


def match(panel: Path, exposure: Path) -> None:
    """The candidates of one exposure, in 20 loci."""
    rows = sumstats.read(exposure, ["chromosome", "position", *ALLELES, "eaf"])
    starts = np.linspace(0, len(rows) - CANDIDATES, 20).astype(int)
    taken = np.concatenate([np.arange(start, start + CANDIDATES // 20) for start in starts])
    candidates = rows.iloc[taken].reset_index(drop=True)
    started = time.perf_counter()
    PanelFile(panel, panel, 0, 0).match(candidates)
    print(
        f"    of which finding {CANDIDATES:,} candidates: {time.perf_counter() - started:.2f} s", flush=True
    )


def read_exposure(panel: Path, exposure: Path) -> None:
    sumstats.read(exposure, ["chromosome", "position", *ALLELES, "eaf"])


def combine(panel: Path, exposure: Path) -> None:
    cohorts = [exposure.with_name(f"cohort_{number}.parquet") for number in range(3)]
    out = exposure.with_name("combined.parquet")
    meta_analyse.meta_analyse(cohorts, out, out.with_suffix(".json"), "t", "infer", 0.42)


def peak_mb() -> float:
    """Of this process; getrusage would also count the parent's, from before the new program started."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    return int(line.split()[1]) / 1024


def timed(stage: Callable[[Path, Path], None], panel: Path, exposure: Path, queue: Any) -> None:
    before = peak_mb()
    started = time.perf_counter()
    stage(panel, exposure)
    seconds = time.perf_counter() - started
    queue.put((seconds, peak_mb(), before))


def measure(stage: Callable[[Path, Path], None], panel: Path, exposure: Path) -> float:
    """Seconds of one stage, printed with its peak memory and that of the imports alone."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=timed, args=(stage, panel, exposure, queue))
    process.start()
    seconds, peak, before = queue.get()
    process.join()
    print(f"{stage.__name__}: {seconds:.2f} s, peak {peak:,.0f} MB ({before:,.0f} MB at start)", flush=True)
    return seconds


def main(panel_variants: int, exposure_rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        panel, exposure = Path(folder) / "panel.parquet", Path(folder) / "cohort_0.parquet"
        write_panel(panel_variants, panel)
        for number in range(3):
            write_exposure(exposure_rows, panel, exposure.with_name(f"cohort_{number}.parquet"), 2 + number)
        print(f"{panel_variants:,} variants in the panel ({panel.stat().st_size / 1e6:,.0f} MB)")
        print(f"{pq.read_metadata(exposure).num_rows:,} rows in the exposure")
        floor = measure(read_alone, panel, exposure)
        print(f"  compare / read_alone: {measure(compare, panel, exposure) / floor:.1f}")
        floor = measure(read_exposure, panel, exposure)
        print(f"  match / read_exposure: {measure(match, panel, exposure) / floor:.1f}")
        measure(combine, panel, exposure)


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:]] or [9_000_000, 10_000_000]
    main(sizes[0], sizes[-1])
