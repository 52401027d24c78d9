"""One copy of each remote file, below one folder, for all traits, studies and processes."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.download.archive import extract
from scripts.download.hosts import connection, locked
from scripts.download.http import NotThere, ask
from scripts.download.progress import Meter
from scripts.download.remote import Remote, place_of
from scripts.download.settings import Settings
from scripts.download.transfer import Transfer
from scripts.download.verify import Verified, verify
from scripts.download.words import host_of, public
from scripts.source.error import SourceError
from scripts.table.files import atomic, digest_of, read_note, write_json


class Missing(SourceError):
    """A file is not here, and the run is offline."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole file on this machine: its path, size in bytes and SHA-256; `own`: the store's copy."""

    path: Path
    n_bytes: int
    sha256: str
    own: bool = True


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of downloads. A file under its final name is whole; beside it lies `<name>.receipt.json`."""

    settings: Settings

    def get(self, remote: Remote) -> Kept:
        """The copy of a file, downloaded if it is not here; a second process that wants it waits.

        Raises Missing where it would have to be downloaded offline, SourceError with what each address said.
        """
        override = self._override(remote.names)
        if override is not None:
            return self._override_of(override, remote)
        path = self.settings.folder / remote.place
        if not remote.member:
            with self._locked(remote.place):
                return self._here(path, remote.checksum) or self._download(path, remote)
        return self._member(path, remote)

    def has(self, remote: Remote) -> bool:
        """Whether a file, or the archive that it is in, is here; its content is not looked at."""
        override = self._override(remote.names)
        if override is not None:
            return override.is_file()
        places = [remote.place, *([_member_place(remote.place, remote.member)] if remote.member else [])]
        return any(self._here(self.settings.folder / place, "") for place in places)

    def document(self, urls: Iterable[str], headers: dict[str, str] | None = None) -> bytes:
        """A small document that may change (a listing, a manifest): asked for again, or the copy if offline.

        Raises NotThere where no address has it.
        """
        errors: list[SourceError] = []
        for url in urls:
            try:
                return self._document(url, headers or {})
            except SourceError as error:
                errors.append(error)
        # That one server is down does not mean that the file is nowhere.
        raise next((error for error in errors if not isinstance(error, NotThere)), errors[0])

    def put(self, place: str, content: bytes, known: dict[str, Any] | None = None) -> None:
        """Keep a small document."""
        path = self.settings.folder / place
        with atomic(path) as part:
            part.write_bytes(content)
        if known is not None:
            write_json(known, _receipt(path))

    def stored(self, place: str) -> bytes | None:
        """A document that was kept before."""
        path = self.settings.folder / place
        return path.read_bytes() if path.is_file() else None

    def _document(self, url: str, headers: dict[str, str]) -> bytes:
        override = self._override((url,))
        if override is not None:
            return override.read_bytes()
        place = place_of(url)
        here = self.stored(place)
        if self.settings.offline:
            if here is None:
                raise Missing(public(url))
            return here
        receipt = _receipt(self.settings.folder / place)
        known = read_note(receipt) if here is not None else {}
        with self.connection(url):
            answer = ask(url, self.settings.patience, headers | _if_changed(known))
        if not answer.changed and here is not None:
            return here
        self.put(place, answer.body, answer.validators)
        return answer.body

    def _override(self, names: Iterable[str]) -> Path | None:
        found = [self.settings.local[name] for name in names if name in self.settings.local]
        return Path(found[0]) if found else None

    def _override_of(self, path: Path, remote: Remote) -> Kept:
        """A file that the user has already; a member is still taken out of it, into the store."""
        if not path.is_file():
            raise SourceError(f"`fetch.local` names {path} for {remote.names[0]}, which does not exist")
        if remote.member:
            return self._extracted(path, f"local/{path.name}", remote.member, digest_of(path))
        checked = verify(path, str(path), remote)
        return Kept(path, checked.n_bytes, checked.digests["sha256"], own=False)

    def _member(self, path: Path, remote: Remote) -> Kept:
        """A file of an archive; the archive itself is needed only once."""
        place = _member_place(remote.place, remote.member)
        kept = self._here(self.settings.folder / place, "")
        if kept is not None:
            return kept
        with self._locked(remote.place):
            archive = self._here(path, remote.checksum) or self._download(path, remote)
        return self._extracted(path, remote.place, remote.member, archive.sha256)

    def _extracted(self, archive: Path, place: str, member: str, archive_sha256: str) -> Kept:
        target = self.settings.folder / _member_place(place, member)
        with self._locked(_member_place(place, member)):
            known = read_note(_receipt(target))
            kept = self._here(target, "") if known.get("archive") == archive_sha256 else None
            if kept is None:
                extract(archive, member, target)
                digests = {"sha256": digest_of(target)}
                known = {"archive": archive_sha256, "bytes": target.stat().st_size, "digests": digests}
                write_json(known, _receipt(target))
                kept = Kept(target, known["bytes"], digests["sha256"])
        return kept

    def _here(self, path: Path, checksum: str) -> Kept | None:
        """The copy, if it is here, whole and the one that is meant."""
        known = read_note(_receipt(path))
        digests = known.get("digests", {})
        if "sha256" not in digests or not path.is_file() or path.stat().st_size != known.get("bytes"):
            return None
        algorithm, _, expected = checksum.partition(":")
        if expected and (digests.get(algorithm) or digest_of(path, algorithm)) != expected.lower():
            logging.warning("%s has another checksum than expected: it is replaced", path)
            return None
        return Kept(path, known["bytes"], digests["sha256"])

    def _download(self, path: Path, remote: Remote) -> Kept:
        """From the first address that gives the right file."""
        if self.settings.offline:
            raise Missing(public(remote.urls[0]))
        errors: list[SourceError] = []
        for url in remote.urls:
            try:
                return self._from(url, path, remote)
            except SourceError as error:
                logging.warning("%s", error)
                errors.append(error)
        if len(errors) == 1:
            raise errors[0]
        raise SourceError("no mirror gives the file: " + "; ".join(str(error) for error in errors))

    def _from(self, url: str, path: Path, remote: Remote) -> Kept:
        """The partial file is checked before it gets its name; a wrong one is removed."""
        part = path.with_name(path.name + ".part")
        sign = remote.sign if url == remote.urls[0] else None
        with self.connection(url):
            arrived = Transfer(url, part, self.settings.patience, Meter(path.name), sign).run()
        try:
            checked = verify(part, public(url), remote, arrived.url)
        except SourceError:
            part.unlink()
            raise
        finally:
            part.with_name(part.name + ".json").unlink(missing_ok=True)
        path.unlink(missing_ok=True)  # an older copy must not be taken for the one of the new receipt
        write_json(_known(url, checked, arrived.validators), _receipt(path))
        with atomic(path) as whole:
            part.replace(whole)
        return Kept(path, checked.n_bytes, checked.digests["sha256"])

    def connection(self, url: str) -> AbstractContextManager[None]:
        """Hold one of the connections to the host of an address."""
        host = host_of(url) or url.partition(":")[0]
        return connection(self._locks / "hosts", host, self.settings.connections_per_host)

    @property
    def _locks(self) -> Path:
        return self.settings.folder / ".locks"

    def _locked(self, place: str) -> AbstractContextManager[None]:
        return locked(self._locks / hashlib.sha256(place.encode()).hexdigest()[:16])


def _receipt(path: Path) -> Path:
    return path.with_name(path.name + ".receipt.json")


def _member_place(place: str, member: str) -> str:
    """Where a file of an archive lies: in a folder beside the archive."""
    steps = [step for step in member.split("/") if step not in ("", ".")]
    if not steps or ".." in steps:
        raise SourceError(f"'{member}' is no name of a file in an archive")
    return "/".join([f"{place}.members", *steps])


def _known(url: str, checked: Verified, validators: dict[str, str]) -> dict[str, Any]:
    facts = {"url": public(url), "bytes": checked.n_bytes, "digests": checked.digests}
    return facts | {"validators": validators}


def _if_changed(known: dict[str, str]) -> dict[str, str]:
    """Headers that ask for a document only if it is another version than the one here."""
    names = {"etag": "If-None-Match", "last_modified": "If-Modified-Since"}
    return {names[name]: value for name, value in known.items() if name in names}
