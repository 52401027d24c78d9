"""The glue between a Snakemake rule and the Python function that does its work."""

import atexit
import json
import logging
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.table.space import check_space, told


def run(function: Callable[..., None]) -> None:
    """Do the work of the running rule, then leave.

    At once: the files are whole and closed by now, and taking pandas and pyarrow apart again would cost 0.15
    s of CPU, a fifth of a short step. What libraries clean up at the end they still do, such as the folder
    that matplotlib makes in /tmp where it may not write to the user's.
    """
    perform(function)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def perform(function: Callable[..., None]) -> None:
    """Call `function` with the named inputs, outputs and params of the running rule as keywords.

    Snakemake puts its description of the job, `snakemake`, into the script's own namespace. `params.source`,
    the digest of the code, and `source_drawn`, of another step's, exist to trigger reruns and are not passed
    on. `params.flags` is a mapping of
    keywords: Snakemake compares parameters as a set of texts, in which a False that becomes True is lost
    beside another True, while a mapping is one text. What the file of input `told_names` calls traits goes
    into `names` and `labels`. Progress goes to the rule's log. An error is told in one line on the terminal
    and in full in the log. A disk that is nearly full stops the step before it begins.
    """
    snakemake: Any = sys.modules["__main__"].snakemake
    _log_to(Path(str(snakemake.log[0])))
    params = dict(snakemake.params.items())
    for digest in ("source", "source_drawn"):
        params.pop(digest, None)
    params |= params.pop("flags", {})
    inputs = _paths(snakemake.input)
    params = _with_told_names(params, inputs.pop("told_names", []))
    named = inputs | _paths(snakemake.output) | params
    try:
        for folder in {Path(file).parent for file in snakemake.output}:
            check_space(folder)
        function(**named)
    except Exception as error:
        logging.exception("The step failed")
        sys.exit(f"Error in {snakemake.rule} ({', '.join(snakemake.wildcards) or 'study'}): {told(error)}")
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime
    logging.info("The step took %.2f s of CPU and at most %.0f MB", seconds, peak_megabytes())


def peak_megabytes() -> float:
    """The most memory that this process had; getrusage would say what Snakemake had when it started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS counts bytes
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


def _with_told_names(params: dict[str, Any], told: Path | list[Path]) -> dict[str, Any]:
    """The params, `names` and `labels` with what the sources of traits call them, where that is known."""
    names: dict[str, str] = {}
    for path in told if isinstance(told, list) else [told]:
        names |= json.loads(path.read_text(encoding="utf-8"))
    return params | {
        key: params[key] | {trait: names[trait] for trait in params[key].keys() & names.keys()}
        for key in ("names", "labels")
        if names and isinstance(params.get(key), dict)
    }


def _paths(files: Any) -> dict[str, Path | list[Path]]:
    """Named files as paths: one where the rule names one, a list where it names a list."""
    named = files.items()
    return {
        name: Path(item) if isinstance(item, str) else [Path(file) for file in item] for name, item in named
    }


def _log_to(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=path,
        filemode="w",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        force=True,
    )
