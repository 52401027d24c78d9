"""How files are fetched on this machine: run-time settings that change no result."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from scripts.download.patience import Patience

VARIABLE = "MRSCAPE_FETCH"  # set for every job of a run, so that no setting is among the params of a rule
REGISTRY = Path(__file__).resolve().parents[2] / "resources" / "datasets.tsv"


@dataclass(frozen=True, slots=True)
class Settings:
    """The config's section `fetch` and `offline`, as config/README.md describes them."""

    folder: Path = Path("resources/downloads")
    offline: bool = False
    connections_per_host: int = 4
    least_rows: int = 0
    servers: Mapping[str, str] = field(default_factory=dict)
    local: Mapping[str, str] = field(default_factory=dict)
    datasets: Path = REGISTRY
    patience: Patience = field(default_factory=Patience)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """From a checked config."""
        section = config["fetch"]
        return cls(
            folder=Path(section["folder"]),
            offline=config["offline"],
            connections_per_host=section["connections_per_host"],
            least_rows=section["least_rows"],
            servers=section["servers"],
            local=section["local"],
            datasets=Path(section["datasets"] or REGISTRY),
        )

    @classmethod
    def from_environment(cls) -> Self:
        """Those of the running workflow, or the defaults outside of one."""
        written = os.environ.get(VARIABLE)
        return cls.from_config(json.loads(written)) if written else cls()

    @staticmethod
    def to_environment(config: Mapping[str, Any]) -> None:
        """Hand the settings of a config to every process that this one starts."""
        os.environ[VARIABLE] = json.dumps({key: config[key] for key in ("fetch", "offline")})

    def server(self, name: str) -> tuple[str, ...]:
        """Base addresses of a server, in order of preference, each with a slash at its end."""
        return tuple(base.strip().rstrip("/") + "/" for base in self.servers[name].split("|"))
