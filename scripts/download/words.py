"""Words for people about addresses, sizes and answers; a token or the query of a link is in none of them."""

from __future__ import annotations

import html
import re
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from scripts.source.error import SourceError

WORDS = 160  # characters that are shown of an error page
LOGIN = re.compile(
    r"(log|sign)[-_]?(in|on)\b|/(auth|sso|saml|oauth2?|accounts?)\b|//(accounts|auth|sso|idp)\.", re.I
)
SECRET = re.compile(r"(Bearer\s+)\S+|(\?)[^\s\"'<>]+|eyJ[\w-]+\.[\w-]+\.[\w-]*", re.IGNORECASE)


def split(url: str) -> SplitResult:
    """The parts of an address; SourceError where it is none, as `http://[::1` is."""
    try:
        return urlsplit(url)
    except ValueError:
        raise SourceError(f"'{url.partition('?')[0].rpartition('@')[2]}' is no address") from None


def public(url: str) -> str:
    """An address without user, password, query and fragment: what may be shown, logged and stored."""
    parts = split(url)
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, netloc, parts.path, "", ""))


def host_of(url: str) -> str:
    """Host and port of an address."""
    return split(url).netloc.rpartition("@")[2].lower()


def file_name(url: str) -> str:
    """The last part of an address's path."""
    return unquote(split(url).path).rsplit("/", 1)[-1]


def wants_login(url: str) -> bool:
    """Whether an address looks like that of a login page."""
    return bool(LOGIN.search(public(url)))


def page_words(page: bytes) -> str:
    """The first words of an answer, its markup taken away, with whatever looks like a secret left out."""
    text = page.decode("utf-8", errors="replace")
    text = re.sub(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>", " ", text)
    text = "".join(letter if letter.isprintable() else " " for letter in html.unescape(text))
    words = SECRET.sub(lambda found: f"{found[1] or found[2] or ''}...", " ".join(text.split()))
    return words if len(words) <= WORDS else f"{words[:WORDS].rstrip()}..."


def size(n_bytes: int) -> str:
    """A number of bytes in words, e.g. `344.1 MB`."""
    value, unit = float(n_bytes), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{n_bytes:,} bytes" if unit == "bytes" else f"{value:.1f} {unit}"
