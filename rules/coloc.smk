# Colocalisation. Purpose: for each trait of coloc.traits and each primary outcome, whether they share a causal variant
# at each locus, by ABF and SuSiE, with figures. Inputs: full tables of the traits, loci, LD panel.
# Outputs: tables/coloc*.tsv, tables/coloc_variants.parquet, figures/coloc, figures/coloc_overview.svg, coloc.html.
COLOC_FROM_INSTRUMENTS = config["coloc"]["loci"] == "instruments"
COLOC_FIGURES = ["plot_coloc"] if STUDY.coloc_traits else []


rule colocalise:
    input:
        trait_tables=[full_table(trait) for trait in STUDY.coloc_traits],
        outcome_tables=[f"<results>/traits/{outcome}.parquet" for outcome in STUDY.outcomes],
        instruments=["<results>/tables/instruments.parquet"] if COLOC_FROM_INSTRUMENTS else [],
        genes=gene_file("table"),
        loci=[STUDY.loci] if STUDY.loci else [],
        panel=panel_table,
        bed=panel_files("bed"),
        fam=panel_files("fam"),
    output:
        table="<results>/tables/coloc.tsv",
        sets="<results>/tables/coloc_sets.tsv",
        priors="<results>/tables/coloc_priors.tsv",
        variants="<results>/tables/coloc_variants.parquet",
    log:
        "<logs>/colocalise/colocalise.log",
    benchmark:
        "<benchmarks>/colocalise/colocalise.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 4000 * attempt,
    params:
        traits={trait: STUDY.labels[trait] for trait in STUDY.coloc_traits},
        outcomes=list(STUDY.outcomes),
        scales={trait: STUDY.scale_of(trait) for trait in (*STUDY.coloc_traits, *STUDY.outcomes)},
        settings={key: value for key, value in config["coloc"].items() if key != "max_figures"},
        harmonise=config["harmonise"],
        mhc=config["mhc"],
        source=source_of("colocalise"),
    script:
        "../scripts/colocalise.py"


rule plot_coloc:
    input:
        table="<results>/tables/coloc.tsv",
        priors="<results>/tables/coloc_priors.tsv",
        variants="<results>/tables/coloc_variants.parquet",
        genes=gene_file("table"),
    output:
        folder=report(
            directory("<results>/figures/coloc"),
            patterns=["{trait}/{outcome}/{locus}.svg"],
            category="6 Colocalisation",
            subcategory="Loci",
            caption="../report/coloc.rst",
            labels={"trait": "{trait}", "outcome": "{outcome}", "locus": "{locus}"},
        ),
        overview=report(
            "<results>/figures/coloc_overview.svg",
            category="6 Colocalisation",
            caption="../report/coloc_overview.rst",
        ),
        page=report(
            "<results>/coloc.html", category="6 Colocalisation", caption="../report/coloc_overview.rst"
        ),
    log:
        "<logs>/plot_coloc/plot_coloc.log",
    benchmark:
        "<benchmarks>/plot_coloc/plot_coloc.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=2000,
    params:
        title=config["title"],
        labels=STUDY.labels,
        settings=config["coloc"],
        source=source_of("plot_coloc"),
    script:
        "../scripts/plot_coloc.py"
