# Targets. Purpose: parts of a run by name, for those who do not want it all at once; `fetch_only` is with the downloads.
# Inputs: tables of the screen and of what follows it. Outputs: whether every exposure could be read, as the last thing.
SCREENED = [rules.judge_evidence.output, rules.collect_quality.output, rules.freeze_config.output]
FOLLOWED = [rules.weigh_evidence.output, rules.correct_overlap.output]
FOLLOWED += [getattr(rules, name).output for name in SHOWN]


use rule give_verdict as verdict_on_screen with:
    input:
        SCREENED,
        gates=[],
        selections=rules.give_verdict.input.selections,
        reductions=rules.give_verdict.input.reductions,
    output:
        verdict="<results>/screened.txt",
    log:
        "<logs>/give_verdict/screen.log",
    benchmark:
        "<benchmarks>/give_verdict/screen.tsv"


use rule verdict_on_screen as verdict_on_follow_up with:
    input:
        SCREENED,
        FOLLOWED,
        gates=rules.give_verdict.input.gates,
        selections=rules.give_verdict.input.selections,
        reductions=rules.give_verdict.input.reductions,
    output:
        verdict="<results>/followed_up.txt",
    log:
        "<logs>/give_verdict/follow_up.log",
    benchmark:
        "<benchmarks>/give_verdict/follow_up.tsv"


# Every exposure estimated, the hits validated, the source files checked.
rule screen:
    input:
        rules.verdict_on_screen.output,
    localrule: True


# What is asked of the hits besides: direction, overlap, correlation, pleiotropy, colocalisation, mediation, and the ledger.
rule follow_up:
    input:
        rules.verdict_on_follow_up.output,
    localrule: True
