"""A small simulated study that the tests of the simulation share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scripts.simulate_demo import simulate_demo
from scripts.table.trait import Trait

SEED = 11
SIZE = {
    "people": 300,
    "chromosomes": 6,
    "island_spacing_mb": 14.0,
    "island_kb": 200,
    "variants_per_island": 80,
}
COHORTS = ["disease_a", "disease_b", "disease_c"]
VALIDATION = [{"trait": "density", "sign": -1}]
REGISTRY = {
    "chromosome": "CHR",
    "position": "BP",
    "rsid": "SNP",
    "effect_allele": "A1",
    "other_allele": "A2",
    "eaf": "FREQ",
    "odds_ratio": "OR",
    "se": "SE",
    "p": "P",
}
HOSPITAL = {**REGISTRY, "beta": "BETA", "n": "N", "neglog10_p": "LOGP"}
del HOSPITAL["odds_ratio"], HOSPITAL["p"]


def trait(name: str, n: float, **changes: Any) -> Trait:
    usual = Trait(
        id=name,
        name=name,
        paths=(f"SIMULATED_{name}.tsv.gz",),
        format="gwas_ssf",
        columns={},
        filter=None,
        n=n,
        n_case=None,
        build="GRCh37",
        ancestry="EUR",
        unit="SD",
        cohorts=("biobank",),
        positions_from=None,
        sha256=(),
    )
    return replace(usual, **changes)


def make_exposures(count: int) -> list[Trait]:
    return [trait(f"exposure_{i:02d}", 22_000.0 + 150 * i) for i in range(count)]


def make_traits() -> list[Trait]:
    disease = {"format": "plain", "unit": "log odds"}
    registry = {"n_case": 11_500.0, "build": "GRCh38", "cohorts": ("registry",), "columns": REGISTRY}
    hospital = {"n_case": 5_500.0, "cohorts": ("hospital",), "columns": HOSPITAL}
    halves = ("SIMULATED_c_1.txt.gz", "SIMULATED_c_2.txt.gz")
    return [
        trait("disease_a", 300_000.0, n_case=28_000.0, unit="log odds"),
        trait("disease_b", 120_000.0, **disease, **registry, paths=("SIMULATED_disease_b.txt",)),
        trait("disease_c", 60_000.0, **disease, **hospital, paths=halves),
        trait("density", 400_000.0),
        trait("unrelated", 300_000.0, cohorts=("elsewhere",)),
    ]


def make_genes() -> list[Trait]:
    """Mediator, neighbour and gene without a part; the first one's expression elsewhere."""
    names = ("GENE1.blood", "GENE2.blood", "GENE3.blood", "GENE1.skin")
    return [trait(name, 30_000.0, cohorts=("elsewhere",)) for name in names]


@dataclass(frozen=True)
class Written:
    """The files of a simulated study."""

    folder: Path
    panel: Path
    chain: Path
    truth: Path

    def contents(self) -> dict[str, bytes]:
        return {
            str(p.relative_to(self.folder)): p.read_bytes() for p in self.folder.rglob("*") if p.is_file()
        }


def write_study(folder: Path, seed: int, exposures: int = 12) -> Written:
    written = Written(
        folder,
        folder / "ld" / "SIMULATED_panel.bed",
        folder / "SIMULATED_38_to_37.chain",
        folder / "SIMULATED_truth.tsv",
    )
    simulate_demo(
        panel_files=[written.panel.with_suffix(suffix) for suffix in (".bed", ".bim", ".fam")],
        chain=written.chain,
        truth=written.truth,
        correlations=[folder / "SIMULATED_correlations.tsv"],
        exposures=[exposure.to_dict() for exposure in make_exposures(exposures)],
        traits=[other.to_dict() for other in make_traits()],
        mediators=[gene.to_dict() for gene in make_genes()],
        genes=[folder / "SIMULATED_genes.tsv"],
        scores=[folder / "SIMULATED_scores.preds"],
        expression_truth=[folder / "SIMULATED_truth_mediation.tsv"],
        outcome_cohorts=COHORTS,
        validation=VALIDATION,
        meta_analyses={"disease": COHORTS},
        controls={},
        all_null=False,
        data_dir=str(folder),
        seed=seed,
        size=SIZE,
    )
    return written
