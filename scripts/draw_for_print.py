"""Step: the figures of another step as PDF and PNG, drawn again from the same tables."""

import logging
from importlib import import_module
from pathlib import Path
from typing import Any

from scripts.figure.style import also_as
from scripts.step import run

FORMATS = ("pdf", "png")


def draw_for_print(folder: Path, step: str, made: dict[str, str | list[str]], **named: Any) -> None:
    """Write to `folder` what `step` draws in FORMATS, in the folders that it has in the report.

    `made` are the outputs of the step by name, `named` its inputs and params. What else it makes is not kept.
    """
    # It logs every part of a font that it leaves out.
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    outputs = {
        name: [folder / Path(path).name for path in paths]
        if isinstance(paths, list)
        else folder / Path(paths).name
        for name, paths in made.items()
    }
    with also_as(*FORMATS):
        getattr(import_module(f"scripts.{step}"), step)(**named, **outputs)
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path.suffix.removeprefix(".") not in FORMATS:
            path.unlink()


if __name__ == "__main__":
    run(draw_for_print)
