"""The screen of a simulated study beside its truth."""

import pandas as pd
import pytest

from scripts.analysis.truth import FROM_SCREEN, compare
from scripts.check_truth import check_truth
from scripts.table.frames import read_tsv, write_tsv
from scripts.table.status import TruthVerdict

# effect, status, beta, hit, verdict
CASES = {
    "found": (0.3, "estimated", 0.2, True, "found"),
    "found_down": (-0.3, "estimated", -0.2, True, "found"),
    "turned": (0.3, "estimated", -0.2, True, "wrong_sign"),
    "missed": (0.3, "estimated", 0.2, False, "missed"),
    "missed_turned": (0.3, "estimated", -0.2, False, "missed"),
    "false": (0.0, "estimated", 0.2, True, "false_positive"),
    "quiet": (0.0, "estimated", 0.2, False, "rightly_not_found"),
    "few": (0.3, "too_few_instruments", 0.2, False, "not_testable"),
    "none": (0.0, "no_instruments", None, False, "not_testable"),
    "bad": (0.3, "unreadable", None, False, "not_testable"),
}


@pytest.fixture
def truth() -> pd.DataFrame:
    rows = [(name, "causal", case[0], 5) for name, case in CASES.items()]
    return pd.DataFrame(rows, columns=["exposure", "class", "effect", "n_instruments_true"])


@pytest.fixture
def screen() -> pd.DataFrame:
    rows = [
        (name, status, 5, beta, 0.1, hit, "validated" if hit else "silent", hit)
        for name, (_, status, beta, hit, _) in CASES.items()
    ]
    return pd.DataFrame(rows, columns=FROM_SCREEN)


def test_verdicts(truth: pd.DataFrame, screen: pd.DataFrame):
    table = compare(truth, screen.sample(frac=1, random_state=1))
    assert table["exposure"].tolist() == list(CASES)
    assert table["verdict"].tolist() == [case[-1] for case in CASES.values()]
    columns = ["exposure", "class", "effect", *FROM_SCREEN[1:], "verdict"]
    assert list(table.columns) == columns


def test_an_exposure_that_was_not_screened_is_not_testable(truth: pd.DataFrame, screen: pd.DataFrame):
    table = compare(truth, screen[screen["exposure"] != "found"])
    assert table.set_index("exposure").loc["found", "verdict"] == "not_testable"
    assert len(table) == len(CASES)


def test_step_gives_the_same_from_files(tmp_path, truth: pd.DataFrame, screen: pd.DataFrame):
    write_tsv(truth, tmp_path / "truth.tsv")
    write_tsv(screen, tmp_path / "screen.tsv")
    check_truth(tmp_path / "truth.tsv", tmp_path / "screen.tsv", tmp_path / "table.tsv")
    assert read_tsv(tmp_path / "table.tsv")["verdict"].tolist() == [case[-1] for case in CASES.values()]


def test_every_verdict_occurs_and_has_a_sentence():
    assert {case[-1] for case in CASES.values()} == {*TruthVerdict}
    for verdict in TruthVerdict:
        assert verdict.sentence.endswith(".")
        assert TruthVerdict.of(verdict.value) is verdict
