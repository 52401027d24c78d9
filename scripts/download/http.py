"""One exchange with a server: addresses opened through redirects, refusals in words, failures tried again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urljoin

import urllib3
from urllib3.util import Timeout

from scripts.download.patience import Patience
from scripts.download.words import host_of, page_words, public, split, wants_login
from scripts.source.error import SourceError

AGENT = {"User-Agent": "mrscape", "Accept-Encoding": "identity"}
REDIRECTS = (301, 302, 303, 307, 308)
PASSING = (408, 425, 429, 500, 502, 503, 504)  # a later try may succeed
PAGE_BYTES = 4096  # that are read of an error page
Headers = Mapping[str, str]
T = TypeVar("T")

# It would log addresses with their queries, which hold the signatures of pre-signed links.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class Broken(Exception):
    """A failure that a later try may mend; `wait` is what the server asked for (seconds)."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        """Keep the reason, in words for people."""
        super().__init__(reason)
        self.wait = wait


class NotThere(SourceError):
    """The server says that it has no such file (404 or 410)."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer whose body is still to be read, and the address that gave it in the end."""

    response: urllib3.BaseHTTPResponse
    url: str

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status

    def header(self, name: str) -> str | None:
        """A header's value, if the answer has it."""
        value: str | None = self.response.headers.get(name)
        return value

    def read(self, n_bytes: int) -> bytes:
        """What has come, at most so many bytes, as served; b'' at the end."""
        try:
            return self.response.read1(n_bytes, decode_content=False)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Broken(f"{host_of(self.url)} broke off ({cause(error)})") from None

    @property
    def length(self) -> int | None:
        """The length of the body that the server announces, in bytes."""
        announced = self.header("Content-Length") or ""
        return int(announced) if announced.isdecimal() else None


@contextmanager
def opened(
    url: str, headers: Headers, patience: Patience, method: str = "GET", body: bytes | None = None
) -> Iterator[Opened]:
    """The answer of an address after its redirects; a connection that fails is Broken.

    Credentials go to the first host only, and never from https to http. Raises SourceError for redirects
    without end, to a login or to something that is not http.
    """
    timeout = Timeout(connect=patience.connect, read=patience.read)
    at = url
    for _ in range(patience.redirects + 1):
        sent = AGENT | dict(headers)
        if split(at)[:2] != split(url)[:2]:  # another host, or the same one without encryption
            sent.pop("Authorization", None)
        with urllib3.PoolManager(retries=False, timeout=timeout) as pool:
            response = _request(pool, method, at, sent, body)
            target = response.headers.get("Location") if response.status in REDIRECTS else None
            if target is None:
                with response:
                    yield Opened(response, at)
                return
            response.close()
        at = _redirected(url, at, target)
        method, body = ("GET", None) if response.status == 303 else (method, body)
    raise SourceError(f"{public(url)} redirects without end, the last time to {public(at)}")


def _request(
    pool: urllib3.PoolManager, method: str, url: str, headers: dict[str, str], body: bytes | None
) -> urllib3.BaseHTTPResponse:
    try:
        return pool.request(
            method,
            url,
            headers=headers,
            body=body,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
    except urllib3.exceptions.LocationValueError:
        raise SourceError(f"'{public(url)}' is no address that can be asked") from None
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Broken(f"{host_of(url)} cannot be reached ({cause(error)})") from None


def _redirected(asked: str, at: str, location: str) -> str:
    split(location)
    target = urljoin(at, location)
    if split(target).scheme not in ("http", "https"):
        raise SourceError(f"{public(asked)} redirects to {public(target)}, which is not http")
    if wants_login(target):
        raise SourceError(
            f"{public(asked)} wants a login: it redirects to {public(target)}; download the file by hand and "
            "name the copy in `fetch.local`"
        )
    return target


def cause(error: BaseException) -> str:
    """What went wrong with a connection, without addresses."""
    names = {
        "ReadTimeoutError": "nothing came for too long",
        "ConnectTimeoutError": "no answer in time",
        "NameResolutionError": "the name of the host is not known here: is there a network?",
        "NewConnectionError": "connection refused",
        "IncompleteRead": "fewer bytes than announced",
        "ProtocolError": "the connection was lost",
        "SSLError": "its certificate cannot be verified",
    }
    return names.get(type(error).__name__, type(error).__name__)


def refusal(answer: Opened, asked: str) -> Exception:
    """Why an answer is not the file: Broken where a later try may succeed, else SourceError."""
    status = f"{answer.status} {answer.response.reason or ''}".strip()
    if answer.status in PASSING:
        return Broken(f"{host_of(answer.url)} answers {status}", _asked_wait(answer))
    try:
        words = page_words(answer.read(PAGE_BYTES))
    except Broken:
        words = ""
    kind = NotThere if answer.status in (404, 410) else SourceError
    said = f": {words}" if words else ""
    return kind(f"{public(asked)} answers {status}{said}")


def _asked_wait(answer: Opened) -> float:
    """Seconds that the server asks to wait: Retry-After, or the reset of a spent allowance."""
    waits = [_seconds(answer.header(name)) for name in ("Retry-After", "X-Allowance-Reset")]
    return max(waits if answer.status == 429 else waits[:1])


def _seconds(value: str | None) -> float:
    """A number of seconds, a time since 1970 or a date, as seconds from now; 0 where there is none."""
    if not value:
        return 0.0
    try:
        number = float(value)
    except ValueError:
        try:
            number = parsedate_to_datetime(value).timestamp()
        except ValueError:
            return 0.0
    return max(number - time.time(), 0.0) if number > 1e9 else max(number, 0.0)


def persist(attempt: Callable[[], T], came: Callable[[], int], patience: Patience) -> T:
    """What `attempt` returns, tried again as long as patience lasts; `came` counts the bytes here so far."""
    failures = 0
    while True:
        before = came()
        try:
            return attempt()
        except Broken as broken:
            failures = 1 if came() - before >= patience.progress_bytes else failures + 1
            if broken.wait > patience.longest_wait:
                raise SourceError(
                    f"{broken} and asks to be left alone for {broken.wait:.0f} s: run the same command later"
                ) from None
            if failures >= patience.tries:
                raise SourceError(f"{broken}; given up after {failures} tries in a row") from None
            wait = max(patience.backoff(failures), broken.wait)
            logging.warning("%s; next try in %.1f s", broken, wait)
            patience.sleep(wait)


@dataclass(frozen=True, slots=True)
class Answer:
    """A small document: its bytes (empty where it did not change), validators and whether it changed."""

    body: bytes
    validators: dict[str, str]
    changed: bool


def ask(url: str, patience: Patience, headers: Headers | None = None, body: bytes | None = None) -> Answer:
    """A small document, by GET, or by POST where there is a body to send. Raises SourceError."""

    def attempt() -> Answer:
        with opened(url, headers or {}, patience, "GET" if body is None else "POST", body) as answer:
            if answer.status == 304:
                return Answer(b"", {}, changed=False)
            if answer.status != 200:
                raise refusal(answer, url)
            return Answer(_whole(answer), validators(answer), changed=True)

    return persist(attempt, lambda: 0, patience)


def _whole(answer: Opened) -> bytes:
    pieces = []
    while piece := answer.read(1 << 16):
        pieces.append(piece)
    body = b"".join(pieces)
    if answer.length is not None and len(body) != answer.length:
        raise Broken(f"{host_of(answer.url)} broke off after {len(body)} of {answer.length} bytes")
    return body


def validators(answer: Opened) -> dict[str, str]:
    """ETag and Last-Modified, which tell one version of a file from another."""
    named = {"etag": answer.header("ETag"), "last_modified": answer.header("Last-Modified")}
    return {name: value for name, value in named.items() if value}
