"""Which genome build a table of genes is on, by the places of genes that moved far between the builds."""

from __future__ import annotations

import pandas as pd

# Symbol: chromosome, a base in the middle of the gene on GRCh37, and on GRCh38 (NCBI Gene). Between the
# builds each moved by much more than its own length.
ANCHORS = {
    "PCSK9": (1, 55_517_600, 55_051_920),
    "CFTR": (7, 117_214_400, 117_574_350),
    "BRCA2": (13, 32_931_700, 32_357_870),
    "BRCA1": (17, 41_236_900, 43_084_890),
    "LDLR": (19, 11_222_300, 11_111_590),
    "APOE": (19, 45_410_800, 44_907_590),
    "SOD1": (21, 33_036_600, 31_664_280),
    "APP": (21, 27_398_200, 26_025_840),
}
BUILDS = ("GRCh37", "GRCh38")


def build_of(genes: pd.DataFrame) -> str | None:
    """GRCh37 or GRCh38 by the anchors that lie in the gene of their name; None where no anchor tells.

    `genes` has the columns symbol, chromosome, start and end.
    """
    votes = dict.fromkeys(BUILDS, 0)
    named = genes[genes["symbol"].isin(ANCHORS)]
    for symbol, chromosome, start, end in named[["symbol", "chromosome", "start", "end"]].itertuples(
        index=False, name=None
    ):
        own, *places = ANCHORS[symbol]
        for build, place in zip(BUILDS, places, strict=True):
            votes[build] += own == chromosome and start <= place <= end
    best = max(BUILDS, key=votes.__getitem__)
    return best if votes[best] > min(votes.values()) else None
