# Published. Purpose: results that were printed elsewhere, beside those of the run. Inputs: the printed tables, estimates,
# pleiotropic loci. Outputs: tables/published_effects.tsv, tables/published_loci.tsv, where the study has printed ones.
PRINTED = {name: [path] if path else [] for name, path in config["published"].items()}
PUBLISHED = ["compare_published"] if any(PRINTED.values()) else []


rule compare_published:
    input:
        effects=PRINTED["effects"],
        estimates=["<results>/tables/estimates.tsv"] if PRINTED["effects"] else [],
        loci=PRINTED["loci"],
        pleiotropic=["<results>/tables/pleiotropic_loci.tsv"] if PRINTED["loci"] else [],
        told_names=told_names(),
    output:
        effects_table=report(
            ["<results>/tables/published_effects.tsv"] if PRINTED["effects"] else [],
            category="9 Checks",
            caption="../report/published.rst",
        ),
        loci_table=report(
            ["<results>/tables/published_loci.tsv"] if PRINTED["loci"] else [],
            category="9 Checks",
            caption="../report/published.rst",
        ),
    log:
        "<logs>/compare_published/compare_published.log",
    benchmark:
        "<benchmarks>/compare_published/compare_published.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        names=STUDY.labels,
        source=source_of("compare_published"),
    script:
        "../scripts/compare_published.py"
