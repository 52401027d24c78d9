"""Digest of the code behind a rule, so that a changed formula reruns exactly the steps that use it."""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def source_of(rule: str) -> str:
    """Hex digest of the rule's script and of every `scripts.*` module that it imports.

    Comments, docstrings and layout do not count: only what can change a result does.
    """
    digest = hashlib.sha256()
    for path in sorted(_reachable(PACKAGE / f"{rule}.py")):
        digest.update(str(path.relative_to(PACKAGE)).encode())
        digest.update(_meaning(path).encode())
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
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return frozenset(file for name in names for file in _files_of(name))


def _files_of(name: str) -> list[Path]:
    """The files that `import name` runs: each package's `__init__.py` on the way, then the module."""
    parts = name.split(".")
    if parts[0] != PACKAGE.name:
        return []
    folders = [PACKAGE.joinpath(*parts[1:end]) for end in range(1, len(parts) + 1)]
    candidates = [folder / "__init__.py" for folder in folders] + [folders[-1].with_suffix(".py")]
    return [file for file in candidates if file.is_file()]


@cache
def _meaning(path: Path) -> str:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:]
    return ast.dump(tree)
