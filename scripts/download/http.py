"""One exchange with a server: addresses opened through redirects, refusals in words, failures tried again."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import urllib3
from urllib3.util import Timeout

from scripts.download.patience import PASSING, Broken, Patience, persist
from scripts.download.proxy import Proxy, cause, keep_secret, pool_for, proxy_of, unreached
from scripts.download.words import host_of, page_words, public, split, wants_login
from scripts.source.error import SourceError

AGENT = {"User-Agent": "mrscape", "Accept-Encoding": "identity"}
REDIRECTS = (301, 302, 303, 307, 308)
PAGE_BYTES = 4096  # that are read of an error page
Headers = Mapping[str, str]

# It would log addresses with their queries, which hold the signatures of pre-signed links.
logging.getLogger("urllib3").setLevel(logging.ERROR)


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

    Credentials go to the first host only, never from https to http, and to no proxy. Raises SourceError for
    redirects without end, to a login or to something that is not http.
    """
    timeout = Timeout(connect=patience.connect, read=patience.read)
    at = url
    for _ in range(patience.redirects + 1):
        sent = AGENT | dict(headers)
        if split(at)[:2] != split(url)[:2]:  # another host, or the same one without encryption
            sent.pop("Authorization", None)
        proxy = proxy_of(at)
        keep_secret(sent, at, proxy)
        with pool_for(proxy, timeout) as pool:
            response = _request(pool, method, at, sent, body, proxy)
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
    pool: urllib3.PoolManager,
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes | None,
    proxy: Proxy | None,
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
        raise unreached(url, proxy, error) from None


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
