# Pooling. Purpose: random-effects meta-analysis of effects that are already estimated: of published experiments, and of
# the screen's estimates over outcomes that are cohorts of one trait. Inputs: tables of the study, estimates of the screen.
# Outputs: tables/pooled*.tsv, figures/pooled/*/*.svg, figures/pooled_outcomes/*/*.svg, pooled.html.
EXPERIMENTS = ["pool_experiments", "show_experiments"] if STUDY.pooling_files else []
FAMILIES = config["pooling"]["outcome_families"]
FAMILY_RULES = ["pool_outcomes", "plot_pooled_outcomes"] if FAMILIES and STUDY.exposures else []
POOLED = [*EXPERIMENTS, *FAMILY_RULES]
POOLED_SHOWN = [name for name in POOLED if name in ("show_experiments", "plot_pooled_outcomes")]
PUBLISHED = [STUDY.pooling_files["published"]] if "published" in STUDY.pooling_files else []
POOLED_CHECKS = ["<results>/tables/pooled_published.tsv", "<results>/tables/pooled_restorations.tsv"]


rule pool_experiments:
    input:
        experiments=STUDY.pooling_files.get("experiments", []),
        effects=STUDY.pooling_files.get("effects", []),
        published=PUBLISHED,
    output:
        pooled="<results>/tables/pooled.tsv",
        influence="<results>/tables/pooled_experiments.tsv",
        small_studies="<results>/tables/pooled_small_study.tsv",
        correlations="<results>/tables/pooled_correlations.tsv",
        comparisons="<results>/tables/pooled_comparisons.tsv",
        checks=POOLED_CHECKS if PUBLISHED else [],
    log:
        "<logs>/pool_experiments/pool_experiments.log",
    benchmark:
        "<benchmarks>/pool_experiments/pool_experiments.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        measures=list(config["pooling"]["measures"]),
        falling_markers=config["pooling"]["falling_markers"],
        moderators=[{"column": moderator["column"]} for moderator in config["pooling"]["moderators"]],
        tau2=config["pooling"]["tau2"],
        test=config["pooling"]["test"],
        source=source_of("pool_experiments"),
    script:
        "../scripts/pool_experiments.py"


rule show_experiments:
    input:
        pooled="<results>/tables/pooled.tsv",
        influence="<results>/tables/pooled_experiments.tsv",
        small_studies="<results>/tables/pooled_small_study.tsv",
        correlations="<results>/tables/pooled_correlations.tsv",
        comparisons="<results>/tables/pooled_comparisons.tsv",
        checks=POOLED_CHECKS if PUBLISHED else [],
    output:
        folder=report(
            directory("<results>/figures/pooled"),
            patterns=["{measure}/{figure}.svg"],
            category="8 Pooled experiments",
            subcategory="{measure}",
            caption="../report/pooled.rst",
            labels={"figure": "{figure}"},
        ),
        page=report("<results>/pooled.html", category="8 Pooled experiments", caption="../report/pooled.rst"),
    log:
        "<logs>/show_experiments/show_experiments.log",
    benchmark:
        "<benchmarks>/show_experiments/show_experiments.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        title=config["title"],
        measures=config["pooling"]["measures"],
        moderators=config["pooling"]["moderators"],
        tau2=config["pooling"]["tau2"],
        test=config["pooling"]["test"],
        source=source_of("show_experiments"),
    script:
        "../scripts/show_experiments.py"


rule pool_outcomes:
    input:
        estimates="<results>/tables/estimates.tsv",
        biobanks=os.path.relpath(Path(workflow.basedir, "resources", "biobanks.tsv")),
    output:
        pooled="<results>/tables/pooled_outcomes.tsv",
    log:
        "<logs>/pool_outcomes/pool_outcomes.log",
    benchmark:
        "<benchmarks>/pool_outcomes/pool_outcomes.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        families=FAMILIES,
        people={
            outcome: [STUDY.declared(cohort) for cohort in STUDY.cohorts_of(outcome)]
            for family in FAMILIES
            for outcome in family["outcomes"]
        },
        tau2=config["pooling"]["tau2"],
        test=config["pooling"]["test"],
        source=source_of("pool_outcomes"),
    script:
        "../scripts/pool_outcomes.py"


rule plot_pooled_outcomes:
    input:
        pooled="<results>/tables/pooled_outcomes.tsv",
        estimates="<results>/tables/estimates.tsv",
        told_names=told_names(),
    output:
        folder=report(
            directory("<results>/figures/pooled_outcomes"),
            patterns=["{family}/{exposure}.svg"],
            category="8 Pooled outcomes",
            subcategory="{family}",
            caption="../report/pooled_outcomes.rst",
            labels={"exposure": "{exposure}"},
        ),
    log:
        "<logs>/plot_pooled_outcomes/plot_pooled_outcomes.log",
    benchmark:
        "<benchmarks>/plot_pooled_outcomes/plot_pooled_outcomes.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        families=FAMILIES,
        labels=STUDY.labels,
        units=STUDY.units,
        source=source_of("plot_pooled_outcomes"),
    script:
        "../scripts/plot_pooled_outcomes.py"
