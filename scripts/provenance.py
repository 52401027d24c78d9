"""Digest of the code behind a rule, so that a changed formula reruns exactly the steps that use it.

Parsing all modules takes 2 s of CPU at every start of Snakemake, and on a cluster each step is one: what was
found is kept, by content, in `.snakemake/mrscape_sources.json`.
"""

import ast
import hashlib
import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import TypedDict

PACKAGE = Path(__file__).resolve().parent
KEPT = PACKAGE.parent / ".snakemake" / "mrscape_sources.json"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"  # whose syntax trees differ


class Facts(TypedDict):
    """Of one module: dotted names that it imports, and the digest of all that can change a result."""

    names: list[str]
    meaning: str


def source_of(rule: str) -> str:
    """Hex digest of the rule's script and of every `scripts.*` module that it imports.

    Comments, docstrings and layout do not count: only what can change a result does.
    """
    digest = hashlib.sha256()
    for path in sorted(_reachable(PACKAGE / f"{rule}.py")):
        digest.update(str(path.relative_to(PACKAGE)).encode())
        digest.update(_facts(path)["meaning"].encode())
    return digest.hexdigest()[:16]


def _reachable(start: Path) -> set[Path]:
    seen: set[Path] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting.extend(imported_modules(path))
    return seen


@cache
def imported_modules(path: Path) -> frozenset[Path]:
    """Files of this package that the module at `path` imports directly, packages' `__init__` included."""
    return frozenset(file for name in _facts(path)["names"] for file in _files_of(name))


def _files_of(name: str) -> list[Path]:
    """The files that `import name` runs: each package's `__init__.py` on the way, then the module."""
    parts = name.split(".")
    if parts[0] != PACKAGE.name:
        return []
    folders = [PACKAGE.joinpath(*parts[1:end]) for end in range(1, len(parts) + 1)]
    candidates = [folder / "__init__.py" for folder in folders] + [folders[-1].with_suffix(".py")]
    return [file for file in candidates if file.is_file()]


@cache
def _facts(path: Path) -> Facts:
    content = path.read_bytes()
    key = hashlib.sha256(PYTHON.encode() + content).hexdigest()
    known = _kept()
    if key not in known:
        known[key] = _parsed(content)
        _keep(known)
    return known[key]


def _parsed(content: bytes) -> Facts:
    tree = ast.parse(content)
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:]
    ours = sorted(name for name in names if name.split(".")[0] == PACKAGE.name)
    return {"names": ours, "meaning": hashlib.sha256(ast.dump(tree).encode()).hexdigest()}


@cache
def _kept() -> dict[str, Facts]:
    try:
        return dict(json.loads(KEPT.read_text()))
    except (OSError, ValueError):
        return {}


def _keep(known: dict[str, Facts]) -> None:
    """Whole or not at all; where nothing can be written, all is parsed again the next time."""
    part = KEPT.with_name(f".{os.getpid()}.{KEPT.name}")
    try:
        KEPT.parent.mkdir(exist_ok=True)
        part.write_text(json.dumps(known))
        part.replace(KEPT)
    except OSError:
        part.unlink(missing_ok=True)
