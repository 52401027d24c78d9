"""A SIMULATED region with its LD panel on disk, and two traits with causal variants in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from bed_reader import to_bed
from scipy import special

from scripts.analysis.panel import index_panel
from scripts.colocalise import colocalise
from scripts.method.arrays import FloatArray
from scripts.method.normal import neglog10_p_from_z
from scripts.table import sumstats
from scripts.table.frames import read_tsv, write_parquet

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, VARIANTS, START, SPACING = 400, 220, 50_000_000, 2_000
N = {"x": 40_000.0, "y": 90_000.0}


def settings(**changes: Any) -> dict[str, Any]:
    section = yaml.safe_load((ROOT / "config/config.yaml").read_text())["coloc"]
    return section | {"traits": ["x"]} | changes


def genotypes(rng: np.random.Generator, people: int, variants: int, memory: float) -> np.ndarray[Any, Any]:
    """Allele counts whose LD decays: a Gaussian walk along each haplotype, cut at a height."""
    walk = rng.standard_normal((2 * people, variants))
    for j in range(1, variants):
        walk[:, j] = memory * walk[:, j - 1] + np.sqrt(1 - memory**2) * walk[:, j]
    carries = (walk < special.ndtri(rng.uniform(0.1, 0.5, variants))).astype(np.int8)
    return carries[:people] + carries[people:]


@dataclass(frozen=True)
class Study:
    """Files of the study in `folder`; `counts` are the panel's, `frequency` those of its counted allele."""

    folder: Path
    counts: np.ndarray[Any, Any]
    frequency: FloatArray
    chromosome: int

    def z(self, rng: np.random.Generator, effects: dict[int, float]) -> FloatArray:
        """z scores of people with the panel's LD, causal variants having these expected z."""
        r = np.corrcoef(self.counts, rowvar=False)
        causal = np.zeros(len(r))
        for variant, size in effects.items():
            causal[variant] = size
        values, vectors = np.linalg.eigh(r)
        noise = vectors @ (np.sqrt(np.maximum(values, 0)) * rng.standard_normal(len(r)))
        return r @ causal + noise

    def rows(self, trait: str, z: FloatArray) -> pd.DataFrame:
        """The standard table of a trait in SD with these z scores."""
        se = 1 / np.sqrt(2 * N[trait] * self.frequency * (1 - self.frequency))
        k = np.arange(len(z))
        return pd.DataFrame(
            {
                "chromosome": self.chromosome,
                "position": START + SPACING * k,
                "rsid": [f"rs{j}" for j in k],
                "effect_allele": "A",
                "other_allele": "G",
                "eaf": self.frequency,
                "beta": z * se,
                "se": se,
                "neglog10_p": neglog10_p_from_z(z),
                "n": N[trait],
            }
        ).astype(sumstats.COLUMNS)

    def write(self, trait: str, rows: pd.DataFrame) -> None:
        sumstats.write(rows, self.folder / f"{trait}.parquet")

    def run(self, panel: bool = True, mhc: str = "keep", **changes: Any) -> dict[str, pd.DataFrame]:
        """The tables of the step; loci are those of loci.tsv."""
        changes, scales = dict(changes), {"x": {"binary": False, "in_sd": True}}
        scales["y"] = changes.pop("scale_y", {"binary": False, "in_sd": True})
        out = {name: self.folder / f"{name}.tsv" for name in ("table", "sets", "priors", "pairs")}
        ends = {end: [self.folder / f"SIMULATED_panel.{end}"] if panel else [] for end in ("bed", "fam")}
        colocalise(
            trait_tables=[self.folder / "x.parquet"],
            outcome_tables=[self.folder / "y.parquet"],
            **{name: [] for name in ("lead", "pleiotropic", "instruments", "genes")},
            loci=[self.folder / "loci.tsv"],
            panel=[self.folder / "panel.parquet"] if panel else [],
            **ends,
            **out,
            variants=self.folder / "variants.parquet",
            traits={"x": "Trait"},
            outcomes=["y"],
            scales=scales,
            settings=settings(**changes),
            harmonise={"palindromic": "infer", "palindromic_maf_max": 0.42},
            mhc=mhc,
        )
        tables = {name: read_tsv(path) for name, path in out.items()}
        return tables | {"variants": pd.read_parquet(self.folder / "variants.parquet")}


def make_study(folder: Path, seed: int = 5, memory: float = 0.97, chromosome: int = 3) -> Study:
    """Panel, index and a table of one locus that spans the region."""
    rng = np.random.default_rng(seed)
    counts = genotypes(rng, PEOPLE, VARIANTS, memory)
    bed = folder / "SIMULATED_panel.bed"
    to_bed(
        bed,
        counts.astype(np.float32),
        properties={
            "chromosome": [str(chromosome)] * VARIANTS,
            "bp_position": START + SPACING * np.arange(VARIANTS),
            "sid": [f"rs{j}" for j in range(VARIANTS)],
            "allele_1": ["A"] * VARIANTS,
            "allele_2": ["G"] * VARIANTS,
        },
    )
    index = index_panel(bed, folder / "SIMULATED_panel.bim", folder / "SIMULATED_panel.fam")
    write_parquet(index, folder / "panel.parquet")
    end = START + SPACING * VARIANTS
    (folder / "loci.tsv").write_text(f"locus\tchromosome\tstart\tend\nwhole\t{chromosome}\t{START}\t{end}\n")
    return Study(folder, counts, index["frequency"].to_numpy(), chromosome)
