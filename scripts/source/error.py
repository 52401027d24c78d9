"""The one exception of the readers."""

from __future__ import annotations

import re

LONGEST_WORD = 200  # characters


class SourceError(Exception):
    """A source that cannot be read as told; the message is for people and says where, what and what to do.

    A damaged field may hold a megabyte or a null byte: in the message it is cut, and made visible.
    """

    def __init__(self, message: str) -> None:
        """Keep the message fit to print."""
        shown = "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in message)
        super().__init__(re.sub(rf"(\S{{{LONGEST_WORD}}})\S+|( {{20}}) +", r"\1\2...", shown))
