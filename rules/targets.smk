# Targets. Purpose: parts of a run by name, for those who do not want it all at once; `fetch_only` is with the downloads.
# Inputs: tables of the screen and of what follows it. Outputs: none of their own.


# Every exposure estimated, the hits validated, the source files checked.
rule screen:
    input:
        rules.judge_evidence.output,
        rules.collect_quality.output,
        rules.freeze_config.output,
    localrule: True


# What is asked of the hits besides: direction, overlap, correlation, pleiotropy, colocalisation, mediation, and the ledger.
rule follow_up:
    input:
        rules.screen.input,
        rules.weigh_evidence.output,
        rules.correct_overlap.output,
        [getattr(rules, name).output for name in SHOWN],
    localrule: True
