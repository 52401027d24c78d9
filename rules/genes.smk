# Genes of the instruments. Purpose: the gene nearest to each instrument, crossed with the user's list of genes whose
# expression differs. Inputs: the screen's instruments, genes, the list.
# Outputs: tables/gene_list.tsv, tables/gene_list_tests.tsv, figures/gene_list.svg, genes.html.
GENE_LIST = ["plot_genes"] if STUDY.gene_list else []


rule cross_genes:
    input:
        instruments="<results>/tables/instruments.parquet",
        genes=placed_genes(),
        listed=STUDY.gene_list or [],
    output:
        crossed="<results>/tables/gene_list.tsv",
        tests="<results>/tables/gene_list_tests.tsv",
    log:
        "<logs>/cross_genes/cross_genes.log",
    benchmark:
        "<benchmarks>/cross_genes/cross_genes.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        exposures=list(STUDY.gene_list_exposures),
        outcomes=list(STUDY.outcomes),
        settings={key: config["gene_list"][key] for key in ("level", "window_kb")},
        source=source_of("cross_genes"),
    script:
        "../scripts/cross_genes.py"


rule plot_genes:
    input:
        crossed="<results>/tables/gene_list.tsv",
        tests="<results>/tables/gene_list_tests.tsv",
        told_names=told_names(),
    output:
        figure=report(
            "<results>/figures/gene_list.svg", category="5 Genes", caption="../report/gene_list.rst"
        ),
        page=report("<results>/genes.html", category="5 Genes", caption="../report/gene_list.rst"),
    log:
        "<logs>/plot_genes/plot_genes.log",
    benchmark:
        "<benchmarks>/plot_genes/plot_genes.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        title=config["title"],
        labels=STUDY.labels,
        units=STUDY.units,
        level=config["gene_list"]["level"],
        source=source_of("plot_genes"),
    script:
        "../scripts/plot_genes.py"
