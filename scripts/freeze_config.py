"""Step: keep the merged config beside the results that it made."""

from pathlib import Path
from typing import Any

import yaml

from scripts.step import run
from scripts.table.files import write_text


def freeze_config(frozen: Path, config: dict[str, Any]) -> None:
    """Write the config as YAML."""
    write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), frozen)


if __name__ == "__main__":
    run(freeze_config)
