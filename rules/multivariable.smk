# Multivariable MR. Purpose: direct effects of exposures that may act side by side, one job for all analyses.
# Inputs: whole standard tables of the members and their accounts, LD panel, table of correlations.
# Outputs: tables/multivariable*.tsv, tables/multivariable_effects.parquet, figures/multivariable/*/*.svg.
MEMBERS = dict.fromkeys(
    trait for analysis in STUDY.multivariable for trait in (*analysis["exposures"], *analysis["outcomes"])
)
MULTIVARIABLE = ["analyse_multivariable", "plot_multivariable"] if STUDY.multivariable else []


rule analyse_multivariable:
    input:
        traits=[f"<results>/traits/{trait}.parquet" for trait in MEMBERS],
        accounts=[f"<results>/traits/{trait}.json" for trait in MEMBERS],
        panel=panel_table,
        bed=panel_files("bed"),
        fam=panel_files("fam"),
        correlations=correlations_table(),
    output:
        estimates="<results>/tables/multivariable.tsv",
        diagnostics="<results>/tables/multivariable_diagnostics.tsv",
        effects="<results>/tables/multivariable_effects.parquet",
    log:
        "<logs>/analyse_multivariable/analyse_multivariable.log",
    benchmark:
        "<benchmarks>/analyse_multivariable/analyse_multivariable.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        analyses=list(STUDY.multivariable),
        selection=config["instruments"],
        mhc=config["mhc"],
        harmonise=config["harmonise"],
        draws=config["estimators"]["bootstrap_draws"],
        seed=config["seed"],
        source=source_of("analyse_multivariable"),
    script:
        "../scripts/analyse_multivariable.py"


rule plot_multivariable:
    input:
        estimates="<results>/tables/multivariable.tsv",
        diagnostics="<results>/tables/multivariable_diagnostics.tsv",
        told_names=told_names(),
    output:
        folder=report(
            directory("<results>/figures/multivariable"),
            patterns=["{analysis}/{outcome}.svg"],
            category="4 Multivariable",
            subcategory="{analysis}",
            caption="../report/multivariable.rst",
            labels={"outcome": "{outcome}"},
        ),
    log:
        "<logs>/plot_multivariable/plot_multivariable.log",
    benchmark:
        "<benchmarks>/plot_multivariable/plot_multivariable.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        labels=STUDY.labels,
        units=STUDY.units,
        source=source_of("plot_multivariable"),
    script:
        "../scripts/plot_multivariable.py"
