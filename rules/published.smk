# Known results. Purpose: what a paper printed, or the truth of a simulated study, beside what the study found.
# Inputs: the table of known results, the tables that are audited, the study's tables of estimates and of loci.
# Outputs: tables/published.tsv, tables/published_loci.tsv, tables/published_counts.tsv, published.html.
PUBLISHED_SHOWN = ["compare_published"] if STUDY.published or PUBLISHED_TABLES else []


rule compare_published:
    input:
        published=[STUDY.published] if STUDY.published else [],
        printed=[part["path"] for part in PUBLISHED_TABLES],
        chain=chain_of,
        screen="<results>/tables/estimates.tsv",
        reverse_direction="<results>/tables/reverse.tsv",
        multivariable=["<results>/tables/multivariable.tsv"] if STUDY.multivariable else [],
        mediation=["<results>/tables/mediation.tsv"] if STUDY.mediators else [],
        gates="<results>/tables/gates.tsv",
        validation="<results>/tables/validation.tsv",
        pleiotropic=["<results>/tables/pleiotropic_loci.tsv"] if STUDY.lead_exposures else [],
        told_names=told_names(),
    output:
        table="<results>/tables/published.tsv",
        loci_table="<results>/tables/published_loci.tsv",
        counts_table="<results>/tables/published_counts.tsv",
        page=report("<results>/published.html", category="9 Checks", caption="../report/published.rst"),
    log:
        "<logs>/compare_published/compare_published.log",
    benchmark:
        "<benchmarks>/compare_published/compare_published.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        printed_names=[part["name"] for part in PUBLISHED_TABLES],
        builds=[part["build"] for part in PUBLISHED_TABLES],
        build=STUDY.genome_build,
        title=config["title"],
        labels=STUDY.labels,
        units=STUDY.units,
        source=source_of("compare_published"),
    script:
        "../scripts/compare_published.py"
