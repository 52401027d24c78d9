"""Speed and calibration of PLACO, and how many times as long R takes.

    python -m tests.benchmarks.placo speed [variants]
    python -m tests.benchmarks.placo step [variants]
    python -m tests.benchmarks.placo calibration [variants] [seed]

speed: CPU seconds and memory of P for simulated z scores; where R with the package PLACO is installed, its
time for a few variants, scaled. step: the same of the whole step find_pleiotropy, from two traits' standard
tables to its own, with permutations. calibration: inflation and numbers of small P in simulated genomes where
no variant affects both traits, as in docs/placo.md.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from scripts.find_pleiotropy import find_pleiotropy
from scripts.method.normal import neglog10_p_from_z
from scripts.method.placo import (
    CompositeNull,
    inflation,
    null_correlation,
    null_variances,
    placo_neglog10_p,
)
from scripts.table import sumstats
from scripts.table.files import write_json

ROOT = Path(__file__).resolve().parents[2]
R_VARIANTS = 200
R_PROGRAM = """
library(PLACO)
set.seed(1); z <- matrix(rnorm({n} * 2), ncol = 2); v <- c(1.05, 1.12)
cat(system.time(for (i in 1:{n}) placo(z[i, ], v))[["elapsed"]],
    system.time(for (i in 1:{n}) placo.plus(z[i, ], v, 0.1))[["elapsed"]])
"""
LEVELS = (0.05, 1e-3, 1e-5)
GIVEN_N = (33_000, 1_000_000)


def speed(variants: int) -> None:
    """P of both tests, with the table made anew; memory is that of the process."""
    z = np.random.default_rng(1).normal(size=(variants, 2)) * [1.1, 1.2]
    t = z.prod(axis=1)
    taken = {}
    for name, correlation in (("PLACO", 0.0), ("PLACO+", 0.1)):
        start = time.process_time()
        placo_neglog10_p(t, CompositeNull(1.05, 1.12, correlation))
        taken[name] = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{variants:,} variants: " + ", ".join(f"{name} {cpu:.2f} CPU s" for name, cpu in taken.items()))
    print(f"largest memory of the process, with the z scores: {peak:.2f} GB")
    for (name, cpu), seconds in zip(taken.items(), r_seconds(), strict=False):
        scaled = seconds / R_VARIANTS * variants
        print(
            f"R's {name} on {R_VARIANTS} variants, scaled: {scaled:,.0f} s, {scaled / cpu:,.0f} times as long"
        )


def r_seconds() -> list[float]:
    """Seconds that R takes for R_VARIANTS variants by both tests; none without R and the package PLACO."""
    program = shutil.which("Rscript")
    if program is None:
        print("R is not installed: no ratio")
        return []
    done = subprocess.run(
        [program, "-e", R_PROGRAM.format(n=R_VARIANTS)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"R cannot run PLACO: no ratio ({done.stderr.strip().splitlines()[-1:]})")
        return []
    return [float(seconds) for seconds in done.stdout.split()]


def write_trait(path: Path, variants: int, seed: int) -> None:
    """A standard table of this many variants of 22 chromosomes, without effects."""
    rng = np.random.default_rng(seed)
    k = np.arange(variants)
    per_chromosome = -(-variants // 22)
    z = rng.normal(size=variants)
    table = pd.DataFrame(
        {
            "chromosome": k // per_chromosome + 1,
            "position": 300 * (k % per_chromosome) + 1,
            "rsid": pd.Series(np.char.add("rs", k.astype(str))),
            "effect_allele": "A",
            "other_allele": "G",
            "eaf": 0.3,
            "beta": 0.01 * z,
            "se": 0.01,
            "neglog10_p": neglog10_p_from_z(z),
            "n": 50_000.0,
        }
    )
    sumstats.write(table.astype(sumstats.COLUMNS), path)


def step(variants: int) -> None:
    """The whole step: tables are written by other processes, so that memory is the step's."""
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed, trait in enumerate(("exposure", "outcome")):
            given = ["write", str(folder / f"{trait}.parquet"), str(variants), str(seed)]
            subprocess.run([sys.executable, "-m", "tests.benchmarks.placo", *given], check=True)
        write_json({"exposure": "x", "outcome": "y", "message": ""}, folder / "note.json")
        start = time.process_time()
        find_pleiotropy(
            exposure=folder / "exposure.parquet",
            note=folder / "note.json",
            outcome=folder / "outcome.parquet",
            correlations=[],
            tested=folder / "placo.parquet",
            summary=folder / "summary.tsv",
            qq=folder / "qq.tsv",
            settings=config["placo"],
            harmonise=config["harmonise"],
            seed=1,
        )
        taken = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{variants:,} variants, the whole step: {taken:.0f} CPU s, {peak:.2f} GB")


def effects(rng: np.random.Generator, variants: int, share: float, variance: float, n: int) -> np.ndarray:
    """Mean z: a share of the variants has normal effects, which explain `variance` of the trait together."""
    each = np.sqrt(n * variance / max(share * variants, 1))
    return np.where(rng.random(variants) < share, rng.normal(0, each, variants), 0.0)


def scenarios(rng: np.random.Generator, variants: int) -> dict[str, tuple[np.ndarray, bool]]:
    """z scores (variants, 2) without pleiotropy, and whether they are correlated by shared people."""

    def noise(correlation: float = 0.0) -> np.ndarray:
        return rng.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], size=variants)

    def on(trait: int, share: float, variance: float, n: int) -> np.ndarray:
        mean = np.zeros((variants, 2))
        mean[:, trait] = effects(rng, variants, share, variance, n)
        return mean

    small, large = GIVEN_N
    separate = on(0, 0.001, 0.1, small) + on(1, 0.001, 0.02, large)
    separate[(separate != 0).all(axis=1)] = 0.0
    return {
        "no effect": (noise(), False),
        "no effect, correlation 0.3": (noise(0.3), True),
        "no effect, correlation 0.7": (noise(0.7), True),
        "trait 1 (N 33,000) has 0.1% of variants": (noise() + on(0, 0.001, 0.1, small), False),
        "trait 2 (N 1,000,000) has 0.1% of variants": (noise() + on(1, 0.001, 0.02, large), False),
        "trait 2 (N 1,000,000) has 1% of variants": (noise() + on(1, 0.01, 0.2, large), False),
        "each has 0.1%, none shared, correlation 0.1": (noise(0.1) + separate, True),
        "both polygenic, independent effects": (
            noise() + on(0, 1, 0.3 * 10, small) + on(1, 1, 0.3, large),
            False,
        ),
    }


def calibration(variants: int, seed: int) -> None:
    """A row a scenario: variances, lambda, and observed over expected numbers of small P."""
    rng = np.random.default_rng(seed)
    print(
        "| scenario | left out (z² > 80) | V1 | V2 | λ | "
        + " | ".join(f"P < {level:g}" for level in LEVELS)
        + " |"
    )
    print("|" + " --- |" * (5 + len(LEVELS)))
    for name, (z, correlated) in scenarios(rng, variants).items():
        usable = z[(z**2 <= 80).all(axis=1)]
        single = neglog10_p_from_z(usable)
        variances = null_variances(usable, single)
        correlation = null_correlation(usable, single) if correlated else 0.0
        p = placo_neglog10_p(
            usable.prod(axis=1), CompositeNull(*(max(1.0, v) for v in variances), correlation)
        )
        excess = [(p > -np.log10(level)).sum() / (len(p) * level) for level in LEVELS]
        numbers = [
            f"{variances[0]:.3f}",
            f"{variances[1]:.3f}",
            f"{inflation(p):.3f}",
            *(f"{e:.2f}" for e in excess),
        ]
        print(f"| {name} | {len(z) - len(usable):,} | " + " | ".join(numbers) + " |")


if __name__ == "__main__":
    what, *given = sys.argv[1:] or ["speed"]
    if what == "speed":
        speed(int(given[0]) if given else 1_000_000)
    elif what == "step":
        step(int(given[0]) if given else 8_000_000)
    elif what == "write":
        write_trait(Path(given[0]), int(given[1]), int(given[2]))
    else:
        calibration(int(given[0]) if given else 1_000_000, int(given[1]) if len(given) > 1 else 1)
