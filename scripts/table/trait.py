"""One row of a trait table: where a genome-wide association study (GWAS) is and what it measures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

AUTO = "auto"  # in place of a build or a format: inferred from the file
LINEAR_MODEL = "linear_model"  # effects of a linear model of a trait of 0 and 1
# Servers whose files have a name of their own, `server:name`; those that tell the number of people.
SERVERS = ("gwas_catalog", "finngen", "big40", "opengwas", "eqtl_catalogue", "gtex", "dataset")
TELLING = ("gwas_catalog", "finngen", "opengwas", "eqtl_catalogue")
REMOTE = re.compile(rf"(https?|ftp)://|({'|'.join(SERVERS)}):")


def is_remote(path: str) -> bool:
    """Whether one of a trait's paths is an address or the name of a server's file, which must be fetched."""
    return REMOTE.match(path) is not None


def tells_n(path: str) -> bool:
    """Whether the server of a path may tell how many people there are."""
    return path.partition(":")[0] in TELLING


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait, the file or files that hold its associations and what is needed to read them.

    `format` is one of `table.formats`. `columns` maps a standard column (`effect_allele`, `beta`, ...) to
    the column in the file and is empty for a format that fixes its own names. `filter` is `(column,
    value)`: only the rows of the file where the column holds the value belong to this trait. `n` is people,
    `n_case` cases (None: quantitative trait).
    `build` may be AUTO. `effect_scale` is LINEAR_MODEL where the file's effects are to be converted to log
    odds, else ''. `prevalence` of a disease is its share of the population, None where unknown.
    """

    id: str
    name: str
    paths: tuple[str, ...]
    format: str
    columns: dict[str, str]
    filter: tuple[str, str] | None
    n: float | None
    n_case: float | None
    build: str
    ancestry: str
    unit: str
    cohorts: tuple[str, ...]
    positions_from: str | None
    sha256: tuple[str, ...]
    effect_scale: str = ""
    prevalence: float | None = None

    @property
    def is_binary(self) -> bool:
        """True for a case-control trait, whose beta is a log odds ratio."""
        return self.n_case is not None

    @property
    def is_linear_model(self) -> bool:
        """True where effects are converted from a linear model's to log odds."""
        return self.effect_scale == LINEAR_MODEL

    @property
    def case_share(self) -> float:
        """Cases among all people of a case-control trait whose `n` is known."""
        if self.n is None or self.n_case is None:
            raise ValueError(f"trait {self.id}: n and n_case must be known")
        return self.n_case / self.n

    def to_dict(self) -> dict[str, Any]:
        """The trait in plain JSON types (tuples become lists)."""
        return {
            "id": self.id,
            "name": self.name,
            "paths": list(self.paths),
            "format": self.format,
            "columns": dict(self.columns),
            "filter": None if self.filter is None else list(self.filter),
            "n": self.n,
            "n_case": self.n_case,
            "build": self.build,
            "ancestry": self.ancestry,
            "unit": self.unit,
            "cohorts": list(self.cohorts),
            "positions_from": self.positions_from,
            "sha256": list(self.sha256),
            "effect_scale": self.effect_scale,
            "prevalence": self.prevalence,
        }

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """The trait that `to_dict` wrote."""
        row_filter = fields["filter"]
        return cls(
            id=fields["id"],
            name=fields["name"],
            paths=tuple(fields["paths"]),
            format=fields["format"],
            columns=dict(fields["columns"]),
            filter=None if row_filter is None else (row_filter[0], row_filter[1]),
            n=fields["n"],
            n_case=fields["n_case"],
            build=fields["build"],
            ancestry=fields["ancestry"],
            unit=fields["unit"],
            cohorts=tuple(fields["cohorts"]),
            positions_from=fields["positions_from"],
            sha256=tuple(fields["sha256"]),
            effect_scale=fields["effect_scale"],
            prevalence=fields["prevalence"],
        )
