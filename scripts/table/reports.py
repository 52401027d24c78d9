"""What was selected of each exposure, as the step select_instruments reports it batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.table.files import read_json


def selection_reports(batches: Sequence[Path], exposures: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The report of every exposure, in this order, from the lists of all batches."""
    reports = {report["exposure"]: report for path in batches for report in read_json(path)}
    return {exposure: reports[exposure] for exposure in exposures}
