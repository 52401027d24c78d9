"""Small raw files and traits for the tests of the readers."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.table.trait import Trait

STANDARD = ("chromosome", "position", "rsid", "effect_allele", "other_allele", "eaf", "beta", "se", "p", "n")
SAME_NAMES = {name: name for name in STANDARD}


def trait(**fields: Any) -> Trait:
    """A quantitative trait in GRCh37 whose file uses the standard names."""
    usual: dict[str, Any] = {
        "id": "height",
        "name": "Height",
        "paths": (),
        "format": "plain",
        "columns": SAME_NAMES,
        "filter": None,
        "n": None,
        "n_case": None,
        "build": "GRCh37",
        "ancestry": "EUR",
        "unit": "SD",
        "cohorts": (),
        "positions_from": None,
        "sha256": (),
    }
    return Trait(**(usual | fields))


def without(*names: str) -> dict[str, str]:
    """The column map without some standard columns."""
    return {name: column for name, column in SAME_NAMES.items() if name not in names}


def row(**fields: Any) -> dict[str, Any]:
    """A good row; fields replace its values."""
    usual: dict[str, Any] = {
        "chromosome": "1",
        "position": 1000,
        "rsid": "rs1",
        "effect_allele": "A",
        "other_allele": "G",
        "eaf": 0.3,
        "beta": 0.1,
        "se": 0.02,
        "p": 5.733031437583869e-07,  # of z = 5
        "n": 5000,
    }
    return usual | fields


def write(path: Path, rows: list[dict[str, Any]], sep: str = "\t") -> Path:
    """The rows as text, values as Python prints them, NA where None."""
    names = list(dict.fromkeys(name for one in rows for name in one))
    lines = [sep.join(names)]
    lines += [sep.join("NA" if one.get(name) is None else str(one[name]) for name in names) for one in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def equal(first: pd.DataFrame, second: pd.DataFrame) -> None:
    """Exactly the same tables."""
    pd.testing.assert_frame_equal(first, second, check_exact=True)
