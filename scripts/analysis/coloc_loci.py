"""Where two traits are to be colocalised: windows around instruments, genes or the loci of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.selection import MHC
from scripts.method.arrays import BoolArray
from scripts.table.genes import CHROMOSOMES
from scripts.table.status import VariantStatus

# One row a locus. `lead` is the variant or gene that it is about; `trait` the only trait that it concerns,
# empty where it concerns all.
LOCUS = ["trait", "locus", "chromosome", "start", "end", "lead"]
TYPES = dict(zip(LOCUS, ["str", "str", "int64", "int64", "int64", "str"], strict=True))


def empty() -> pd.DataFrame:
    """A table of no loci."""
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in TYPES.items()})


def read_loci(path: Path, window_kb: float) -> pd.DataFrame:
    """Loci of a table with locus, chromosome, start and end (and lead, trait), with `window_kb` on each side.

    Raises ValueError that names what is wrong, where.
    """
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    missing = [name for name in ("locus", "chromosome", "start", "end") if name not in table]
    if missing:
        raise ValueError(f"{path}: column {', '.join(missing)} is missing; it has {', '.join(table.columns)}")
    table = table.reindex(columns=LOCUS, fill_value="")
    table["chromosome"] = table["chromosome"].str.removeprefix("chr").map(CHROMOSOMES)
    for name in ("start", "end"):
        table[name] = pd.to_numeric(table[name], errors="coerce")
    wrong = table[table[["chromosome", "start", "end"]].isna().any(axis=1) | (table["end"] < table["start"])]
    if len(wrong):
        raise ValueError(
            f"{path}: line {wrong.index[0] + 2} has no chromosome, start and end (whole numbers, start first)"
        )
    again = table.duplicated(["trait", "locus"]) | (table["locus"] == "")
    if again.any():
        line = table.index[again][0]
        name = table.loc[line, "locus"] or "nothing"
        raise ValueError(f"{path}: line {line + 2} calls its locus {name}; each needs a name of its own")
    return _widened(table.astype(TYPES), window_kb)


def loci_of_instruments(
    instruments: pd.DataFrame, traits: Sequence[str], outcome: str, window_kb: float
) -> pd.DataFrame:
    """A window around each instrument of these exposures that was aligned with the outcome.

    `instruments` is the table of the screen. Instruments nearer than the window share one, that of the
    strongest: two loci of a trait do not tell of the same signal twice.
    """
    used = instruments[
        instruments["exposure"].isin(list(traits))
        & (instruments["outcome"] == outcome)
        & (instruments["status"] == VariantStatus.KEPT)
    ]
    ordered = used.sort_values(["exposure", "f_statistic"], ascending=[True, False], kind="stable")
    loci: list[dict[str, Any]] = []
    columns = ["exposure", "chromosome", "position", "rsid"]
    for row in records(ordered[columns]):
        near = (
            one["trait"] == row["exposure"]
            and one["chromosome"] == row["chromosome"]
            and abs(one["start"] - row["position"]) <= 1000 * window_kb
            for one in loci
        )
        if not any(near):
            name = _variant(row)
            place = {"chromosome": row["chromosome"], "start": row["position"], "end": row["position"]}
            loci.append({"trait": row["exposure"], "locus": name, "lead": name, **place})
    found = pd.DataFrame(loci, columns=LOCUS) if loci else empty()
    return _widened(found.astype(TYPES), window_kb)


def pleiotropic_loci(loci: pd.DataFrame, window_kb: float) -> pd.DataFrame:
    """A window around each locus of tables/loci.tsv, under the name of its lead variant."""
    names = locus_names(loci["lead_rsid"], loci["chromosome"], loci["lead_position"])
    found = loci[["chromosome", "start", "end"]].assign(trait="", locus=names, lead=names)
    return _widened(found[LOCUS].astype(TYPES), window_kb)


def locus_names(rsid: pd.Series, chromosome: pd.Series, position: pd.Series) -> pd.Series:
    """What a locus is called: its lead variant's rsID, or where that is."""
    return rsid.astype("str").where(rsid.notna(), chromosome.astype("str") + ":" + position.astype("str"))


def genes_of_traits(names: Mapping[str, str], genes: pd.DataFrame) -> pd.DataFrame:
    """The gene (columns of the table of genes) of each trait that is about one, such as its expression.

    That is the gene whose id (or symbol) is the trait's id, up to its first dot, or its name; other traits
    have no row.
    """
    named = genes.assign(symbol=genes["symbol"].fillna(genes["gene"]))
    # Of several genes of one name the first; an id goes before a symbol.
    place_of = {name: k for column in ("symbol", "gene") for k, name in [*enumerate(named[column])][::-1]}
    rows = []
    for trait, name in names.items():
        known = next((word for word in (trait.partition(".")[0], trait, name) if word in place_of), None)
        if known is not None:
            rows.append((trait, place_of[known]))
    found = named.iloc[[row for _, row in rows]].reset_index(drop=True)
    return found.assign(trait=[trait for trait, _ in rows])


def loci_of_genes(genes: pd.DataFrame, names: Mapping[str, str], window_kb: float) -> pd.DataFrame:
    """A window around the gene of each trait that is about one."""
    found = genes_of_traits(names, genes)
    loci = found.assign(locus=found["symbol"], lead=found["symbol"])[LOCUS]
    return _widened(loci.astype(TYPES), window_kb)


def loci_of_trait(trait: str, loci: pd.DataFrame) -> pd.DataFrame:
    """The loci at which a trait is to be tested, in the order of the genome."""
    own = loci[(loci["trait"] == trait) | (loci["trait"] == "")]
    return own.sort_values(["chromosome", "start", "end"], kind="stable").reset_index(drop=True)


def touches_mhc(loci: pd.DataFrame) -> BoolArray:
    """Loci whose window holds a part of the MHC."""
    chromosome, first, last = MHC
    inside = (loci["chromosome"] == chromosome) & (loci["end"] >= first) & (loci["start"] <= last)
    return inside.to_numpy(bool)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as mappings of column to value."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _variant(row: Mapping[str, Any]) -> str:
    rsid = row["rsid"]
    return rsid if isinstance(rsid, str) and rsid else f"{row['chromosome']}:{row['position']}"


def _widened(loci: pd.DataFrame, window_kb: float) -> pd.DataFrame:
    reach = round(1000 * window_kb)
    return loci.assign(start=(loci["start"] - reach).clip(lower=1), end=loci["end"] + reach)
