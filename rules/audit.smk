# Audit. Purpose: published tables held to arithmetic. Inputs: tables as printed, the study's genes, sizes of biobanks.
# Outputs: tables/audit.tsv, tables/audit_counts.tsv, audit.html. `audit` asks for this alone.
PUBLISHED_TABLES = config["audit"]["tables"]
AUDITED = ["audit_published"] if PUBLISHED_TABLES else []


rule audit_published:
    input:
        published=[part["path"] for part in PUBLISHED_TABLES],
        genes=placed_genes(),
        chain=chain_of,
        biobanks=os.path.relpath(Path(workflow.basedir, "resources", "biobanks.tsv")),
    output:
        findings="<results>/tables/audit.tsv",
        counts="<results>/tables/audit_counts.tsv",
        page=report("<results>/audit.html", category="9 Checks", caption="../report/audit.rst"),
    log:
        "<logs>/audit_published/audit_published.log",
    benchmark:
        "<benchmarks>/audit_published/audit_published.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        names=[part["name"] for part in PUBLISHED_TABLES],
        builds=[part["build"] for part in PUBLISHED_TABLES],
        build=STUDY.genome_build,
        title=config["title"],
        source=source_of("audit_published"),
    script:
        "../scripts/audit_published.py"


# Published results that the study can hold to account without a GWAS: printed tables, and pooled experiments.
rule audit:
    input:
        [getattr(rules, name).output for name in [*AUDITED, *(EXPERIMENTS if PUBLISHED else [])]],
    localrule: True
