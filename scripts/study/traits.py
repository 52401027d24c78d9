"""Trait tables read and checked: every problem names the file and the line."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.study.config import in_words, nearest, schema_of
from scripts.table.formats import FORMATS, OWN_COLUMNS, lacking
from scripts.table.trait import AUTO, SERVERS, Trait, is_remote, tells_n

Maps = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class TraitTable:
    """The traits of a table by id, where each stands (`config/demo/traits.tsv line 3`), and its problems."""

    traits: dict[str, Trait]
    where: dict[str, str]
    problems: list[str]


def read_trait_table(path: Path, shown: str, column_maps: Maps) -> TraitTable:
    """Read a trait table; `shown` is how messages name the file. Rows with a problem are not in `.traits`."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        return TraitTable({}, {}, [f"trait table {shown} cannot be read ({path}): {reason}"])
    header = [cell.strip() for cell in lines[0].split("\t")]
    table = TraitTable({}, {}, list(_header_problems(header, shown)))
    if table.problems:
        return table
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            _add_row(table, header, line, f"{shown} line {number}", column_maps)
    if not table.where:
        table.problems.append(f"trait table {shown} has no rows")
    return table


def _header_problems(header: list[str], shown: str) -> Iterator[str]:
    schema = schema_of("traits")
    known = schema["properties"]
    for name in schema["required"]:
        if name not in header:
            yield f"{shown} line 1: column `{name}` is missing (columns are separated by tabs)"
    for name in header:
        if name not in known:
            absent = [column for column in known if column not in header]
            yield f"{shown} line 1: unknown column `{name}`{nearest(name, absent or known)}"
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield f"{shown} line 1: column `{name}` occurs {header.count(name)} times"


def _add_row(table: TraitTable, header: list[str], line: str, where: str, maps: Maps) -> None:
    """Check one line and add its trait, or its problems, to the table."""
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) > len(header):
        table.problems.append(f"{where}: {len(cells)} cells, but the header has {len(header)} columns")
        return
    row = dict.fromkeys(schema_of("traits")["properties"], "") | dict(zip(header, cells, strict=False))
    label = f"{where} (id `{row['id']}`)"
    problems = [*_cell_problems(row), *_duplicate(row["id"], table.where)] or list(_row_problems(row, maps))
    table.problems.extend(f"{label}: {problem}" for problem in problems)
    table.where.setdefault(row["id"], where)
    if not problems:
        table.traits[row["id"]] = _trait(row, maps)


def _duplicate(trait: str, where: Mapping[str, str]) -> Iterator[str]:
    if trait in where:
        yield f"this id is already in {where[trait]}"


def _cell_problems(row: Mapping[str, str]) -> Iterator[str]:
    for name, column in schema_of("traits")["properties"].items():
        text = row[name]
        if not text:
            if column.get("minLength"):
                yield f"`{name}` is empty; expected {in_words(column)}"
        elif not _fits(text, column):
            hint = nearest(text, column["enum"]) if "enum" in column else ""
            yield f"`{name}` is '{text}', expected {in_words(column)}{hint}"


def _fits(text: str, column: Mapping[str, Any]) -> bool:
    if "enum" in column:
        return text in column["enum"]
    if column["type"] == "number":
        value = _number(text)
        most = column.get("exclusiveMaximum", math.inf)
        return value is not None and column["exclusiveMinimum"] < value < most
    return "pattern" not in column or re.search(column["pattern"], text) is not None


def _number(text: str) -> float | None:
    """The finite number that a cell holds, else None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _row_problems(row: Mapping[str, str], maps: Maps) -> Iterator[str]:
    """Checks across the cells of a row whose cells are right one by one."""
    yield from _map_problems(row, maps)
    paths, sums = _split(row["path"]), _split(row["sha256"])
    if not row["n"] and not _may_say_n(row, maps):
        yield "`n` is missing: give the number of people, or map the file's n column"
    if row["n"] and row["n_case"] and float(row["n_case"]) >= float(row["n"]):
        yield f"`n_case` is {row['n_case']}, which must be below `n` ({row['n']}), all people"
    if row["effect_scale"] and not (row["n"] and row["n_case"]):
        yield f"`effect_scale` is {row['effect_scale']}, which needs `n` and `n_case`: the share of cases"
    if row["prevalence"] and not row["n_case"]:
        yield f"`prevalence` is {row['prevalence']}, which needs `n_case`: a quantitative trait has none"
    if len(set(paths)) < len(paths):
        yield f"`path` is '{row['path']}', which names a file twice: its rows would be read twice"
    if not paths:
        yield f"`path` is '{row['path']}', which names no file"
    yield from (problem for path in paths for problem in _path_problems(path))
    if sums and len(sums) != len(paths):
        yield f"`sha256` has {len(sums)} checksums for {len(paths)} files"


def _may_say_n(row: Mapping[str, str], maps: Maps) -> bool:
    """Whether the number of people may come from the file, or from what is published beside a download."""
    name = row["format"]
    if any(map(tells_n, _split(row["path"]))) or name == AUTO:
        return True
    return "n" in (maps.get(row["columns"], {}) if name in OWN_COLUMNS else FORMATS[name].columns)


def _path_problems(path: str) -> Iterator[str]:
    server = re.match(r"([A-Za-z]\w+):(?!//)", path)
    if server and not is_remote(path):
        yield f"`path` is '{path}', whose server is not known{nearest(server[1], SERVERS)}"
    if is_remote(path) and not all(is_remote(mirror.strip()) for mirror in path.split("|")):
        yield f"`path` is '{path}', expected an address on either side of |"


def _map_problems(row: Mapping[str, str], maps: Maps) -> Iterator[str]:
    name = row["columns"]
    if row["format"] not in OWN_COLUMNS:
        if name:
            fixed = f"{row['format']} fixes its column names: leave it empty, or use plain"
            yield f"`columns` is '{name}', but {fixed}"
    elif not name:
        yield f"`columns` is empty: format {row['format']} needs the name of a column map in `column_maps`"
    elif name not in maps:
        yield f"`columns` is '{name}', which is no column map in `column_maps`{nearest(name, maps)}"
    else:
        wanted = lacking(maps[name])
        located = ("rsid",) if row["positions_from"] else ("chromosome", "position")
        wanted += [column for column in located if column not in maps[name]]
        if wanted:
            hint = "" if row["positions_from"] else " (a file without positions needs `positions_from`)"
            yield f"column map `{name}` lacks {', '.join(wanted)}{hint if located[0] in wanted else ''}"


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _trait(row: Mapping[str, str], maps: Maps) -> Trait:
    column, _, value = row["filter"].partition("=")
    return Trait(
        id=row["id"],
        name=row["name"],
        paths=_split(row["path"]),
        format=row["format"],
        columns=dict(maps.get(row["columns"], {})),
        filter=(column.strip(), value.strip()) if row["filter"] else None,
        n=_number(row["n"]),
        n_case=_number(row["n_case"]),
        build=row["build"],
        ancestry=row["ancestry"],
        unit=row["unit"],
        cohorts=_split(row["cohorts"]),
        positions_from=row["positions_from"] or None,
        sha256=tuple(digest.lower() for digest in _split(row["sha256"])),
        effect_scale=row["effect_scale"],
        prevalence=_number(row["prevalence"]),
    )
