"""What the GWAS Catalog says about a file in the `-meta.yaml` beside it, as far as it can be trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from scripts.source.error import SourceError

T = TypeVar("T")

SUFFIX = "-meta.yaml"
ANCESTRIES = {
    "european": "EUR",
    "east asian": "EAS",
    "south asian": "SAS",
    "sub-saharan african": "AFR",
    "african american or afro-caribbean": "AFR",
    "african unspecified": "AFR",
    "hispanic or latin american": "AMR",
}
BUILDS = {"37": "GRCh37", "19": "GRCh37", "38": "GRCh38", "36": "NCBI36", "18": "NCBI36"}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file's own description says; None where it says nothing, or several things.

    `zero_based`: positions count from 0. `n` people, `n_case` of them cases. `ancestry` as a code (EUR, EAS).
    `name`: what the trait is called.
    """

    n: float | None = None
    n_case: float | None = None
    build: str | None = None
    ancestry: str | None = None
    zero_based: bool = False
    name: str | None = None


def metadata(path: Path) -> Metadata:
    """What `<path>-meta.yaml` says; nothing where there is none. Raises SourceError where it is no YAML."""
    sidecar = _sidecar(path)
    return Metadata() if sidecar is None else described(_content(sidecar))


def described(content: Mapping[str, Any]) -> Metadata:
    """What the keys of a `-meta.yaml` say.

    `samples` often repeats one group of people, so their numbers are never summed: several different groups
    leave n and n_case open.
    """
    listed = content.get("samples")
    samples = [sample for sample in listed if isinstance(sample, Mapping)] if isinstance(listed, list) else []
    return Metadata(
        build=build_named(str(content.get("genome_assembly", ""))),
        zero_based=str(content.get("coordinate_system", "")).strip().startswith("0"),
        n=_agreed([_count(sample.get("sample_size")) for sample in samples]),
        n_case=_agreed([_count(sample.get("case_count")) for sample in samples]),
        ancestry=_agreed([_ancestry(sample) for sample in samples]),
        name=_named(content.get("trait_description")),
    )


def build_named(text: str) -> str | None:
    """GRCh37, GRCh38 or NCBI36 from a name such as hg19, b37 or GRCh38.p14; None for any other."""
    found = re.search(r"(?<!\d)(37|38|36|19|18)(?!\d)", text)
    return BUILDS[found[1]] if found else None


def ancestry_named(text: str) -> str | None:
    """The code of an ancestry category of the Catalog, such as EUR; None for any other."""
    return ANCESTRIES.get(text.strip().lower())


def _sidecar(path: Path) -> Path | None:
    """The yaml is named after the data file, which may have been compressed since."""
    names = (path.name, path.name.removesuffix(".gz"))
    beside = (path.with_name(name + SUFFIX) for name in names)
    return next((file for file in beside if file.is_file()), None)


def _content(sidecar: Path) -> Mapping[str, Any]:
    import yaml  # here, since few files have one

    try:
        content = yaml.safe_load(sidecar.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise SourceError(f"{sidecar} cannot be read as YAML ({reason}): mend it, or remove it") from error
    if not isinstance(content, Mapping):
        raise SourceError(f"{sidecar} holds no keys: expected those of GWAS-SSF; mend it, or remove it")
    return content


def _agreed(values: list[T | None]) -> T | None:
    """The value that all have, if they do."""
    return values[0] if values and all(value == values[0] for value in values) else None


def _named(told: object) -> str | None:
    """The trait in the words of its authors, on one line; `told` is a text or a list of them."""
    words = told if isinstance(told, list) else [told]
    texts = [" ".join(word.split()) for word in words if isinstance(word, str)]
    return "; ".join(text for text in texts if text) or None


def _count(value: object) -> float | None:
    try:
        count = float(str(value))
    except ValueError:
        return None
    return count if 0 < count < float("inf") else None


def _ancestry(sample: Mapping[str, Any]) -> str | None:
    category = sample.get("sample_ancestry_category") or []
    named = [category] if isinstance(category, str) else list(category)
    return _agreed([ancestry_named(str(name)) for name in named])
