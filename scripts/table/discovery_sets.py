"""What the rows of discovery_sets.tsv are."""

from __future__ import annotations

from scripts.table.status import Status

COLUMNS = ["part", "name", "agree", "contradict", "validation", "n", "pairs"]


class SetPart(Status):
    """What a row of discovery_sets.tsv counts."""

    GATE = "gate", "Pairs of exposure and outcome that passed a gate."
    OUTCOME = "outcome", "Discovered pairs with which a validation outcome agrees."
    COMBINATION = "combination", "Discovered pairs with which exactly these validation outcomes agree."
