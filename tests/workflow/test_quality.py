"""What a study declares and what its files say: stops before and during a run, and what may be allowed."""

import copy
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scripts.study.load import load_study
from scripts.table.frames import read_tsv, write_parquet
from tests.workflow.conftest import Checkout
from tests.workflow.test_study import (
    EXPOSURE,
    HEAD,
    OUTCOME,
    default,
    made,
    message_of,
    small,
    small_config,
    table,
)

COLUMNS = [*HEAD, "effect_scale"]


def allowing(*checks: str) -> dict[str, Any]:
    return {"quality": copy.deepcopy(default()["quality"]) | {"allow": list(checks)}}


# Before the run


def test_declared_ancestries_must_agree_in_a_meta_analysis_unless_allowed(tmp_path: Path) -> None:
    traits = [OUTCOME, OUTCOME | {"id": "b", "ancestry": "EAS"}]
    config = small_config(tmp_path, table([EXPOSURE]), table(traits), outcomes=["m"], **made("y", "b"))
    message = message_of(config, tmp_path)
    assert "`meta_analyses[0].cohorts` are of different ancestry (y EUR, b EAS)" in message
    assert "put mixed_ancestry in `quality.allow`" in message
    assert load_study(config | allowing("mixed_ancestry"), tmp_path).cohorts == ["y", "b"]


def test_clumped_exposures_must_be_of_the_panels_ancestry_unless_allowed(tmp_path: Path) -> None:
    rows = [
        EXPOSURE,
        EXPOSURE | {"id": "x2", "ancestry": "AFR"},
        EXPOSURE | {"id": "x3", "ancestry": "mixed"},
    ]
    config = small_config(tmp_path, table(rows), table([OUTCOME]))
    message = message_of(config, tmp_path)
    assert "exposures.tsv line 3 (id `x2`): `ancestry` is AFR, but that of the LD panel is EUR" in message
    assert "(2 traits)" in message and "put panel_ancestry in `quality.allow`" in message
    assert load_study(config | allowing("panel_ancestry"), tmp_path).traits["x2"].ancestry == "AFR"
    african = small_config(tmp_path, table([rows[1]]), table([OUTCOME]), ld_panel_ancestry="AFR")
    assert load_study(african, tmp_path).exposures == ("x2",)
    selected = {"format": "instruments", "columns": "map", "ancestry": "EAS"}
    small(tmp_path, [EXPOSURE | selected], [OUTCOME])  # nothing is clumped


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ancestry": "European"}, "`ancestry` is 'European', expected one of EUR, EAS"),
        ({"build": "hg19"}, "`build` is 'hg19', expected one of GRCh37, GRCh38, auto"),
        ({"effect_scale": "linear", "n_case": "9"}, "did you mean `linear_model`?"),
        ({"effect_scale": "linear_model"}, "`effect_scale` is linear_model, which needs `n` and `n_case`"),
    ],
)
def test_a_wrong_declaration_is_said(tmp_path: Path, fields: dict[str, str], words: str) -> None:
    rows = table([EXPOSURE | fields], COLUMNS)
    assert words in message_of(small_config(tmp_path, rows, table([OUTCOME])), tmp_path)


def test_an_unknown_build_needs_a_panel(tmp_path: Path) -> None:
    rows = [EXPOSURE | {"build": "auto", "format": "instruments", "columns": "map"}]
    assert small(tmp_path, rows, [OUTCOME | {"build": "auto"}]).traits["x1"].build == "auto"
    config = small_config(tmp_path, table(rows), table([OUTCOME]), ld_panel=None)
    config["estimators"]["methods"] = ["wald_ratio", "ivw"]
    config["discovery"]["methods"] = ["primary"]
    assert "`build` is auto, which is inferred from the LD panel: set `ld_panel`" in message_of(
        config, tmp_path
    )


def test_the_table_of_ancestries_must_be_there(tmp_path: Path) -> None:
    quality = default()["quality"] | {"ancestry_frequencies": "world.tsv"}
    config = small_config(tmp_path, table([EXPOSURE]), table([OUTCOME]), quality=quality)
    assert "`ancestry_frequencies`: there is no file data/world.tsv" in message_of(config, tmp_path)
    (tmp_path / "data/world.tsv").touch()
    assert load_study(config, tmp_path).ancestry_frequencies == "data/world.tsv"


# During the run


def rewrite(path: Path, change: Callable[[dict[str, str]], None]) -> None:
    """Change every row of a gzip file in place."""
    head, *lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    names, rows = head.split("\t"), []
    for line in lines:
        fields = dict(zip(names, line.split("\t"), strict=True))
        change(fields)
        rows.append("\t".join(fields.values()))
    path.write_bytes(gzip.compress("\n".join([head, *rows, ""]).encode()))


def swap(row: dict[str, str]) -> None:
    row["effect_allele"], row["other_allele"] = row["other_allele"], row["effect_allele"]


def forget_frequency(row: dict[str, str]) -> None:
    row["effect_allele_frequency"] = "NA"


def state(path: Path, trait: str, column: str, value: str) -> None:
    """Write another value in a trait table."""
    head, *lines = path.read_text().splitlines()
    at = head.split("\t").index(column)
    rows = [line.split("\t") for line in lines]
    for row in rows:
        row[at] = value if row[0] == trait else row[at]
    path.write_text("\n".join([head, *("\t".join(row) for row in rows)]) + "\n")


@pytest.fixture
def real(copied: Checkout) -> Checkout:
    """The finished study, whose files the workflow no longer simulates."""
    path = copied.folder / "config/small.yaml"
    kept = [line for line in path.read_text().splitlines() if not line.startswith("demo:")]
    path.write_text("\n".join([*kept, "demo: null", ""]))
    return copied


def exposure(checkout: Checkout, number: int) -> Path:
    return checkout.folder / f"resources/small/exposures/SIMULATED_sim_{number:03d}.tsv.gz"


def test_wrong_exposures_are_told_and_the_others_finish(real: Checkout, finished: Checkout) -> None:
    rewrite(exposure(real, 1), swap)
    rewrite(exposure(real, 4), forget_frequency)
    exposures = real.folder / "config/small_exposures.tsv"
    state(exposures, "sim_002", "build", "GRCh38")
    state(exposures, "sim_003", "build", "auto")
    state(real.folder / "config/demo/traits.tsv", "disease_b", "build", "auto")
    done = real.run()
    assert done.returncode == 1 and "2 of 10 exposures could not be read" in done.stdout
    screen = read_tsv(real.results / "tables/screen.tsv").set_index("exposure")
    bad = screen.loc[screen["status"] == "unreadable", "message"]
    assert list(bad.index) == ["sim_001", "sim_002"]
    assert "frequencies correlate with the panel's by −1.00" in bad["sim_001"]
    assert "It is stated to be in GRCh38" in bad["sim_002"] and "if it is in GRCh37" in bad["sim_002"]
    estimates = [read_tsv(study.results / "tables/estimates.tsv") for study in (finished, real)]
    # With inferred builds all is the same; without its own frequencies sim_004 may lose palindromic variants.
    left_out = [*bad.index, "sim_004"]
    before, after = (one[~one["exposure"].isin(left_out)].reset_index(drop=True) for one in estimates)
    assert after.equals(before) and len(after) > 100
    assert screen.loc["sim_004", "status"] == "estimated"
    quality = read_tsv(real.results / "tables/quality.tsv").set_index("trait")
    assert quality.loc["disease_b", ["build_declared", "build_used"]].tolist() == ["auto", "GRCh38"]
    assert quality.loc["sim_003", "build_used"] == "GRCh37"
    assert quality.loc["disease_b", "strand_turned"] > 0
    assert quality.loc["sim_004", "eaf_source"] == "panel" and quality.loc["sim_004", "eaf_filled"] > 0
    assert np.isnan(quality.loc["sim_004", "eaf_correlation"])
    page = (real.results / "quality.html").read_text()
    assert "2 cannot be used" in page and "Its build was taken to be GRCh38" in page
    allowed = real.run("summarise", "--config", "quality={allow: [build, swapped_alleles]}")
    assert allowed.returncode == 0, allowed.stdout
    assert "(Allowed by quality.allow.)" in (real.results / "summary.html").read_text()
    screen = read_tsv(real.results / "tables/screen.tsv").set_index("exposure")
    assert "unreadable" not in set(screen["status"])


def test_cohorts_whose_frequencies_differ_stop_the_meta_analysis(real: Checkout) -> None:
    rng = np.random.default_rng(3)
    drift = 0.2

    def drifted(row: dict[str, str]) -> None:
        if row["ALT_FREQ"] != "NA":
            eaf = min(max(float(row["ALT_FREQ"]), 0.001), 0.999)
            row["ALT_FREQ"] = f"{rng.beta(eaf * (1 - drift) / drift, (1 - eaf) * (1 - drift) / drift):.5f}"

    rewrite(real.folder / "resources/small/traits/SIMULATED_disease_c.txt.gz", drifted)
    done = real.run()
    assert done.returncode == 1
    assert "Error in meta_analyse (disease): trait disease: By their allele frequencies" in done.stdout
    assert "disease_c is not European" in done.stdout
    allowed = real.run("screen", "--config", "quality={allow: [mixed_ancestry]}")
    assert allowed.returncode == 0, allowed.stdout
    findings = read_tsv(real.results / "tables/quality_findings.tsv")
    assert findings.iloc[0][["severity", "check", "trait"]].tolist() == [
        "allowed",
        "mixed_ancestry",
        "disease",
    ]


def test_instruments_that_are_known_for_a_confounder_are_left_out_and_listed(copied: Checkout):
    before = pd.read_parquet(copied.results / "instruments/0.parquet")
    exposure, name = before.loc[0, ["exposure", "rsid"]]
    path = copied.results / f"reduced/{exposure}.parquet"
    rows = pd.read_parquet(path)
    path.unlink()  # the pass has it too, by a hard link
    write_parquet(rows.replace({"rsid": {name: "rs1"}}), path)
    (copied.folder / "resources/small/SIMULATED_known.tsv").write_text(
        "SNPS\tPVALUE_MLOG\tDISEASE/TRAIT\tMAPPED_TRAIT\tPUBMEDID\nrs1\t9\tBMI\tbody mass index\t1\n"
    )
    with (copied.folder / "config/small.yaml").open("a") as config:
        config.write("confounders: {traits: [Body Mass Index]}\ngenes: {associations: SIMULATED_known.tsv}\n")
    table = copied.results / "tables/confounded.tsv"
    assert read_tsv(table).empty
    done = copied.run(str(table.relative_to(copied.folder)))
    assert done.returncode == 0, done.stdout
    listed = read_tsv(table)
    assert listed[["exposure", "rsid", "known_traits"]].to_numpy().tolist() == [[exposure, "rs1", "BMI"]]
    after = pd.read_parquet(copied.results / "instruments/0.parquet")
    gone = (before["exposure"] == exposure) & (before["rsid"] == name)
    assert after["rsid"].tolist() == before.loc[~gone, "rsid"].tolist()
    findings = read_tsv(copied.results / "tables/quality_findings.tsv").set_index("check")
    told = set(findings.loc[["confounded"], "found"])
    assert "Left out: rs1 (BMI)." in told and any("instruments have no rsid." in one for one in told)
    ladder = read_tsv(copied.results / "tables/instrument_ladder.tsv").set_index("exposure")
    assert ladder.loc[exposure, "n_barred"].max() == 1 and ladder["n_barred"].drop(exposure).max() == 0


def test_confounders_need_the_catalog_and_names_that_it_has(copied: Checkout):
    with (copied.folder / "config/small.yaml").open("a") as config:
        config.write("confounders: {traits: [Body Mass Index]}\n")
    done = copied.run("--dry-run")
    assert done.returncode and "`genes.associations` is null: give the GWAS Catalog's table" in done.stdout
    (copied.folder / "resources/small/SIMULATED_known.tsv").write_text(
        "SNPS\tPVALUE_MLOG\tDISEASE/TRAIT\tPUBMEDID\nrs1\t9\tGout\t1\n"
    )
    with (copied.folder / "config/small.yaml").open("a") as config:
        config.write("genes: {associations: SIMULATED_known.tsv}\n")
    done = copied.run(f"results/{copied.results.name}/confounders.tsv")
    assert done.returncode and "has no association with any of Body Mass Index" in done.stdout
