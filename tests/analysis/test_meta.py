from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.meta import meta_analyse
from scripts.meta_analyse import meta_analyse as step
from scripts.table import sumstats
from scripts.table.qc import QcReport
from tests.analysis.tables import on_other_strand, random_table, standard, swapped


def one_base(table: pd.DataFrame) -> np.ndarray:
    return (table[["effect_allele", "other_allele"]].map(len) == 1).all(axis=1).to_numpy()


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    return sumstats.sort_rows(table).reset_index(drop=True)


def cohort(truth: pd.DataFrame, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return truth.assign(
        beta=truth["beta"] + rng.normal(0, 0.01, len(truth)), n=float(rng.integers(100, 1000))
    )


def slow_twin(tables: list[pd.DataFrame], place: tuple[int, int]) -> tuple[float, float, float]:
    """Closed form of one variant whose rows all have the same effect allele."""
    rows = pd.concat(
        [table[(table["chromosome"] == place[0]) & (table["position"] == place[1])] for table in tables]
    )
    weight = 1 / rows["se"] ** 2
    return (
        (weight * rows["beta"]).sum() / weight.sum(),
        weight.sum() ** -0.5,
        np.average(rows["eaf"], weights=rows["n"]),
    )


def test_matches_the_closed_form_however_the_cohorts_tell_their_alleles():
    truth = random_table(1_000, seed=3)
    tables = [cohort(truth, seed) for seed in (4, 5, 6)]
    half = np.arange(len(truth)) % 2 == 0
    retold = [tables[0], swapped(tables[1], half), on_other_strand(tables[2], half & one_base(truth))]
    retold = [ordered(table) for table in retold]
    combined, report = meta_analyse([retold], "t", "infer", 0.42)
    sumstats.check(combined)
    assert len(combined) == len(truth) and report.rows_read == 3_000
    assert report.counts == {"palindromic_ambiguous": 0, "on_both_strands": 0, "combined": 2_000}
    assert report.metrics["variants_in_3_cohorts"] == 1_000
    for row in combined.iloc[::97].itertuples():
        beta, se, eaf = slow_twin(tables, (row.chromosome, row.position))
        assert row.beta == pytest.approx(beta, rel=1e-12) and row.se == pytest.approx(se, rel=1e-12)
        assert row.eaf == pytest.approx(eaf, rel=1e-12)
    assert combined["n"].iloc[0] == sum(table["n"].iloc[0] for table in tables)


def test_palindromes_without_a_clear_frequency_are_counted_and_left_out():
    first = standard(
        [(1, 1, "A", "T", 0.45, 0.1, 0.1), (1, 2, "C", "G", 0.2, 0.1, 0.1), (1, 3, "A", "C", 0.5, 0.1, 0.1)]
    )
    second = standard([(1, 1, "A", "T", 0.2, 0.1, 0.1), (1, 2, "C", "G", 0.8, 0.1, 0.1)])
    combined, report = meta_analyse([[first, second]], "t", "infer", 0.42)
    assert combined["position"].tolist() == [1, 2, 3]
    assert combined["beta"].tolist() == pytest.approx([0.1, 0.0, 0.1])
    assert report.rows_read == 5
    assert report.counts == {"palindromic_ambiguous": 1, "on_both_strands": 0, "combined": 1}
    dropped, report = meta_analyse([[first, second]], "t", "drop", 0.42)
    assert dropped["position"].tolist() == [3]
    assert report.counts == {"palindromic_ambiguous": 4, "on_both_strands": 0, "combined": 0}
    assert report.rows_kept == 1


def test_chromosome_by_chromosome_gives_the_same_as_all_at_once():
    truth = random_table(600, seed=11)
    tables = [cohort(truth.iloc[start:].reset_index(drop=True), 12 + start) for start in (0, 100, 550)]
    whole, report = meta_analyse([tables], "t", "infer", 0.42)
    parts = ([table[table["chromosome"] == number] for table in tables] for number in sumstats.CHROMOSOMES)
    stepwise, stepwise_report = meta_analyse(parts, "t", "infer", 0.42)
    pd.testing.assert_frame_equal(whole, stepwise)
    assert report == stepwise_report
    assert report.metrics["variants_in_1_cohorts"] == 100 and report.metrics["variants_in_3_cohorts"] == 50


def test_the_step_reads_the_cohorts_by_chromosome(tmp_path: Path):
    truth = random_table(400, seed=31)
    tables = [cohort(truth, 32), cohort(truth.iloc[:300].reset_index(drop=True), 33)]
    paths = [tmp_path / f"{number}.parquet" for number in range(2)]
    for table, path in zip(tables, paths, strict=True):
        sumstats.write(table, path)
    out, quality = tmp_path / "t.parquet", tmp_path / "t.json"
    checks = {"allow": [], "panel_ancestry": None}
    step(paths, [], out, quality, "t", checks, "infer", 0.42)
    combined, report = meta_analyse([tables], "t", "infer", 0.42)
    pd.testing.assert_frame_equal(sumstats.read(out), combined)
    assert QcReport.from_json(quality.read_text()) == report


def test_every_row_of_every_cohort_is_accounted_for():
    truth = random_table(800, seed=21).assign(eaf=np.random.default_rng(22).uniform(0.05, 0.95, 800))
    strands = [truth, on_other_strand(truth.iloc[:50], one_base(truth.iloc[:50]))]
    both = pd.concat(strands).drop_duplicates(list(sumstats.SORT_KEY))
    tables = [cohort(ordered(both), 23), cohort(truth, 24)]
    combined, report = meta_analyse([tables], "t", "infer", 0.42)
    assert report.rows_read == len(both) + 800 and report.rows_kept == len(combined)
    assert min(report.counts.values()) > 0


def test_no_rows_at_all():
    combined, report = meta_analyse([[sumstats.empty(), sumstats.empty()]], "t", "infer", 0.42)
    sumstats.check(combined)
    assert combined.empty and report.rows_read == sum(report.counts.values()) == 0
    unclear = standard([(1, 1, "A", "T", 0.5, 0.1, 0.1)])
    combined, report = meta_analyse([[unclear, sumstats.empty()]], "t", "infer", 0.42)
    sumstats.check(combined)
    assert combined.empty and report.counts["palindromic_ambiguous"] == report.rows_read == 1


@pytest.mark.parametrize(
    ("there", "variants"),
    [
        (("AT", "A"), 1),  # as it stands
        (("A", "AT"), 1),  # swapped
        (("TA", "T"), 2),  # letter by letter, which is another deletion
        (("T", "AT"), 2),  # reversed complement, swapped
    ],
)
def test_indels_have_no_other_strand(there: tuple[str, str], variants: int):
    first, second = (standard([(1, 9, *pair, 0.2, 0.1, 0.1)]) for pair in (("AT", "A"), there))
    combined, _ = meta_analyse([[first, second]], "t", "infer", 0.42)
    assert len(combined) == variants


def test_order_of_cohorts_changes_only_the_effect_allele():
    truth = random_table(500, seed=7)
    rows = np.arange(500) % 3 == 0
    tables = [cohort(truth, 8), sumstats.sort_rows(swapped(cohort(truth, 9), rows)).reset_index(drop=True)]
    one, _ = meta_analyse([tables], "t", "infer", 0.42)
    other, _ = meta_analyse([tables[::-1]], "t", "infer", 0.42)
    joined = one.merge(other, on=["chromosome", "position"], suffixes=("", "_other"))
    same = joined["effect_allele"] == joined["effect_allele_other"]
    assert len(joined) == 500 and 100 < (~same).sum() < 400
    sign = np.where(same, 1, -1)
    assert np.allclose(joined["beta"], sign * joined["beta_other"], rtol=1e-12)
