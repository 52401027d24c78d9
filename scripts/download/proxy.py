"""The proxy that the environment names for an address, as clusters have one in front of the world."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote
from urllib.request import getproxies_environment, proxy_bypass

import urllib3
from urllib3.util import Timeout

from scripts.download.patience import PASSING, Broken
from scripts.download.words import host_of, page_words, public, split
from scripts.source.error import SourceError

ADDRESS = re.compile(
    r"((?P<scheme>https?)://)?((?P<user>[^/]*)@)?(?P<host>([\w.-]+|\[[\da-f:]+\])(:\d+)?)/?", re.I
)
TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})([^'\")]*)")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy's address without user and password, and the headers that are for it alone."""

    url: str
    headers: dict[str, str]

    @property
    def host(self) -> str:
        """Host and port."""
        return host_of(self.url)


def proxy_of(url: str) -> Proxy | None:
    """The proxy of https_proxy, http_proxy or all_proxy for an address, unless no_proxy lists its host."""
    scheme = split(url).scheme
    named = getproxies_environment()
    address = named.get(scheme) or named.get("all")
    if not address or proxy_bypass(host_of(url)):
        return None
    parts = ADDRESS.fullmatch(address)
    if parts is None:
        raise SourceError(
            f"the environment variable {scheme}_proxy or all_proxy does not name a proxy that can be used: "
            "expected http://host:port or https://host:port"
        )
    user = b64encode(unquote(parts["user"] or "").encode()).decode()
    headers = {"Proxy-Authorization": f"Basic {user}"} if user else {}
    return Proxy(f"{(parts['scheme'] or 'http').lower()}://{parts['host']}", headers)


def pool_for(proxy: Proxy | None, timeout: Timeout) -> urllib3.PoolManager:
    """Connections, each asked once. What goes to an https address goes through the proxy encrypted."""
    if proxy is None:
        return urllib3.PoolManager(retries=False, timeout=timeout)
    return urllib3.ProxyManager(proxy.url, proxy_headers=proxy.headers, retries=False, timeout=timeout)


def keep_secret(headers: Mapping[str, str], url: str, proxy: Proxy | None) -> None:
    """Raise SourceError where a token would go through a proxy that can read it."""
    if proxy is not None and split(url).scheme == "http" and "Authorization" in headers:
        raise SourceError(
            f"{public(url)} wants a token, which the proxy {proxy.host} would see: use an https address, or "
            "list the host in the environment variable no_proxy"
        )


def unreached(url: str, proxy: Proxy | None, error: BaseException) -> Exception:
    """Why there is no connection to a host; a proxy that forbids it will forbid it again."""
    if proxy is None:
        return Broken(f"{host_of(url)} cannot be reached ({cause(error)})")
    through = f"{host_of(url)} cannot be reached through the proxy {proxy.host}"
    refused = _refused_tunnel(error)
    if refused is None:
        return Broken(f"{through} ({cause(error)})")
    status, words = refused
    said = f"{through}, which answers {status} {words}".rstrip()
    if status in PASSING:
        return Broken(said)
    hint = ": give user and password in the address of the proxy" if status == 407 else ""
    return SourceError(f"{said}{hint}")


def _refused_tunnel(error: BaseException) -> tuple[int, str] | None:
    """The status with which a proxy refuses to connect to a host, and what it says; None for other errors."""
    found = TUNNEL.search(str(error))
    return None if found is None else (int(found[1]), page_words(found[2].encode()))


def cause(error: BaseException) -> str:
    """What went wrong with a connection, without addresses."""
    names = {
        "ReadTimeoutError": "nothing came for too long",
        "ConnectTimeoutError": "no answer in time",
        "NameResolutionError": "no such name is known here: is there a network, or a proxy for https_proxy?",
        "NewConnectionError": "connection refused",
        "IncompleteRead": "fewer bytes than announced",
        "ProtocolError": "the connection was lost",
        "ProxyError": "the proxy does not answer",
        "SSLError": "its certificate cannot be verified",
    }
    return names.get(type(error).__name__, type(error).__name__)
