"""The summary page: findings laid out as one HTML file that needs nothing else."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from scripts.figure.worth_page import WORTH

STYLE = """
:root { color-scheme: light dark; --ink: #1a1a1a; --soft: #555; --line: #d5d5d5; --ground: #fff;
  --band: #f3f5f8; --accent: #004488; --against: #a03a4a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --soft: #aaa; --line: #3d4046;
  --ground: #16181c; --band: #20242a; --accent: #8ab8ee; --against: #f0a0ac; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 74rem; background: var(--ground);
  color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .4rem; padding-top: .6rem; border-top: 2px solid var(--accent); }
p { max-width: 46rem; margin: .4rem 0 .8rem; }
.lead { font-size: 1.15rem; }
.soft, .unit { color: var(--soft); }
.unit { font-size: .85em; display: block; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; vertical-align: bottom; border-bottom: 2px solid var(--ink);
  padding: .35rem .7rem .35rem 0; }
td { vertical-align: top; border-bottom: 1px solid var(--line); padding: .4rem .7rem .4rem 0;
  overflow-wrap: break-word; }
tbody tr:nth-child(even) { background: var(--band); }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.effect { white-space: nowrap; font-variant-numeric: tabular-nums; }
.name { min-width: 11rem; }
.expected { white-space: nowrap; }
figcaption { background: var(--ground); color: var(--soft); font-size: .9rem; padding: .3rem 0; }
.lines { white-space: pre-line; min-width: 12rem; }
.agree { min-width: 8.5rem; }
.concordant { color: var(--accent); font-weight: 600; }
.discordant { color: var(--against); font-weight: 600; text-decoration: underline dotted; }
@media print { :root { --ink: #000; --soft: #333; --line: #bbb; --ground: #fff; --band: #fff; --accent: #000;
  --against: #000; } body { font-size: 10pt; max-width: none; padding: 0; } h2 { break-after: avoid; }
  tr { break-inside: avoid; } thead { display: table-header-group; } .wide { overflow: visible; } }
"""

TABLE = """\
{%- macro table(heads, rows) -%}
<div class="wide"><table>
<thead><tr>
{% for key, head, look in heads %}<th scope="col" class="{{ look }}">{{ head }}</th>{% endfor %}
</tr></thead>
<tbody>
{% for row in rows %}<tr>{% for key, head, look in heads -%}
<td class="{{ look }}{{ ' ' ~ row.verdict if key == 'verdict' }}">
{{- row[key] | replace('_', ' ') if key == 'verdict' else row[key] }}
{%- if key == 'effect' and row.unit %} <span class="unit">{{ row.unit }}</span>{% endif %}</td>
{%- endfor %}</tr>
{% endfor %}</tbody></table></div>
{%- endmacro -%}
"""

TEMPLATE = (
    """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body>
<h1>{{ title }}</h1>
<p class="lead">{{ lead }} <b>{{ verdict }}</b></p>
<p>An exposure is <b>discovered</b> when {{ methods }} each give
P&nbsp;&lt;&nbsp;{{ p_max }}, all in one direction
{%- if correction %}, and its adjusted P ({{ correction }}) is below {{ screen_level }} too{% endif %}. It is
<b>validated</b> when at least one validation outcome has an adjusted P&nbsp;&lt;&nbsp;{{ validate_fdr }}
({{ validation_correction }}) in the expected direction and none contradicts. Effects are those of the
genetically predicted exposure; they answer a question about lifelong differences, under the assumptions of
Mendelian randomization, and do not prove that an intervention works.</p>

"""
    + WORTH
    + """
{% if truth %}<h2>Beside the truth of this simulated study</h2>
<p>{{ truth.power }}</p>
<p>{{ truth.chance }}</p>
{% if truth.wrong %}<p>{{ truth.wrong }}</p>
{% endif %}{{ table([("class", "What the exposure truly is", "name"), ("total", "Exposures", "n"),
  ("hit", "Found and validated", "n"), ("discovered", "Found, not validated", "n"),
  ("tested", "Tested, not found", "n"), ("not_testable", "Not testable", "n")], truth.classes) }}

{% endif %}<h2>Validation of every discovered exposure</h2>
{% if validation %}{{ table([("exposure", "Genetically predicted exposure", "name"),
  ("outcome", "Validation outcome", ""), ("expected", "Expected", "expected"),
  ("effect", "Effect (95% interval)", "effect"), ("p", "P", "n"), ("p_adjusted", "Adjusted P", "n"),
  ("verdict", "Verdict", "")], validation) }}
<p class="soft">Expected: relative to the effect on the primary outcome. Adjusted P: Benjamini-Hochberg over
all rows of this table. Concordant: significant in the expected direction. Discordant: significant against it.
Silent: not significant.</p>
{% else %}<p>There was nothing to validate: no exposure was discovered, or the study has no validation
outcome.</p>{% endif %}

<h2>Exposures that could not be tested</h2>
{% if not_testable %}{{ table([("exposure", "Exposure", "name"), ("outcome", "Outcome", ""),
  ("status", "Status", ""), ("message", "Why", "")], not_testable) }}
{% else %}<p>Every exposure could be read and tested.</p>{% endif %}

<h2>Instruments, by what became of them</h2>
<p class="soft">Summed over all pairs of exposure and primary outcome.</p>
{{ table([("sentence", "Variants", "name"), ("n", "Number", "n"), ("share", "Share", "n")], lost) }}

<h2>Rows of the source files, by what became of them</h2>
<p class="soft">Summed over all source files. A row with several faults counts once.</p>
{{ table([("sentence", "Rows", "name"), ("n", "Number", "n"), ("share", "Share", "n")], dropped) }}
{% for line in combined %}<p>Meta-analysis {{ line }}</p>
{% endfor %}

<h2>Checks of the source files</h2>
<p class="soft">Numbers of each file beside what the study declares of it, the LD panel's alleles and
frequencies, and the sizes of known biobanks. quality.html has every file.</p>
{% if checks.lines %}{{ table([("trait", "Trait", "name"), ("found", "What stands out", ""),
  ("meaning", "What it may mean", "")], checks.lines) }}
{% if checks.more %}<p class="soft">And {{ "{:,}".format(checks.more) }} more, in quality.html and
tables/quality_findings.tsv.</p>
{% endif %}{% else %}<p>No file stands out.</p>
{% endif %}
</body>
</html>
"""
)


def page(title: str, found: dict[str, Any]) -> str:
    """The page as HTML text; `found` comes from `findings`, and every word of it is escaped."""
    return laid_out(TEMPLATE, title=title, **found)


FRAME = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ heading }}: {{ title }}</title>
<style>{{ style }}
{{ own_style }}</style>
</head>
<body>
<h1>{{ heading }}</h1>
<p class="soft">{{ title }}</p>
"""
END = "</body>\n</html>"
# Of pages with wide tables and figures that scroll on a narrow screen.
WIDE = """\
figure { margin: 1rem 0; max-width: 74rem; overflow-x: auto; background: #fff; }
figure svg, figure img { width: 100%; min-width: 44rem; height: auto; display: block; }
body { max-width: 92rem; } .wide table { font-size: .84rem; }"""


def framed(heading: str, title: str, body: str, *, own_style: str = WIDE, **content: Any) -> str:
    """A page of the study `title`: its heading, then the template `body`, filled in as by `laid_out`."""
    return laid_out(FRAME + body + END, heading=heading, title=title, own_style=Markup(own_style), **content)


def laid_out(template: str, **content: Any) -> str:
    """A template that may use TABLE and STYLE, filled in; all content is escaped but for Markup."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(TABLE + template).render(style=Markup(STYLE), **content) + "\n"
