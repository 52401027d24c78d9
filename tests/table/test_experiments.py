"""Tables of published experiments: what is wrong where, in words; an effect from whatever was printed."""

import math
from pathlib import Path

import pytest

from scripts.analysis.experiment_effects import effects_of
from scripts.method.effect_sizes import cohens_d, hedges_g, mean_from_quartiles, sd_from_quartiles
from scripts.table.experiments import TableError, numbers_of, read_effects, read_experiments
from scripts.table.published import read_published

EXPERIMENTS = "experiment\tn_case\tn_control\tage\nA\t20\t30\t70.5\nB\t10\t12\t\n"
HEAD = "experiment\tmeasure\tside\tmarker\tg\td\tmean_case\tsd_case\tmean_control\tsd_control"
HEAD += "\tmedian_case\tq1_case\tq3_case"


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def effects(tmp_path: Path, *rows: str) -> Path:
    return written(tmp_path / "effects.tsv", "\n".join([HEAD, *rows]))


def cells(*named: tuple[str, str], experiment: str = "A", measure: str = "m") -> str:
    row = {"experiment": experiment, "measure": measure, **dict(named)}
    return "\t".join(row.get(column, "") for column in HEAD.split("\t"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("experiment\tn_case\nA\t3\n", "line 1: column `n_control` is missing"),
        (EXPERIMENTS + "A\t5\t5\t\n", "line 4: experiment A is in an earlier row"),
        (EXPERIMENTS + "\t5\t5\t\n", "line 4: `experiment` is empty"),
        (EXPERIMENTS + "C\t5.5\t5\t\n", "line 4: `n_case` is '5.5', expected a whole number from 2"),
        (EXPERIMENTS + "C\t5\t1\t\n", "line 4: `n_control` is '1', expected a whole number from 2"),
        (EXPERIMENTS + "C\tfew\t9\t\n", "line 4: `n_case` is 'few', expected a number"),
        (EXPERIMENTS + "C\t5\t9\t1\t2\n", "line 4: 5 cells, but 4 columns"),
        ("experiment\tn_case\tn_case\tn_control\n", "a column occurs twice"),
        ("experiment\tn_case\tn_control\n", "there is no experiment in it"),
    ],
)
def test_faults_of_the_experiments(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TableError, match=r"experiments\.tsv") as caught:
        read_experiments(written(tmp_path / "experiments.tsv", text))
    assert message in str(caught.value)


MEAN = (("mean_case", "5"), ("sd_case", "2"))
CONTROL = (("mean_control", "4"), ("sd_control", "1"))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([cells(("g", "1"), experiment="Z")], "line 2: experiment Z is not in the table of experiments"),
        ([cells(("g", "1"), measure="")], "line 2: `measure` is empty"),
        ([cells(("g", "1"), measure="a/b")], "line 2: `measure` is 'a/b', expected letters, digits"),
        ([cells(("g", "1"), ("d", "1"))], "line 2: g and d are given; expected one of"),
        ([cells(("g", "1"), *MEAN)], "line 2: g and mean_case are given"),
        ([cells(("mean_case", "5"), ("sd_case", "0"))], "line 2: `sd_case` is 0, expected a number above 0"),
        (
            [cells(("median_case", "5"), ("q1_case", "6"), ("q3_case", "9"))],
            "line 2: quartiles of cases are 6, 5, 9; expected rising numbers",
        ),
        ([cells(("g", "large"))], "line 2: `g` is 'large', expected a number"),
        ([cells(("g", "1")), cells(("g", "2"))], "line 3: A, m is already in"),
        ([cells(*MEAN), cells(*MEAN, ("side", "left"))], "A, m has 2 rows, one without a side"),
        ([cells(("g", "1"), ("side", s)) for s in ("left", "right")], "give means and SDs of the sides"),
    ],
)
def test_faults_of_the_effects(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(TableError, match=r"effects\.tsv") as caught:
        read_effects(effects(tmp_path, *rows), ["A", "B"])
    assert message in str(caught.value)


def test_unknown_columns_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="unknown column `G`; known: experiment, measure, side"):
        read_effects(written(tmp_path / "effects.tsv", "experiment\tmeasure\tG\n"), ["A"])
    with pytest.raises(TableError, match="cannot be read"):
        read_effects(tmp_path / "none.tsv", ["A"])


def found(tmp_path: Path, *rows: str, falling: tuple[str, ...] = ()) -> list[dict[str, object]]:
    listed = read_experiments(written(tmp_path / "experiments.tsv", EXPERIMENTS))
    table = effects_of(read_effects(effects(tmp_path, *rows), list(listed)), listed, falling)
    return table.to_dict("records")


def test_each_way_to_an_effect(tmp_path: Path) -> None:
    quartiles = (("median_case", "22"), ("q1_case", "18.5"), ("q3_case", "25"))
    given, d, means, medians = found(
        tmp_path,
        cells(("g", "\N{MINUS SIGN}0.250"), measure="1"),
        cells(("d", "0.5"), measure="2"),
        cells(*MEAN, *CONTROL, measure="3"),
        cells(*quartiles, *CONTROL, measure="4"),
    )
    assert (given["g"], given["status"], given["decimals"]) == (-0.25, "given_g", 3)
    assert given["se"] == pytest.approx(math.sqrt(1 / 20 + 1 / 30 + 0.0625 / 100))
    assert (d["g"], d["status"]) == (pytest.approx(float(hedges_g(0.5, 20, 30))), "given_d")
    expected = hedges_g(cohens_d(5, 2, 20, 4, 1, 30), 20, 30)
    assert (means["g"], means["status"]) == (pytest.approx(float(expected)), "from_means")
    mean, sd = mean_from_quartiles(18.5, 22, 25), sd_from_quartiles(18.5, 25, 20)
    expected = hedges_g(cohens_d(mean, sd, 20, 4, 1, 30), 20, 30)
    assert (medians["g"], medians["status"]) == (pytest.approx(float(expected)), "from_medians")


def test_sides_are_pooled_before_they_are_compared(tmp_path: Path) -> None:
    left = (("mean_case", "5"), ("sd_case", "3"), ("mean_control", "4"), ("sd_control", "1"))
    right = (("mean_case", "7"), ("sd_case", "4"), ("mean_control", "4"), ("sd_control", "1"))
    (row,) = found(tmp_path, cells(*left, ("side", "left")), cells(*right, ("side", "right")))
    expected = hedges_g(cohens_d(6, math.sqrt(12.5), 20, 4, 1, 30), 20, 30)
    assert (row["g"], row["sides"]) == (pytest.approx(float(expected)), 2)


def test_a_falling_marker_turns_means_and_not_printed_effects(tmp_path: Path) -> None:
    rows = [
        cells(*MEAN, *CONTROL, ("marker", "SWI")),
        cells(("g", "0.3"), ("marker", "SWI"), measure="printed"),
    ]
    plain = found(tmp_path, *rows)
    turned = found(tmp_path, *rows, falling=("SWI",))
    assert turned[0]["g"] == -plain[0]["g"] and turned[0]["se"] == plain[0]["se"]
    assert turned[1]["g"] == plain[1]["g"] == 0.3


def test_what_is_incomplete_has_a_status_and_no_effect(tmp_path: Path) -> None:
    rows = found(tmp_path, cells(*MEAN), cells(("mean_case", "5"), *CONTROL, experiment="B"))
    assert [row["status"] for row in rows] == ["incomplete"] * 2
    assert all(math.isnan(row["g"]) and math.isnan(row["se"]) for row in rows)


def test_columns_of_numbers(tmp_path: Path) -> None:
    path = written(tmp_path / "experiments.tsv", EXPERIMENTS)
    experiments = list(read_experiments(path).values())
    first, second = numbers_of(experiments, "age", path)
    assert first == 70.5 and math.isnan(second)
    text = written(tmp_path / "experiments.tsv", EXPERIMENTS.replace("70.5", "old"))
    with pytest.raises(TableError, match="experiment A: `age` is 'old'"):
        numbers_of(list(read_experiments(text).values()), "age", text)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x\tall\t\tbeta\t0.5", "`measure` is 'x', expected one of m"),
        ("m\tsome\t\tbeta\t0.5", "`set` is 'some', expected one of all, without_outliers"),
        ("m\tall\tage\tbeta\t0.5", "`quantity` is 'beta', expected one of rho"),
        ("m\tall\tsex\trho\t0.5", "`moderator` is 'sex', expected one of age"),
        ("m\tall\t\tbeta\tn.s.", "`printed` is 'n.s.', expected a number, or < and a number"),
    ],
)
def test_faults_of_what_was_published(tmp_path: Path, row: str, message: str) -> None:
    path = written(tmp_path / "published.tsv", f"measure\tset\tmoderator\tquantity\tprinted\n{row}\n")
    with pytest.raises(TableError, match="line 2") as caught:
        read_published(path, ["m"], ["age"], {True: ("rho",), False: ("beta",)})
    assert message in str(caught.value)
