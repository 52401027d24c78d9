"""The gallery: every kind of figure from SIMULATED inputs at three sizes, as docs/gallery.md and its images.

python -m tests.benchmarks.gallery
"""

from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from scripts.figure.style import RC
from scripts.table.files import atomic, write_text
from tests.figure.gallery_kinds import KINDS, SIZES, Kind

DOCS = Path(__file__).resolve().parents[2] / "docs"
IMAGES = DOCS / "images" / "gallery"
WRITTEN = " and ".join([", ".join(map(str, SIZES[:-1])), str(SIZES[-1])])
RESOLUTION, COLOURS = 100, 48  # dots per inch; text stays legible, an image has 10 to 60 kB
PAGE = """\
# Gallery

Every kind of figure that the workflow draws, from **SIMULATED** inputs at three sizes: {sizes}. A figure is
one or two journal columns wide (89 or 183 mm) and at most a page high, with text of 6 pt or more. No text
overlaps or is cut at these sizes, and no kind is missing here: `tests/figure/test_gallery.py` holds both.
Figures of a report are SVG; `./mrscape run print_figures` writes them as vector PDF and as PNG of 300 dpi to
`results/<study>/print/`. Click a figure to see it whole.

Made by `python -m tests.benchmarks.gallery`.
"""
ENTRY = """
## {title}

Sizes: {sizes} {counts}. `scripts/figure/{module}.py`.

{images}
"""
IMAGE = '<a href="{path}"><img src="{path}" width="32%" alt="SIMULATED: {title}, {n} {counts}"></a>'


def file_of(kind: Kind, n: int) -> str:
    """The name of the image of a kind at a size."""
    return f"SIMULATED_{kind.name.replace('.draw_', '_')}_{n}.png"


def page() -> str:
    """The gallery as Markdown."""
    entries = [
        ENTRY.format(
            title=kind.title,
            sizes=WRITTEN,
            counts=kind.counts,
            module=kind.name.split(".")[0],
            images="\n".join(
                IMAGE.format(
                    path=f"images/gallery/{file_of(kind, n)}", title=kind.title, n=n, counts=kind.counts
                )
                for n in SIZES
            ),
        )
        for kind in KINDS
    ]
    return PAGE.format(sizes=WRITTEN) + "".join(entries)


def paint(figure: Figure, path: Path) -> None:
    """Write the figure as a PNG of few colours: the same figure gives the same bytes."""
    with BytesIO() as drawn:
        figure.savefig(drawn, format="png", dpi=RESOLUTION, facecolor=RC["savefig.facecolor"])
        image = Image.open(drawn).convert("RGB")
    with atomic(path) as part:
        image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(part, format="PNG", optimize=True)


if __name__ == "__main__":
    for kind in KINDS:
        for n in SIZES:
            paint(kind.make(n), IMAGES / file_of(kind, n))
    write_text(page(), DOCS / "gallery.md")
    sizes = [path.stat().st_size for path in IMAGES.glob("*.png")]
    print(f"{len(sizes)} images, {sum(sizes) / 1e6:.2f} MB, the largest {max(sizes) / 1e3:.0f} kB")
