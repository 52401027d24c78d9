"""Which genome build a file is in, by the places and alleles that the reference panel has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray
from scripts.source import alleles, liftover
from scripts.source.error import SourceError
from scripts.source.panel import ABSENT, Panel
from scripts.table.trait import AUTO, Trait

if TYPE_CHECKING:
    from liftover import ChainFile

PER_BLOCK = 2_000  # rows, evenly spaced, of a block
ENOUGH = 500  # rows of the panel that settle the matter
FEWEST = 20  # rows of the panel without which nothing is inferred
CLEAR = 5.0  # how many times as many rows of the panel the right build has
ALLELES_AGREE = 0.8  # share of rows at the panel's places with its alleles, where no chain can be tried
OTHER = {"GRCh37": "GRCh38", "GRCh38": "GRCh37"}


@dataclass(slots=True)
class BuildEvidence:
    """Rows sampled, of them those with place and alleles of the panel: as given, and lifted to its build.

    `chain` leads from the other build to the panel's. Without a panel nothing is collected.
    """

    panel: Panel | None
    chain: ChainFile | None
    sampled: int = 0
    at_place: int = 0
    as_given: int = 0
    lifted: int = 0

    @property
    def enough(self) -> bool:
        """Whether more rows would not change the answer."""
        return max(self.as_given, self.lifted) >= ENOUGH

    def add(self, chunk: pd.DataFrame) -> None:
        """Take a sample of a reader's chunk, unless there is evidence enough."""
        if self.panel is None or self.enough or "chromosome" not in chunk or "position" not in chunk:
            return
        rows = _placed(chunk.iloc[:: -(-len(chunk) // PER_BLOCK) or 1])
        given = self.panel.match(rows)
        self.sampled += len(rows)
        self.at_place += int(given.at_place.sum())
        self.as_given += int((given.row != ABSENT).sum())
        if self.chain is not None:
            self.lifted += int((self.panel.match(_lifted(rows, self.chain)).row != ABSENT).sum())

    def metrics(self, used: str, lifted: bool) -> dict[str, float | None]:
        """The build used (37 or 38), rows sampled, and the shares that the panel has in it and in the other.

        The share in the other build is None without a chain.
        """
        given = self.as_given / self.sampled if self.sampled else None
        moved = self.lifted / self.sampled if self.sampled and self.chain else None
        return {
            "build": float(used.removeprefix("GRCh")),
            "build_sampled": float(self.sampled),
            "build_share": moved if lifted else given,
            "build_share_other": given if lifted else moved,
        }


def settle_build(trait: Trait, build: str, evidence: BuildEvidence) -> str:
    """The trait's build: the stated one, or for `auto` that with many more rows of the panel.

    `build` is the study's, which the panel is in. Raises SourceError where the rows do not tell.
    """
    if trait.build != AUTO:
        return trait.build
    given, lifted = evidence.as_given, evidence.lifted
    if evidence.chain is None:
        fits = given >= max(FEWEST, ALLELES_AGREE * evidence.at_place)
    else:
        fits = given >= max(FEWEST, CLEAR * lifted)
    if fits:
        return build
    if lifted >= max(FEWEST, CLEAR * given):
        return OTHER[build]
    raise SourceError(_unclear(trait, build, evidence))


def _unclear(trait: Trait, build: str, evidence: BuildEvidence) -> str:
    lifting = (
        f"and {evidence.lifted:,} after lifting from {OTHER[build]}"
        if evidence.chain
        else f"(set chain_file to try {OTHER[build]} too)"
    )
    return (
        f"trait {trait.id}: `build` is {AUTO}, but its rows do not tell the build: of {evidence.sampled:,} "
        f"sampled rows, {evidence.as_given:,} have place and alleles of the LD panel as they stand ({build}) "
        f"{lifting}; state GRCh37 or GRCh38 in the trait table"
    )


def _placed(chunk: pd.DataFrame) -> pd.DataFrame:
    """The rows with a usable place and alleles, under standard names."""
    rows = pd.DataFrame(
        {
            "chromosome": alleles.chromosome_codes(chunk["chromosome"]),
            "position": chunk["position"].to_numpy(dtype=np.float64),
            "effect_allele": alleles.upper_case(chunk["effect_allele"]),
            "other_allele": alleles.upper_case(chunk["other_allele"]),
        }
    )
    usable = (rows["chromosome"] > 0) & rows["position"].between(1, 2**31 - 1)
    usable &= rows["effect_allele"].notna() & rows["other_allele"].notna()
    return rows[usable].astype({"position": np.int64})


def _lifted(rows: pd.DataFrame, chain: ChainFile) -> pd.DataFrame:
    """The rows at their counterparts in the other build; alleles are matched on both strands anyway."""
    moved = liftover.lift(chain, rows["chromosome"].to_numpy(), rows["position"].to_numpy())
    there: BoolArray = moved.position > 0
    columns: dict[str, Any] = {"position": moved.position}
    return rows.assign(**columns)[there]
