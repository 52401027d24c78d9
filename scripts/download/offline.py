"""What an offline run would have to fetch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scripts.download.locator import resolve
from scripts.download.settings import Settings
from scripts.download.store import Missing, Store
from scripts.source.error import SourceError
from scripts.table.files import read_note, write_json
from scripts.table.trait import is_remote

UNFETCHED = "unfetched.json"  # in the folder of results


def absent(
    traits: Mapping[str, Sequence[str]],
    references: Mapping[str, str],
    results: Path,
    catalog: str,
    settings: Settings,
) -> list[str]:
    """Lines that name each remote file without a receipt (or reference) whose copy is not here either.

    `traits` gives the paths of each trait, `references` the locator of each reference. A file with a receipt
    may be gone on purpose, after it was read.
    """
    wanted = {
        f"trait {trait}": [path for path in paths if is_remote(path)]
        for trait, paths in traits.items()
        if not (results / "fetch" / f"{trait}.json").exists()
    }
    wanted |= {
        f"reference {name}": [locator]
        for name, locator in references.items()
        if not (results / "references" / name).exists()
    }
    store = Store(replace(settings, offline=True))
    return [
        f"{what}: {locator}"
        for what, locators in wanted.items()
        for locator in locators
        if not _here(locator, store, catalog)
    ]


def note_unfetched(results: Path, traits: Collection[str]) -> None:
    """Remember the traits whose download was tried and failed, in place of those of an earlier time."""
    write_json({"traits": sorted(traits)}, results / UNFETCHED)


def unfetched(results: Path) -> set[str]:
    """The traits whose download failed when all were fetched: an offline run can do without, and says so."""
    return set(read_note(results / UNFETCHED).get("traits", []))


def _here(locator: str, store: Store, catalog: str) -> bool:
    """Whether all files of a locator are here; one that cannot be told is left for its job to explain."""
    try:
        return all(store.has(remote) for remote in resolve(locator, store, catalog).remotes)
    except Missing:
        return False
    except SourceError:
        return True
