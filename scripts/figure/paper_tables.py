"""The numbered tables of a paper: what report/tables.yaml says of each, filled with the results of a run."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined

from scripts.figure.methods_text import powers
from scripts.figure.words import CHROMOSOME_NAMES, Labels, effect_unit, label_of, p_value
from scripts.table.coloc import ColocNote, ColocVerdict, SusieStatus
from scripts.table.methods import CORRECTION_NAMES, METHODS, PRIMARY
from scripts.table.status import (
    Direction,
    Flag,
    GsmrStatus,
    RegressionStatus,
    Reverse,
    Status,
    VariantStatus,
    Verdict,
)
from scripts.table.workbook import Sheet

STATUSES: dict[str, type[Status]] = {
    words.__name__: words
    for words in (
        *(ColocNote, ColocVerdict, Direction, Flag, GsmrStatus),
        *(RegressionStatus, Reverse, SusieStatus, VariantStatus, Verdict),
    )
}
OWN = (PRIMARY, "ivw", "wald_ratio")  # methods of the primary estimate, which has columns of its own
SHORT = {PRIMARY: "the primary estimate", "ivw": "IVW"}
LARGEST = 307.0  # -log10 of P above which spreadsheets have no number for P
BELOW_ALL = f"< {p_value(LARGEST)}"
SIMULATED = "(SIMULATED data)"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: where it is in the frame, its header, and how its values are written.

    `kind` is a key of NUMBER_FORMATS, the name of a status, whose sentence is printed, or one of _writer. An
    `optional` column is left out where no row has a value of it.
    """

    source: str
    head: str
    kind: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """What filling in needs: labels of traits, methods by group, and what the templates may ask."""

    labels: Labels
    methods: Mapping[str, Sequence[str]]
    facts: Mapping[str, Any]

    def text(self, template: str) -> str:
        """A title, note or reason, filled in, on one line."""
        filled = Environment(undefined=StrictUndefined).from_string(template).render(**self.facts)
        return " ".join(filled.split())


def reader_of(
    labels: Labels, config: Mapping[str, Any], run_methods: Sequence[str], tables: Container[str]
) -> Reader:
    """The reader for a run: its frozen config, the methods that it ran, the names of its tables."""
    discovery = list(config["discovery"]["methods"])
    groups = {"discovery": discovery, "sensitivity": run_methods}
    names = [SHORT.get(key) or METHODS[key].name for key in discovery]
    facts = {
        "config": config,
        "run_methods": run_methods,
        "first": names[0],
        "discovery": " and ".join(names),
        "has": {stage: stage in tables for stage in ("validation", "coloc")},
        "powers": powers,
        "correction": CORRECTION_NAMES.__getitem__,
    }
    others = {name: [key for key in keys if key not in OWN] for name, keys in groups.items()}
    return Reader(labels, others, facts)


def paper_sheet(
    definition: Mapping[str, Any], frames: Mapping[str, pd.DataFrame], reader: Reader, simulated: bool
) -> Sheet:
    """The table that an entry of report/tables.yaml defines; without its frame a sheet that says why."""
    number, file = definition["number"], f"{definition['id']}.tsv"
    title = " ".join([reader.text(definition["title"]), *([SIMULATED] if simulated else [])])
    if definition["from"] not in frames:
        return Sheet(number, title, reader.text(definition["absent"]), "", file, None, ())
    rows = frames[definition["from"]]
    for column, value in definition.get("where", {}).items():
        rows = rows[rows[column] == value]
    columns = [one for one in columns_of(definition["columns"], reader.methods) if _is_shown(one, rows)]
    frame = pd.DataFrame({one.head: _values(rows, one, reader.labels) for one in columns})
    kinds = tuple(one.kind for one in columns)
    empty = [] if len(frame) else [reader.text(definition["empty"])]
    says, note = (" ".join([*empty, reader.text(definition[name])]) for name in ("says", "note"))
    return Sheet(number, title, says, note, file, frame, kinds)


def columns_of(listed: Sequence[Any], methods: Mapping[str, Sequence[str]]) -> Iterator[Column]:
    """The columns in order; those of an entry {methods: group, columns} once for each method of the group."""
    for entry in listed:
        if isinstance(entry, Mapping):
            for key in methods[entry["methods"]]:
                for source, head, kind, *optional in entry["columns"]:
                    yield Column(f"{key}:{source}", f"{METHODS[key].name}: {head}", kind, bool(optional))
        else:
            source, head, kind, *optional = entry
            yield Column(source, head, kind, bool(optional))


def _is_shown(column: Column, rows: pd.DataFrame) -> bool:
    return not column.optional or (column.source in rows and bool(rows[column.source].notna().any()))


def _values(rows: pd.DataFrame, column: Column, labels: Labels) -> pd.Series[Any]:
    """The values as they are printed; None where there is none."""
    if column.kind == "unit":
        pairs = rows[column.source.split()].itertuples(index=False, name=None)
        values: list[Any] = [effect_unit(*(label_of(trait, labels) for trait in pair)) for pair in pairs]
    else:
        write = _writer(column, labels)
        values = [None if pd.isna(value) else write(value) for value in rows[column.source]]
    return pd.Series(values, rows.index, dtype=object)


def _writer(column: Column, labels: Labels) -> Callable[[Any], Any]:
    """What makes a value of the frame one of the table."""
    if column.kind in STATUSES:
        return lambda keys: sentences(keys, STATUSES[column.kind])
    if column.kind == "p":
        return printed_p if "neglog10_p" in column.source else bounded_p
    writers: dict[str, Callable[[Any], Any]] = {
        "trait": lambda trait: label_of(trait, labels).name,
        "trait_unit": lambda trait: label_of(trait, labels).unit,
        "method": lambda method: METHODS[method].name,
        "yes": lambda value: "yes" if value else "no",
        "chromosome": lambda number: CHROMOSOME_NAMES.get(int(number), int(number)),
        "text": str,
        "whole": int,
        "place": int,
    }
    return writers.get(column.kind, float)


def sentences(keys: str, words: type[Status]) -> str:
    """The sentence of a status, or of several that are listed; flags are parts of a sentence."""
    said = [words.of(key).sentence for key in keys.replace(";", " ").split()]
    return (" " if said[0].endswith(".") else "; ").join(said)


def printed_p(neglog10_p: float) -> float | str:
    """P from its -log10: a number, or text such as 4.2×10⁻⁴⁰⁰ where spreadsheets have no number so small."""
    return float(10.0**-neglog10_p) if neglog10_p <= LARGEST else p_value(neglog10_p)


def bounded_p(p: float) -> float | str:
    """P that is told as such: a number, or a bound where spreadsheets have no number so small."""
    return float(p) if p >= 10.0**-LARGEST else BELOW_ALL
