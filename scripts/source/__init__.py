"""Raw formats and servers to the standard table."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from scripts.source import gwas_ssf, plain
from scripts.source.error import SourceError
from scripts.table.trait import Trait

__all__ = ["READERS", "Reader", "SourceError"]

Reader = Callable[[Path, Trait], Iterator[pd.DataFrame]]

# A table of selected variants has no layout of its own: what differs is what is done with it.
READERS: dict[str, Reader] = {"gwas_ssf": gwas_ssf.read, "plain": plain.read, "instruments": plain.read}
