"""Raw rows to the standard table: values, every reason to drop a row, and the accounts."""

import gzip
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import special

from scripts.method.normal import neglog10_p_from_z
from scripts.source import lines
from scripts.source.effects import Z_95
from scripts.source.error import SourceError
from scripts.source.panel import Panel, with_hashes
from scripts.source.standardise import load
from scripts.table import sumstats
from scripts.table.qc import QcReport
from scripts.table.status import DropReason
from tests.source.raw import SAME_NAMES, equal, row, trait, without, write

# Two-sided normal tail of z = 80 by its asymptotic series 2 phi(z)/z (1 - 1/z^2 + 3/z^4), good to 1e-12.
NEGLOG10_P_OF_80 = (
    80**2 / 2 + math.log(math.sqrt(2 * math.pi) * 80 / 2) - math.log1p(-(80**-2) + 3 * 80**-4)
) / math.log(10)


def standard(path: Path, **options: Any) -> tuple[pd.DataFrame, QcReport]:
    table, report = load(options.pop("trait", trait()), [path], build="GRCh37", **options)
    sumstats.check(table)
    assert report.rows_kept == len(table)
    return table, report


def reasons(report: QcReport) -> dict[str, int]:
    return {reason: count for reason, count in report.counts.items() if count}


def test_a_good_row(tmp_path: Path):
    table, report = standard(write(tmp_path / "a.tsv", [row(effect_allele="a")]))
    assert table.iloc[0].to_dict() == {
        "chromosome": 1,
        "position": 1000,
        "rsid": "rs1",
        "effect_allele": "A",
        "other_allele": "G",
        "eaf": 0.3,
        "beta": 0.1,
        "se": 0.02,
        # scipy's own tail of z = 5
        "neglog10_p": pytest.approx(-math.log10(2 * special.ndtr(-5.0)), rel=1e-12),
        "n": 5000.0,
    }
    assert report.rows_read == 1 and set(report.counts) == {reason.value for reason in DropReason}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"chromosome": "0"}, "unknown_chromosome"),
        ({"chromosome": "26"}, "unknown_chromosome"),
        ({"chromosome": "GL000192.1"}, "unknown_chromosome"),
        ({"chromosome": None}, "no_position"),
        ({"position": None}, "no_position"),
        ({"position": 0}, "invalid_position"),
        ({"position": 17.5}, "invalid_position"),
        ({"position": 3e9}, "invalid_position"),
        ({"effect_allele": None}, "missing_value"),
        ({"other_allele": "."}, "missing_value"),
        ({"beta": None}, "missing_value"),
        ({"se": None, "p": None}, "missing_value"),
        ({"se": None, "p": 0}, "no_se_from_p"),
        ({"se": None, "p": 1}, "no_se_from_p"),
        ({"se": None, "p": "0e-400"}, "no_se_from_p"),
        ({"se": None, "beta": 0.0}, "no_se_from_p"),
        ({"n": None}, "missing_value"),
        ({"n": 0}, "missing_value"),
        ({"effect_allele": "<DEL>"}, "invalid_allele"),
        ({"other_allele": "I"}, "invalid_allele"),
        ({"effect_allele": "N"}, "invalid_allele"),
        ({"effect_allele": "g"}, "identical_alleles"),
        ({"beta": "inf"}, "effect_not_finite"),
        ({"se": 0}, "se_not_positive"),
        ({"se": -0.1}, "se_not_positive"),
        ({"se": "inf"}, "se_not_positive"),
        ({"p": 1.01}, "p_out_of_range"),
        ({"p": -0.1}, "p_out_of_range"),
        ({"eaf": -0.01}, "eaf_out_of_range"),
        ({"eaf": 1.2}, "eaf_out_of_range"),
    ],
)
def test_each_fault_is_counted_under_its_reason(tmp_path: Path, fields: dict[str, Any], reason: str):
    table, report = standard(write(tmp_path / "a.tsv", [row(position=7), row(**fields)]))
    assert len(table) == 1
    assert reasons(report) == {reason: 1}


@pytest.mark.parametrize(
    ("fields", "column", "value"),
    [
        ({"p": 0}, "neglog10_p", -math.log10(5.733031437583869e-07)),
        ({"eaf": None}, "eaf", math.nan),
        ({"eaf": 0}, "eaf", 0.0),
        ({"position": 1e3}, "position", 1000),
        # P of z = 5 gives back se = beta/5; P is printed with 16 digits
        ({"se": None}, "se", 0.02),
        ({"p": None}, "se", 0.02),
        ({"beta": 4.0, "se": 0.05, "p": 0}, "neglog10_p", NEGLOG10_P_OF_80),
    ],
)
def test_what_is_valid_though_odd(tmp_path: Path, fields: dict[str, Any], column: str, value: float):
    table, report = standard(write(tmp_path / "a.tsv", [row(**fields)]))
    assert reasons(report) == {}
    assert table[column][0] == pytest.approx(value, rel=1e-7, nan_ok=True)


@pytest.mark.parametrize(
    ("spellings", "code"),
    [
        ("1 01 chr1 CHR1 1.0", 1),
        ("10 chr10 10.0", 10),
        ("22 chr22", 22),
        ("X x 0X chrX 23", 23),
        ("Y chrY 24", 24),
        ("MT M chrM 25", 25),
    ],
)
def test_chromosome_spellings(tmp_path: Path, spellings: str, code: int):
    rows = [row(chromosome=spelled, position=i) for i, spelled in enumerate(spellings.split(), 1)]
    table, _ = standard(write(tmp_path / "a.tsv", rows))
    assert table["chromosome"].tolist() == [code] * len(rows)


def test_n_comes_from_the_column_then_from_the_trait(tmp_path: Path):
    path = write(tmp_path / "a.tsv", [row(n=7), row(position=2, n=None)])
    table, _ = standard(path, trait=trait(n=100.0))
    assert table.set_index("position")["n"].to_dict() == {1000: 7.0, 2: 100.0}
    table, _ = standard(path, trait=trait(n=100.0, columns=without("n")))
    assert table["n"].tolist() == [100.0, 100.0]
    with pytest.raises(SourceError, match="no column of sample sizes"):
        standard(path, trait=trait(columns=without("n")))


def test_odds_ratios_become_log_odds(tmp_path: Path):
    columns = {**without("beta"), "odds_ratio": "beta"}
    rows = [
        row(beta=math.exp(0.1)),
        row(position=2, beta=0),
        row(position=3, beta=-1),
        row(position=4, beta=1),
    ]
    table, report = standard(write(tmp_path / "a.tsv", rows), trait=trait(columns=columns, n_case=100.0))
    assert table["beta"].tolist() == [0.0, pytest.approx(0.1, rel=1e-14)]
    assert reasons(report) == {"effect_not_finite": 2}


@pytest.mark.parametrize(
    ("fields", "beta", "se"),
    [
        ({"hazard_ratio": 1.25, "se": 0.1}, math.log(1.25), 0.1),
        ({"hazard_ratio": 2, "ci_low": 1, "ci_high": 4}, math.log(2), math.log(4) / (2 * Z_95)),
        ({"odds_ratio": 0.5, "ci_low": 0.25, "ci_high": 1}, -math.log(2), math.log(4) / (2 * Z_95)),
        ({"beta": 0.1, "ci_low": 0, "ci_high": 0.2}, 0.1, 0.1 / Z_95),
        # A row's own standard error stays, and limits of the other scale are no limits of the effect.
        ({"beta": 0.1, "se": 0.02, "ci_low": 0, "ci_high": 0.2}, 0.1, 0.02),
        ({"beta": 0.1, "ci_low": 1, "ci_high": 1.2, "p": 2 * float(special.ndtr(-5.0))}, 0.1, 0.02),
        ({"z": 5, "se": 0.2}, 1.0, 0.2),
        ({"z": -5, "eaf": 0.5, "n": 9975}, -5 * math.sqrt(2 / 10_000), math.sqrt(2 / 10_000)),
        ({"z": 5, "beta": 0.1, "eaf": 0.5, "n": 9975}, 0.1, math.sqrt(2 / 10_000)),
    ],
)
def test_a_column_map_may_name_any_effect_and_what_gives_its_error(
    tmp_path: Path, fields: dict[str, float], beta: float, se: float
):
    shared = {"eaf": 0.3, "n": 5000, **fields}
    place = ("chromosome", "position", "effect_allele", "other_allele")
    columns = {name: name.upper() for name in (*place, *shared)}
    path = write(tmp_path / "a.tsv", [{name.upper(): row(**shared)[name] for name in columns}])
    table, report = standard(path, trait=trait(columns=columns))
    assert not reasons(report)
    assert table[["beta", "se"]].to_numpy().tolist() == [
        [pytest.approx(beta, rel=1e-12), pytest.approx(se, rel=1e-9)]
    ]


@pytest.mark.parametrize("crlf", [False, True])
@pytest.mark.parametrize("spelled", ["p", '"p"'])
def test_se_from_a_p_that_no_double_holds(tmp_path: Path, crlf: bool, spelled: str):
    """A file of effects and P values alone, its strongest variants among blank lines and others."""
    columns = {name: name for name in without("se", "rsid", "eaf", "n")}
    smallest = "4.9406564584124654e-324"  # of which a double keeps one digit
    values = [
        "0.5",
        f"{10 ** (-NEGLOG10_P_OF_80 % 1):.15f}e-{math.ceil(NEGLOG10_P_OF_80)}",
        smallest,
        "0",
        ".1E-9",
    ]
    rows = [row(position=i, beta=4.0, p=p) for i, p in enumerate(values, 1)]
    text = "\n".join(
        [
            ",".join([*list(columns)[:-1], spelled]),
            "",
            *(",".join(str(one[name]) for name in columns) for one in rows),
            "",
        ]
    )
    path = tmp_path / "a.csv"
    path.write_bytes(text.replace("\n", "\r\n" if crlf else "\n").encode())
    table, report = standard(path, trait=trait(columns=columns, n=5000.0))
    assert table["position"].tolist() == [1, 2, 3, 5] and reasons(report) == {"no_se_from_p": 1}
    assert table["se"][1] == pytest.approx(0.05, rel=1e-10)  # z = 80
    z = (4.0 / table["se"]).to_numpy()
    log_p = [math.log10(2), NEGLOG10_P_OF_80, 323.30621534311583, 10.0]
    np.testing.assert_allclose(neglog10_p_from_z(z), log_p, rtol=1e-10)
    np.testing.assert_allclose(table["neglog10_p"], log_p, rtol=1e-10)


def test_neglog10_p_column_gives_se_where_p_underflows(tmp_path: Path):
    columns = {**without("p", "se"), "neglog10_p": "p"}
    table, _ = standard(
        write(tmp_path / "a.tsv", [row(beta=4.0, p=NEGLOG10_P_OF_80)]), trait=trait(columns=columns)
    )
    assert table["se"][0] == pytest.approx(0.05, rel=1e-10)  # z = 80


def test_variant_id_serves_chromosome_and_position(tmp_path: Path):
    columns = {**without("chromosome", "position"), "chromosome": "id", "position": "id"}
    ids = ["chr2:77:A:G", "X_78_A_G", "3:79", "rs12"]
    rows = [row(id=spelled) for spelled in ids]
    table, report = standard(write(tmp_path / "a.tsv", rows), trait=trait(columns=columns))
    assert list(zip(table["chromosome"], table["position"], strict=True)) == [(2, 77), (3, 79), (23, 78)]
    assert reasons(report) == {"no_position": 1}


def test_duplicates_with_the_same_numbers_leave_the_first(tmp_path: Path):
    swapped = row(effect_allele="G", other_allele="A", beta=-0.1, eaf=0.7, rsid="rs_swapped")
    for rows, kept in ([row(), swapped, row()], "rs1"), ([swapped, row()], "rs_swapped"):
        table, report = standard(write(tmp_path / "a.tsv", rows))
        assert table["rsid"].tolist() == [kept]
        assert reasons(report) == {"duplicate": len(rows) - 1}


@pytest.mark.parametrize("fields", [{"beta": 0.11}, {"se": 0.021}, {"eaf": 0.4}, {"beta": -0.1}])
def test_duplicates_with_other_numbers_leave_none(tmp_path: Path, fields: dict[str, Any]):
    rows = [row(), row(**fields), row(position=5)]
    table, report = standard(write(tmp_path / "a.tsv", rows))
    assert table["position"].tolist() == [5]
    assert reasons(report) == {"conflicting_duplicate": 2}


def test_swap_with_the_same_sign_conflicts(tmp_path: Path):
    rows = [row(), row(effect_allele="G", other_allele="A", eaf=0.7)]
    assert reasons(standard(write(tmp_path / "a.tsv", rows))[1]) == {"conflicting_duplicate": 2}


def test_other_alleles_at_the_same_place_are_other_variants(tmp_path: Path):
    rows = [row(), row(effect_allele="C", beta=0.2), row(effect_allele="AT", beta=0.3)]
    table, report = standard(write(tmp_path / "a.tsv", rows))
    assert table["effect_allele"].tolist() == ["A", "AT", "C"]
    assert reasons(report) == {}


def strong(rows: pd.DataFrame) -> Any:
    return (rows["neglog10_p"] > 5).to_numpy()


def test_keep_counts_the_rest_and_sees_conflicts_with_it(tmp_path: Path):
    weak = {"beta": 0.001, "p": 0.96}
    rows = [row(), row(**weak), row(position=2), row(position=3, **weak)]
    table, report = standard(write(tmp_path / "a.tsv", rows), keep=strong)
    assert table["position"].tolist() == [2]
    assert reasons(report) == {"conflicting_duplicate": 1, "not_significant": 2}


def test_keep_gives_the_rows_of_the_whole_table_that_it_would_keep(tmp_path: Path, monkeypatch: Any):
    monkeypatch.setattr(lines, "BLOCK_BYTES", 2000)
    path = write(tmp_path / "a.tsv", random_rows(400))
    whole, all_counts = standard(path)
    kept, counts = standard(path, keep=strong)
    equal(kept, whole[strong(whole)].reset_index(drop=True))
    assert counts.metrics == all_counts.metrics


def random_rows(n_rows: int, seed: int = 1) -> list[dict[str, Any]]:
    """Good rows at places that repeat, in no order."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n_rows):
        effect, other = rng.permutation(["A", "C", "G", "T", "CT"])[:2]
        beta, se = rng.normal(0, 0.05), rng.uniform(0.005, 0.02)
        place = {"chromosome": rng.integers(1, 4), "position": rng.integers(1, n_rows)}
        alleles = {"effect_allele": effect, "other_allele": other, "rsid": f"rs{i}"}
        p = 2 * special.ndtr(-abs(beta / se))
        rows.append(row(**place, **alleles, beta=beta, se=se, p=p, eaf=rng.uniform()))
    return rows


def test_gzip_blocks_and_several_files_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rows = random_rows(300)
    path = write(tmp_path / "a.tsv", rows)
    expected, report = standard(path)
    (tmp_path / "a.tsv.gz").write_bytes(gzip.compress(path.read_bytes()))
    parts = [write(tmp_path / "1.tsv", rows[:100]), write(tmp_path / "2.tsv", rows[100:])]
    monkeypatch.setattr(lines, "BLOCK_BYTES", 999)
    for paths in [tmp_path / "a.tsv.gz"], parts:
        table, again = load(trait(), paths, build="GRCh37")
        equal(table, expected)
        assert again.counts == report.counts
        assert again.metrics == report.metrics


def test_swapped_alleles_give_the_same_associations(tmp_path: Path):
    rows = random_rows(200)
    other = [
        one
        | {
            "effect_allele": one["other_allele"],
            "other_allele": one["effect_allele"],
            "beta": -one["beta"],
            "eaf": 1 - one["eaf"],
        }
        for one in rows
    ]
    first, _ = standard(write(tmp_path / "a.tsv", rows))
    second, _ = standard(write(tmp_path / "b.tsv", other))
    key = ["chromosome", "position", "rsid"]
    first, second = first.sort_values(key, ignore_index=True), second.sort_values(key, ignore_index=True)
    equal(first[[*key, "se", "neglog10_p"]], second[[*key, "se", "neglog10_p"]])
    equal(first[["effect_allele"]], second[["other_allele"]].set_axis(["effect_allele"], axis=1))
    assert (first["beta"] == -second["beta"]).all()
    np.testing.assert_allclose(first["eaf"], 1 - second["eaf"], rtol=0, atol=1e-15)


VALUES = {
    "chromosome": st.sampled_from(["1", "chr2", "X", "0", "99", None]),
    "position": st.sampled_from([1, 2, 3, 0, 2.5, None]),
    "effect_allele": st.sampled_from(["A", "c", "G", "TA", "D", None]),
    "other_allele": st.sampled_from(["A", "C", "g", "T", "-", None]),
    "eaf": st.sampled_from([0.1, 0.9, 1.5, None]),
    "beta": st.sampled_from([0.1, -0.1, 0.0, 2.0, "inf", None]),
    "se": st.sampled_from([0.1, 0.02, 0.0, -1.0, None]),
    "p": st.sampled_from([0, 0.3, 1, 1.5, "1e-400", None]),
    "n": st.sampled_from([10, 0, None]),
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=25), selective=st.booleans())
def test_every_row_is_kept_or_counted_once(tmp_path: Path, rows: list[dict[str, Any]], selective: bool):
    usable = row(position=999)  # a file without a single usable row is an error of its own
    path = write(tmp_path / "a.tsv", [*(row(**one) for one in rows), usable])
    table, report = load(trait(), [path], build="GRCh37", keep=strong if selective else None)
    sumstats.check(table)
    assert report.rows_read == len(rows) + 1
    assert sum(report.counts.values()) + len(table) == len(rows) + 1


def test_positions_of_another_trait_serve_rows_without_a_place(tmp_path: Path):
    positions = pd.DataFrame(
        {
            "rsid": ["rs1", "rs2", "rs2", "rs3", "rs3", None],
            "chromosome": [4, 5, 5, 6, 6, 7],
            "position": [40, 50, 50, 60, 61, 70],
        }
    )
    rows = [row(rsid=f"rs{i}") for i in (1, 2, 3, 9)] + [row(rsid=None)]
    path = write(tmp_path / "a.tsv", rows)
    bare = trait(columns=without("chromosome", "position"))
    table, report = standard(path, trait=bare, positions=positions)
    # rs3 is at two places, rs9 at none
    assert list(zip(table["chromosome"], table["position"], strict=True)) == [(4, 40), (5, 50)]
    assert reasons(report) == {"no_position": 3}
    with pytest.raises(SourceError, match="no positions; map its position column, or name in positions_from"):
        standard(path, trait=bare)


def test_the_files_own_places_come_first(tmp_path: Path):
    positions = pd.DataFrame({"rsid": ["rs1", "rs2"], "chromosome": [4, 5], "position": [40, 50]})
    rows = [row(), row(rsid="rs2", position=None), row(rsid="rs2", chromosome="0", position=3)]
    table, report = standard(write(tmp_path / "a.tsv", rows), positions=positions)
    assert list(zip(table["chromosome"], table["position"], strict=True)) == [(1, 1000), (5, 50)]
    assert reasons(report) == {"unknown_chromosome": 1}


def test_filter_reads_one_trait_of_many_and_may_find_it_in_one_file_of_several(tmp_path: Path):
    one = write(tmp_path / "1.tsv", [row(gene="X"), row(gene="Y", position=2)])
    two = write(tmp_path / "2.tsv", [row(gene="Y", position=3), row(gene="Y", position="bad")])
    table, report = load(trait(filter=("gene", "X")), [one, two], build="GRCh37")
    assert table["position"].tolist() == [1000] and report.rows_read == 1
    with pytest.raises(SourceError, match=r"trait height: no rows where gene is 'Z' in .*1\.tsv, .*2\.tsv"):
        load(trait(filter=("gene", "Z")), [one, two], build="GRCh37")


def test_metrics(tmp_path: Path):
    rows = random_rows(300, seed=5)
    n, sd = 5000, 1.7
    for i, one in enumerate(rows):
        one["position"] = i + 1
        one["se"] = sd / math.sqrt(2 * n * one["eaf"] * (1 - one["eaf"]))
        one["p"] = 2 * special.ndtr(-abs(one["beta"] / one["se"]))
    rows[0] |= {"p": 0.5, "beta": 1.0}
    rows[1] |= {"p": float(f"{rows[1]['p']:.2g}")}
    rows[2] |= {"p": 0}
    table, report = standard(write(tmp_path / "a.tsv", rows))
    metrics = report.metrics
    z = np.abs(table["beta"] / table["se"])
    assert metrics["median_abs_z"] == pytest.approx(np.median(z), rel=1e-14)
    assert metrics["lambda_gc"] == pytest.approx(np.median(z**2) / special.chdtri(1, 0.5), rel=1e-3)
    assert metrics["se_scale"] == pytest.approx(sd, rel=1e-12)
    # rounding to two digits is no disagreement; P = 0 is not compared
    assert (metrics["p_compared"], metrics["p_disagrees"]) == (299, 1)
    assert metrics["panel_share"] is None and metrics["eaf_correlation"] is None


def test_a_file_without_a_usable_row_is_an_error_that_counts_the_reasons(tmp_path: Path):
    path = write(tmp_path / "a.tsv", [row(beta=None), row(chromosome="NC_1"), row(chromosome="NC_2")])
    with pytest.raises(
        SourceError, match=r"none of the 3 rows of .*a.tsv is usable \(2 unknown_chromosome, 1 "
    ):
        load(trait(), [path], build="GRCh37")


def test_absurd_numbers_are_dropped_and_leave_finite_metrics(tmp_path: Path):
    rows = [row(), row(position=2, beta=1e200), row(position=3, se=1e-200), row(position=4, n="inf")]
    table, report = load(trait(), [write(tmp_path / "a.tsv", rows)], build="GRCh37")
    assert len(table) == 1 and report.rows_read == 4
    assert all(value is None or np.isfinite(value) for value in report.metrics.values())


def test_panel_agreement(tmp_path: Path):
    panel = pd.DataFrame(
        {
            "chromosome": 1,
            "position": [1, 2, 3, 4, 5, 6],
            "allele_1": ["A", "A", "A", "C", "A", "AT"],
            "allele_2": ["G", "G", "G", "T", "T", "A"],
            "frequency": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
        }
    )
    panel = with_hashes(panel)
    rows = [
        row(position=1, eaf=0.1),
        row(position=2, effect_allele="G", other_allele="A", eaf=0.8),  # swapped
        row(position=3, effect_allele="T", other_allele="C", eaf=0.3),  # other strand
        row(position=4, effect_allele="A", other_allele="G", eaf=0.6),  # other strand, swapped
        row(position=5, effect_allele="A", other_allele="T", eaf=0.1),  # palindrome: matches, tells no strand
        row(position=6, effect_allele="A", other_allele="AT", eaf=0.4),
        row(position=6, effect_allele="C", other_allele="G", eaf=0.4),  # other alleles
        row(position=7),
    ]
    _, report = standard(write(tmp_path / "a.tsv", rows), panel=panel)
    assert report.metrics["panel_share"] == 7 / 8
    assert report.metrics["panel_alleles"] == 6 / 7
    assert report.metrics["eaf_correlation"] == pytest.approx(1.0, rel=1e-12)
    flipped = panel.assign(frequency=1 - panel["frequency"])
    _, report = standard(write(tmp_path / "a.tsv", rows), panel=flipped)
    assert report.metrics["eaf_correlation"] < -0.9


def test_panel_agreement_is_that_of_a_look_up_row_by_row():
    """Places shared by several variants, indels, palindromes, both strands, missing frequencies."""
    rng = np.random.default_rng(17)
    pairs = np.array([("A", "G"), ("G", "A"), ("C", "T"), ("A", "T"), ("AT", "A"), ("TA", "T")], dtype=object)
    chosen = pairs[rng.integers(len(pairs), size=400)]
    at = np.sort(rng.integers(1, 150, 400))
    index = pd.DataFrame(
        {"chromosome": 1, "position": at, "allele_1": chosen[:, 0], "allele_2": chosen[:, 1]}
    )
    index["frequency"] = np.where(rng.random(400) < 0.1, np.nan, rng.random(400))
    told = pairs[rng.integers(len(pairs), size=300)]
    rows = pd.DataFrame({"chromosome": 1, "position": rng.integers(1, 200, 300), "eaf": rng.random(300)})
    rows["effect_allele"], rows["other_allele"] = (pd.Categorical(told[:, side]) for side in (0, 1))
    found = Panel.of(with_hashes(index)).agreement(rows)

    def frequency(position: int, pair: tuple[str, str]) -> float | None:
        """Of the first allele of the pair, in the first variant of the panel with both; None without one."""
        for variant in index[index["position"] == position].itertuples():
            if {variant.allele_1, variant.allele_2} == set(pair):
                return variant.frequency if variant.allele_1 == pair[0] else 1 - variant.frequency
        return None

    at_place, matching, expected = 0, 0, []
    for variant in rows.itertuples():
        pair = (variant.effect_allele, variant.other_allele)
        turned = tuple(allele.translate(str.maketrans("ACGT", "TGCA")) for allele in pair)
        here = frequency(variant.position, pair)
        there = frequency(variant.position, turned) if max(map(len, pair)) == 1 else None
        at_place += variant.position in set(index["position"])
        matching += here is not None or there is not None
        known = [value for value in (here, there) if value is not None]
        if len(known) == 1 and not np.isnan(known[0]):
            expected.append((variant.eaf, known[0]))
    assert (found.at_place, found.matching) == (at_place, matching)
    assert list(zip(found.eaf, found.panel_eaf, strict=True)) == expected and len(expected) > 50


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"format": "vcf"}, "unknown format 'vcf', expected auto or big40 or bolt_lmm"),
        ({"build": "GRCh38"}, "is in GRCh38 and the study in GRCh37: give a chain file"),
        ({"columns": {**SAME_NAMES, "efect_allele": "x"}}, "did you mean 'effect_allele'"),
        ({"columns": without("se", "p")}, "has no se or p or neglog10_p or ci_low or ci_high or z, needed"),
        ({"columns": without("beta")}, "has no beta or odds_ratio or hazard_ratio or z, needed"),
        ({"columns": {**without("se"), "ci_high": "se"}}, r"has no ci_low \(the other limit\), needed"),
        ({"columns": {**without("beta", "se", "eaf"), "z": "beta"}}, "has no eaf .without which a z score"),
        ({"columns": {**without("beta", "se", "n"), "z": "beta"}}, "there are no numbers of people"),
        ({"columns": {**SAME_NAMES, "beta": "BETA"}}, "no column 'BETA'"),
    ],
)
def test_traits_that_cannot_be_read_so(tmp_path: Path, fields: dict[str, Any], message: str):
    with pytest.raises(SourceError, match=message):
        standard(write(tmp_path / "a.tsv", [row()]), trait=trait(**fields))


def test_the_files_own_p_stays_unless_it_underflowed(tmp_path: Path):
    """Student t with few degrees of freedom in the file, and P = 0 where only the z score tells."""
    path = tmp_path / "t.tsv"
    path.write_text(
        "chromosome\tbase_pair_location\teffect_allele\tother_allele\tbeta\tstandard_error\tp_value\tn\n"
        "1\t10\tA\tG\t0.5\t0.1\t9.7e-07\t358\n"
        "1\t20\tA\tG\t5.0\t0.1\t0\t358\n"
    )
    table, _ = load(trait(format="gwas_ssf", columns={}), [path], build="GRCh37")
    assert table["neglog10_p"][0] == -np.log10(9.7e-07)
    assert table["neglog10_p"][1] == pytest.approx(float(neglog10_p_from_z(50.0)), rel=1e-12)


def test_a_file_that_lacks_an_expected_chromosome_counts_as_cut_short(tmp_path: Path):
    path = write(tmp_path / "a.tsv", [row(), row(chromosome="3", position=2)])
    with pytest.raises(SourceError, match=r"trait height: no usable row on chromosome 2, 4 in .*a\.tsv"):
        load(trait(), [path], build="GRCh37", expected_chromosomes=[1, 2, 3, 4])
    load(trait(), [path], build="GRCh37", expected_chromosomes=[1, 3])
    selected = trait(format="instruments")
    load(selected, [path], build="GRCh37", expected_chromosomes=[1, 2])
