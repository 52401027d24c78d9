"""How dear one pass over an exposure's raw file is: CPU time in units of unpacking the same file, and memory.

    python -m tests.benchmarks.one_pass [rows] [folder]

A gzip file of GWAS-SSF columns (SIMULATED, said so in its name) is made, 10 million rows by default, in a
temporary folder or the one given, where a second call finds it. The pass writes everything that it can: the
candidates, the looked-up rows, 1.2 million HapMap3 rows and the accounts. The unit is `igzip -dc FILE`
(Debian package isal). Where R with data.table is installed, its fread and the same filter stand beside it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr

from scripts.table import sumstats
from scripts.table.frames import write_parquet

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = (
    "chromosome\tbase_pair_location\teffect_allele\tother_allele\tbeta\tstandard_error\t"
    "effect_allele_frequency\tp_value\trsid\tn\n"
)
LINE = "%d\t%d\t%s\t%s\t%.6g\t%.6g\t%.6g\t%.6g\trs%d\t%d\n"
MEGABASES = [
    249,
    243,
    198,
    191,
    181,
    171,
    159,
    146,
    141,
    136,
    135,
    134,
    115,
    107,
    103,
    90,
    81,
    78,
    59,
    63,
    48,
    51,
    156,
]
BLOCK = 100_000  # rows made at a time
N_HAPMAP3, N_LOOKUPS = 1_200_000, 5_000
REDUCE = """
import json, sys
from pathlib import Path
from scripts.reduce_exposure import reduce_exposure
call = json.loads(sys.argv[1])
paths = ("lookup", "table", "report")
lists = ("files", "receipt", "positions", "chain", "panel", "ancestries", "hapmap3", "hapmap3_rows")
lists += ("mediators",)
call |= {name: Path(call[name]) for name in paths}
call |= {name: [Path(path) for path in call[name]] for name in lists}
reduce_exposure(**call)
"""
FREAD = """
rows <- data.table::fread(cmd = paste("gzip -dc", commandArgs(TRUE)[1]), nThread = 1)
write.table(rows[p_value < 1e-5], commandArgs(TRUE)[2])
"""


def rows_of(chromosome: int, n: int, rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """Text and positions of the rows of one chromosome, in blocks: 6 % indels, few strong effects."""
    positions = np.cumsum(rng.geometric(n / (MEGABASES[chromosome - 1] * 1e6), n))
    for start in range(0, n, BLOCK):
        here = positions[start : start + BLOCK]
        k = len(here)
        eaf, people = np.clip(rng.beta(0.3, 0.6, k), 1e-4, 1 - 1e-4), rng.integers(30_000, 33_224, k)
        se = 1 / np.sqrt(2 * people * eaf * (1 - eaf))
        z = rng.normal(0, 1.02, k) * np.where(rng.random(k) < 2e-4, 4, 1)
        effect = rng.integers(0, 4, k)
        other = ["ACGT"[base] for base in (effect + rng.integers(1, 4, k)) % 4]
        for row in np.flatnonzero(rng.random(k) < 0.06):
            other[row] = "ACGT"[effect[row]] + "".join(rng.choice(list("ACGT"), rng.integers(1, 5)))
        numbers = [values.tolist() for values in (z * se, se, eaf, 2 * ndtr(-np.abs(z)))]
        names, told = rng.integers(1000, 1_500_000_000, k).tolist(), ["ACGT"[base] for base in effect]
        rows = zip(
            [chromosome] * k, here.tolist(), told, other, *numbers, names, people.tolist(), strict=True
        )
        yield "".join(LINE % row for row in rows), here


def write_exposure(n_rows: int, folder: Path) -> Path:
    """The raw file, and beside it lookup.parquet and hapmap3.parquet with places of it."""
    path, rng = folder / f"SIMULATED_{n_rows}.tsv.gz", np.random.default_rng(1)
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    sizes = (np.array(MEGABASES) / sum(MEGABASES) * n_rows).astype(int)
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    places = []
    with path.with_suffix(".part").open("wb") as file:
        file.write(packer.compress(COLUMNS.encode()))
        for chromosome, n in enumerate(sizes, 1):
            for text, positions in rows_of(chromosome, n, rng):
                file.write(packer.compress(text.encode()))
                places.append(sumstats.place(chromosome, positions))
        file.write(packer.flush())
    for name, n in (("hapmap3", N_HAPMAP3 * min(n_rows, 10_000_000) // 10_000_000), ("lookup", N_LOOKUPS)):
        chosen = np.sort(rng.choice(np.concatenate(places), n, replace=False))
        write_parquet(as_table(chosen), folder / f"{name}.parquet")
    path.with_suffix(".part").rename(path)
    return path


def as_table(places: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {"chromosome": (places >> 32).astype("int8"), "position": (places & (2**32 - 1)).astype("int32")}
    )


def cost(command: list[str], output: int | None = None) -> tuple[float, float]:
    """CPU seconds (user and system) of a program and its peak memory in MB."""
    started = subprocess.Popen(command, cwd=ROOT, stdout=output, env={**os.environ, "OMP_NUM_THREADS": "1"})
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        raise RuntimeError(f"{command[0]} ended with {started.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def reduce_call(raw: Path, out: Path) -> list[str]:
    """The step reduce_exposure in a process of its own, with all outputs, new each time."""
    folder = raw.parent
    trait = {
        **{"id": "x", "name": "", "paths": [str(raw)], "format": "gwas_ssf", "columns": {}, "filter": None},
        **{"n": None, "n_case": None, "build": "GRCh37", "ancestry": "", "unit": "", "cohorts": []},
        **{"positions_from": None, "sha256": [], "effect_scale": "", "prevalence": None},
    }
    call = {
        **{
            "files": [str(raw)],
            "receipt": [],
            "positions": [],
            "chain": [],
            "panel": [],
            "ancestries": [],
            "mediators": [],
        },
        **{"lookup": str(folder / "lookup.parquet"), "hapmap3": [str(folder / "hapmap3.parquet")]},
        **{"table": str(out / "x.parquet"), "report": str(out / "x.json")},
        **{"hapmap3_rows": [str(out / "h.parquet")], "trait": trait, "paths": [str(raw)]},
        **{"build": "GRCh37", "eaf_from_panel": False, "p_max": 1e-5, "keep_all": False},
        **{"expected_chromosomes": list(range(1, 24)), "temporary": False},
        **{"passes_folder": str(out / "passes"), "tolerate": False, "code": ""},
    }
    return [sys.executable, "-c", REDUCE, json.dumps(call)]


def has_data_table() -> bool:
    """Whether there is an R that has data.table."""
    asked = ["Rscript", "-e", 'quit(status = !requireNamespace("data.table", quietly = TRUE))']
    return bool(shutil.which("Rscript")) and not subprocess.run(asked, capture_output=True).returncode


def main(n_rows: int, folder: Path) -> None:
    raw, out = write_exposure(n_rows, folder), folder / "out"
    print(f"{n_rows:,} rows, {raw.stat().st_size / 1e6:,.0f} MB of gzip", flush=True)
    if not shutil.which("igzip"):
        print("igzip is not installed (Debian package isal): nothing to compare with")
        return
    unit = min(cost(["igzip", "-dc", str(raw)], subprocess.DEVNULL)[0] for _ in range(3))
    print(f"igzip -dc: {unit:.2f} s of CPU time", flush=True)
    loading = min(cost([sys.executable, "-c", "import scripts.reduce_exposure"])[0] for _ in range(3))
    print(f"imports alone: {loading:.2f} s, {loading / unit:.1f} x igzip", flush=True)
    for _ in range(2):
        shutil.rmtree(out, ignore_errors=True)
        seconds, peak = cost(reduce_call(raw, out))
        print(
            f"reduce_exposure: {seconds:.2f} s, {seconds / unit:.1f} x igzip, peak {peak:,.0f} MB", flush=True
        )
    if has_data_table():
        fread, peak = cost(["Rscript", "-e", FREAD, str(raw), str(folder / "out.txt")])
        print(f"data.table fread: {fread:.2f} s, {fread / unit:.1f} x igzip, peak {peak:,.0f} MB")
    else:
        print("R or its package data.table is not installed: fread is left out")


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    if len(sys.argv) > 2:
        main(rows, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(rows, Path(temporary))
