"""Which people a trait's N, files and declared cohorts speak of, and which traits share people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from scripts.table.frames import read_tsv

ACCESSION = re.compile(r"GCST(\d+)")
NEARLY = 0.001  # two N that differ by less than this share are taken for one


@dataclass(frozen=True, slots=True)
class Biobank:
    """One published sample: the biobank, the study of it, its ancestry and N, and whether N is certain.

    `names` are what its files are called: the begin of a locator or of a file's name, or accessions of the
    GWAS Catalog, the first and the last joined by a hyphen.
    """

    name: str
    study: str
    ancestry: str
    n: float
    certain: bool
    names: tuple[str, ...] = ()

    def called(self, path: str) -> bool:
        """Whether a path is one of this sample, by its name."""
        accession = ACCESSION.search(path)
        number = int(accession[1]) if accession else -1
        bounds = ([int(end) for end in ACCESSION.findall(name)] for name in self.names)
        begins = [name for name in self.names if not ACCESSION.search(name)]
        return any(ends and ends[0] <= number <= ends[-1] for ends in bounds) or any(
            whole.startswith(name) for name in begins for whole in (path, path.rpartition("/")[2])
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What the server of a download says of it; None where it says nothing."""

    n: float | None = None
    n_case: float | None = None
    build: str | None = None
    ancestry: str | None = None

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> Self:
        """From the metadata of a receipt."""
        return cls(*(metadata[name] for name in ("n", "n_case", "build", "ancestry")))


@dataclass(frozen=True, slots=True)
class Declared:
    """What the study says of a trait; `n` and `n_case` may be unknown."""

    id: str
    name: str
    n: float | None
    n_case: float | None
    build: str
    ancestry: str
    unit: str
    effect_scale: str
    cohorts: tuple[str, ...]
    clumped: bool
    paths: tuple[str, ...] = ()

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Self:
        """From the same fields in plain types."""
        return cls(**{**fields, "cohorts": tuple(fields["cohorts"]), "paths": tuple(fields["paths"])})

    def completed(self, said: Said, n_of_rows: float | None) -> Self:
        """With the people and cases that the study leaves to its source: its server, or its rows."""
        n = next((known for known in (self.n, said.n, n_of_rows) if known is not None), None)
        return replace(self, n=n, n_case=said.n_case if self.n_case is None else self.n_case)

    @property
    def case_share(self) -> float | None:
        """Cases among all people; None for a quantitative trait, and where N is unknown or too small."""
        if self.n is None or self.n_case is None or self.n_case >= self.n:
            return None
        return self.n_case / self.n


def read_biobanks(path: Path) -> tuple[Biobank, ...]:
    """The rows of resources/biobanks.tsv."""
    rows: list[dict[Any, Any]] = read_tsv(path).to_dict("records")
    return tuple(
        Biobank(
            *(row["name"], row["study"], row["ancestry"], float(row["n"]), bool(row["certain"])),
            names=tuple(str(row["names"]).split("|")) if isinstance(row["names"], str) else (),
        )
        for row in rows
    )


def biobank_of(n: float | None, biobanks: Sequence[Biobank]) -> Biobank | None:
    """The published sample whose N is nearest, where it is nearly the same."""
    near = [bank for bank in biobanks if n is not None and nearly(n, bank.n)]
    return min(near, key=lambda bank: abs(bank.n - (n or 0.0)), default=None)


def nearly(first: float, second: float) -> bool:
    """Whether two numbers of people are the same or nearly so."""
    return abs(first - second) <= NEARLY * max(first, second)


@dataclass(frozen=True, slots=True)
class Shared:
    """Traits that are likely of the people of another one, and why (`are both of UK Biobank`)."""

    why: str
    traits: tuple[Declared, ...]


def shared_people(
    trait: Declared, others: Iterable[Declared], biobanks: Sequence[Biobank]
) -> Iterator[Shared]:
    """The others that likely share people with the trait, grouped by the reason; each under its first one."""
    groups: dict[str, list[Declared]] = {}
    own = _people(trait, biobanks)
    for other in others:
        common = [name for key, name in own.items() if key in _people(other, biobanks)]
        if common:
            groups.setdefault(f"both of {common[0]}", []).append(other)
        elif trait.n is not None and other.n is not None and nearly(trait.n, other.n):
            groups.setdefault(f"of the same size ({trait.n:,.0f} people)", []).append(other)
    for why, members in groups.items():
        yield Shared(why, tuple(members))


def _people(trait: Declared, biobanks: Sequence[Biobank]) -> dict[str, str]:
    """Declared cohorts and biobanks by N and by names of files, by a spelling without spaces and signs."""
    bank = biobank_of(trait.n, biobanks)
    called = [one.name for one in biobanks if any(map(one.called, trait.paths))]
    names = [*trait.cohorts, *([bank.name] if bank else []), *called]
    return {re.sub(r"[\W_]+", "", name).lower(): name.replace("_", " ") for name in reversed(names)}
