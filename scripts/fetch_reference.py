"""Step: bring a file of the registry here that is not a trait's, under the name that the study uses."""

from pathlib import Path

from scripts.download.locator import resolve
from scripts.download.settings import Settings
from scripts.download.store import Store
from scripts.download.unpack import link_or_unpack
from scripts.step import run


def fetch_reference(file: Path, locator: str) -> None:
    """Fetch and verify a file; what is gzip there is unpacked here."""
    store = Store(Settings.from_environment())
    (remote,) = resolve(locator, store, "harmonised").remotes
    link_or_unpack(store.get(remote).path, file)


if __name__ == "__main__":
    run(fetch_reference)
