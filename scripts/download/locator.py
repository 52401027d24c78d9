"""From a locator of a trait table or the config to the files that it means."""

from __future__ import annotations

from collections.abc import Callable

from scripts.download.datasets import dataset
from scripts.download.found import Found
from scripts.download.remote import Remote
from scripts.download.servers import big40, eqtl_catalogue, finngen, gtex, gwas_catalog, opengwas
from scripts.download.store import Store
from scripts.source.error import SourceError

Resolver = Callable[[str, Store, str], Found]
SERVERS: dict[str, Resolver] = {
    "gwas_catalog": gwas_catalog.resolve,
    "finngen": lambda name, store, _: finngen.resolve(name, store),
    "big40": lambda name, store, _: big40.resolve(name, store),
    "opengwas": lambda name, store, _: opengwas.resolve(name, store),
    "eqtl_catalogue": lambda name, store, _: eqtl_catalogue.resolve(name, store),
    "gtex": lambda name, store, _: gtex.resolve(name, store),
    "dataset": lambda name, store, _: _dataset(name, store),
}


def resolve(locator: str, store: Store, catalog: str) -> Found:
    """The files of a locator: `server:name`, or addresses of one file joined by |.

    `catalog` is which file of the GWAS Catalog is meant where the locator does not say. Raises SourceError.
    """
    server, _, name = locator.partition(":")
    # A phenotype of BIG40 is two files: the user's copy is that of the first.
    if locator in store.settings.local and server != "big40":
        return Found((Remote((locator,)),))
    if server in SERVERS:
        return SERVERS[server](name, store, catalog)
    urls = tuple(eqtl_catalogue.over_https(url.strip()) for url in locator.split("|"))
    wrong = [url for url in urls if not url.startswith(("http://", "https://"))]
    if wrong:
        raise SourceError(
            f"'{wrong[0]}' is no address: expected http(s)://... or {':..., '.join(SERVERS)}:..."
        )
    return Found((Remote(urls, key=locator),))


def _dataset(name: str, store: Store) -> Found:
    identity, _, member = name.partition("#")
    return Found((dataset(identity, member, store.settings),))
