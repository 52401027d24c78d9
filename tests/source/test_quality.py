"""Build, frequencies, scale, swaps and ancestry of SIMULATED files whose truth is known."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import special

from scripts.analysis.ancestry import ancestry_found
from scripts.analysis.checks import stopping
from scripts.analysis.finding import Policy
from scripts.source import build, lines, sample
from scripts.source.ancestry import read_ancestries
from scripts.source.error import SourceError
from scripts.source.panel import Panel, fill_frequencies, with_hashes
from scripts.source.standardise import load
from scripts.table.qc import QcReport
from tests.source.raw import row, trait, without, write

POLICY = Policy(allow=(), panel_ancestry="EUR")
N_VARIANTS = 1500
SHIFT = 40_007  # GRCh38 = GRCh37 + SHIFT, but that the second half is turned around
LENGTH = 10_000_000
HALF = 3_000_000


@pytest.fixture(scope="module")
def variants() -> pd.DataFrame:
    """SIMULATED variants of chromosome 1 with frequencies in a European panel, GRCh37 and GRCh38."""
    rng = np.random.default_rng(11)
    pairs = np.array(["AG", "CT", "AC", "GT", "AT", "CG"])[rng.integers(6, size=N_VARIANTS)]
    position = np.sort(rng.choice(np.arange(100_000, 6_000_000), N_VARIANTS, replace=False))
    turned = position > HALF
    # [HALF, 6 Mb) lies in GRCh38 on the other strand: x -> 6 Mb + HALF + 1 - x + SHIFT.
    there = np.where(turned, 6_000_000 + HALF + 1 - position, position) + SHIFT
    return pd.DataFrame(
        {
            "position": position,
            "there": there,
            "turned": turned,
            "allele_1": [pair[0] for pair in pairs],
            "allele_2": [pair[1] for pair in pairs],
            "frequency": rng.uniform(0.02, 0.98, N_VARIANTS),
        }
    )


@pytest.fixture(scope="module")
def panel(variants: pd.DataFrame) -> pd.DataFrame:
    return with_hashes(variants.assign(chromosome=1))


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """From the simulated GRCh38 to GRCh37: the second half is on the reverse strand."""
    size = 6_000_000 - HALF
    text = (
        f"chain 9 chr1 {LENGTH} + {SHIFT} {HALF + SHIFT} chr1 {LENGTH} + 0 {HALF} 1\n{HALF}\n\n"
        f"chain 8 chr1 {LENGTH} + {HALF + SHIFT} {6_000_000 + SHIFT} chr1 {LENGTH} - "
        f"{LENGTH - 6_000_000} {LENGTH - HALF} 2\n{size}\n\n"
    )
    path = tmp_path_factory.mktemp("chain") / "SIMULATED_38_to_37.chain"
    path.write_text(text)
    return path


COMPLEMENT = str.maketrans("ACGT", "TGCA")


def rows_of(
    variants: pd.DataFrame, seed: int = 1, in_38: bool = False, **fields: Any
) -> list[dict[str, Any]]:
    """Rows of a GWAS of 10,000 people in SD units; frequencies are the panel's with a little error."""
    rng = np.random.default_rng(seed)
    rows = []
    for one in variants.itertuples():
        swapped = rng.random() < 0.5
        eaf = float(np.clip(one.frequency + rng.normal(0, 0.005), 0.005, 0.995))
        alleles = [one.allele_1, one.allele_2]
        if in_38 and one.turned:
            alleles = [allele.translate(COMPLEMENT) for allele in alleles]
        se = 1 / np.sqrt(2 * 10_000 * eaf * (1 - eaf))
        z = rng.standard_normal()
        values = {
            "position": one.there if in_38 else one.position,
            "effect_allele": alleles[swapped],
            "other_allele": alleles[not swapped],
            "eaf": 1 - eaf if swapped else eaf,
            "beta": z * se,
            "se": se,
            "p": 2 * special.ndtr(-abs(z)),
            "n": 10_000,
        }
        rows.append(row(**values) | fields)
    return rows


def report_of(path: Path, **options: Any) -> QcReport:
    return load(options.pop("trait", trait()), [path], build="GRCh37", **options)[1]


def stops(report: QcReport) -> list[str]:
    return [one.check for one in stopping("height", True, report.metrics, POLICY)]


# Build


@pytest.mark.parametrize("in_38", [False, True])
def test_an_unknown_build_is_inferred(
    tmp_path: Path, variants: pd.DataFrame, panel: pd.DataFrame, chain: Path, in_38: bool
):
    path = write(tmp_path / "a.tsv", rows_of(variants, in_38=in_38))
    table, report = load(trait(build="auto"), [path], build="GRCh37", panel=panel, chain=chain)
    metrics = report.metrics
    assert metrics["build"] == (38 if in_38 else 37)
    assert metrics["build_share"] > 0.99 and metrics["build_share_other"] < 0.01
    assert table["position"].tolist() == variants["position"].tolist()
    assert metrics["strand_turned"] == (variants["turned"].sum() if in_38 else 0)
    assert metrics["eaf_correlation"] > 0.99  # turned alleles are right
    assert stops(report) == []


@pytest.mark.parametrize(("in_38", "stated"), [(False, "GRCh38"), (True, "GRCh37")])
def test_a_wrong_build_stops_with_both_shares(
    tmp_path: Path, variants: pd.DataFrame, panel: pd.DataFrame, chain: Path, in_38: bool, stated: str
):
    path = write(tmp_path / "a.tsv", rows_of(variants, in_38=in_38))
    report = report_of(path, trait=trait(build=stated), panel=panel, chain=chain)
    finding = next(one for one in stopping("height", True, report.metrics, POLICY) if one.check == "build")
    right = "GRCh37" if stated == "GRCh38" else "GRCh38"
    assert f"stated to be in {stated}" in finding.found and f"100% if it is in {right}" in finding.found
    assert "State the right build, or auto" in finding.meaning
    assert stopping("height", True, report.metrics, Policy(("build",), "EUR"))[0].severity == "allowed"


def test_rows_that_do_not_tell_the_build_are_an_error(
    tmp_path: Path, variants: pd.DataFrame, panel: pd.DataFrame, chain: Path
):
    path = write(tmp_path / "a.tsv", rows_of(variants.assign(position=variants["position"] + 1)))
    with pytest.raises(
        SourceError, match=r"its rows do not tell the build: of 1,500 sampled rows, .* state GRCh37"
    ):
        report_of(path, trait=trait(build="auto"), panel=panel, chain=chain)
    with pytest.raises(SourceError, match="set chain_file to try GRCh38 too"):
        report_of(path, trait=trait(build="auto"), panel=panel)
    right = write(tmp_path / "b.tsv", rows_of(variants))
    assert report_of(right, trait=trait(build="auto"), panel=panel).metrics["build"] == 37


def test_the_build_is_looked_for_until_rows_tell_it(
    tmp_path: Path, variants: pd.DataFrame, panel: pd.DataFrame, chain: Path, monkeypatch: pytest.MonkeyPatch
):
    """The panel has nothing at the file's beginning, as a panel of one chromosome has."""
    monkeypatch.setattr(lines, "BLOCK_BYTES", 4000)
    monkeypatch.setattr(build, "ENOUGH", 30)
    elsewhere = [row(chromosome="2", position=i) for i in range(1, 300)]
    path = write(tmp_path / "a.tsv", [*elsewhere, *rows_of(variants, in_38=True)])
    metrics = report_of(path, trait=trait(build="auto"), panel=panel, chain=chain).metrics
    assert metrics["build"] == 38 and 300 < metrics["build_sampled"] < 700


def test_a_sample_serves_the_checks(
    tmp_path: Path, variants: pd.DataFrame, panel: pd.DataFrame, chain: Path, monkeypatch: pytest.MonkeyPatch
):
    path = write(tmp_path / "a.tsv", rows_of(variants))
    whole = report_of(path, panel=panel, chain=chain)
    monkeypatch.setattr(sample, "LIMIT", 300)
    sampled = report_of(path, panel=panel, chain=chain)
    assert sampled.counts == whole.counts
    assert sampled.metrics["eaf_compared"] < 0.25 * whole.metrics["eaf_compared"] + 1
    for name, tolerance in {"se_scale": 0.01, "eaf_correlation": 0.01, "lambda_gc": 0.5}.items():
        assert sampled.metrics[name] == pytest.approx(whole.metrics[name], abs=tolerance)


# Frequencies


def test_missing_frequencies_are_the_panels_on_both_strands_and_none_for_palindromes(
    tmp_path: Path, variants: pd.DataFrame, panel: pd.DataFrame
):
    rows = rows_of(variants)
    truth = [one["eaf"] for one in rows]
    for i, one in enumerate(rows):
        one["eaf"] = None
        if i % 3 == 0:
            one["effect_allele"], one["other_allele"] = (
                one[name].translate(COMPLEMENT) for name in ("effect_allele", "other_allele")
            )
    path = write(tmp_path / "a.tsv", rows)
    table, report = load(trait(), [path], build="GRCh37", panel=panel, eaf_from_panel=True)
    palindromic = variants["allele_1"] + variants["allele_2"]
    palindromic = palindromic.isin(["AT", "TA", "CG", "GC"]).to_numpy()
    assert (table["eaf"].isna().to_numpy() == palindromic).all()
    np.testing.assert_allclose(table["eaf"][~palindromic], np.array(truth)[~palindromic], atol=0.03)
    metrics = report.metrics
    assert metrics["eaf_filled"] == (~palindromic).sum() and metrics["eaf_missing"] == 1.0
    # Filled frequencies check nothing, but tell the scale.
    assert (
        metrics["eaf_correlation"] is None and metrics["fst_panel"] is None and metrics["eaf_compared"] == 0
    )
    assert metrics["se_scale"] == pytest.approx(1.0, rel=0.02)
    kept = load(trait(), [path], build="GRCh37", panel=panel)[0]
    assert kept["eaf"].isna().all()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), missing=st.floats(min_value=0, max_value=1))
def test_filling_never_changes_a_frequency_that_is_there(panel: pd.DataFrame, seed: int, missing: float):
    rng = np.random.default_rng(seed)
    chosen = panel.iloc[rng.integers(len(panel), size=40)]
    rows = pd.DataFrame(
        {
            "chromosome": 1,
            "position": chosen["position"].to_numpy() + rng.integers(0, 2, 40),
            "effect_allele": pd.Categorical(chosen["allele_1"]),
            "other_allele": pd.Categorical(chosen["allele_2"]),
            "eaf": np.where(rng.random(40) < missing, np.nan, rng.random(40)),
        }
    )
    filled, n = fill_frequencies(rows, Panel.of(panel))
    had = rows["eaf"].notna()
    assert (filled["eaf"][had] == rows["eaf"][had]).all()
    assert n == filled["eaf"].notna().sum() - had.sum()
    assert filled["eaf"].dropna().between(0, 1).all()


def test_a_file_with_swapped_alleles_stops(tmp_path: Path, variants: pd.DataFrame, panel: pd.DataFrame):
    rows = rows_of(variants)
    for one in rows:
        one["effect_allele"], one["other_allele"] = one["other_allele"], one["effect_allele"]
    report = report_of(write(tmp_path / "a.tsv", rows), panel=panel)
    assert report.metrics["eaf_correlation"] < -0.99
    assert stops(report) == ["swapped_alleles"]  # and no word about its ancestry
    assert ancestry_found(report.metrics, "EUR") is None


def test_minor_allele_frequencies_do_not_stop_but_tell_no_ancestry(
    tmp_path: Path, variants: pd.DataFrame, panel: pd.DataFrame
):
    rows = rows_of(variants)
    for one in rows:
        one["eaf"] = min(one["eaf"], 1 - one["eaf"])
    report = report_of(write(tmp_path / "a.tsv", rows), panel=panel)
    assert abs(report.metrics["eaf_correlation"]) < 0.2
    assert stops(report) == [] and ancestry_found(report.metrics, "EUR") is None


# Ancestry


def drifted(frequency: np.ndarray, drift: float, seed: int) -> np.ndarray:
    """Balding-Nichols."""
    rng = np.random.default_rng(seed)
    return np.clip(
        rng.beta(frequency * (1 - drift) / drift, (1 - frequency) * (1 - drift) / drift), 0.001, 0.999
    )


@pytest.fixture(scope="module")
def world(variants: pd.DataFrame) -> pd.DataFrame:
    """SIMULATED frequencies of three ancestries, each at F_ST 0.1 from a common ancestor."""
    frequencies = {
        name: drifted(variants["frequency"].to_numpy(), 0.1, seed)
        for seed, name in enumerate(["EUR", "EAS", "AFR"])
    }
    return variants.assign(chromosome=1, **frequencies).rename(
        columns={"allele_1": "effect_allele", "allele_2": "other_allele"}
    )[["chromosome", "position", "effect_allele", "other_allele", "EUR", "EAS", "AFR"]]


@pytest.mark.parametrize("ending", ["tsv", "tsv.gz", "parquet"])
@pytest.mark.parametrize("people", ["EUR", "EAS", "AFR"])
def test_ancestry_is_found_at_fst_a_tenth(
    tmp_path: Path, variants: pd.DataFrame, world: pd.DataFrame, people: str, ending: str
):
    table = tmp_path / f"SIMULATED_world.{ending}"
    if ending == "parquet":
        world.to_parquet(table)
    else:
        world.to_csv(table, sep="\t", index=False)
    european = with_hashes(variants.assign(chromosome=1, frequency=world["EUR"]))
    path = write(tmp_path / "a.tsv", rows_of(variants.assign(frequency=world[people]), seed=7))
    report = report_of(path, panel=european, ancestries=read_ancestries(table))
    found = ancestry_found(report.metrics, "EUR")
    assert found is not None and found.name == people and found.distance < 0.002
    assert found.second_distance == pytest.approx(0.1, abs=0.015)
    assert stops(report) == ([] if people == "EUR" else ["panel_ancestry"])
    alone = ancestry_found(report_of(path, panel=european).metrics, "EUR")
    assert alone is not None and alone.name == ("EUR" if people == "EUR" else "not EUR")


def test_a_mixture_of_two_is_of_neither(tmp_path: Path, variants: pd.DataFrame, world: pd.DataFrame):
    table = tmp_path / "world.tsv"
    world.to_csv(table, sep="\t", index=False)
    half = variants.assign(frequency=(world["EUR"] + world["EAS"]) / 2)
    european = with_hashes(variants.assign(chromosome=1, frequency=world["EUR"]))
    report = report_of(
        write(tmp_path / "a.tsv", rows_of(half)), panel=european, ancestries=read_ancestries(table)
    )
    found = ancestry_found(report.metrics, "EUR")
    assert found is not None and found.name is None and stops(report) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.drop(columns="position"), "has no column position"),
        (
            lambda table: table[["chromosome", "position", "effect_allele", "other_allele"]],
            "no column of an ancestry",
        ),
        (
            lambda table: table.assign(EAS=table["EAS"].mask(table.index == 3, 1.5)),
            "line 5, column EAS: found '1.5'",
        ),
        (lambda table: table.assign(AFR="x"), "line 2, column AFR: found 'x'"),
    ],
)
def test_a_wrong_table_of_ancestries_is_an_error_that_says_where(
    tmp_path: Path, world: pd.DataFrame, change: Any, message: str
):
    path = tmp_path / "world.tsv"
    change(world).to_csv(path, sep="\t", index=False)
    with pytest.raises(SourceError, match=message):
        read_ancestries(path)
    with pytest.raises(SourceError, match="cannot be read"):
        read_ancestries(tmp_path / "absent.tsv")


# Zeros and scales


@pytest.mark.parametrize("columns", [None, {}])
def test_the_harmonisers_zero_is_zero_and_p_may_underflow_in_every_format(tmp_path: Path, columns: Any):
    names = {"position": "base_pair_location", "eaf": "effect_allele_frequency", "se": "standard_error"}
    names |= {"p": "p_value", "rsid": "rsid"}
    rows = [
        row(position=1, beta="2.2250738585072014e-308", p=0.8),
        row(position=2, beta="-2.2250738585072014e-308", p=0.8),
        row(position=3, beta=5.0, se=0.1, p="1e-400"),
        row(position=4, beta=5.0, se=0.1, p=0),
        row(position=5, beta=5.0, se=0.1, p="4.9e-324"),
        row(position=6, beta=3e-308, p=0.8),
    ]
    if columns is not None:
        rows = [{names.get(key, key): value for key, value in one.items()} for one in rows]
    table, report = load(
        trait() if columns is None else trait(format="gwas_ssf", columns={}),
        [write(tmp_path / "a.tsv", rows)],
        build="GRCh37",
    )
    assert report.rows_kept == 6
    assert table["beta"].tolist() == [0.0, 0.0, 5.0, 5.0, 5.0, 3e-308]
    assert (table["neglog10_p"][2:5] == table["neglog10_p"][2]).all() and table["neglog10_p"][2] > 540


def test_effects_of_a_linear_model_become_log_odds(tmp_path: Path):
    path = write(tmp_path / "a.tsv", [row(), row(position=2, beta=-0.03)])
    as_given, _ = load(trait(n=1000.0, n_case=100.0), [path], build="GRCh37")
    declared = trait(n=1000.0, n_case=100.0, effect_scale="linear_model")
    converted, report = load(declared, [path], build="GRCh37")
    for name in ("beta", "se"):
        np.testing.assert_allclose(converted[name], as_given[name] / (0.1 * 0.9), rtol=1e-14)
    assert converted["neglog10_p"].equals(as_given["neglog10_p"])
    assert report.metrics["se_scale"] == load(trait(n=1000.0), [path], build="GRCh37")[1].metrics["se_scale"]


def test_n_that_is_ten_times_too_large_shows_in_the_scale(
    tmp_path: Path, variants: pd.DataFrame, panel: pd.DataFrame
):
    path = write(tmp_path / "a.tsv", rows_of(variants))
    columns = without("n")
    metrics = report_of(path, trait=trait(n=100_000.0, columns=columns), panel=panel).metrics
    assert metrics["se_scale"] == pytest.approx(np.sqrt(10), rel=1e-3) and metrics["n"] == 100_000
