"""Published layouts of summary statistics: what each column of a file means, and how its header is told.

Most layouts are a delimited table with known column names, so a layout is a row of `FORMATS` and not a
module. The readers in `source/` follow this table, and the manual prints it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

# What a column of a file may hold, beyond the columns of the standard table: a ratio, confidence limits of
# the effect, a z score, a `variant_id` such as chr1_126108_G_A_b38, counts of alleles, the minor allele's
# frequency and whether that allele is alt (`ref_factor` 1) or ref (-1), the Catalog's code of harmonisation.
LABELS = ("rsid", "variant_id")
CATEGORIES = ("chromosome", "effect_allele", "other_allele")
EFFECTS = ("beta", "odds_ratio", "hazard_ratio", "z")
LIMITS = ("ci_low", "ci_high")
ERRORS = ("se", "p", "neglog10_p", *LIMITS, "z")  # an error of the effect, or what gives one
FREQUENCIES = ("eaf", "maf", "ref_factor", "allele_count", "allele_number")
NUMBERS = ("position", *EFFECTS, *LIMITS, "se", "p", "neglog10_p", "n", *FREQUENCIES, "hm_code")

OWN_COLUMNS = ("plain", "instruments")
"""Formats that name their columns in a column map."""
MAPPED = (*CATEGORIES, "rsid", "position", "eaf", *EFFECTS, "se", *LIMITS, "p", "neglog10_p", "n")
"""What such a map may name."""


def lacking(columns: Collection[str]) -> list[str]:
    """What a map of these quantities lacks to give alleles, an effect and its error; in words."""
    needed = (("effect_allele",), ("other_allele",), EFFECTS, ERRORS)
    wanted = [" or ".join(choice) for choice in needed if not set(columns) & set(choice)]
    given, absent = (set(LIMITS) & set(columns), set(LIMITS) - set(columns))
    wanted += [f"{name} (the other limit)" for name in absent if given]
    if set(columns) & set(EFFECTS) == {"z"} and not {"se", "eaf"} & set(columns):
        wanted += ["eaf (without which a z score is no effect)"]
    return wanted


@dataclass(frozen=True, slots=True)
class Format:
    """A layout: the columns that a reader takes, and those by which a header is recognised.

    `columns` gives for each quantity the accepted names, the preferred one first; a file may lack any that is
    not in `signature`, the names that every such file has. `effect_allele` says in words whose effect is
    given. `build` is the genome build where the layout fixes it; with `build_by`, only that of files which
    have this column. A header that fits this format and one in `over` is of this format.
    """

    key: str
    title: str
    signature: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    effect_allele: str
    notes: str = ""
    build: str | None = None
    build_by: str | None = None
    over: tuple[str, ...] = ()

    def fits(self, columns: Collection[str]) -> bool:
        """Whether a header has every column by which the format is recognised."""
        return set(self.signature) <= set(columns)

    def build_of(self, columns: tuple[str, ...]) -> str | None:
        """The build of a file with these columns, where the layout says it."""
        return self.build if self.build_by is None or self.build_by in columns else None


def _names(text: str) -> tuple[str, ...]:
    """Names of columns from a list of them apart by spaces."""
    return tuple(text.split())


def _columns(text: str) -> dict[str, tuple[str, ...]]:
    """From `quantity=name` or `quantity=preferred|other`, apart by spaces."""
    pairs = (entry.partition("=") for entry in text.split())
    return {quantity: tuple(names.split("|")) for quantity, _, names in pairs}


_ALL = (
    Format(
        key="gwas_ssf",
        title="GWAS-SSF, raw or newly harmonised, and the GWAS Catalog's tables before it",
        signature=_names("chromosome base_pair_location effect_allele other_allele"),
        columns=_columns(
            "chromosome=chromosome position=base_pair_location rsid=rsid|rs_id|variant_id "
            "effect_allele=effect_allele other_allele=other_allele eaf=effect_allele_frequency|EAF|eaf "
            "beta=beta odds_ratio=odds_ratio hazard_ratio=hazard_ratio z=z_score|z-score ci_low=ci_lower "
            "ci_high=ci_upper se=standard_error|se p=p_value|p neglog10_p=neg_log_10_p_value n=n|N "
            "hm_code=hm_code"
        ),
        effect_allele="effect_allele",
        build="GRCh38",
        build_by="hm_coordinate_conversion",
        notes="Ratios become logs; `<file>-meta.yaml` beside the file gives build and coordinate system.",
    ),
    Format(
        key="gwas_catalog_old",
        title="GWAS Catalog, harmonised before GWAS-SSF",
        signature=_names("hm_chrom hm_pos hm_effect_allele hm_other_allele hm_code p_value"),
        columns=_columns(
            "chromosome=hm_chrom position=hm_pos rsid=hm_rsid|hm_variant_id effect_allele=hm_effect_allele "
            "other_allele=hm_other_allele eaf=hm_effect_allele_frequency beta=hm_beta "
            "odds_ratio=hm_odds_ratio ci_low=hm_ci_lower ci_high=hm_ci_upper se=standard_error p=p_value "
            "n=n|N hm_code=hm_code"
        ),
        effect_allele="hm_effect_allele",
        build="GRCh38",
        over=("gwas_ssf",),
        notes="hm_ columns as a set, never mixed with the author's; rows of hm_code 9 or 14-18 are counted.",
    ),
    Format(
        key="big40",
        title="Oxford Brain Imaging Genetics (BIG40)",
        signature=_names("chr rsid pos a1 a2 beta se pval(-log10)"),
        columns=_columns(
            "chromosome=chr position=pos rsid=rsid effect_allele=a2 other_allele=a1 eaf=af beta=beta se=se "
            "neglog10_p=pval(-log10)"
        ),
        effect_allele="a2",
        build="GRCh37",
        notes="`path` is the statistics file, then `;` and variants.txt.gz, which has af (of a2) in the same "
        "row order; rows are compared. Without it no frequencies.",
    ),
    Format(
        key="finngen",
        title="FinnGen",
        signature=_names("#chrom pos ref alt rsids pval beta sebeta"),
        columns=_columns(
            "chromosome=#chrom position=pos rsid=rsids effect_allele=alt other_allele=ref eaf=af_alt "
            "beta=beta se=sebeta p=pval neglog10_p=mlogp"
        ),
        effect_allele="alt",
        build="GRCh38",
        notes="Log odds; of several rsids the first.",
    ),
    Format(
        key="gwas_vcf",
        title="GWAS-VCF (OpenGWAS)",
        signature=(),
        columns=_columns(
            "chromosome=CHROM position=POS rsid=ID effect_allele=ALT other_allele=REF eaf=AF beta=ES se=SE "
            "neglog10_p=LP n=SS|NS"
        ),
        effect_allele="ALT",
        notes="FORMAT is read row by row, a key that a row lacks is missing there; the ##contig lines give "
        "the build, ##SAMPLE the number of people and cases.",
    ),
    Format(
        key="gwama",
        title="GWAMA (GEFOS 2015)",
        signature=_names("rs_number reference_allele other_allele p-value"),
        columns=_columns(
            "chromosome=chromosome position=position rsid=rs_number variant_id=rs_number "
            "effect_allele=reference_allele other_allele=other_allele eaf=eaf beta=beta odds_ratio=OR "
            "ci_low=beta_95L|OR_95L ci_high=beta_95U|OR_95U se=se p=p-value neglog10_p=_-log10_p-value "
            "n=n_samples"
        ),
        effect_allele="reference_allele (its name misleads)",
        notes="n_samples may be NA or -9, eaf -9: missing. OR_se is not that of the log: SE from the limits.",
    ),
    Format(
        key="metal",
        title="METAL (GEFOS 2018)",
        signature=_names("MarkerName Allele1 Allele2 P-value"),
        columns=_columns(
            "rsid=MarkerName variant_id=MarkerName effect_allele=Allele1 other_allele=Allele2 eaf=Freq1 "
            "beta=Effect z=Zscore se=StdErr p=P-value n=TotalSampleSize|Weight"
        ),
        effect_allele="Allele1 (lower case)",
        notes="MarkerName is chr:pos(:alleles) or an rsid (then `positions_from`); a z score becomes beta "
        "and SE.",
    ),
    Format(
        key="ebmd",
        title="Heel bone density (Morris 2018)",
        signature=_names("RSID CHR BP EA NEA EAF BETA SE P.NI"),
        columns=_columns(
            "chromosome=CHR position=BP rsid=RSID effect_allele=EA other_allele=NEA eaf=EAF beta=BETA "
            "se=SE p=P.NI n=N"
        ),
        effect_allele="EA",
        build="GRCh37",
        notes="P of the non-infinitesimal model; P.I and P are not read.",
    ),
    Format(
        key="imsgc",
        title="Multiple sclerosis (IMSGC 2019), as PLINK's meta-analysis writes",
        signature=_names("CHR BP SNP A1 A2 N P OR"),
        columns=_columns(
            "chromosome=CHR position=BP rsid=SNP effect_allele=A1 other_allele=A2 odds_ratio=OR p=P"
        ),
        effect_allele="A1",
        notes="SE from OR and P. N is a number of cohorts and is not read.",
    ),
    Format(
        key="fastgwa",
        title="fastGWA, fastGWA-GLMM",
        signature=_names("CHR SNP POS A1 A2 N AF1 BETA SE P"),
        columns=_columns(
            "chromosome=CHR position=POS rsid=SNP effect_allele=A1 other_allele=A2 eaf=AF1 beta=BETA se=SE "
            "p=P n=N"
        ),
        effect_allele="A1",
        notes="Binary traits: log odds from fastGWA-GLMM, differences in risk from fastGWA.",
    ),
    Format(
        key="bolt_lmm",
        title="BOLT-LMM",
        signature=_names("SNP CHR BP ALLELE1 ALLELE0 A1FREQ BETA SE"),
        columns=_columns(
            "chromosome=CHR position=BP rsid=SNP effect_allele=ALLELE1 other_allele=ALLELE0 eaf=A1FREQ "
            "beta=BETA se=SE p=P_BOLT_LMM|P_BOLT_LMM_INF n=N"
        ),
        effect_allele="ALLELE1",
        notes="P_LINREG is never read. A binary trait's effects are differences in risk.",
    ),
    Format(
        key="gtex_pairs",
        title="GTEx v8, significant or all variant-gene pairs",
        signature=_names("variant_id gene_id pval_nominal slope slope_se"),
        columns=_columns(
            "variant_id=variant_id rsid=rs_id_dbSNP151_GRCh38p7|rs_id beta=slope se=slope_se p=pval_nominal"
        ),
        effect_allele="alt, the second allele of variant_id",
        notes="maf is not the frequency of alt and is not read. The id gives the build. One file holds many "
        "genes: `filter` with `gene_id=` and the versioned id.",
    ),
    Format(
        key="gtex_egenes",
        title="GTEx v8, best variant of each gene",
        signature=_names("variant_id gene_id pval_nominal slope slope_se maf ref_factor"),
        columns=_columns(
            "variant_id=variant_id rsid=rs_id_dbSNP151_GRCh38p7|rs_id beta=slope se=slope_se "
            "p=pval_nominal maf=maf ref_factor=ref_factor"
        ),
        effect_allele="alt, the second allele of variant_id",
        over=("gtex_pairs",),
        notes="The id gives the build. One file holds many genes: `filter` with `gene_id=` and the versioned "
        "id.",
    ),
    Format(
        key="gtex_independent",
        title="GTEx v8, independent variants of each gene",
        signature=_names("variant_id gene_id pval_nominal slope slope_se rank"),
        columns=_columns(
            "variant_id=variant_id rsid=rs_id_dbSNP151_GRCh38p7|rs_id beta=slope se=slope_se "
            "p=pval_nominal maf=maf ref_factor=ref_factor"
        ),
        effect_allele="alt, the second allele of variant_id",
        over=("gtex_pairs", "gtex_egenes"),
        notes="Without ref_factor no frequencies, since maf alone is not that of alt. The id gives the "
        "build. One file holds many genes: `filter` with `gene_id=` and the versioned id.",
    ),
    Format(
        key="eqtl_catalogue",
        title="eQTL Catalogue",
        signature=_names("molecular_trait_id chromosome position ref alt pvalue beta se"),
        columns=_columns(
            "chromosome=chromosome position=position rsid=rsid effect_allele=alt other_allele=ref "
            "allele_count=ac allele_number=an beta=beta se=se p=pvalue"
        ),
        effect_allele="alt",
        build="GRCh38",
        notes="maf is not the frequency of alt. A variant has a row for each of its rsids: the others count "
        "as duplicates. `filter` with `molecular_trait_id=` selects the gene.",
    ),
)

FORMATS: dict[str, Format] = {form.key: form for form in _ALL}
