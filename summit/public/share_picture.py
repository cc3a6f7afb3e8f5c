"""The preview picture for shared links to a summit's pages: the summit's name, place and days on its colour.

The picture has 1200 by 630 pixels, the format that such previews use.
"""

from functools import lru_cache

from django.utils import translation

from summit.core.date_formats import plain_day
from summit.core.languages import direction, spoken
from summit.pdf import typst
from summit.pdf.fonts import MissingFontError
from summit.summits import colours
from summit.summits.models import Summit

SOURCE = b"""#let d = json(bytes(sys.inputs.data))
#set page(width: 1200pt, height: 630pt, margin: (x: 90pt, y: 80pt), fill: rgb(d.ground))
#set text(font: d.families, lang: d.language, dir: if d.direction == "rtl" { rtl } else { ltr }, fill: rgb(d.ink))
#set par(leading: 0.5em)
#v(1fr)
#text(size: 76pt, weight: "bold", d.name)
#v(20pt)
#text(size: 36pt, d.when)
#v(1fr)
"""


def draw(summit: Summit) -> bytes:
    """Return the preview picture of a summit as PNG, in the summit's first language.

    If no font has the letters of the name or the place, the picture shows the slug instead of both.
    """
    with translation.override(spoken(summit.language)):
        days = list(dict.fromkeys(map(plain_day, (summit.starts_on, summit.ends_on))))
        when = f"{summit.place}, {' – '.join(days)}"
    try:
        return _drawn(summit.name, when, summit.language, summit.accent)
    except MissingFontError:
        return _drawn(summit.slug, f"{summit.starts_on} – {summit.ends_on}", "en", summit.accent)


@lru_cache(maxsize=32)
def _drawn(name: str, when: str, language: str, colour: str) -> bytes:
    accent = colours.light_accent(colour)
    data = {"name": name, "when": when, "language": language.partition("-")[0], "direction": direction(language)}
    return typst.draw_png(SOURCE, {**data, "ground": accent.colour, "ink": accent.ink})
