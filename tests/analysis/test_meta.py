import numpy as np
import pandas as pd
import pytest

from scripts.analysis.meta import meta_analyse
from scripts.table import sumstats
from tests.analysis.tables import on_other_strand, random_table, standard, swapped


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
    retold = [tables[0], swapped(tables[1], half), on_other_strand(tables[2], half)]
    retold = [sumstats.sort_rows(table).reset_index(drop=True) for table in retold]
    combined, report = meta_analyse(retold, "t", "infer", 0.42)
    sumstats.check(combined)
    assert len(combined) == len(truth) and report.counts == {"palindromic_ambiguous": 0}
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
    combined, report = meta_analyse([first, second], "t", "infer", 0.42)
    assert combined["position"].tolist() == [1, 2, 3]
    assert combined["beta"].tolist() == pytest.approx([0.1, 0.0, 0.1])
    assert report.metrics["cohort_rows_palindromic_ambiguous"] == 1
    dropped, report = meta_analyse([first, second], "t", "drop", 0.42)
    assert dropped["position"].tolist() == [3] and report.counts == {"palindromic_ambiguous": 2}
    assert report.rows_read - sum(report.counts.values()) == 1


def test_order_of_cohorts_changes_only_the_effect_allele():
    truth = random_table(500, seed=7)
    rows = np.arange(500) % 3 == 0
    tables = [cohort(truth, 8), sumstats.sort_rows(swapped(cohort(truth, 9), rows)).reset_index(drop=True)]
    one, _ = meta_analyse(tables, "t", "infer", 0.42)
    other, _ = meta_analyse(tables[::-1], "t", "infer", 0.42)
    joined = one.merge(other, on=["chromosome", "position"], suffixes=("", "_other"))
    same = joined["effect_allele"] == joined["effect_allele_other"]
    assert len(joined) == 500 and 100 < (~same).sum() < 400
    sign = np.where(same, 1, -1)
    assert np.allclose(joined["beta"], sign * joined["beta_other"], rtol=1e-12)
