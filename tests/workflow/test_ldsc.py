"""The steps of LD score regression on small tables, and what a study may ask of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bed_reader import to_bed

from scripts.analysis.panel import index_panel
from scripts.collect_ldsc import collect_ldsc
from scripts.compute_ld_scores import compute_ld_scores
from scripts.correlate_batch import correlate_batch
from scripts.estimate_heritability import estimate_heritability
from scripts.method.ld_score import ld_scores, windows
from scripts.read_ld_scores import read_ld_scores
from scripts.source.error import SourceError
from scripts.study.ldsc import LdscFiles, asked_pairs, ldsc_files, ldsc_problems
from scripts.table import sumstats
from scripts.table.files import read_json, write_json
from scripts.table.frames import read_tsv, write_parquet, write_tsv
from scripts.table.status import RegressionStatus
from tests.analysis.tables import standard
from tests.analysis.test_ldsc_published import EXPECTED
from tests.workflow.conftest import SMALL, Checkout
from tests.workflow.test_study import default

M = 3_000
REGRESSION = {"blocks": 50, "two_step_chi2": 30.0, "rg_two_step_chi2": None}
REGRESSION |= {"intercept": None, "rg_intercept": None}


def config(**keys: Any) -> dict[str, Any]:
    whole = default()
    return whole | {"ldsc": whole["ldsc"] | keys}


def test_names_of_files_are_written_out_by_chromosome() -> None:
    asked = config(ld_scores="eur/@", weights="w/hm3", variants="list.tsv")
    asked["quality"] = asked["quality"] | {"expected_chromosomes": [21, 22, 23]}
    files = ldsc_files(asked)
    assert files is not None
    assert files.scores == ("eur/21.l2.ldscore.gz", "eur/22.l2.ldscore.gz")
    assert files.counts == ("eur/21.l2.M_5_50", "eur/22.l2.M_5_50")
    assert files.weights == ("w/hm3.l2.ldscore.gz",) and files.variants == ("list.tsv",)


def test_scores_to_fetch_are_references_of_the_study() -> None:
    files = ldsc_files(
        config(ld_scores="dataset:eur_w_ld_chr#@", weights="w/@", variants="https://x.org/hm3.tsv.gz")
    )
    assert files is not None and len(files.scores) == 22
    assert len(files.remote) == 45
    assert files.remote["ldsc.scores.7.l2.ldscore"] == "dataset:eur_w_ld_chr#7.l2.ldscore.gz"
    assert files.remote["ldsc.counts.22.l2.M_5_50"] == "dataset:eur_w_ld_chr#22.l2.M_5_50"
    assert files.remote["ldsc.variants.hm3.tsv"] == "https://x.org/hm3.tsv.gz"


def test_a_study_without_scores_and_panel_has_no_regression() -> None:
    assert ldsc_files(config()) == LdscFiles()
    assert ldsc_files(config() | {"ld_panel": None}) is None
    assert ldsc_files(config(ld_scores=None)) is None


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"weights": "w/@"}, "which makes its own"),
        ({"ld_scores": "eur/@", "build": "GRCh38"}, "`ldsc.build` is GRCh38, but `genome_build` is GRCh37"),
        ({"ld_scores": None}, "`correlations` is ldsc, but the study has no LD scores"),
        ({"rg_intercept": 0.0}, "`ldsc.rg_intercept` is 0.0: the intercepts to correct with would be given"),
    ],
)
def test_problems_are_said_before_any_job(keys: dict[str, Any], words: str) -> None:
    (problem,) = ldsc_problems(config(**keys) | {"chain_file": None, "correlations": "ldsc"})
    assert words in problem


def test_pairs_that_other_methods_need_are_asked_for() -> None:
    parts = [
        {"name": "one", "exposures": ["b", "cov", "a"], "outcomes": ["y"]},
        {"name": "two", "exposures": ["a", "b"], "outcomes": ["y"]},
    ]
    asked = default() | {"correlations": "ldsc", "multivariable": parts, "outcomes": ["y"]}
    order = ["a", "b", "y"]
    assert asked_pairs(asked, order) == [("b", "cov"), ("a", "b"), ("a", "cov")]
    lead = {"exposure": "b", "outcome": None, "correlation": "intercept"}
    assert asked_pairs(asked | {"placo": lead}, order)[-1] == ("b", "y")
    assert len(asked_pairs(asked | {"placo": lead | {"exposure": "strongest"}}, order)) == 3
    assert asked_pairs(asked | {"correlations": None, "placo": lead}, order) == []


def traits(folder: Path) -> dict[str, Path]:
    """Two SIMULATED traits with a genetic correlation of 0.8, and an empty one, beside their LD scores."""
    rng = np.random.default_rng(11)
    score = 1.0 + rng.gamma(2.0, 20.0, M)
    effects = rng.multivariate_normal([0, 0], [[0.4, 0.32], [0.32, 0.4]], M).T
    z = effects * np.sqrt(20_000 * score / 1e5) + rng.normal(size=(2, M))
    places = pd.DataFrame(
        {"chromosome": 1, "position": np.arange(1, M + 1), "ld_score": score, "weight": 1.0}
    )
    write_parquet(places.astype({"chromosome": "int8", "position": "int32"}), folder / "ld.parquet")
    write_json({"m": 1e5, "n_variants": M}, folder / "ld.json")
    tables = {"none": sumstats.empty()}
    for name, values in zip(("x", "y"), z, strict=True):
        rows = [(1, i, "A", "G", 0.3, value, 1.0) for i, value in enumerate(values.tolist(), start=1)]
        tables[name] = standard(rows).assign(n=20_000.0)
    for name, table in tables.items():
        sumstats.write(table, folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in tables}


def test_from_tables_of_traits_to_the_final_tables(tmp_path: Path) -> None:
    paths = traits(tmp_path)
    write_json(
        {"exposure": "none", "status": "unreadable", "message": "line 7: no number"}, tmp_path / "none.json"
    )
    write_json({"exposure": "x", "status": "reduced", "message": ""}, tmp_path / "x.json")
    common = {"ld_scores": tmp_path / "ld.parquet", "facts": tmp_path / "ld.json", "maf_min": 0.01}
    common |= {"regression": REGRESSION}
    groups = {"0": (["x", "none"], [tmp_path / "x.json", tmp_path / "none.json"]), "outcomes": (["y"], [])}
    for group, (members, reports) in groups.items():
        estimate_heritability(
            tables=[paths[trait] for trait in members],
            reports=reports,
            heritability=tmp_path / f"h2_{group}.tsv",
            dropped=tmp_path / f"dropped_{group}.tsv",
            traits=members,
            diseases={"y": [0.5, 0.1], "x": [0.5, None]},
            **common,
        )
    screen = pd.DataFrame({"exposure": ["x", "none"], "outcome": ["y", "y"], "hit": [True, False]})
    screen = screen.assign(nominal=screen["hit"], n_instruments=3)
    write_tsv(screen, tmp_path / "screen.tsv")
    for batch, members in (("0", ["x", "none"]), ("1", [])):
        correlate_batch(
            screen=tmp_path / "screen.tsv",
            partner_tables=[paths["y"]],
            correlations=tmp_path / f"rg_{batch}.tsv",
            batch=members,
            exposures=["x", "none"],
            exposure_tables=str(tmp_path),
            partners=["y"],
            asked=[],
            corrected=[],
            between_exposures=True,
            **common,
        )
    out = {name: tmp_path / f"{name}.tsv" for name in ("heritability", "correlations", "matrix", "dropped")}
    collect_ldsc(
        heritability_parts=[tmp_path / f"h2_{group}.tsv" for group in groups],
        dropped_parts=[tmp_path / f"dropped_{group}.tsv" for group in groups],
        correlation_parts=[tmp_path / "rg_0.tsv", tmp_path / "rg_1.tsv"],
        **out,
        traits=["x", "none", "y"],
    )
    h2 = read_tsv(out["heritability"]).set_index("trait")
    assert h2.index.tolist() == ["x", "none", "y"]
    assert abs(h2.loc["x", "h2"] - 0.4) < 3.0 * h2.loc["x", "h2_se"]
    assert h2.loc["none", ["status", "message"]].tolist() == ["unreadable", "line 7: no number"]
    assert h2.loc["y", "h2_liability"] > 0.0 and np.isnan(h2.loc["x", "h2_liability"])
    (pair,) = read_tsv(out["correlations"]).to_dict("records")
    assert (pair["trait_1"], pair["trait_2"], pair["hit"]) == ("x", "y", True)
    assert pair["status"] == RegressionStatus.FEW_VARIANTS
    assert abs(pair["rg"] - 0.8) < 3.0 * pair["rg_se"]
    matrix = read_tsv(out["matrix"])
    assert matrix[["trait_1", "trait_2"]].values.tolist() == [["x", "x"], ["y", "y"], ["x", "y"]]
    assert read_tsv(out["dropped"])["n_rows"].tolist() == [M, M]


def test_scores_of_a_panel_are_those_of_its_genotypes(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    genotypes = rng.integers(0, 3, (60, 30)).astype(np.int8)
    genotypes[:, 7] = 1  # does not vary
    alleles = [("A", "G")] * 30
    alleles[3], alleles[4] = ("A", "T"), ("AC", "A")
    position = np.arange(1, 31) * 100_000
    position[11] = position[10]
    names = {"chromosome": ["22"] * 30, "bp_position": position, "sid": [f"rs{i}" for i in range(30)]}
    names |= {"allele_1": [a for a, _ in alleles], "allele_2": [b for _, b in alleles]}
    to_bed(tmp_path / "SIMULATED.bed", genotypes, properties=names, count_A1=True)
    files = {end: tmp_path / f"SIMULATED.{end}" for end in ("bed", "bim", "fam")}
    write_parquet(index_panel(**files), tmp_path / "panel.parquet")
    compute_ld_scores(
        panel=[tmp_path / "panel.parquet"],
        **{end: [path] for end, path in files.items()},
        variants=[],
        chain=[],
        table=tmp_path / "ld.parquet",
        facts=tmp_path / "ld.json",
        window={"size": 1.0, "unit": "Mb"},
        maf_min=0.01,
    )
    table = pd.read_parquet(tmp_path / "ld.parquet")
    used = np.setdiff1d(np.arange(30), [3, 4, 7, 10, 11])
    assert table["position"].tolist() == position[used].tolist()
    varies = np.setdiff1d(np.arange(30), [7])
    of = np.searchsorted(varies, used)
    window = windows(position[varies].astype(float), 1e6)
    every = np.ones(29, dtype=bool)
    assert table["ld_score"].to_numpy() == pytest.approx(ld_scores(genotypes[:, varies], *window, of, every))
    only = np.isin(varies, used)
    assert table["weight"].to_numpy() == pytest.approx(ld_scores(genotypes[:, varies], *window, of, only))
    assert read_json(tmp_path / "ld.json") == {"m": 29.0, "n_variants": 25}


def read_scores(folder: Path) -> None:
    read_ld_scores(
        scores=[folder / "s.l2.ldscore.gz"],
        counts=[folder / "s.l2.M_5_50"],
        weights=[folder / "w.l2.ldscore.gz"],
        variants=[folder / "list.tsv"],
        chain=[],
        table=folder / "ld.parquet",
        facts=folder / "ld.json",
    )


def test_scores_from_files_keep_what_has_a_weight_and_is_listed(tmp_path: Path) -> None:
    (tmp_path / "s.l2.ldscore.gz").write_text(
        "CHR\tBP\tL2\n1\t10\t2\n1\t20\t3\n1\t30\t4\n1\t30\t5\n1\t40\t6\n"
    )
    (tmp_path / "w.l2.ldscore.gz").write_text("CHR\tBP\tL2\n1\t10\t1.5\n1\t20\t1.25\n1\t30\t1\n")
    (tmp_path / "s.l2.M_5_50").write_text("7\n")
    (tmp_path / "list.tsv").write_text("chr\tpos\n1\t20\n1\t30\n1\t40\n")
    read_scores(tmp_path)
    assert pd.read_parquet(tmp_path / "ld.parquet").values.tolist() == [[1, 20, 3.0, 1.25]]
    assert read_json(tmp_path / "ld.json") == {"m": 7.0, "n_variants": 1}
    (tmp_path / "list.tsv").write_text("chr\tpos\n2\t20\n2\t30\n")
    with pytest.raises(SourceError, match="none of 5 LD scores is alone at its place and among"):
        read_scores(tmp_path)


OWN_INTERCEPTS = """
correlations: ldsc
placo: {correlation: intercept}
coloc: {traits: []}
ldsc: {between_exposures: false}
multivariable:
  - {name: pair, exposures: [sim_005, sim_009], outcomes: [disease]}
  - {name: beside, exposures: [sim_005, unrelated], outcomes: [disease]}
"""


def test_a_study_corrects_with_its_own_intercepts(copied: Checkout) -> None:
    """Every pair that a method corrects has the intercept of the regression, where that is a correlation."""
    without = [line for line in SMALL.splitlines() if not line.startswith("multivariable")]
    (copied.folder / "config/small.yaml").write_text("\n".join(without) + OWN_INTERCEPTS)
    done = copied.run("collect_ldsc", "correct_overlap", "analyse_multivariable", "find_pleiotropy")
    assert done.returncode == 0, done.stdout
    assert "rule simulate_demo" not in done.stdout and "rule reduce_exposure" not in done.stdout
    check_intercepts_are_used(copied.results)


def check_intercepts_are_used(results: Path) -> None:
    tables = {path.stem: read_tsv(path) for path in results.glob("tables/*.tsv")}
    names = ["trait_1", "trait_2", "covariance_intercept"]
    told = {frozenset((a, b)): value for a, b, value in tables["genetic_correlation"][names].to_numpy()}
    given = {pair: value for pair, value in told.items() if abs(value) < 1.0}
    listed = tables["ldsc_correlations"]
    pairs = listed[listed["trait_1"] != listed["trait_2"]]
    assert {frozenset((a, b)) for a, b in zip(pairs["trait_1"], pairs["trait_2"], strict=True)} == set(given)
    assert 0 < len(told) - len(given) < len(given)  # in so small a study some intercept is beyond 1
    screen, overlap = tables["screen"], tables["overlap"].set_index("exposure")["error_correlation"]
    for exposure in screen.loc[screen["nominal"] & (screen["n_instruments"] > 0), "exposure"]:
        pair = frozenset((exposure, "disease"))
        assert pair in told
        assert overlap[exposure] == pytest.approx(given.get(pair, np.nan), rel=1e-12, nan_ok=True)
    assert set(tables["multivariable_diagnostics"]["error_correlation"]) == {"given"}
    summary = tables["placo_summary"].set_index("quantity")["value"]
    lead = frozenset((read_json(results / "lead_exposure.json")["exposure"], "disease"))
    used = given.get(lead, summary["correlation_estimated"])
    assert summary["correlation_used"] == pytest.approx(used, rel=1e-12)
    correlated = tables["genetic_correlation"].query("hit")
    assert set(correlated["trait_1"]) == set(screen.loc[screen["hit"], "exposure"])


HEIGHT = """
study: height_chr22
exposures: config/one_gene.tsv
ldsc: {ld_scores: ldscores_eur/@}
"""


def test_height_on_chromosome_22_in_a_run(fresh: Checkout, shared_data: Path) -> None:
    """Published statistics and LD scores, by configuration alone, give what test_ldsc_published expects."""
    study = "config/studies/expression_height_chr22"
    genes = (fresh.folder / study / "exposures.tsv").read_text().splitlines(keepends=True)
    (fresh.folder / "config/one_gene.tsv").write_text("".join(genes[:2]))
    (fresh.folder / "config/height.yaml").write_text(HEIGHT)
    files = ["--configfile", f"{study}/study.yaml", "config/height.yaml"]
    target = "results/height_chr22/tables/heritability.tsv"
    done = fresh.run(target, *files, "--config", f"data_dir={shared_data}")
    assert done.returncode == 0, done.stdout
    height = read_tsv(fresh.folder / target).set_index("trait").loc["height"]
    assert (height["status"], height["n_variants"]) == ("few_variants", 14_844)
    for name, value in EXPECTED.items():
        assert height[name] == pytest.approx(value, rel=1e-9), name
