# Overlap. Purpose: the bias that people shared by exposure and outcome can give, and estimates corrected for it and for
# winner's curse. Inputs: tables of the screen, reduced exposures, primary outcomes, LD panel, table of correlations.
# Outputs: tables/overlap.tsv, tables/overlap_estimates.tsv, figures/overlap.svg.


rule correct_overlap:
    input:
        screen="<results>/tables/screen.tsv",
        instruments="<results>/tables/instruments.parquet",
        reduced=[f"<results>/reduced/{exposure}.parquet" for exposure in STUDY.exposures],
        outcomes=[f"<results>/traits/{outcome}.parquet" for outcome in STUDY.outcomes],
        panel=panel_table,
        bed=panel_files("bed"),
        fam=panel_files("fam"),
        correlations=correlations_table(),
        biobanks=os.path.relpath(Path(workflow.basedir, "resources", "biobanks.tsv")),
    output:
        bounds="<results>/tables/overlap.tsv",
        estimates="<results>/tables/overlap_estimates.tsv",
    log:
        "<logs>/correct_overlap/correct_overlap.log",
    benchmark:
        "<benchmarks>/correct_overlap/correct_overlap.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        declared=[STUDY.declared(trait) for trait in (*STUDY.file_traits, *STUDY.exposures)],
        cohorts={outcome: list(STUDY.cohorts_of(outcome)) for outcome in STUDY.outcomes},
        independent=[
            exposure for exposure in STUDY.exposures if STUDY.traits[exposure].format == "instruments"
        ],
        overlap=config["overlap"],
        selection=config["instruments"],
        mhc=config["mhc"],
        harmonise=config["harmonise"],
        p_max=config["reduce"]["p_max"],
        seed=config["seed"],
        source=source_of("correct_overlap"),
    script:
        "../scripts/correct_overlap.py"


rule plot_overlap:
    input:
        estimates="<results>/tables/overlap_estimates.tsv",
    output:
        figure=report("<results>/figures/overlap.svg", category="4 Overlap", caption="../report/overlap.rst"),
    log:
        "<logs>/plot_overlap/plot_overlap.log",
    benchmark:
        "<benchmarks>/plot_overlap/plot_overlap.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        source=source_of("plot_overlap"),
    script:
        "../scripts/plot_overlap.py"
