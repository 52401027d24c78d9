"""The simulated GWAS-SSF tables as each public source writes its own: columns, spellings, compression."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pysam

COMPLEMENT = str.maketrans("ACGT", "TGCA")
EQTL_ALLELES = 200_000  # alleles that were counted: with as many the frequencies keep their five digits
OTHER_GENE = ("ENSG00000000001", "ENSG00000000001.1")  # of eQTL Catalogue and GTEx, whose files hold many


def simulated(path: Path) -> pd.DataFrame:
    """A simulated file as it stands, cell by cell."""
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False).astype({"base_pair_location": int})


def lifted(rows: pd.DataFrame, chain: Path) -> pd.DataFrame:
    """The rows on the simulated GRCh38, in its order; those that the chain does not know are left out."""
    parts = []
    for segment in _segments(chain):
        part = rows[segment.holds(rows["chromosome"], rows["base_pair_location"])]
        along = part["base_pair_location"] - 1 - segment.start_37
        along = segment.length - 1 - along if segment.inverted else along
        moved = part.assign(base_pair_location=segment.start_38 + along + 1)
        parts.append(moved.assign(**_turned(moved)) if segment.inverted else moved)
    together = pd.concat(parts)
    return together.iloc[np.lexsort((together["base_pair_location"], together["chromosome"].astype(int)))]


def known_to_chain(table: pd.DataFrame, chain: Path) -> pd.Series[bool]:
    """Whether the chain leads to the rows of a standard table, indels in inverted stretches left aside."""
    known = pd.Series(False, index=table.index)
    indel = table[["effect_allele", "other_allele"]].astype(str).map(len).max(axis="columns") > 1
    for segment in _segments(chain):
        inside = segment.holds(table["chromosome"].astype(str), table["position"])
        known |= inside & ~(indel & segment.inverted)
    return known


@dataclass(frozen=True)
class Segment:
    """A chain of one block: where its bases begin, 0-based, on the forward strand of either build."""

    chromosome: str
    start_37: int
    start_38: int
    length: int
    inverted: bool

    def holds(self, chromosome: pd.Series[str], position: pd.Series[int]) -> pd.Series[bool]:
        at = position - 1 - self.start_37
        return (chromosome == self.chromosome) & (at >= 0) & (at < self.length)


def _segments(chain: Path) -> Iterator[Segment]:
    for line in chain.read_text().splitlines():
        if line.startswith("chain"):
            _, _, name, _, _, start_38, _, _, length_37, strand, begin, end = line.split()[:12]
            inverted, first, last = strand == "-", int(begin), int(end)
            start_37 = int(length_37) - last if inverted else first
            yield Segment(name.removeprefix("chr"), start_37, int(start_38), last - first, inverted)


def _turned(rows: pd.DataFrame) -> dict[str, list[str]]:
    names = ("effect_allele", "other_allele")
    return {name: [allele.translate(COMPLEMENT)[::-1] for allele in rows[name]] for name in names}


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The cells that every layout takes from, by short names; `log_p` is -log10 P."""
    with np.errstate(divide="ignore"):
        log_p = -np.log10(rows["p_value"].astype(float))
    short = ["chrom", "pos", "effect", "other", "beta", "se", "eaf", "p", "rsid", "n", "simulated"]
    return rows.set_axis(short, axis="columns").assign(log_p=log_p)


def _text(columns: dict[str, object], separator: str = "\t") -> bytes:
    table = pd.DataFrame(columns)
    return table.to_csv(sep=separator, index=False, na_rep="NA", lineterminator="\n").encode()


def catalog_raw(rows: pd.DataFrame) -> bytes:
    """GWAS-SSF, missing values spelt as the specification recommends."""
    cells = rows.drop(columns="SIMULATED").replace("NA", "#NA")
    return gzip.compress(_text(dict(cells.assign(variant_id="#NA"))), mtime=0)


def catalog_harmonised(rows: pd.DataFrame) -> bytes:
    """The harmoniser's own columns after those of GWAS-SSF; `rows` are on GRCh38."""
    cells = rows.drop(columns="SIMULATED")
    ids = cells["chromosome"] + "_" + cells["base_pair_location"].astype(str)
    more = {"hm_coordinate_conversion": "lo", "hm_code": "10"}
    alleles = cells["other_allele"] + "_" + cells["effect_allele"]
    return _bgzip(_text(dict(cells.assign(**more, variant_id=ids + "_" + alleles, rs_id=cells["rsid"]))))


def catalog_old(rows: pd.DataFrame) -> bytes:
    """hm_ columns beside the author's, whose alleles are turned round, and rows that found no match."""
    cells, k = _named(rows), len(rows)
    unmatched = np.arange(k) % 50 == 0
    harmonised = {
        "hm_variant_id": cells["rsid"],
        "hm_rsid": cells["rsid"],
        "hm_chrom": cells["chrom"],
        "hm_pos": cells["pos"].astype(str),
        "hm_other_allele": cells["other"],
        "hm_effect_allele": cells["effect"],
        "hm_beta": cells["beta"],
        "hm_odds_ratio": "NA",
        "hm_ci_lower": "NA",
        "hm_ci_upper": "NA",
        "hm_effect_allele_frequency": cells["eaf"],
        "hm_code": "11",
    }
    frame = pd.DataFrame(harmonised)
    extra = frame[unmatched].assign(**dict.fromkeys(frame.columns, "NA") | {"hm_code": "15"})
    author = pd.DataFrame(
        {
            "chromosome": cells["chrom"],
            "base_pair_location": cells["pos"],
            "effect_allele": cells["other"],
            "other_allele": cells["effect"],
            "effect_allele_frequency": 1 - pd.to_numeric(cells["eaf"], errors="coerce"),
            "beta": -pd.to_numeric(cells["beta"], errors="coerce"),
            "standard_error": cells["se"],
            "p_value": cells["p"],
        }
    )
    both = [frame.join(author), extra.join(author[unmatched])]
    return gzip.compress(_text(dict(pd.concat(both, ignore_index=True))), mtime=0)


def big40(rows: pd.DataFrame) -> tuple[bytes, bytes]:
    """Statistics and the variants that all phenotypes share, row by row the same; the effect is of a2."""
    cells = _named(rows)
    place = {
        "chr": cells["chrom"].str.zfill(2),
        "rsid": cells["rsid"],
        "pos": cells["pos"],
        "a1": cells["other"],
        "a2": cells["effect"],
    }
    statistics = {"beta": cells["beta"], "se": cells["se"], "pval(-log10)": cells["log_p"]}
    variants = {"af": cells["eaf"], "info": "0.95"}
    first, second = (_text(place | more, " ") for more in (statistics, variants))
    return gzip.compress(first, mtime=0), gzip.compress(second, mtime=0)


def finngen(rows: pd.DataFrame) -> bytes:
    """Effects of alt on GRCh38; of every third variant two rsids, of every fifth none."""
    cells, at = _named(rows), np.arange(len(rows))
    rsids = np.select([at % 5 == 0, at % 3 == 0], ["", cells["rsid"] + ",rs1"], cells["rsid"])
    return _bgzip(
        _text(
            {
                "#chrom": cells["chrom"],
                "pos": cells["pos"],
                "ref": cells["other"],
                "alt": cells["effect"],
                "rsids": rsids,
                "nearest_genes": "SIMULATED",
                "pval": cells["p"],
                "mlogp": cells["log_p"].where(np.isfinite(cells["log_p"])),
                "beta": cells["beta"],
                "sebeta": cells["se"],
                "af_alt": cells["eaf"],
                "af_alt_cases": cells["eaf"],
                "af_alt_controls": cells["eaf"],
            }
        )
    )


def gwas_vcf(rows: pd.DataFrame) -> bytes:
    """Effects of ALT; every second row has keys in another order and without the number of people."""
    cells, at = _named(rows), np.arange(len(rows))
    log_p = cells["log_p"].map("{:.6g}".format)
    full = [*(cells[name] for name in ("beta", "se")), log_p, cells["eaf"], cells["n"], cells["rsid"]]
    few = [cells["se"], cells["beta"], cells["eaf"], log_p]
    values = np.where(at % 2, *([":".join(row) for row in zip(*part, strict=True)] for part in (few, full)))
    keys = np.where(at % 2, "SE:ES:AF:LP", "ES:SE:LP:AF:SS:ID")
    lines = zip(
        *(cells["chrom"], cells["pos"].astype(str), cells["rsid"], cells["other"], cells["effect"]),
        *([mark] * len(cells) for mark in (".", "PASS", ".")),
        *(keys, values),
        strict=True,
    )
    numbers = "".join(f'##FORMAT=<ID={key},Number=A,Type=Float,Description="x">\n' for key in KEYS)
    contigs = "".join(f"##contig=<ID={k},length=249250621,assembly=GRCh37>\n" for k in range(1, 23))
    header = (
        "##fileformat=VCFv4.2\n##SIMULATED\n"
        f'{numbers}##FORMAT=<ID=ID,Number=1,Type=String,Description="x">\n'
        "##SAMPLE=<ID=sim-a-1,TotalVariants=1,StudyType=Continuous>\n"
        f"{contigs}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tsim-a-1\n"
    )
    return _bgzip((header + "".join("\t".join(line) + "\n" for line in lines)).encode())


KEYS = ("ES", "SE", "LP", "AF", "SS")


def eqtl_catalogue(rows: pd.DataFrame, gene: str) -> bytes:
    """One row for each rsid of a variant, and another gene's rows among them; `rows` are on GRCh38."""
    cells = _named(rows)
    columns = pd.DataFrame(
        {
            "molecular_trait_id": gene,
            "chromosome": cells["chrom"],
            "position": cells["pos"],
            "ref": cells["other"],
            "alt": cells["effect"],
            "maf": np.minimum(cells["eaf"].astype(float), 1 - cells["eaf"].astype(float)),
            "pvalue": cells["p"],
            "beta": cells["beta"],
            "se": cells["se"],
            "ac": (cells["eaf"].astype(float) * EQTL_ALLELES).round().astype(int),
            "an": EQTL_ALLELES,
            "rsid": cells["rsid"],
        }
    )
    twice = columns[::40].assign(rsid="rs1")
    other = columns[::7].assign(molecular_trait_id=OTHER_GENE[0], beta="0.5")
    mixed = pd.concat([columns, twice, other]).sort_index(kind="stable")
    return _bgzip(_text(dict(mixed)))


def gtex_pairs(rows: pd.DataFrame, gene: str) -> bytes:
    """Place and alleles in the variant's id alone, no frequency of alt, and another gene's rows below."""
    cells = _named(rows)
    eaf = cells["eaf"].astype(float)
    ids = [
        f"chr{chrom}_{pos}_{ref}_{alt}_b38"
        for chrom, pos, ref, alt in zip(*(cells[k] for k in ("chrom", "pos", "other", "effect")), strict=True)
    ]
    columns = pd.DataFrame(
        {
            "variant_id": ids,
            "gene_id": gene,
            "tss_distance": 0,
            "maf": np.minimum(eaf, 1 - eaf),
            "pval_nominal": cells["p"],
            "slope": cells["beta"],
            "slope_se": cells["se"],
        }
    )
    other = columns[::7].assign(gene_id=OTHER_GENE[1], slope="0.5")
    return gzip.compress(_text(dict(pd.concat([columns, other]))), mtime=0)


def _bgzip(content: bytes) -> bytes:
    """Compressed in many members, the last one empty, as htslib writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "packed.gz"
        with pysam.BGZFile(str(path), "wb") as file:
            file.write(content)
        return path.read_bytes()
