# Pleiotropy. Purpose: variants that affect both the lead exposure and the outcome (PLACO), gathered into loci with genes.
# Inputs: the screen, the raw file of the lead exposure, the outcome's table, LD panel, tables of genes.
# Outputs: lead_exposure.*, placo.*, tables/placo_*.tsv, tables/loci*.tsv, tables/pleiotropic_loci.tsv, pleiotropy.html.
LEADS = STUDY.lead_exposures
FROM_SCREEN = config["placo"]["exposure"] == "strongest"
PLACO_OUTCOME = config["placo"]["outcome"] or STUDY.outcomes[0]
PLEIOTROPY = ["<results>/pleiotropy.html", "<results>/placo.ssf.tsv.gz-meta.yaml"] if LEADS else []
PLEIOTROPY_PLOTS = ["plot_pleiotropy"] if LEADS else []


# One exposure is read in full, and which one may depend on the screen: no file of another exposure is opened. Where the
# screen chooses, its table is newer than a changed file, so that files need not be watched too.
rule standardise_lead:
    input:
        screen=["<results>/tables/screen.tsv"] if FROM_SCREEN else [],
        files=[(ancient(path) if FROM_SCREEN else path) for lead in LEADS for path in local_files([lead])],
        receipts=[(ancient(path) if FROM_SCREEN else path) for lead in LEADS for path in receipt_of([lead])],
        positions=sorted({path for lead in LEADS for path in positions_of([lead])}),
        chain=chain_of,
        panel=panel_table,
        ancestries=ancestry_table,
    output:
        table="<results>/lead_exposure.parquet",
        note="<results>/lead_exposure.json",
    log:
        "<logs>/standardise_lead/standardise_lead.log",
    benchmark:
        "<benchmarks>/standardise_lead/standardise_lead.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(4000),
    params:
        candidates={
            lead: {
                "trait": trait_params([lead]),
                "paths": trait_paths([lead]),
                "receipts": [Path(path).name for path in receipt_of([lead])],
                "positions": [Path(path).name for path in positions_of([lead])],
            }
            for lead in LEADS
        },
        outcome=PLACO_OUTCOME,
        build=STUDY.genome_build,
        checks=checks_params(),
        source=source_of("standardise_lead"),
    script:
        "../scripts/standardise_lead.py"


rule find_pleiotropy:
    input:
        exposure="<results>/lead_exposure.parquet",
        note="<results>/lead_exposure.json",
        outcome=f"<results>/traits/{PLACO_OUTCOME}.parquet",
        correlations=correlations_table() if config["placo"]["correlation"] == "intercept" else [],
    output:
        tested="<results>/placo.parquet",
        summary="<results>/tables/placo_summary.tsv",
        qq="<results>/tables/placo_qq.tsv",
    log:
        "<logs>/find_pleiotropy/find_pleiotropy.log",
    benchmark:
        "<benchmarks>/find_pleiotropy/find_pleiotropy.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(4000),
    params:
        settings=config["placo"],
        harmonise=config["harmonise"],
        seed=config["seed"],
        source=source_of("find_pleiotropy"),
    script:
        "../scripts/find_pleiotropy.py"


rule define_loci:
    input:
        tested="<results>/placo.parquet",
        panel=panel_table,
        bed=panel_files("bed"),
        fam=panel_files("fam"),
    output:
        loci="<results>/tables/loci.tsv",
        variants="<results>/tables/loci_variants.tsv",
    log:
        "<logs>/define_loci/define_loci.log",
    benchmark:
        "<benchmarks>/define_loci/define_loci.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(4000),
    params:
        settings=config["loci"],
        mhc=config["mhc"],
        source=source_of("define_loci"),
    script:
        "../scripts/define_loci.py"


if config["genes"]["pops_magma"]:

    rule fit_pops:
        input:
            out=gene_file("genes.out"),
            raw=gene_file("genes.raw"),
            genes=placed_genes(),
            control=gene_file("pops_control"),
        output:
            scores="<results>/tables/pops_scores.tsv",
        log:
            "<logs>/fit_pops/fit_pops.log",
        benchmark:
            "<benchmarks>/fit_pops/fit_pops.tsv"
        conda:
            "../envs/mrscape.yaml"
        resources:
            mem_mb=memory(16000),
        params:
            features=resolve(config["genes"]["pops_features"], STUDY.data_dir),
            source=source_of("fit_pops"),
        script:
            "../scripts/fit_pops.py"


rule annotate_loci:
    input:
        loci="<results>/tables/loci.tsv",
        variants="<results>/tables/loci_variants.tsv",
        note="<results>/lead_exposure.json",
        genes=placed_genes(),
        scores=(
            ["<results>/tables/pops_scores.tsv"]
            if config["genes"]["pops_magma"]
            else gene_file("pops_scores")
        ),
        associations=gene_file("associations"),
        colocalised=["<results>/tables/coloc.tsv"] if STUDY.colocalised else [],
    output:
        annotated="<results>/tables/pleiotropic_loci.tsv",
        known="<results>/tables/loci_known.tsv",
    log:
        "<logs>/annotate_loci/annotate_loci.log",
    benchmark:
        "<benchmarks>/annotate_loci/annotate_loci.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        window_kb=config["genes"]["window_kb"],
        traits={trait: STUDY.labels[trait] for trait in STUDY.coloc_traits},
        source=source_of("annotate_loci"),
    script:
        "../scripts/annotate_loci.py"


rule share_pleiotropy:
    input:
        tested="<results>/placo.parquet",
        note="<results>/lead_exposure.json",
        summary="<results>/tables/placo_summary.tsv",
        told_names=told_names(),
    output:
        data="<results>/placo.ssf.tsv.gz",
        metadata="<results>/placo.ssf.tsv.gz-meta.yaml",
    log:
        "<logs>/share_pleiotropy/share_pleiotropy.log",
    benchmark:
        "<benchmarks>/share_pleiotropy/share_pleiotropy.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        labels=STUDY.labels,
        build=STUDY.genome_build,
        settings={name: config["placo"][name] for name in ("p_null", "z2_max")},
        source=source_of("share_pleiotropy"),
    script:
        "../scripts/share_pleiotropy.py"


rule plot_pleiotropy:
    input:
        tested="<results>/placo.parquet",
        note="<results>/lead_exposure.json",
        annotated="<results>/tables/pleiotropic_loci.tsv",
        variants="<results>/tables/loci_variants.tsv",
        summary="<results>/tables/placo_summary.tsv",
        quantiles="<results>/tables/placo_qq.tsv",
        told_names=told_names(),
    output:
        manhattan=report(
            "<results>/figures/placo_manhattan.svg",
            category="6 Pleiotropy",
            caption="../report/pleiotropy.rst",
        ),
        qq=report("<results>/figures/placo_qq.svg", category="6 Pleiotropy", caption="../report/placo_qq.rst"),
        page=report("<results>/pleiotropy.html", category="6 Pleiotropy", caption="../report/pleiotropy.rst"),
    log:
        "<logs>/plot_pleiotropy/plot_pleiotropy.log",
    benchmark:
        "<benchmarks>/plot_pleiotropy/plot_pleiotropy.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        title=config["title"],
        labels=STUDY.labels,
        settings={"p_lead": config["loci"]["p_lead"], "window_kb": config["genes"]["window_kb"]},
        source=source_of("plot_pleiotropy"),
    script:
        "../scripts/plot_pleiotropy.py"
