"""The part of the summary page that says what the hits are worth."""

from __future__ import annotations

WORTH = """\
<h2>From gate to gate</h2>
{{ table([("sentence", "Gate", "name"), ("entered", "Entered", "n"), ("passed", "Passed", "n"),
  ("by_chance", "Expected by chance", "n"), ("ratio", "Observed / expected", "n"),
  ("flips", "Under sign flips", "n"), ("pi0", "pi0", "n"), ("family", "Family of the P", "")], ledger) }}
<p class="soft">Expected by chance: random error alone, if no exposure had any effect, over the pairs that
could be tested. It does not count exposures that pass for another reason, such as pleiotropy or an outcome
that acts on the exposure, and it takes instruments to agree: where they do not, a method whose standard error
knows no heterogeneity (GSMR) passes more, as the sign flips show.
{%- if validated %} Validation is not taken to lower the number: its outcomes may share people or heritability
with the primary one and repeat what chance gave there.{% endif %} Under sign flips: the same gates, mean and
95% of the draws, with the signs of the outcomes' effects flipped at random, a block of linkage disequilibrium
at a time; there GSMR keeps its outliers. pi0: the share of the family's tests that look null.</p>

<h2>What passed every gate</h2>
{% if hits %}{{ table([("exposure", "Genetically predicted exposure", "name"), ("outcome", "Outcome", ""),
  ("effect", "Effect (95% interval)", "effect"), ("p", "P", "n"), ("p_bh", "Adjusted P", "n"),
  ("instruments", "Instruments", "n"), ("agreement", "Do the methods agree?", "agree"),
  ("validation", "Validation outcomes", "lines")], hits) }}
<p class="soft">Adjusted P: Benjamini-Hochberg over all pairs that could be tested.</p>
<h2>What each hit is worth</h2>
{{ table([("exposure", "Hit", "name"), ("worth", "Worth", "expected"), ("sentence", "Why", "")], sentences) }}
{% else %}<p>No exposure passed every gate.</p>{% endif %}

<h2>Controls</h2>
{{ table([("control", "Control", "name"), ("sentence", "What it is", ""), ("tested", "Tested", "n"),
  ("inflation", "Lambda", "n"), ("nominal", "P < " ~ p_max, "n"), ("by_chance", "Expected", "n"),
  ("hits", "Hits", "n"), ("rate", "Hit rate", "n")], controls) }}
<p class="soft">By the primary method. Lambda: median z^2 over its value without effect. Hits of an outcome:
the study's hits that are nominal on it too.</p>

<h2>The reverse direction</h2>
{% if reverse %}{{ table([("outcome", "Outcome as exposure", "name"), ("exposure", "On the hit", "name"),
  ("instruments", "Instruments", "n"), ("effect", "Effect (95% interval)", "effect"), ("p", "P", "n"),
  ("p_adjusted", "Adjusted P", "n"), ("steiger", "Variance explained, of outcome and hit", ""),
  ("said", "What it says", "")], reverse) }}
<p class="soft">Each hit on its outcome's own instruments. Variance explained (Steiger): those of a cause
explain more of the cause than of its effect.</p>
{% else %}<p>There is no hit to turn round.</p>{% endif %}

<h2>Corrections side by side</h2>
<p>{{ independent }}</p>
{{ table([("family", "Family", ""), ("correction", "Correction", "name"), ("m", "m", "n"),
  ("tests", "Counted as", "n"), ("pi0", "pi0", "n"), ("level", "Level", "n"), ("below", "Below it", "n"),
  ("rank", "Last rank", "n")], corrections) }}
"""
