"""From candidates to instruments: ladder, MHC, panel, LD oriented to the effect alleles."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.panel import MATCHED, NOT_FOUND, index_panel, match_panel
from scripts.analysis.selection import COLUMNS, PanelFile, in_mhc, mhc_note, nothing, open_panel, select
from scripts.table import sumstats
from scripts.table.frames import write_parquet
from scripts.table.status import ExposureStatus
from tests.analysis.tables import instruments, random_table, standard, swapped, write_panel

SETTINGS = {
    "p_thresholds": [5e-8, 1e-6],
    "min_count": 4,
    "clump_r2": 0.05,
    "clump_window_kb": 1000,
    "clump_ld": "allele_count",
}
PEOPLE = 400
MISSING = -127


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> PanelFile:
    """24 variants: 8 groups of 3 on 4 chromosomes, r about 0.8 within a group; row 5 does not vary."""
    rng = np.random.default_rng(8)
    columns = []
    for _ in range(8):
        founder = rng.binomial(1, 0.4, size=(PEOPLE, 2))
        for _ in range(3):
            noise = rng.random((PEOPLE, 2)) < 0.15
            columns.append(np.where(noise, rng.binomial(1, 0.4, size=(PEOPLE, 2)), founder).sum(axis=1))
    genotypes = np.column_stack(columns).astype("int8")
    genotypes[:, 5] = 0
    genotypes[rng.random((PEOPLE, 24)) < 0.01] = MISSING
    variants = [(str(1 + i // 6), 1_000_000 * (1 + i // 3) + i, "A", "G") for i in range(24)]
    bed, bim, fam = write_panel(tmp_path_factory.mktemp("panel"), genotypes, variants)
    write_parquet(index_panel(bed, bim, fam), bed.with_name("index.parquet"))
    return open_panel(bed.with_name("index.parquet"), bed, fam)


def candidates(panel: PanelFile, neglog10_p: np.ndarray | None = None) -> pd.DataFrame:
    """A trait's associations at the panel's variants, half of them told for the other allele."""
    at = pd.read_parquet(panel.index)
    rng = np.random.default_rng(3)
    table = standard(
        [
            (row.chromosome, row.position, "A", "G", 0.4, rng.normal(0.1, 0.02), 0.01)
            for row in at.itertuples()
        ]
    )
    p = 8.0 + np.random.default_rng(4).permutation(len(at)) if neglog10_p is None else neglog10_p
    return swapped(table.assign(neglog10_p=p), np.arange(len(at)) % 2 == 0)


def test_matching_reads_from_the_file_what_matching_the_whole_index_finds(tmp_path: Path):
    known, others = random_table(70_000, seed=1), random_table(500, seed=4)
    index = known.rename(
        columns={"effect_allele": "allele_1", "other_allele": "allele_2", "eaf": "frequency"}
    )
    index["index"] = np.random.default_rng(2).permutation(len(index))
    write_parquet(index, tmp_path / "index.parquet")  # three row groups
    wanted = pd.concat([known.iloc[20_000:30_000:50], others], ignore_index=True)
    found = PanelFile(tmp_path / "index.parquet", tmp_path / "none.bed", 1, 1).match(wanted)
    pd.testing.assert_frame_equal(found, match_panel(wanted, index[MATCHED]))
    assert 200 <= (found["index"] != NOT_FOUND).sum() < 250
    assert PanelFile(tmp_path / "index.parquet", tmp_path / "none.bed", 1, 1).match(wanted.head(0)).empty


def effect_allele_counts(panel: PanelFile, chosen: pd.DataFrame) -> np.ndarray:
    at = pd.read_parquet(panel.index).set_index(["chromosome", "position"])
    columns = []
    for row in chosen.itertuples():
        variant = at.loc[(row.chromosome, row.position)]
        counts = panel.genotypes(np.array([variant["index"]]))[:, 0].astype(float)
        counts[counts == MISSING] = np.nan
        columns.append(counts if variant["allele_1"] == row.effect_allele else 2 - counts)
    return np.array(columns)


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    both = ~np.isnan(first) & ~np.isnan(second)
    return float(np.corrcoef(first[both], second[both])[0, 1])


def test_ld_is_the_correlation_of_effect_allele_counts(panel: PanelFile):
    chosen = select(candidates(panel), panel, {**SETTINGS, "clump_r2": 1.0}, "keep").instruments
    assert len(chosen) == 24 and list(chosen.columns) == COLUMNS
    counts, ld = effect_allele_counts(panel, chosen), np.array(list(chosen["r"]))
    constant = 5
    for i in range(24):
        for j in range(24):
            if constant in (i, j):
                assert np.isnan(ld[i, j])
            else:
                # numpy centres first, the fast form does not: rounding alone differs.
                assert ld[i, j] == pytest.approx(correlation(counts[i], counts[j]), abs=1e-12)
    assert (ld[0, 1:3] * [-1, 1] > 0.5).all()  # neighbours in LD, told for opposite effect alleles


def test_telling_a_variant_for_its_other_allele_negates_its_ld(panel: PanelFile):
    table = candidates(panel)
    rows = np.random.default_rng(1).random(24) < 0.5
    told, retold = (
        select(version, panel, SETTINGS, "keep").instruments for version in (table, swapped(table, rows))
    )
    assert told["position"].tolist() == retold["position"].tolist()
    sign = np.where(rows[[table["position"].tolist().index(at) for at in told["position"]]], -1.0, 1.0)
    expected = np.array(list(told["r"])) * np.outer(sign, sign)
    assert np.array_equal(np.array(list(retold["r"])), expected, equal_nan=True)


def test_clumping_leaves_the_strongest_of_each_group(panel: PanelFile):
    table = candidates(panel)
    chosen = select(table, panel, SETTINGS, "keep")
    strongest = table.groupby(np.arange(24) // 3)["neglog10_p"].idxmax()
    expected = set(table.loc[strongest, "position"]) | {table["position"][5]}  # no LD is known of row 5
    assert set(chosen.instruments["position"]) == expected
    assert chosen.status == ExposureStatus.REDUCED
    assert chosen.instruments["row"].tolist() == list(range(len(expected)))
    assert chosen.instruments["f_statistic"].to_numpy() == pytest.approx(
        (chosen.instruments["beta"] / chosen.instruments["se"]).to_numpy() ** 2
    )


def test_order_of_candidates_does_not_matter(panel: PanelFile):
    table = candidates(panel)
    shuffle = np.random.default_rng(7).permutation(24)
    first = select(table, panel, SETTINGS, "keep")
    second = select(table.iloc[shuffle].reset_index(drop=True), panel, SETTINGS, "keep")
    order = second.instruments.sort_values(["chromosome", "position"])
    same = [name for name in COLUMNS if name not in ("row", "r")]
    assert first.ladder == second.ladder
    pd.testing.assert_frame_equal(first.instruments[same], order[same].reset_index(drop=True))
    at = order["row"].to_numpy()
    second_ld = np.array(list(second.instruments["r"]))[np.ix_(at, at)]
    np.testing.assert_allclose(np.array(list(first.instruments["r"])), second_ld, rtol=0, atol=1e-15)


def test_candidates_that_the_panel_lacks_change_nothing_for_the_others(panel: PanelFile):
    table = candidates(panel)
    absent = table.assign(position=table["position"] + 1, neglog10_p=60.0)
    mixed = sumstats.sort_rows(pd.concat([table, absent[~absent["position"].isin(table["position"])]]))
    alone, among = (select(version, panel, SETTINGS, "keep") for version in (table, mixed))
    assert among.ladder[-1]["n_significant"] > among.ladder[-1]["n_in_panel"] == 24
    pd.testing.assert_frame_equal(alone.instruments, among.instruments)


@pytest.mark.parametrize(
    ("strict", "chosen", "relaxed"), [(4, 5e-8, False), (3, 1e-6, True), (0, 1e-6, True)]
)
def test_ladder_is_climbed_only_below_the_minimum_count(
    panel: PanelFile, strict: int, chosen: float, relaxed: bool
):
    p = np.full(24, 1.0)
    p[[0, 3, 6, 9, 12, 15]] = [7.4, 7.4, 7.4, 7.4, 6.5, 6.1]  # the loosest threshold is at 6
    p[[0, 3, 6, 9]] = np.where(np.arange(4) < strict, 7.4, 6.2)
    selected = select(candidates(panel, p), panel, SETTINGS, "keep")
    counts = [(rung["p_threshold"], rung["n_significant"], rung["n_instruments"]) for rung in selected.ladder]
    assert counts == [(5e-8, strict, strict), (1e-6, 6, 6)]
    assert (selected.p_threshold, selected.relaxed_threshold) == (chosen, relaxed)
    assert len(selected.instruments) == (strict if not relaxed else 6)


def test_p_on_the_threshold_is_not_below_it(panel: PanelFile):
    p = np.full(24, 1.0)
    p[0] = -np.log10(1e-6)
    selected = select(candidates(panel, p), panel, SETTINGS, "keep")
    assert selected.status == ExposureStatus.NO_INSTRUMENTS and selected.instruments.empty


def test_no_significant_variant_is_told_from_none_in_the_panel(panel: PanelFile):
    elsewhere = candidates(panel).assign(position=lambda table: table["position"] + 7)
    absent = select(elsewhere, panel, SETTINGS, "keep")
    weak = select(candidates(panel, np.full(24, 2.0)), panel, SETTINGS, "keep")
    empty = select(candidates(panel).head(0), panel, SETTINGS, "keep")
    assert absent.status == ExposureStatus.NONE_IN_PANEL
    assert absent.ladder[-1]["n_significant"] == 24 and absent.ladder[-1]["n_in_panel"] == 0
    assert weak.status == empty.status == ExposureStatus.NO_INSTRUMENTS
    for selected in (absent, weak, empty):
        assert selected.instruments.empty and list(selected.instruments.columns) == COLUMNS


MHC_BOUNDS = [(6, 24_999_999), (6, 25_000_000), (6, 34_000_000), (6, 34_000_001), (5, 30_000_000)]


@pytest.mark.parametrize(("policy", "left"), [("keep", 5), ("flag", 5), ("exclude", 3)])
def test_mhc_policy(policy: str, left: int):
    table = standard([(*at, "A", "G", 0.3, 0.1, 0.01) for at in MHC_BOUNDS])
    assert in_mhc(table).tolist() == [False, True, True, False, False]
    chosen = select(table, None, SETTINGS, policy).instruments
    assert len(chosen) == left
    assert chosen["in_mhc"].sum() == (0 if policy == "exclude" else 2)
    assert chosen["row"].tolist() == list(range(left))


def test_variants_that_the_mhc_policy_leaves_out_are_counted_at_each_threshold():
    table = standard([(*at, "A", "G", 0.3, 0.1, 0.01) for at in MHC_BOUNDS])
    table["neglog10_p"] = [9.0, 9.0, 6.5, 6.5, 2.0]

    def counts(rows: pd.DataFrame, policy: str) -> list[tuple[int, int]]:
        ladder = select(rows, None, SETTINGS, policy).ladder
        return [(rung["n_significant"], rung["n_in_mhc"]) for rung in ladder]

    assert counts(table, "exclude") == [(1, 1), (2, 2)]
    assert counts(table, "keep") == counts(table, "flag") == [(2, 0), (4, 0)]
    inside = table.iloc[1:3].reset_index(drop=True)
    assert select(inside, None, SETTINGS, "exclude").status == ExposureStatus.ALL_IN_MHC
    assert select(inside, None, SETTINGS, "flag").status == ExposureStatus.REDUCED
    weak = inside.assign(neglog10_p=2.0)
    assert select(weak, None, SETTINGS, "exclude").status == ExposureStatus.NO_INSTRUMENTS


def test_without_a_panel_all_below_the_threshold_are_instruments_without_ld():
    table = standard([(1, 10 + i, "A", "G", 0.3, 0.1, 0.01) for i in range(5)])
    selected = select(table.assign(neglog10_p=[9.0, 8.0, 7.5, 7.4, 6.5]), None, SETTINGS, "keep")
    assert selected.instruments["position"].tolist() == [10, 11, 12, 13]
    assert all(len(r) == 0 for r in selected.instruments["r"])
    pd.testing.assert_frame_equal(
        selected.instruments, instruments(selected.instruments[list(table.columns)])[COLUMNS]
    )


def test_nothing_has_the_columns_of_instruments():
    selected = nothing(ExposureStatus.UNREADABLE)
    assert selected.instruments.empty and list(selected.instruments.columns) == COLUMNS
    assert (selected.ladder, selected.p_threshold, selected.relaxed_threshold) == ([], None, None)


def test_a_pair_that_never_varies_together_has_no_known_ld(tmp_path: Path):
    # The only carrier of each rare allele is missing at the other variant; both vary on their own.
    genotypes = np.zeros((10, 2), dtype="int8")
    genotypes[0] = [1, MISSING]
    genotypes[1] = [MISSING, 1]
    files = write_panel(tmp_path, genotypes, [("1", 10, "A", "G"), ("2", 10, "A", "G")])
    write_parquet(index_panel(*files), tmp_path / "index.parquet")
    panel = open_panel(tmp_path / "index.parquet", files[0], files[2])
    assert (panel.people, panel.variants) == (10, 2)
    table = standard([(1, 10, "A", "G", 0.1, 0.1, 0.01), (2, 10, "A", "G", 0.1, 0.1, 0.01)])
    chosen = select(table, panel, SETTINGS, "keep").instruments
    # 0, as clumping takes it: GSMR cannot use a matrix with a hole.
    assert np.array_equal(np.array(list(chosen["r"])), np.eye(2))


def test_the_note_on_the_mhc_counts_its_instruments():
    instruments = pd.DataFrame({"in_mhc": [True, False, True]})
    assert mhc_note(instruments) == "2 of 3 instruments lie in the MHC (6:25-34 Mb)."
    assert mhc_note(instruments[1:2]) == ""
