"""Statuses and names of the tables of pooled effects."""

from __future__ import annotations

from scripts.table.status import Status


class PooledSet(Status):
    """Which experiments are pooled."""

    ALL = "all", "All experiments."
    WITHOUT_OUTLIERS = "without_outliers", "Without effects beyond 1.5 interquartile ranges of the quartiles."


class PooledStatus(Status):
    """Whether there is a number."""

    ESTIMATED = "estimated", "Estimated."
    TOO_FEW = "too_few", "Not estimated: too few experiments."
    NO_OUTLIERS = "no_outliers", "No experiment is an outlier: as with all experiments."
    CONSTANT = "constant", "Not estimated: the moderator, the effects or their precisions do not vary."


class Agreement(Status):
    """A computed number beside the printed one."""

    EQUAL = "equal", "As printed, to the last digit."
    WITHIN_ROUNDING = "within_rounding", "Within what rounding of the printed effects can do."
    DIFFERS = "differs", "Differs by more than rounding of the printed effects can do."
    NO_NUMBER = "no_number", "There is no such number here."


# Columns of pooled_published.tsv and pooled_restorations.tsv that hold text, empty or like a number.
CHECK_DTYPES = dict.fromkeys(("printed", "moderator", "measure", "experiment"), "str")
TAU2_NAMES = {
    "dersimonian_laird": "DerSimonian-Laird",
    "paule_mandel": "Paule-Mandel",
    "reml": "restricted maximum likelihood",
}
TEST_NAMES = {"normal": "z test", "knapp_hartung": "Knapp-Hartung test"}
