"""One file, downloaded piece by piece into a partial file that survives a killed process and is resumed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.download.http import Opened, opened, refusal, validators
from scripts.download.patience import Broken, Patience, persist
from scripts.download.progress import Meter
from scripts.download.words import host_of, public
from scripts.source.error import SourceError
from scripts.table.files import read_note, write_json
from scripts.table.space import check_space

PIECE = 1 << 20  # bytes
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
Link = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Arrived:
    """Where a file came from after redirects (without query), and the server's validators of it."""

    url: str
    validators: dict[str, str]


@dataclass(slots=True)
class Transfer:
    """The download of `url` into `part`; `sign`, where needed, gives a link that serves it for a while."""

    url: str
    part: Path
    patience: Patience
    meter: Meter
    sign: Link | None = None
    link: str | None = None

    def run(self) -> Arrived:
        """Download what is missing. Raises SourceError; what came so far stays in the partial file."""
        self.part.parent.mkdir(parents=True, exist_ok=True)
        try:
            return persist(self._attempt, self._come, self.patience)
        except SourceError as error:
            raise type(error)(self._unsigned(str(error))) from None

    def _come(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _attempt(self) -> Arrived:
        if self.link is None:
            self.link = self.url if self.sign is None else self.sign()
        known = self._known()
        begin = self._come() if known else 0
        ask_rest = {"Range": f"bytes={begin}-", "If-Range": _strong(known)} if begin else {}
        with opened(self.link, ask_rest, self.patience) as answer:
            if answer.status == 206:
                self._check_range(answer, begin, known)
            elif answer.status == 416 and begin:
                return self._complete(answer, begin, known)
            elif answer.status == 200:
                begin, known = 0, self._remember(answer)
            else:
                raise self._refused(answer)
            self._receive(answer, begin, known["total"])
        return Arrived(self._unsigned(public(answer.url)), known["validators"])

    def _unsigned(self, words: str) -> str:
        """The words without the link: of some servers its path, and not its query, is the secret."""
        signed = self.sign is not None and self.link is not None
        return words.replace(public(self.link or ""), self.url) if signed else words

    def _refused(self, answer: Opened) -> Exception:
        """A signed link that is no longer valid is asked for again; its page of an error may hold secrets."""
        if self.sign is None or answer.status not in (400, 401, 403):
            return refusal(answer, self.url)
        self.link = None
        return Broken(f"the link to {self.url} is not valid (any more): {answer.status}")

    def _known(self) -> dict[str, Any]:
        """What is known of the file that the partial one begins; empty where it cannot be resumed."""
        known = read_note(self._side) if self.part.exists() else {}
        return known if known.get("url") == self.url and _strong(known) else {}

    @property
    def _side(self) -> Path:
        return self.part.with_name(self.part.name + ".json")

    def _remember(self, answer: Opened) -> dict[str, Any]:
        """A transfer from the first byte: the old start goes, before the new file's validators are kept."""
        self.part.write_bytes(b"")
        known = {"url": self.url, "total": answer.length, "validators": validators(answer)}
        write_json(known, self._side)
        return known

    def _check_range(self, answer: Opened, begin: int, known: dict[str, Any]) -> None:
        """The rest must belong to the start that is here; else start again."""
        found = RANGE.fullmatch((answer.header("Content-Range") or "").strip())
        new = validators(answer)
        same = all(known["validators"].get(name, value) == value for name, value in new.items())
        total = None if found is None or found[3] == "*" else int(found[3])
        if found is None or int(found[1]) != begin or not same or known["total"] not in (None, total):
            self._forget()
            raise Broken(f"{host_of(answer.url)} has another version of the file by now; it is begun again")

    def _complete(self, answer: Opened, begin: int, known: dict[str, Any]) -> Arrived:
        """No bytes after those that are here: the file is whole, if it is as long as that."""
        total = (answer.header("Content-Range") or "").rpartition("/")[2]
        if str(begin) not in (total, str(known["total"])):
            self._forget()
            raise Broken(f"{host_of(answer.url)} has a file of another length by now; it is begun again")
        return Arrived(self._unsigned(public(answer.url)), known["validators"])

    def _forget(self) -> None:
        self.part.unlink(missing_ok=True)
        self._side.unlink(missing_ok=True)

    def _receive(self, answer: Opened, begin: int, total: int | None) -> None:
        """Append the body; one that comes too slowly, too short or too long is Broken."""
        check_space(self.part.parent, 0 if total is None else total - begin)
        self.meter.start(begin, total)
        pace = _Pace(self.patience)
        try:
            with self.part.open("ab") as file:
                while piece := answer.read(PIECE):
                    file.write(piece)
                    self.meter.add(len(piece))
                    pace.add(len(piece), answer)
        finally:
            self.meter.close()
        came = self._come()
        if total is not None and came < total:
            raise Broken(f"{host_of(answer.url)} broke off after {came:,} of {total:,} bytes")
        if total is not None and came > total:
            self._forget()
            raise SourceError(f"{self.url} sends {came:,} bytes where it announced {total:,}")


@dataclass(slots=True)
class _Pace:
    """Breaks off a transfer that brings too little in the time of a stall."""

    patience: Patience
    since: float = 0.0
    came: int = 0

    def add(self, n_bytes: int, answer: Opened) -> None:
        now = time.monotonic()
        self.since = self.since or now
        self.came += n_bytes
        if self.came >= self.patience.progress_bytes:
            self.since, self.came = now, 0
        elif now - self.since > self.patience.stall:
            raise Broken(
                f"{host_of(answer.url)} is too slow: {self.came:,} bytes in {now - self.since:.0f} s"
            )


def _strong(known: dict[str, Any]) -> str:
    """The validator for If-Range: an ETag that is not weak, else the date; '' where there is neither."""
    validators = known.get("validators", {})
    etag = str(validators.get("etag", ""))
    return etag if etag and not etag.startswith("W/") else str(validators.get("last_modified", ""))
