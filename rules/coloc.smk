# Colocalisation. Purpose: for the lead exposure and the traits of coloc.traits, whether they and a primary outcome
# share a causal variant at each locus, by ABF and SuSiE, with figures. Inputs: full tables of the traits, loci, LD panel.
# Outputs: tables/coloc*.tsv, tables/coloc_variants.parquet, figures/coloc, figures/coloc_overview.svg, coloc.html.
COLOC_FROM_INSTRUMENTS = bool(STUDY.coloc_traits) and config["coloc"]["loci"] == "instruments"
COLOC_AT_PLEIOTROPIC = bool(STUDY.coloc_traits) and config["coloc"]["loci"] == "pleiotropic"
COLOC_FIGURES = ["plot_coloc"] if STUDY.colocalised else []


rule colocalise:
    input:
        trait_tables=[full_table(trait) for trait in STUDY.coloc_traits],
        outcome_tables=[f"<results>/traits/{outcome}.parquet" for outcome in STUDY.outcomes],
        lead=(
            ["<results>/lead_exposure.parquet", "<results>/lead_exposure.json"]
            if STUDY.lead_colocalised
            else []
        ),
        pleiotropic=["<results>/tables/loci.tsv"] if STUDY.lead_colocalised or COLOC_AT_PLEIOTROPIC else [],
        instruments=["<results>/tables/instruments.parquet"] if COLOC_FROM_INSTRUMENTS else [],
        genes=placed_genes() if config["coloc"]["loci"] == "genes" else [],
        loci=[STUDY.loci] if STUDY.loci else [],
        panel=panel_table,
        bed=panel_files("bed"),
        fam=panel_files("fam"),
    output:
        table="<results>/tables/coloc.tsv",
        sets="<results>/tables/coloc_sets.tsv",
        priors="<results>/tables/coloc_priors.tsv",
        pairs="<results>/tables/coloc_pairs.tsv",
        variants="<results>/tables/coloc_variants.parquet",
    log:
        "<logs>/colocalise/colocalise.log",
    benchmark:
        "<benchmarks>/colocalise/colocalise.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(4000),
    params:
        traits={trait: STUDY.labels[trait] for trait in STUDY.coloc_traits},
        outcomes=list(STUDY.outcomes),
        scales={
            trait: STUDY.scale_of(trait)
            for trait in (*STUDY.coloc_traits, *STUDY.outcomes, *(LEADS if STUDY.lead_colocalised else ()))
        },
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
        pairs="<results>/tables/coloc_pairs.tsv",
        variants="<results>/tables/coloc_variants.parquet",
        genes=placed_genes(),
        recombination=STUDY.recombination,
        told_names=told_names(),
    output:
        folder=report(
            directory("<results>/figures/coloc"),
            patterns=["{trait}/{outcome}/{locus}.svg"],
            category="7 Colocalisation",
            subcategory="Loci",
            caption="../report/coloc.rst",
            labels={"trait": "{trait}", "outcome": "{outcome}", "locus": "{locus}"},
        ),
        overview=report(
            "<results>/figures/coloc_overview.svg",
            category="7 Colocalisation",
            caption="../report/coloc_overview.rst",
        ),
        page=report(
            "<results>/coloc.html", category="7 Colocalisation", caption="../report/coloc_overview.rst"
        ),
    log:
        "<logs>/plot_coloc/plot_coloc.log",
    benchmark:
        "<benchmarks>/plot_coloc/plot_coloc.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        title=config["title"],
        labels=STUDY.labels,
        settings=config["coloc"] | {"lead": STUDY.lead_colocalised},
        source=source_of("plot_coloc"),
    script:
        "../scripts/plot_coloc.py"
