"""OpenGWAS: a dataset's GWAS-VCF file by a link that is signed for two hours, with the user's own token."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scripts.download.found import Found
from scripts.download.http import ask
from scripts.download.remote import Remote
from scripts.download.store import Missing, Store
from scripts.source.error import SourceError
from scripts.source.sidecar import Metadata, ancestry_named, build_named

TOKEN = "OPENGWAS_JWT"
HOW = (
    "make a token at https://api.opengwas.io/profile/ (it is valid for 14 days) and put it into the "
    f"environment variable {TOKEN}"
)
# An account that keeps asking after 429 is blocked: one wait as the server says, then no more.
TRIES = 3


def resolve(name: str, store: Store) -> Found:
    """The GWAS-VCF file of a dataset such as `ieu-b-18`, whose copy is asked for once."""
    if not name or not set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."):
        raise SourceError(f"'{name}' is no dataset of OpenGWAS, e.g. ieu-b-18")
    api = Api(store, name)
    vcf = Remote((f"opengwas:/{name}.vcf.gz",), sign=api.link, least_rows=store.settings.least_rows)
    return Found((vcf,), _metadata(api.described()))


@dataclass(frozen=True, slots=True)
class Api:
    """The two questions about a dataset; answers that do not change are kept, links never."""

    store: Store
    name: str

    def described(self) -> Mapping[str, Any]:
        """What OpenGWAS says of the dataset; raises SourceError where it does not have it."""
        place = f"opengwas/{self.name}.gwasinfo.json"
        kept = self.store.stored(place)
        if kept is not None:
            return dict(json.loads(kept))
        if self.store.settings.offline:
            raise Missing(f"opengwas:{self.name}")
        answer = self._ask("gwasinfo")
        rows = list(answer.values()) if isinstance(answer, dict) else answer
        if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
            raise SourceError(f"OpenGWAS has no dataset {self.name} that this account may read")
        self.store.put(place, json.dumps(rows[0], indent=2, sort_keys=True).encode())
        return rows[0]

    def link(self) -> str:
        """A new link to the file; it is a secret, since whoever has it has the file."""
        answer = self._ask("gwasinfo/files")
        urls = answer.get(self.name, []) if isinstance(answer, dict) else []
        files = [url for url in urls if isinstance(url, str) and url.partition("?")[0].endswith(".vcf.gz")]
        if len(files) != 1:
            raise SourceError(f"OpenGWAS offers {len(files)} VCF files for {self.name}, expected one")
        return files[0]

    def _ask(self, question: str) -> Any:
        token = os.environ.get(TOKEN, "").strip()
        if not token:
            raise SourceError(f"opengwas:{self.name} needs a token: {HOW}")
        settings = self.store.settings
        url = f"{settings.server('opengwas')[0]}{question}"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        patience = replace(settings.patience, tries=min(settings.patience.tries, TRIES))
        try:
            with self.store.connection(url):
                answer = ask(url, patience, headers, json.dumps({"id": [self.name]}).encode())
            return json.loads(answer.body)
        except json.JSONDecodeError:
            raise SourceError(f"{url} sent something else than JSON for {self.name}") from None
        except SourceError as error:
            refused = any(f"answers {status}" in str(error) for status in (401, 403))
            hint = f"; the token may have expired: {HOW}" if refused else ""
            raise SourceError(f"{str(error).replace(token, '...')}{hint}") from None


def _metadata(described: Mapping[str, Any]) -> Metadata:
    n_case, n_control = (_positive(described.get(name)) for name in ("ncase", "ncontrol"))
    both = n_case + n_control if n_case and n_control else None
    return Metadata(
        n=_positive(described.get("sample_size")) or both,
        n_case=n_case,
        build=build_named(str(described.get("build"))),
        ancestry=ancestry_named(str(described.get("population"))),
    )


def _positive(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None
