"""The report of a finished study: small, whole, and careful with words."""

import gzip
import json
import re
from base64 import b64decode
from urllib.parse import unquote

from tests.workflow.conftest import Checkout

TAG, DRAWING = re.compile(r"<[^>]+>"), re.compile(r"<(svg|style|script).*?</\1>", re.DOTALL)
# Words that claim more than a study of this kind shows of its exposures.
CLAIM = re.compile(
    r"[^.:;]*\b(causes|caused|causing|leads? to|led to|protects?|prevents?|acts? on"
    r"|(?:in|de)creas(?:es|ed)|reduc(?:es|ed) (?:the )?risk)\b[^.:;]*",
    re.IGNORECASE,
)
# What says how a method reads, what was simulated, or what is not known.
ALLOWED = (
    *("caused by the outcome", "do not act on the outcome", "must not act on", "does the "),
    *("outcome acts on", "outcome that acts on", "where the exposure", "only the other way round"),
    *("against their true effects", "what acts on both traits", "with the right sign"),
)


def texts(checkout: Checkout) -> dict[str, str]:
    """The words of every section."""
    page = (checkout.results / "report.html").read_text(encoding="utf-8")
    packed = re.search(r'id="content">([^<]*)<', page)
    home = re.search(r'<div id="home">(.*?)<div id="view"', page, re.DOTALL)
    assert packed and home
    sections = json.loads(gzip.decompress(b64decode(packed[1])))["sections"]
    parts = {"home": home[1], **{name: part["html"] for name, part in sections.items()}}
    return {name: " ".join(TAG.sub(" ", DRAWING.sub(" ", html)).split()) for name, html in parts.items()}


def test_no_sentence_of_the_report_claims_a_cause(finished: Checkout):
    found = {
        (name, sentence[0].strip())
        for name, text in texts(finished).items()
        for sentence in CLAIM.finditer(text)
        if not any(words in sentence[0].lower() for words in ALLOWED)
    }
    assert not found
    assert "Effects are those of the genetically predicted exposure" in texts(finished)["home"]


def test_it_is_small_and_its_links_lead_somewhere(finished: Checkout):
    path = finished.results / "report.html"
    assert path.stat().st_size < 5_000_000
    page = path.read_text(encoding="utf-8")
    links = {unquote(link) for link in re.findall(r'href="#([^"]+)"', page)}
    assert links <= {*texts(finished), "home", "all", "view"}
    assert {"methods", "table-screen", "table-hits"} <= links
