"""CPU time of choosing the instruments of a batch of exposures, beside PLINK 1.9 clumping each of them.

    OMP_NUM_THREADS=1 PYTHONPATH=. python tests/benchmarks/clumping.py [panel variants] [folder]

The panel is SIMULATED: 503 people, blocks of 100 variants whose haplotypes are correlated like neighbours
in people. 64 exposures of 200 candidates, then 64 of 2,000; four fifths of an exposure's loci come from a
list that all share. PLINK (`plink1.9` or `plink`) is started once for each exposure, since it clumps one
trait at a time; ours is the step `select_instruments`, which also matches alleles, gives the instruments'
LD and writes them, in a process of its own. Every index variant must be PLINK's. A folder keeps the panel
for the next time.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.analysis.panel import index_panel
from scripts.simulation.plink import MAGIC, packed
from scripts.source.panel import with_hashes
from scripts.table import sumstats
from scripts.table.frames import write_parquet

PEOPLE, BLOCK = 503, 100  # people, variants of a block of LD
NEIGHBOURS = 0.97  # correlation of neighbours' latent haplotype values
GENOME = 2_800_000_000  # bases, on 22 chromosomes of one length
EXPOSURES, SHARED = 64, 0.8
RUN = """\
import sys, json
from pathlib import Path
from scripts.select_instruments import select_instruments
given = json.loads(Path(sys.argv[1]).read_text())
paths = {name: [Path(path) for path in given[name]] for name in ("reduced", "reports", "panel", "bed", "fam")}
out = {name: Path(given[name]) for name in ("instruments", "selections")}
select_instruments(**paths, **out, **given["rest"])
"""


def write_panel(variants: int, stem: Path) -> None:
    """`stem`.bed, .bim, .fam and .parquet (the index)."""
    rng = np.random.default_rng(1)
    with stem.with_suffix(".bed").open("wb") as bed:
        bed.write(MAGIC)
        for start in range(0, variants, 100 * BLOCK):
            count = min(100 * BLOCK, variants - start)
            bed.write(packed(genotypes(-(-count // BLOCK), rng)[:, :count]).tobytes())
    position = np.linspace(1, GENOME, variants).astype(np.int64)
    size = GENOME // 22 + 1
    places = pd.DataFrame({"chromosome": position // size + 1, "position": position % size + 1})
    bim = places.assign(
        rsid=[f"SIMULATED_{i}" for i in range(variants)], morgans=0, allele_1="A", allele_2="G"
    )
    columns = ["chromosome", "rsid", "morgans", "position", "allele_1", "allele_2"]
    bim[columns].to_csv(stem.with_suffix(".bim"), sep="\t", header=False, index=False)
    people = (f"SIMULATED\tSIMULATED_{i}\t0\t0\t0\t-9\n" for i in range(PEOPLE))
    stem.with_suffix(".fam").write_text("".join(people))
    index = index_panel(*(stem.with_suffix(end) for end in (".bed", ".bim", ".fam")))
    write_parquet(with_hashes(index), stem.with_suffix(".parquet"))


def genotypes(blocks: int, rng: np.random.Generator) -> np.ndarray:
    """People x (blocks of BLOCK variants): two haplotypes of thresholded, correlated normal values each."""
    latent = rng.standard_normal((2, PEOPLE, blocks), dtype=np.float32)
    counts = np.empty((PEOPLE, blocks, BLOCK), dtype=np.int8)
    for variant in range(BLOCK):
        fresh = rng.standard_normal(latent.shape, dtype=np.float32)
        latent = np.float32(NEIGHBOURS) * latent + np.float32(np.sqrt(1 - NEIGHBOURS**2)) * fresh
        limit = rng.uniform(-1.6, 1.6, blocks).astype(np.float32)
        counts[:, :, variant] = (latent > limit).sum(axis=0)
    return counts.reshape(PEOPLE, -1)


def candidates(stem: Path, n: int) -> list[pd.DataFrame]:
    """Each exposure's candidates, rows of the panel's index in order, with a P that falls off from a peak."""
    rng = np.random.default_rng(n)
    index = pd.read_parquet(stem.with_suffix(".parquet"))
    width = 20 if n < 1000 else 40  # variants of a locus
    loci = n // width
    starts = rng.choice(len(index) // width, size=(EXPOSURES + 1) * loci, replace=False) * width
    common, own = starts[:loci], starts[loci:].reshape(EXPOSURES, loci)
    return [_exposure(index, common, own[number], width, rng) for number in range(EXPOSURES)]


def _exposure(
    index: pd.DataFrame, common: np.ndarray, own: np.ndarray, width: int, rng: np.random.Generator
) -> pd.DataFrame:
    shared = round(SHARED * len(common))
    taken = np.sort(np.concatenate([rng.choice(common, shared, replace=False), own[shared:]]))
    peak = rng.integers(0, width, len(taken))[:, np.newaxis]
    steps = np.abs(np.arange(width) - peak)
    log_p = (
        7.5
        + rng.exponential(20.0, len(taken))[:, np.newaxis] * 0.9**steps
        + rng.exponential(0.3, steps.shape)
    )
    rows = index.iloc[(taken[:, np.newaxis] + np.arange(width)).ravel()]
    log_p = np.round(log_p.ravel(), 4)
    return pd.DataFrame({"index": rows["index"], "neglog10_p": log_p}).join(
        rows[["chromosome", "position", "rsid"]]
    )


def write_exposure(rows: pd.DataFrame, name: str, folder: Path) -> None:
    """The table that the pass over an exposure's raw file leaves, its report, and the same for PLINK."""
    table = pd.DataFrame({name: rows[name] for name in ("chromosome", "position", "rsid", "neglog10_p")})
    table = table.assign(effect_allele="A", other_allele="G", eaf=0.4, beta=0.1, se=0.01, n=50_000.0)
    standard = table[list(sumstats.COLUMNS)].astype(sumstats.COLUMNS)
    write_parquet(standard.assign(candidate=True, looked_up=False), folder / f"{name}.parquet")
    quality = {"rows_read": len(table), "counts": {"not_significant": 0}, "metrics": {}}
    report = {"exposure": name, "status": "reduced", "message": "", "quality": quality}
    (folder / f"{name}.json").write_text(json.dumps(report))
    p = [f"{10**part:.10f}e-{whole}" for whole, part in map(split, rows["neglog10_p"])]
    told = pd.DataFrame({"SNP": rows["rsid"], "P": p})
    told.to_csv(folder / f"{name}.assoc", sep="\t", index=False)


def split(neglog10_p: float) -> tuple[int, float]:
    """The whole number above -log10 P, and by how much."""
    whole = int(np.ceil(neglog10_p))
    return whole, whole - neglog10_p


def children() -> float:
    """CPU seconds of finished child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def plink(program: str, stem: Path, names: list[str], folder: Path) -> tuple[float, dict[str, set[str]]]:
    """CPU seconds, and each exposure's index variants."""
    found = {}
    before = children()
    for name in names:
        options = {"bfile": stem, "clump": folder / f"{name}.assoc", "clump-p1": 5e-8, "clump-p2": 5e-8}
        options |= {"clump-r2": 0.001, "clump-kb": 10_000, "threads": 1, "out": folder / name}
        command = [part for key, value in options.items() for part in (f"--{key}", str(value))]
        subprocess.run([program, *command], check=True, stdout=subprocess.DEVNULL)
    seconds = children() - before
    for name in names:
        found[name] = set(pd.read_csv(folder / f"{name}.clumped", sep=r"\s+")["SNP"])
    return seconds, found


def ours(stem: Path, names: list[str], folder: Path) -> tuple[float, dict[str, set[str]]]:
    """CPU seconds, and each exposure's index variants."""
    selection = {"p_thresholds": [5e-8], "min_count": 4, "clump_r2": 0.001, "clump_window_kb": 10_000}
    rest = {"exposures": names, "independent": [], "mhc": "keep", "tolerate": True}
    rest |= {
        "selection": selection | {"clump_ld": "haplotype_em"},
        "checks": {"allow": [], "panel_ancestry": None},
    }
    given = {name: [str(stem.with_suffix(f".{end}"))] for name, end in PANEL.items()}
    given |= {"reduced": [str(folder / f"{name}.parquet") for name in names]}
    given |= {"reports": [str(folder / f"{name}.json") for name in names]}
    given |= {"instruments": str(folder / "instruments.out"), "selections": str(folder / "selections.out")}
    (folder / "given.json").write_text(json.dumps(given | {"rest": rest}))
    before = children()
    subprocess.run([sys.executable, "-c", RUN, str(folder / "given.json")], check=True, env=os.environ)
    seconds = children() - before
    table = pd.read_parquet(folder / "instruments.out", columns=["exposure", "rsid"])
    return seconds, {name: set(table.loc[table["exposure"] == name, "rsid"]) for name in names}


PANEL = {"panel": "parquet", "bed": "bed", "fam": "fam"}


def main(variants: int, folder: Path) -> None:
    program = shutil.which("plink1.9") or shutil.which("plink")
    stem = folder / f"SIMULATED_{variants}"
    if not stem.with_suffix(".parquet").exists():
        write_panel(variants, stem)
    before = children()
    subprocess.run([sys.executable, "-c", RUN.split("given")[0]], check=True, env=os.environ)
    start_up = children() - before
    print(f"{variants:,} variants, {EXPOSURES} exposures; ours starts once, in {start_up:.2f} CPU s")
    for n in (200, 2000):
        with tempfile.TemporaryDirectory() as name:
            names = [f"exposure_{number}" for number in range(EXPOSURES)]
            for exposure, rows in zip(names, candidates(stem, n), strict=True):
                write_exposure(rows, exposure, Path(name))
            own, index = ours(stem, names, Path(name))
            line = f"{n:>5} candidates: CPU s an exposure, start-up included: ours {own / EXPOSURES:.4f}"
            if program:
                theirs, expected = plink(program, stem, names, Path(name))
                same = sum(index[one] == expected[one] for one in names)
                line += f", PLINK {theirs / EXPOSURES:.4f}; ratio {theirs / own:.1f}"
                line += f"; the same index variants in {same} of {len(names)}"
            print(line, flush=True)


if __name__ == "__main__":
    where = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp(prefix="clumping_"))
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, where)
