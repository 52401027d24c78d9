"""Smaller SVG files: the same drawing in fewer characters.

Matplotlib writes long names, six decimals and many groups; half of a figure with much text places glyphs.
Here lengths are rounded to 0.01 pt, paths are relative, glyphs are in whole units of 1/640 em (0.0125 pt at
8 pt), words that come again are defined once, and groups and ids that nothing refers to go.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count, groupby, product
from string import ascii_letters
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
ROOT, G, USE, DEFS = (f"{{{SVG}}}{name}" for name in ("svg", "g", "use", "defs"))
HREF = f"{{{XLINK}}}href"
GLYPH_SCALE = "scale(0.015625)"  # matplotlib's glyphs are in 1/64 of its text unit, of which an em has 100
COARSER = 10  # times matplotlib's glyph unit
TRANSLATE = re.compile(r"translate\((\S+) (\S+)\)")
TEXT_SCALE = re.compile(r"scale\((\S+) -\1\)")
REFERENCE = re.compile(r"url\(#([^)]+)\)")
STEP = re.compile(r"([MLQCz])([^MLQCz]*)")


def shrink(svg: str) -> str:
    """The SVG that matplotlib wrote with text as paths, drawn the same to 0.02 pt; same in, same out."""
    root = ElementTree.fromstring(svg)
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    for element in root.iter():
        _shorten(element)
    definitions = _definitions(root)
    _coarsen_glyphs(root, definitions)
    root.insert(1, definitions)  # after the title
    _rename(root)
    _ungroup(root)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>") + "\n"


def embedded(svg: str) -> str:
    """The figure as an address, so that the ids of two figures on one page do not mix."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def relative_path(d: str, scale: float = 1.0, decimals: int = 2) -> str:
    """An absolute path of M, L, Q, C and z, scaled, as a relative one; rounded first, so no error grows."""
    unit = 10**decimals
    written, last = [], ""
    here = start = (0, 0)
    for command, numbers in STEP.findall(d):
        values = [round(float(value) * scale * unit) for value in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        moves = [_decimal(to - come, unit) for point in points for to, come in zip(point, here, strict=True)]
        text = "".join(move if move.startswith("-") else f" {move}" for move in moves)
        written.append(text if command == last == "L" else command.lower() + text.lstrip())
        here = start if command == "z" else points[-1]
        start = here if command == "M" else start
        last = command
    return "".join(written)


def _decimal(whole: int, unit: int) -> str:
    """whole / unit without needless zeros."""
    return f"{whole / unit:.8f}".rstrip("0").rstrip(".")


def _rounded(number: str, scale: float = 1.0, unit: int = 100) -> str:
    return _decimal(round(float(number) * scale * unit), unit)


def _definitions(root: Element) -> Element:
    """All that the drawing refers to, taken out of it."""
    together = ElementTree.Element(DEFS)
    for parent in list(root.iter()):
        for child in parent.findall(DEFS):
            together.extend(child)
            parent.remove(child)
    return together


@dataclass(frozen=True, slots=True)
class _Word:
    """Glyphs of a line of text up to the next space: their names and places after the first one's."""

    place: tuple[int, ...]
    glyphs: tuple[tuple[str, tuple[int, ...]], ...]


def _coarsen_glyphs(root: Element, definitions: Element) -> None:
    """Glyphs and their places in whole coarse units; words that come again are defined once."""
    glyphs = {}
    for glyph in [child for child in definitions if child.get("transform") == GLYPH_SCALE]:
        del glyph.attrib["transform"]
        glyph.set("d", relative_path(glyph.get("d", ""), 1 / COARSER, 0))
        glyphs[f"#{glyph.get('id')}"] = bool(glyph.get("d"))
        if not glyph.get("d"):
            definitions.remove(glyph)
    lines = [line for line in root.iter(G) if any(child.get(HREF) in glyphs for child in line)]
    written = [_words(line, glyphs) for line in lines]
    repeats = Counter(word.glyphs for words in written for word in words)
    shared = {word: f"word {k}" for k, word in enumerate(repeats) if repeats[word] > 1 and len(word) > 1}
    for word, name in shared.items():
        ElementTree.SubElement(definitions, G, id=name).extend(_use(*glyph) for glyph in word)
    for line, words in zip(lines, written, strict=True):
        line[:] = [use for word in words for use in _uses(word, shared)]
        line.set("transform", TEXT_SCALE.sub(_text_scale, line.get("transform", "")))


def _words(line: Element, drawn: Mapping[str, bool]) -> list[_Word]:
    """The words of a line; the glyphs between them draw nothing."""
    places = [(use.get(HREF, ""), _place(use)) for use in line]
    words = []
    for visible, run in groupby(places, lambda glyph: drawn[glyph[0]]):
        if visible:
            here = list(run)
            first = here[0][1]
            after = [
                (name, tuple(_coarse(v - o) for v, o in zip(at, first, strict=True))) for name, at in here
            ]
            words.append(_Word(tuple(map(_coarse, first)), tuple(after)))
    return words


def _place(use: Element) -> tuple[float, ...]:
    place = TRANSLATE.fullmatch(use.get("transform", ""))
    return tuple(float(shift) for shift in place.groups()) if place else (0.0, 0.0)


def _coarse(shift: float) -> int:
    return round(shift * 64 / COARSER)


def _uses(word: _Word, shared: Mapping[Any, str]) -> list[Element]:
    """The word as one use of its definition, or of each of its glyphs."""
    if word.glyphs in shared:
        return [_use(f"#{shared[word.glyphs]}", word.place)]
    x, y = word.place
    return [_use(name, (x + shift_x, y + shift_y)) for name, (shift_x, shift_y) in word.glyphs]


def _use(name: str, place: tuple[int, ...]) -> Element:
    shifts = {axis: str(shift) for axis, shift in zip("xy", place, strict=True) if shift}
    return ElementTree.Element(USE, {HREF: name, **shifts})


def _text_scale(found: re.Match[str]) -> str:
    scale = _rounded(found[1], COARSER / 64, 10**8)
    return f"scale({scale} -{scale})"


def _shorten(element: Element) -> None:
    """Lengths to 0.01 pt and no spaces that mean nothing."""
    element.text = (element.text or "").strip() or None
    element.tail = None
    attributes = element.attrib
    for axis in {"x", "y", "width", "height"} & attributes.keys() if element.tag != ROOT else ():
        attributes[axis] = _rounded(attributes[axis])
    if "transform" in attributes:
        attributes["transform"] = TRANSLATE.sub(
            lambda found: f"translate({_rounded(found[1])} {_rounded(found[2])})", attributes["transform"]
        )
    if "d" in attributes and attributes.get("transform") != GLYPH_SCALE:
        attributes["d"] = relative_path(attributes["d"])
    if "style" in attributes:
        attributes["style"] = attributes["style"].replace("; ", ";").replace(": ", ":")


def _rename(root: Element) -> None:
    """Short ids for what is referred to, in the order of its use; no other ids."""
    short: dict[str, str] = {}
    names = ("".join(letters) for n in count(1) for letters in product(ascii_letters, repeat=n))

    def name(old: str) -> str:
        if old not in short:
            short[old] = next(names)
        return short[old]

    for element in root.iter():
        for key, value in element.attrib.items():
            if key == HREF:
                element.set(key, f"#{name(value.removeprefix('#'))}")
            elif "url(#" in value:
                element.set(key, REFERENCE.sub(lambda found: f"url(#{name(found[1])})", value))
    for element in root.iter():
        old = element.attrib.pop("id", None)
        if old in short:
            element.set("id", short[old])


def _ungroup(parent: Element) -> None:
    """Children of groups without attributes move up; groups without children go."""
    kept: list[Element] = []
    for child in parent:
        _ungroup(child)
        kept.extend([child] if child.tag != G or (child.attrib and len(child)) else child)
    parent[:] = kept
