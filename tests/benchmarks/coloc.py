"""CPU time of colocalisation: ABF, SuSiE (beside susieR where R has it), and loci read from standard tables.

    OMP_NUM_THREADS=1 PYTHONPATH=. python tests/benchmarks/coloc.py [loci]

The loci (600 unless told) have 3,000 variants each, in two tables of twice as many rows, without an LD panel.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from scripts.colocalise import colocalise
from scripts.method.abf import log_abf
from scripts.method.coloc import Priors
from scripts.method.coloc import colocalise as coloc_abf
from scripts.method.ld import GenotypeArray
from scripts.method.panel_ld import PanelLd
from scripts.method.susie import SusieSettings, susie
from scripts.table import sumstats
from tests.analysis.coloc_study import genotypes

ROOT = Path(__file__).resolve().parents[2]
PER_LOCUS, PEOPLE, N = 3_000, 500, 50_000
SUSIE_IN_R = """
suppressMessages(library(susieR))
R <- cor(as.matrix(read.table("{folder}/panel.tsv"))); z <- scan("{folder}/z.txt", quiet = TRUE)
run <- function() suppressMessages(susie_rss(z = z, R = R, n = {n}, L = 10))
cat(min(sapply(1:3, function(k) system.time(run())[["user.self"]])))
"""


def cpu_seconds(run: Callable[[], object], repeats: int) -> float:
    """The smallest CPU time of several runs."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def abf(variants: int) -> float:
    rng = np.random.default_rng(1)
    beta, se = rng.normal(0, 0.02, (2, variants)), rng.uniform(0.005, 0.02, (2, variants))

    def run() -> None:
        coloc_abf(log_abf(beta[0], se[0], 0.15), log_abf(beta[1], se[1], 0.2), Priors())

    return cpu_seconds(run, 20)


def region(variants: int) -> tuple[GenotypeArray, np.ndarray]:
    """A panel and z scores of three causal variants."""
    rng = np.random.default_rng(2)
    counts = genotypes(rng, PEOPLE, variants, 0.98)
    x = (counts - counts.mean(axis=0)) / counts.std(axis=0) / np.sqrt(PEOPLE)
    causal = np.zeros(variants)
    causal[[variants // 4, variants // 2, 3 * variants // 4]] = 9.0, 8.0, -7.0
    return counts, x.T @ (x @ causal) + x.T @ rng.standard_normal(PEOPLE)


def by_susie_r(counts: GenotypeArray, z: np.ndarray) -> float | None:
    """Seconds of susieR on the same region; None where there is no R with it."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        np.savetxt(f"{folder}/panel.tsv", counts, fmt="%d", delimiter="\t")
        np.savetxt(f"{folder}/z.txt", z)
        program = SUSIE_IN_R.format(folder=folder, n=N)
        done = subprocess.run(["Rscript", "-e", program], capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


def write_tables(folder: Path, loci: int) -> None:
    """Two standard tables with a locus of PER_LOCUS variants in every two megabases, and the loci."""
    rng = np.random.default_rng(3)
    rows = 2 * PER_LOCUS * loci
    per_chromosome = -(-rows // 22)
    k = np.arange(rows)
    alleles = np.array(
        [("A", "G"), ("C", "A"), ("T", "C"), ("A", "T"), ("G", "C"), ("AT", "A")], dtype=object
    )
    chosen = alleles[rng.choice(6, rows, p=[0.3, 0.25, 0.25, 0.06, 0.06, 0.08])]
    for trait in "xy":
        turned = rng.random(rows) < 0.5 if trait == "y" else np.zeros(rows, dtype=bool)
        beta, se = rng.normal(0, 0.01, rows), rng.uniform(0.005, 0.02, rows)
        table = pd.DataFrame(
            {
                "chromosome": k // per_chromosome + 1,
                "position": 333 * (k % per_chromosome) + 1,
                "rsid": np.char.add("rs", k.astype(str)),
                "effect_allele": np.where(turned, chosen[:, 1], chosen[:, 0]),
                "other_allele": np.where(turned, chosen[:, 0], chosen[:, 1]),
                "eaf": np.where(turned, 0.7, 0.3),
                "beta": beta,
                "se": se,
                "neglog10_p": np.abs(beta / se),
                "n": float(N),
            }
        )
        sumstats.write(table.astype(sumstats.COLUMNS), folder / f"{trait}.parquet")
    first = k[:: 2 * PER_LOCUS]
    start = 333 * (first % per_chromosome) + 1
    found = {"locus": first, "chromosome": first // per_chromosome + 1, "start": start}
    pd.DataFrame({**found, "end": start + 333 * PER_LOCUS}).to_csv(folder / "loci.tsv", sep="\t", index=False)


def from_tables(loci: int) -> float:
    """CPU seconds of the step for these loci, reading and writing included."""
    section = yaml.safe_load((ROOT / "config/config.yaml").read_text())["coloc"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tables(folder, loci)
        start = time.process_time()
        colocalise(
            trait_tables=[folder / "x.parquet"],
            outcome_tables=[folder / "y.parquet"],
            **{key: [] for key in ("lead", "pleiotropic", "instruments", "genes", "panel", "bed", "fam")},
            loci=[folder / "loci.tsv"],
            **{key: folder / f"{key}.tsv" for key in ("table", "sets", "priors", "pairs")},
            variants=folder / "variants.parquet",
            traits={"x": "x"},
            outcomes=["y"],
            scales={trait: {"binary": False, "in_sd": True} for trait in "xy"},
            settings=section | {"window_kb": 0},
            harmonise={"palindromic": "infer", "palindromic_maf_max": 0.42},
            mhc="keep",
        )
        return time.process_time() - start


def main(loci: int) -> None:
    print(f"ABF, 5,000 variants: {1000 * abf(5_000):.2f} ms (coloc in R: 11 ms)")
    counts, z = region(2_000)

    def run() -> None:
        susie(z, PanelLd.of(counts, np.ones(counts.shape[1])), N, SusieSettings())

    ours, theirs = cpu_seconds(run, 3), by_susie_r(counts, z)
    beside = "no susieR here" if theirs is None else f"susieR {theirs:.2f} s, ratio {ours / theirs:.2f}"
    print(f"SuSiE, 2,000 variants, {PEOPLE} people: {ours:.2f} s ({beside})")
    print(f"{loci} loci of {PER_LOCUS:,} variants from tables: {from_tables(loci):.1f} CPU s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
