# Known results. Purpose: what a paper printed, or the truth of a simulated study, beside what the study found.
# Inputs: the table of known results, the study's tables of estimates. Outputs: tables/published.tsv, published.html.
PUBLISHED_SHOWN = ["compare_published"] if STUDY.published else []


rule compare_published:
    input:
        published=STUDY.published or [],
        screen="<results>/tables/estimates.tsv",
        reverse_direction="<results>/tables/reverse.tsv",
        multivariable=["<results>/tables/multivariable.tsv"] if STUDY.multivariable else [],
        mediation=["<results>/tables/mediation.tsv"] if STUDY.mediators else [],
    output:
        table="<results>/tables/published.tsv",
        page=report("<results>/published.html", category="9 Checks", caption="../report/published.rst"),
    log:
        "<logs>/compare_published/compare_published.log",
    benchmark:
        "<benchmarks>/compare_published/compare_published.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=1000,
    params:
        title=config["title"],
        labels=STUDY.labels,
        units=STUDY.units,
        source=source_of("compare_published"),
    script:
        "../scripts/compare_published.py"
