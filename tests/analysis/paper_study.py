"""Tables of a made-up study with every stage, for the numbered tables of a paper."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.table.coloc import HYPOTHESES
from scripts.table.files import write_json
from scripts.table.frames import write_parquet, write_tsv

METHODS = ["ivw", "egger", "gsmr"]
VALIDATION = ["density", "fracture"]  # of which the second is a disease too
UNITS = {"disease": "log odds", "fracture": "log odds", "density": "SD"}
CONFOUNDED = pd.DataFrame(
    {
        "exposure": ["x001"],
        "rsid": ["rs9"],
        "chromosome": [16],
        "position": [53_800_000],
        "neglog10_p": [9.0],
        "known_traits": ["body mass index; body weight"],
        "pubmed_ids": ["25673413; 30124842"],
    }
)


def study_tables(n_exposures: int, n_hits: int, seed: int = 1) -> dict[str, pd.DataFrame]:
    """The first exposures are hits on `disease`; the last could not be tested."""
    rng = np.random.default_rng(seed)
    exposures = [f"x{i:03d}" for i in range(n_exposures)]
    tested = exposures[:-1]
    estimates = pd.DataFrame(
        [
            {"exposure": exposure, "outcome": outcome, "method": method, "status": "estimated"}
            for exposure in tested
            for outcome in ("disease", *VALIDATION)
            for method in METHODS
        ]
    )
    estimates = _with_effects(estimates, rng)
    primary = estimates[estimates["method"] == "ivw"]
    screen = pd.DataFrame({"exposure": exposures, "outcome": "disease"})
    screen = screen.merge(primary.drop(columns="status"), on=["exposure", "outcome"], how="left")
    is_hit = np.arange(n_exposures) < n_hits
    screen = screen.assign(
        name=[f"Trait {i}" for i in range(n_exposures)],
        message=["Every method gave an estimate."] * (n_exposures - 1) + ["No variant."],
        n_instruments=screen["n_instruments"].fillna(0).astype(int),
        p_threshold=5e-8,
        relaxed_threshold=False,
        p_adjusted=screen["p"],
        validation=np.where(is_hit, "validated", "not_tested"),
        flags=np.where(is_hit, "weak_instruments in_mhc", ""),
        **dict.fromkeys(("nominal", "concordant", "discovered", "hit"), is_hit),
    )
    checks = primary[primary["outcome"].isin(VALIDATION) & primary["exposure"].isin(exposures[:n_hits])]
    checks = checks.rename(columns={"outcome": "validation_outcome"}).drop(columns="status")
    checks = checks.assign(
        outcome="disease", expected_sign=-1, p_adjusted=checks["p"], verdict="concordant", same_people=""
    )
    return {
        "screen": screen,
        "estimates": estimates,
        "validation": checks,
        "diagnostics": _diagnostics(tested, rng),
        "instruments": _instruments(tested, rng),
        "confounded": CONFOUNDED,
        "reverse": _reverse(exposures[:n_hits], rng),
        "quality": pd.DataFrame(
            {"trait": exposures, "n": 5000, "ancestry_declared": "EUR", "build_used": "GRCh37"}
        ).assign(rows_read=100, lambda_gc=1.1),
        "genetic_correlation": _correlations(exposures[:n_hits], rng),
        **_loci(rng),
    }


def write_study(tables: dict[str, pd.DataFrame], folder: Path) -> list[Path]:
    """The tables as a run writes them, and which exposure loci are of; the paths but of the instruments."""
    write_json({"exposure": "x000", "outcome": "disease"}, folder / "lead_exposure.json")
    write_parquet(tables["instruments"], folder / "instruments.parquet")
    paths = {name: folder / f"{name}.tsv" for name in tables if name != "instruments"}
    for name, path in paths.items():
        write_tsv(tables[name], path)
    return list(paths.values())


def _with_effects(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    beta, se = rng.normal(0, 0.2, len(rows)), rng.uniform(0.02, 0.1, len(rows))
    neglog10_p = rng.uniform(0, 20, len(rows))
    return rows.assign(
        n_instruments=rng.integers(4, 30, len(rows)),
        beta=beta,
        se=se,
        ci_low=beta - 1.96 * se,
        ci_high=beta + 1.96 * se,
        neglog10_p=neglog10_p,
        p=10.0**-neglog10_p,
    )


def _diagnostics(tested: list[str], rng: np.random.Generator) -> pd.DataFrame:
    numbers = [
        *("f_min", "f_mean", "f_share_below_10", "i2_gx", "r2_exposure", "minimum_detectable_effect"),
        *("q", "q_neglog10_p", "i2", "egger_intercept", "egger_intercept_se", "egger_intercept_neglog10_p"),
        "steiger_neglog10_p",
    ]
    counts = ["n_selected", "n_in_mhc", "n_proxied", "n_heidi_outliers", "q_df"]
    return pd.DataFrame(
        {"exposure": tested, "outcome": "disease", "steiger_direction": "forward"}
        | {name: rng.uniform(0, 1, len(tested)) for name in numbers}
        | {name: rng.integers(0, 9, len(tested)) for name in counts}
    )


def _instruments(tested: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """Three of each on the disease, the last one left out, and one on a validation outcome."""
    rows: list[dict[str, Any]] = [
        {"exposure": exposure, "outcome": outcome, "rsid": f"rs{i}", "status": status}
        for exposure in tested
        for i, (outcome, status) in enumerate(
            [("disease", "kept")] * 2 + [("disease", "not_in_outcome"), ("density", "kept")]
        )
    ]
    numbers = [
        *("eaf_exposure", "beta_exposure", "se_exposure", "neglog10_p", "f_statistic", "r2_exposure"),
        *("eaf_outcome", "beta_outcome", "se_outcome", "wald_beta", "wald_se"),
    ]
    table = pd.DataFrame(rows).assign(
        chromosome=23, position=12_345_678, effect_allele="A", other_allele="G", proxy_rsid=None
    )
    table = table.assign(steiger_status="forward", gsmr_status="used")
    return table.assign(**{name: rng.uniform(0.01, 0.5, len(table)) for name in numbers})


def _reverse(hits: list[str], rng: np.random.Generator) -> pd.DataFrame:
    table = pd.DataFrame({"exposure": hits, "outcome": "disease", "method": "ivw", "verdict": "silent"})
    table = _with_effects(table, rng)
    return table.assign(
        p_adjusted=table["p"], median_beta=table["beta"], median_neglog10_p=table["neglog10_p"], f_mean=60.5
    )


def _correlations(hits: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """Of each hit with the disease, and of the first two with each other."""
    pairs = [(hit, "disease") for hit in hits] + ([(hits[0], hits[1])] if len(hits) > 1 else [])
    table = pd.DataFrame(pairs, columns=["trait_1", "trait_2"])
    numbers = ["rg", "rg_se", "z", "neglog10_p", "h2_1", "h2_se_1", "h2_2", "h2_se_2"]
    numbers += ["covariance_intercept", "covariance_intercept_se"]
    return table.assign(
        status="estimated", n_variants=1000, **{name: rng.uniform(0, 1, len(table)) for name in numbers}
    )


def _loci(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Three loci, of which the second has no rsid and the third is of two variants."""
    places = {"locus": [1, 2, 3], "chromosome": [1, 6, 22], "start": 100, "end": 900, "lead_position": 500}
    loci = pd.DataFrame(places).assign(
        lead_rsid=["rs1", None, "rs3"], effect_allele="A", other_allele="G", both_traits=True, in_mhc=False
    )
    counts = dict.fromkeys(("n_lead", "n_independent", "n_candidates"), 2)
    numbers = ["z_exposure", "z_outcome", "neglog10_p", "neglog10_p_exposure", "neglog10_p_outcome"]
    loci = loci.assign(**counts, **{name: rng.uniform(8, 20, 3) for name in numbers})
    genes = pd.DataFrame({"locus": [1, 2, 3], "nearest_gene": ["ABC1", "SEPT2", "MARCH1"]})
    verdicts = ["shared", "shared", "distinct"]
    genes = genes.assign(nearest_gene_distance=[0, 5, 7], pp_h4=[0.9, 0.85, 0.1], coloc_verdict=verdicts)
    pairs = {"trait_1": "x000", "trait_2": "disease", "locus": ["rs1", "6:500", "rs3"]}
    coloc = pd.DataFrame(pairs).assign(
        susie=["fitted", "no_panel", "fitted"], susie_pp_h3=[0.1, np.nan, 0.9], susie_pp_h4=[0.9, np.nan, 0.1]
    )
    coloc = coloc.assign(n_shared=200, notes=["", "edge;in_mhc", ""], **dict.fromkeys(HYPOTHESES, 0.2))
    other = coloc.assign(trait_1="x001", pp_h4=0.77)
    return {"loci": loci, "pleiotropic_loci": genes, "coloc": pd.concat([other, coloc])}
