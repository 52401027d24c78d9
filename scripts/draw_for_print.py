"""Step: the figures of another step as PDF and PNG, drawn again from the same tables."""

from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scripts.figure.style import also_as
from scripts.step import run

FORMATS = ("pdf", "png")


def draw_for_print(folder: Path, step: str, made: dict[str, str | list[str]], **named: Any) -> None:
    """Write to `folder` what `step` draws in FORMATS, in the folders that it has in the report.

    `made` are the outputs of the step by name, `named` its inputs and params. Its pages are not kept.
    """
    with TemporaryDirectory(dir=folder.parent, prefix=f".{step}.") as aside:
        outputs = {
            name: [Path(aside, Path(path).name) for path in paths]
            if isinstance(paths, list)
            else Path(aside, Path(paths).name)
            for name, paths in made.items()
        }
        with also_as(*FORMATS):
            getattr(import_module(f"scripts.{step}"), step)(**named, **outputs)
        for path in sorted(Path(aside).rglob("*.*")):
            if path.suffix.removeprefix(".") in FORMATS:
                kept = folder / path.relative_to(aside)
                kept.parent.mkdir(parents=True, exist_ok=True)
                path.replace(kept)


if __name__ == "__main__":
    run(draw_for_print)
