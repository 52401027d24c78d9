"""Columns and statuses of an audit: what a published table claims, and what arithmetic says of it."""

from __future__ import annotations

from scripts.table.status import Status

COLUMNS = ["table", "line", "subject", "exposure", "check", "verdict", "arithmetic"]
SUMMARY_COLUMNS = ["table", "check", "sentence", *("n_checked", "n_agrees", "n_only_if_cut"), "n_contradicts"]
SUMMARY_COLUMNS += ["n_exposures_contradicted", "n_not_checked"]
REFERENCE = "reference"  # in the column expected_sign: the row that others are compared with


class Check(Status):
    """What is asked of a row; the sentence is what must hold."""

    SCALES = "scales", "Effect and ratio are one number on two scales."
    CENTRE = "centre", "The estimate is in the middle of its interval."
    P_OF_INTERVAL = "p_of_interval", "P is that of the estimate and its interval."
    ADJUSTED_NOT_BELOW_RAW = "adjusted_not_below_raw", "The adjusted P is not below the raw P."
    ADJUSTED_POSSIBLE = "adjusted_possible", "The adjusted P is not above the number of tests times P."
    COUNT_POSSIBLE = "count_possible", "No more passed than were tested."
    MORE_THAN_CHANCE = "more_than_chance", "More passed than chance alone lets pass."
    SIGN = "sign", "The effect has the sign that goes with the one on the reference outcome."
    NEAREST_GENE = "nearest_gene", "The claimed gene is the nearest one."
    SAMPLE = "sample", "The number of people is that of a sample of the declared ancestry."
    PROPORTION = "proportion", "The interval of the proportion mediated has room for the total's own error."


class AuditVerdict(Status):
    """What came of it."""

    AGREES = "agrees", "Agrees, within what rounding in print allows."
    ONLY_IF_CUT = "only_if_cut", "Agrees only if digits were cut off instead of rounded."
    CONTRADICTS = "contradicts", "Contradicts itself."
    NOT_CHECKED = "not_checked", "Not checked: something that the check needs is not known."
