"""FinnGen: an endpoint of a release, through the release's manifest."""

from __future__ import annotations

import re

from scripts.download.found import Found, near
from scripts.download.remote import Remote
from scripts.download.store import Store
from scripts.download.tables import number, rows_of
from scripts.source.error import SourceError
from scripts.source.sidecar import Metadata

PEOPLE = (("num_cases", "num_controls"), ("n_cases", "n_controls"))  # by release


def resolve(name: str, store: Store) -> Found:
    """The summary statistics of `R12/M13_OSTEOPOROSIS`: log odds of the allele alt, on GRCh38."""
    release, _, endpoint = name.partition("/")
    if not re.fullmatch(r"R\d+", release) or not re.fullmatch(r"\w+", endpoint):
        raise SourceError(f"'{name}' is no release and endpoint of FinnGen, e.g. R12/M13_OSTEOPOROSIS")
    what = f"the manifest of FinnGen {release}"
    rows = rows_of(store.document(_manifests(release, store)), what, ("phenocode",))
    found = [row for row in rows if row["phenocode"] == endpoint]
    if not found:
        raise SourceError(
            f"{what} has no endpoint {endpoint}{near(endpoint, [row['phenocode'] for row in rows])}"
        )
    url = _address(found[0])
    if url is None:
        raise SourceError(f"{what} gives no https address for {endpoint}: {found[0]}")
    return Found((Remote((url,), least_rows=store.settings.least_rows),), _metadata(found[0]))


def _manifests(release: str, store: Store) -> list[str]:
    """Where releases have their manifest: its name changed between them."""
    folders = [
        f"{base}finngen-public-data-{release.lower()}/summary_stats/"
        for base in store.settings.server("finngen")
    ]
    names = (f"finngen_{release}_manifest.tsv", f"{release}_manifest.tsv")
    return [f"{folder}{name}" for folder in folders for name in names]


def _address(row: dict[str, str]) -> str | None:
    """The column path_https, or the first cell that is an address of the web."""
    cells = [row.get("path_https", ""), *row.values()]
    return next((cell for cell in cells if cell.startswith(("https://", "http://"))), None)


def _metadata(row: dict[str, str]) -> Metadata:
    for cases, controls in PEOPLE:
        n_case, n_control = number(row.get(cases)), number(row.get(controls))
        if n_case and n_control:
            return Metadata(n_case + n_control, n_case, "GRCh38", "EUR")
    return Metadata(build="GRCh38", ancestry="EUR")
