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
        shown = "\n".join(map(_shown, message.split("\n")))
        super().__init__(re.sub(rf"(\S{{{LONGEST_WORD}}})\S+|( {{20}}) +", r"\1\2...", shown))


def _shown(line: str) -> str:
    """The line with what cannot be printed as its code."""
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line)
