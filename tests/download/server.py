"""A server on 127.0.0.1 that serves files with ranges and validators, and misbehaves on request."""

from __future__ import annotations

import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from scripts.download.patience import Patience
from scripts.download.settings import Settings

HASTY = Patience(
    tries=4, first_wait=0.001, largest_wait=0.002, longest_wait=0.5, connect=2, read=0.4, stall=0.3
)
PAGE = b"<!DOCTYPE html><html><head><title>Down</title></head><body>Out for maintenance</body></html>"


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: Message
    body: bytes


Fault = Callable[["Handler", bytes], None]


@dataclass
class Site:
    """What is served, what goes wrong next for which path, and what was asked."""

    base: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    posts: dict[str, Callable[[Asked], tuple[int, dict[str, str], bytes]]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    now: int = 0
    peak: int = 0
    pause: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str) -> str:
        return f"{self.base}/{path}"

    def ranges(self, path: str) -> list[str | None]:
        return [asked.headers["Range"] for asked in self.asked if asked.path.partition("?")[0] == f"/{path}"]

    def settings(self, folder: Path, **changes: Any) -> Settings:
        """Settings under which every server is this one."""
        servers = {
            "gwas_catalog": self.url("summary_statistics"),
            "finngen": self.base,
            "big40": self.url("big40/release2"),
            "opengwas": self.url("api"),
            "eqtl_catalogue": self.url("tabix"),
        }
        return Settings(**({"folder": folder, "servers": servers, "patience": HASTY} | changes))


class Handler(BaseHTTPRequestHandler):
    """Answers from the site of its server."""

    protocol_version = "HTTP/1.1"

    @property
    def site(self) -> Site:
        return self.server.site  # type: ignore[attr-defined]

    def do_GET(self) -> None:
        self.close_connection = True
        with self.counted():
            self.note(b"")
            path = self.path.partition("?")[0].lstrip("/")
            fault = self.next_fault(path)
            body = self.site.files.get(path) or self.index(path)
            if fault is not None:
                fault(self, body or b"")
            elif body is None:
                self.answer(404, b"<html><body>404 no such file</body></html>", {"Content-Type": "text/html"})
            else:
                self.serve(body)

    def do_POST(self) -> None:
        self.close_connection = True
        asked = self.note(self.rfile.read(int(self.headers["Content-Length"])))
        status, headers, body = self.site.posts[self.path.lstrip("/")](asked)
        self.answer(status, body, headers)

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self.site.lock:
            self.site.now += 1
            self.site.peak = max(self.site.peak, self.site.now)
        time.sleep(self.site.pause)
        try:
            yield
        finally:
            with self.site.lock:
                self.site.now -= 1

    def note(self, body: bytes) -> Asked:
        asked = Asked(self.command, self.path, self.headers, body)
        self.site.asked.append(asked)
        return asked

    def next_fault(self, path: str) -> Fault | None:
        waiting = self.site.faults.get(path, [])
        return waiting.pop(0) if waiting else None

    def index(self, folder: str) -> bytes | None:
        """A page as Apache writes it for a folder that has something in it."""
        inside = folder if folder.endswith("/") else f"{folder}/"
        below = [path.removeprefix(inside) for path in self.site.files if path.startswith(inside)]
        names = sorted({name.partition("/")[0] + "/" * ("/" in name) for name in below})
        if not names or not folder.endswith("/"):
            return None
        rows = "".join(
            '<tr><td valign="top"><img src="/icons/x.gif" alt="[   ]"></td>'
            f'<td><a href="{name}">{name}</a></td>'
            '<td align="right">2024-01-16 10:00  </td><td align="right">1.2M</td></tr>\n'
            for name in names
        )
        parent = f"/{inside.rstrip('/').rpartition('/')[0]}/"
        head = '<tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>'
        back = f'<tr><td><a href="{parent}">Parent Directory</a></td></tr>'
        title = f"<html><head><title>Index of /{folder}</title></head><body><table>"
        return f"{title}{head}{back}{rows}</table></body></html>".encode()

    def serve(self, body: bytes, extra: dict[str, str] | None = None) -> None:
        """The file or a range of it, as a good server does."""
        etag = f'"{hashlib.md5(body).hexdigest()}"'
        headers = {"ETag": etag} | (extra or {})
        if self.headers["If-None-Match"] == etag:
            self.answer(304, b"", {"ETag": etag})
            return
        begin = int((self.headers["Range"] or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        if self.headers["Range"] is None or self.headers["If-Range"] not in (None, etag):
            self.answer(200, body, headers)
        elif begin >= len(body):
            self.answer(416, b"", headers | {"Content-Range": f"bytes */{len(body)}"})
        else:
            headers["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
            self.answer(206, body[begin:], headers)

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


def drop_at(k: int) -> Fault:
    """The connection breaks after k bytes of what would be sent."""

    def fault(handler: Handler, body: bytes) -> None:
        begin = int((handler.headers["Range"] or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        status = 206 if begin else 200
        handler.send_response(status)
        handler.send_header("ETag", f'"{hashlib.md5(body).hexdigest()}"')
        handler.send_header("Content-Length", str(len(body) - begin))
        if begin:
            handler.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
        handler.end_headers()
        handler.wfile.write(body[begin : begin + k])

    return fault


def says(status: int, body: bytes = b"", **headers: str) -> Fault:
    """An answer with this status, whatever was asked."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.answer(status, body, named)


def with_headers(**headers: str) -> Fault:
    """The file, with these headers in addition or instead."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, body: handler.serve(body, named)


def drip(handler: Handler, body: bytes) -> None:
    """One byte after the other, each soon enough."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    for k in range(min(len(body), 40)):
        try:
            handler.wfile.write(body[k : k + 1])
        except OSError:
            return
        time.sleep(0.05)


def no_ranges(handler: Handler, body: bytes) -> None:
    """The whole file even where a range is asked for."""
    handler.answer(200, body, {"ETag": f'"{hashlib.md5(body).hexdigest()}"'})


def becomes(new: bytes) -> Fault:
    """From now on another file."""

    def fault(handler: Handler, _: bytes) -> None:
        handler.site.files[handler.path.lstrip("/")] = new
        handler.serve(new)

    return fault


@contextmanager
def running(encryption: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site that is served while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if encryption is not None:
        server.socket = encryption.wrap_socket(server.socket, server_side=True)
    scheme = "https" if encryption else "http"
    server.site = Site(f"{scheme}://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.site  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
