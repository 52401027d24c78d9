"""Which validation outcomes agree with which discovered pair, counted one by one and together."""

import pandas as pd

from scripts.analysis.discovery_sets import discovery_sets
from scripts.table.discovery_sets import COLUMNS
from scripts.table.frames import read_tsv, write_tsv

SCREEN = pd.DataFrame(
    [
        ("a", True, True, True, "validated"),
        ("b", True, True, True, "validated"),
        ("c", True, True, True, "conflicting"),
        ("d", True, True, True, "silent"),
        ("e", True, False, False, "not_tested"),
        ("f", False, False, False, "not_tested"),
    ],
    columns=["exposure", "nominal", "concordant", "discovered", "validation"],
).assign(outcome="y")
VERDICTS = {
    "a": ("concordant", "silent", "concordant"),
    "b": ("concordant", "not_testable", "concordant"),
    "c": ("silent", "discordant", "concordant"),
    "d": ("silent", "silent", "silent"),
}
OUTCOMES = ["v1", "v2", "v3"]


def validation() -> pd.DataFrame:
    rows = [
        (exposure, "y", outcome, verdict)
        for exposure, verdicts in VERDICTS.items()
        for outcome, verdict in zip(OUTCOMES, verdicts, strict=True)
    ]
    return pd.DataFrame(rows, columns=["exposure", "outcome", "validation_outcome", "verdict"])


def test_every_discovered_pair_is_in_one_combination() -> None:
    sets = discovery_sets(SCREEN, validation(), OUTCOMES)
    assert list(sets.columns) == COLUMNS
    assert sets[sets["part"] == "gate"].set_index("name")["n"].to_dict() == {
        "nominal": 5,
        "concordant": 4,
        "discovered": 4,
    }
    alone = sets[sets["part"] == "outcome"].set_index("name")
    assert alone["n"].to_dict() == {"v1": 2, "v2": 0, "v3": 3}
    assert alone.loc["v3", "pairs"] == "a/y b/y c/y"
    together = sets[sets["part"] == "combination"]
    assert together[["agree", "contradict", "validation", "n", "pairs"]].to_numpy().tolist() == [
        ["v1 v3", "", "validated", 2, "a/y b/y"],
        ["", "", "silent", 1, "d/y"],
        ["v3", "v2", "conflicting", 1, "c/y"],
    ]
    assert together["n"].sum() == SCREEN["discovered"].sum()


def test_nothing_discovered_and_nothing_to_validate_on(tmp_path) -> None:  # type: ignore[no-untyped-def]
    sets = discovery_sets(SCREEN.assign(discovered=False), validation().head(0), OUTCOMES)
    assert sets["n"].tolist() == [5, 4, 0, 0, 0, 0]
    write_tsv(sets, tmp_path / "sets.tsv")
    assert read_tsv(tmp_path / "sets.tsv")["n"].tolist() == sets["n"].tolist()
    alone = discovery_sets(SCREEN, validation().head(0), [])
    assert alone["part"].tolist().count("combination") == 3  # by what the screen says of validation


def test_outcomes_whose_ids_are_numbers_come_back_from_the_file_as_text(tmp_path) -> None:  # type: ignore[no-untyped-def]
    numbered = validation().replace({"v1": "1", "v2": "2", "v3": "3"}).query("validation_outcome == '1'")
    sets = discovery_sets(SCREEN, numbered, ["1"])
    write_tsv(sets, tmp_path / "sets.tsv")
    together = read_tsv(tmp_path / "sets.tsv").query("part == 'combination'")
    assert together["agree"].dropna().tolist() == ["1"]
