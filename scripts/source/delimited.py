"""Delimited text whose columns are known: from the names in the file to standard columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray, FloatArray
from scripts.source import text, variant_id
from scripts.source.effects import effect_and_se, number
from scripts.source.error import SourceError
from scripts.source.layout import Layout, layout, require
from scripts.source.sidecar import build_named, metadata
from scripts.table.formats import (
    CATEGORIES,
    EFFECTS,
    ERRORS,
    FORMATS,
    FREQUENCIES,
    LABELS,
    LIMITS,
    NUMBERS,
    Format,
)
from scripts.table.trait import AUTO, Trait

# A file needs one of each: alleles and an effect, and an error of the effect or what gives one.
NEEDED = (
    ("effect_allele", "variant_id"),
    ("other_allele", "variant_id"),
    EFFECTS,
    ERRORS,
    ("position", "variant_id", "rsid"),
)
# Codes of rows that the Catalog's harmoniser turned to the other allele, and of those that it gave up.
FLIPPED = (2, 4, 6, 8, 11, 13)
NOT_HARMONISED = (9, 14, 15, 16, 17, 18)
MISSING = -9.0  # as GWAMA and PLINK write it
# What beta, its standard error and the frequency are made of, and no later step needs.
LEFT_BEHIND = {*EFFECTS, "se", *LIMITS, *FREQUENCIES, "variant_id", "hm_code"} - {"eaf"}


def read(form: Format, paths: Sequence[Path], trait: Trait) -> Iterator[pd.DataFrame]:
    """Yield blocks of files of one format under standard names; the index is the line number in its file.

    Raises SourceError for a file that lacks a column which the format needs, and for one in another build
    than the trait's.
    """
    for path in paths:
        found = layout(path)
        check_build(path, trait, form.build_of(found.columns), form.title)
        yield from read_columns(path, found, columns_of(path, found, form), trait)


def columns_of(path: Path, found: Layout, form: Format) -> dict[str, str]:
    """The file's column for each quantity that it has; SourceError where what is needed is not there."""
    _require_signature(path, found, form)
    present = {
        quantity: next((name for name in names if name in found.columns), None)
        for quantity, names in form.columns.items()
    }
    chosen = {quantity: name for quantity, name in present.items() if name is not None}
    for choice in NEEDED:
        if not chosen.keys() & set(choice):
            names = [name for quantity in choice for name in form.columns.get(quantity, ())]
            raise SourceError(
                f"{path}: none of the columns {', '.join(names)}, of which format {form.key} needs one; "
                f"the file has: {', '.join(found.columns)}"
            )
    return chosen


def _require_signature(path: Path, found: Layout, form: Format) -> None:
    """Raise SourceError where the header is not of this format; it says of which it is."""
    try:
        require(path, found, form.signature)
    except SourceError as error:
        fitting = [other.key for other in FORMATS.values() if other.signature and other.fits(found.columns)]
        hint = f"; its header is that of format {' or '.join(fitting)}, not {form.key}" if fitting else ""
        raise SourceError(f"{error}{hint}") from None


def read_columns(
    path: Path, found: Layout, columns: Mapping[str, str], trait: Trait
) -> Iterator[pd.DataFrame]:
    """Yield blocks of one file, whose `columns` name the column of each quantity, under standard names."""
    _check_effect(path, columns, trait)
    said = metadata(path)
    check_build(path, trait, said.build, "the -meta.yaml beside it")
    by_p = "p" in columns and "neglog10_p" not in columns  # standard errors may have to come from it
    chunks = text.read(
        path,
        found,
        labels=[columns[name] for name in LABELS if name in columns],
        categories=[columns[name] for name in CATEGORIES if name in columns],
        numbers=[columns[name] for name in NUMBERS if name in columns],
        row_filter=trait.filter,
        p_and_se=(columns["p"], columns.get("se")) if by_p else None,
    )
    for chunk in chunks:
        values = {name: chunk[column].array for name, column in columns.items()}
        if text.SMALL_P in chunk:
            values["neglog10_p"] = chunk[text.SMALL_P].array
        rows = standard(pd.DataFrame(values, index=chunk.index, copy=False), trait.n)
        if "build" in rows:
            _check_build_of_ids(path, trait, rows.pop("build"))
        yield rows.assign(position=rows["position"] + 1) if said.zero_based and "position" in rows else rows


# Absurd values come out infinite or NaN, which is judged and counted row by row.
@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def standard(rows: pd.DataFrame, n: float | None) -> pd.DataFrame:
    """Rows under standard names, from the quantities of `table.formats`; `build` where ids name one."""
    rows = _from_ids(rows)
    if "rsid" in rows:
        rows["rsid"] = variant_id.first_label(rows["rsid"])
    rows = _with_frequency(rows)
    beta, se = effect_and_se(rows, n)
    if "hm_code" in rows:
        rows["not_harmonised"] = _not_harmonised(number(rows, "hm_code"))
    left = [name for name in rows.columns if name not in LEFT_BEHIND]
    return rows[left].assign(beta=beta, se=se)


def check_build(path: Path, trait: Trait, build: str | None, origin: str) -> None:
    """Raise SourceError where the file is known to be in another build than the trait is said to be."""
    if build is not None and trait.build not in (build, AUTO):
        raise SourceError(
            f"trait {trait.id}: {path} is in {build}, as {origin} says, but its build in the trait table is "
            f"{trait.build}: set it to {build}"
        )


def _check_build_of_ids(path: Path, trait: Trait, builds: pd.Series[str]) -> None:
    for build in builds.cat.categories:
        check_build(path, trait, build_named(build) or f"build {build}", "its variant_id")


def _check_effect(path: Path, columns: Mapping[str, str], trait: Trait) -> None:
    """Raise SourceError where the only effect is a z score and what its size depends on is unknown."""
    if columns.keys() & set(EFFECTS) == {"z"} and "se" not in columns:
        lacking = [] if "eaf" in columns else ["allele frequencies"]
        lacking += [] if "n" in columns or trait.n is not None else ["numbers of people"]
        if lacking:
            raise SourceError(
                f"{path}: a z score (column {columns['z']}) becomes an effect only with allele frequencies "
                f"and numbers of people; there are no {' and no '.join(lacking)}"
            )


def _from_ids(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with what their variant ids say and no other column does."""
    if "variant_id" not in rows:
        return rows
    if "position" not in rows:
        rows = rows.drop(columns="chromosome", errors="ignore").join(variant_id.place(rows["variant_id"]))
    if "effect_allele" not in rows:
        rows = rows.join(variant_id.alleles(rows["variant_id"]))
    return rows


def _with_frequency(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the effect allele's frequency where they can have one."""
    if "ref_factor" in rows and "maf" in rows:
        maf, factor = number(rows, "maf"), number(rows, "ref_factor")
        rows["eaf"] = np.select([factor == 1, factor == -1], [maf, 1 - maf], np.nan)
    if "allele_count" in rows and "allele_number" in rows:
        rows["eaf"] = number(rows, "allele_count") / number(rows, "allele_number")
    if "eaf" in rows:
        eaf = number(rows, "eaf")
        eaf[(eaf == MISSING) | _unturned(rows)] = np.nan
        rows["eaf"] = eaf
    return rows


def _unturned(rows: pd.DataFrame) -> BoolArray:
    """Frequencies of 0 in rows that the harmoniser turned: it leaves a 0 as it was, so it may mean 1."""
    if "hm_code" not in rows:
        return np.zeros(len(rows), dtype=bool)
    turned: BoolArray = np.isin(number(rows, "hm_code"), FLIPPED)
    return turned & np.equal(number(rows, "eaf"), 0.0)


def _not_harmonised(code: FloatArray) -> BoolArray:
    """A code that says so, or none at all, in a file where every harmonised row has one."""
    unmatched: BoolArray = np.isin(code, NOT_HARMONISED)
    return unmatched | np.isnan(code)
