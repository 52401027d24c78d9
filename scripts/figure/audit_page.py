"""The page of an audit: what published tables say that arithmetic contradicts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scripts.figure.page import framed
from scripts.figure.words import count
from scripts.table.audit import AuditVerdict, Check

Cells = dict[str, Any]
TEMPLATE = """\
<p class="lead">{{ lead }}</p>
<p>Each number stands for all numbers that are printed so, and a row is said to contradict itself only where
none of them fits. That a row agrees does not make it right.</p>

<h2>What was asked</h2>
{{ table([("table", "Published table", "name"), ("sentence", "What must hold", ""), ("checked", "Rows", "n"),
  ("agrees", "Agree", "n"), ("cut", "Only if digits were cut", "n"), ("against", "Contradict it", "n"),
  ("exposures", "Of so many exposures", "n"), ("unknown", "Not checked", "n")], counts) }}

{% for part in parts %}<h2>{{ part.name }}</h2>
{% if part.rows %}{{ table([("line", "Line", "n"), ("subject", "Row", "name"),
  ("check", "What does not hold", ""), ("arithmetic", "Arithmetic", ""),
  ("said", "", "expected")], part.rows) }}
{% else %}<p>Nothing in it contradicts itself.</p>{% endif %}
{% endfor %}<p class="soft">tables/audit.tsv has every check of every row, those that agree and those that
could not be made too.</p>
"""


def audit_page(title: str, counts: pd.DataFrame, findings: pd.DataFrame) -> str:
    """The page as HTML text, of the tables of `scripts.analysis.audit`."""
    told: list[dict[Any, Any]] = counts.to_dict("records")
    return framed(
        "Audit of published tables",
        title,
        TEMPLATE,
        lead=_lead(counts),
        counts=[_counted(row) for row in told],
        parts=[{"name": name, "rows": _rows(part)} for name, part in findings.groupby("table", sort=False)],
    )


def _lead(counts: pd.DataFrame) -> str:
    checked, against = int(counts["n_checked"].sum()), int(counts["n_contradicts"].sum())
    tables = count(counts["table"].nunique(), "published table")
    return (
        f"{count(checked, 'check')} of {tables} could be made; {against or 'none'} "
        f"{'contradicts' if against <= 1 else 'contradict'} what is printed."
    )


def _counted(row: dict[Any, Any]) -> Cells:
    names = {"checked": "n_checked", "agrees": "n_agrees", "cut": "n_only_if_cut", "against": "n_contradicts"}
    names |= {"exposures": "n_exposures_contradicted", "unknown": "n_not_checked"}
    numbers = {ours: f"{row[column]:,}" for ours, column in names.items()}
    return {"table": row["table"], "sentence": row["sentence"], **numbers}


def _rows(part: pd.DataFrame) -> list[Cells]:
    """What contradicts, and what agrees only if digits were cut."""
    spoken = part["verdict"].isin([AuditVerdict.CONTRADICTS, AuditVerdict.ONLY_IF_CUT])
    rows: list[dict[Any, Any]] = part[spoken].to_dict("records")
    return [
        {
            "line": row["line"],
            "subject": row["subject"],
            "check": Check.of(row["check"]).sentence,
            "arithmetic": row["arithmetic"],
            "said": "only if cut" if row["verdict"] == AuditVerdict.ONLY_IF_CUT else "contradicts",
        }
        for row in rows
    ]
