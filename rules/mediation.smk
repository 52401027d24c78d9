# Mediation. Purpose: which part of an exposure's effect passes through mediators (expression of genes, other traits), with
# gates and their reasons, figures and a page. Inputs: the screen, instruments, the passes over the exposures, whole tables
# of mediators and outcomes, genes, LD panel.
# Outputs: mediators.parquet, tables/mediation*, figures/mediation, figures/mediation_*.svg, mediation.html.
MEDIATION = ["plot_mediation"] if STUDY.mediators else []
MEDIATOR_NAMES = {mediator: STUDY.labels[mediator] for mediator in STUDY.mediators}
MEDIATION_TRUTH = [STUDY.mediation_truth] if STUDY.mediation_truth else []


# Before the pass over the exposures, which keeps their rows at these variants.
rule list_mediators:
    input:
        tables=[f"<results>/traits/{mediator}.parquet" for mediator in STUDY.mediators],
        genes=placed_genes(),
    output:
        candidates="<results>/mediators.parquet",
    log:
        "<logs>/list_mediators/list_mediators.log",
    benchmark:
        "<benchmarks>/list_mediators/list_mediators.tsv"
    priority: 10  # every exposure waits for it
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        names=MEDIATOR_NAMES,
        settings={key: config["mediation"][key] for key in ("fdr", "cis_window_kb")},
        p_max=config["reduce"]["p_max"],
        source=source_of("list_mediators"),
    script:
        "../scripts/list_mediators.py"


rule mediate:
    input:
        screened="<results>/tables/screen.tsv",
        instruments=[f"<results>/instruments/{batch}.parquet" for batch in BATCHES],
        reduced=expand("<results>/reduced/{exposure}.parquet", exposure=STUDY.exposures),
        candidates="<results>/mediators.parquet",
        mediators=[f"<results>/traits/{mediator}.parquet" for mediator in STUDY.mediators],
        outcomes=[f"<results>/traits/{outcome}.parquet" for outcome in STUDY.outcomes],
        genes=placed_genes(),
        panel=panel_table,
        bed=panel_files("bed"),
        fam=panel_files("fam"),
        correlations=correlations_table(),
    output:
        table="<results>/tables/mediation.tsv",
        gates="<results>/tables/mediation_gates.tsv",
        variants="<results>/tables/mediation_variants.parquet",
        leave_one_out="<results>/tables/mediation_leave_one_out.parquet",
        coloc="<results>/tables/mediation_coloc.tsv",
        coloc_priors="<results>/tables/mediation_coloc_priors.tsv",
        coloc_variants="<results>/tables/mediation_coloc_variants.parquet",
    log:
        "<logs>/mediate/mediate.log",
    benchmark:
        "<benchmarks>/mediate/mediate.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(4000),
    params:
        exposures=list(STUDY.exposures),
        names=MEDIATOR_NAMES,
        outcome_ids=list(STUDY.outcomes),
        scales={trait: STUDY.scale_of(trait) for trait in (*STUDY.mediators, *STUDY.outcomes)},
        diseases=STUDY.diseases,
        settings={
            key: value for key, value in config["mediation"].items() if key not in ("max_figures", "truth")
        }
        | {"nominal_p": config["error_budget"]["nominal_p"]},
        coloc_settings=config["coloc"],
        selection=config["instruments"],
        mhc=config["mhc"],
        harmonise=config["harmonise"],
        seed=config["seed"],
        source=source_of("mediate"),
    script:
        "../scripts/mediate.py"


rule plot_mediation:
    input:
        table="<results>/tables/mediation.tsv",
        gates="<results>/tables/mediation_gates.tsv",
        variants="<results>/tables/mediation_variants.parquet",
        leave_one_out="<results>/tables/mediation_leave_one_out.parquet",
        coloc="<results>/tables/mediation_coloc.tsv",
        coloc_priors="<results>/tables/mediation_coloc_priors.tsv",
        coloc_variants="<results>/tables/mediation_coloc_variants.parquet",
        genes=placed_genes(),
        recombination=STUDY.recombination,
        truth=MEDIATION_TRUTH,
        told_names=told_names(),
    output:
        folder=report(
            directory("<results>/figures/mediation"),
            patterns=["{exposure}/{mediator}/{outcome}/{figure}.svg"],
            category="8 Mediation",
            subcategory="{exposure}",
            caption="../report/mediation.rst",
            labels={"mediator": "{mediator}", "outcome": "{outcome}", "figure": "{figure}"},
        ),
        heatmap=report(
            "<results>/figures/mediation_heatmap.svg",
            category="8 Mediation",
            caption="../report/mediation_overview.rst",
        ),
        paths=report(
            "<results>/figures/mediation_paths.svg",
            category="8 Mediation",
            caption="../report/mediation_overview.rst",
        ),
        page=report(
            "<results>/mediation.html", category="8 Mediation", caption="../report/mediation_overview.rst"
        ),
    log:
        "<logs>/plot_mediation/plot_mediation.log",
    benchmark:
        "<benchmarks>/plot_mediation/plot_mediation.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        title=config["title"],
        labels=STUDY.labels,
        units=STUDY.units,
        settings={key: config["mediation"][key] for key in ("max_figures", "fdr", "mediators_act")},
        min_posterior=config["coloc"]["min_posterior"],
        source=source_of("plot_mediation"),
    script:
        "../scripts/plot_mediation.py"
