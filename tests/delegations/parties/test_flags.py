"""Pictures of flags: one for each country, sharp at any size, harmless, and printable."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django_countries.data import COUNTRIES

from delegations.parties import flags
from summit.pdf.typst import print_pdf

# Signs that a phone shows as coloured pictures, each in its own way.
PICTOGRAMS = re.compile(r"[\u2600-\u2712\u2714\u2716-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
SOURCE = b"""#let d = json(bytes(sys.inputs.data))
#set document(title: "Flags")
#for flag in d.flags { image(bytes(flag), format: "svg", width: 8mm, alt: "flag") }
"""


def test_every_country_has_a_flag_and_pages_and_paper_take_the_same_file() -> None:
    assert set(COUNTRIES) - flags.known_flags() == set()
    for flag in ("FR", flags.NEUTRAL):
        found = finders.find(flags.flag_url(flag).removeprefix(settings.STATIC_URL))
        assert found is not None
        assert Path(found).read_text() == flags.flag_svg(flag)
    assert flags.flag_svg("QQ") == ""


def test_a_flag_neither_runs_nor_fetches_anything_and_has_the_one_ratio() -> None:
    for flag in (*flags.known_flags(), flags.NEUTRAL):
        svg = flags.flag_svg(flag)
        assert 'viewBox="0 0 640 480"' in svg, flag
        assert re.findall(r"<script|<style|<image|<foreignObject|\son\w+=|(?:href|src)=[\"'](?!#)", svg) == [], flag


def test_every_flag_is_printed() -> None:
    drawn: dict[str, Any] = {"flags": [flags.flag_svg(flag) for flag in sorted(flags.known_flags())]}
    assert print_pdf(SOURCE, drawn).startswith(b"%PDF")


def test_no_page_has_a_pictogram_of_the_readers_machine() -> None:
    """Signs of text, such as arrows, are those of the page's font. There is no set of icons besides."""
    root = Path(settings.BASE_DIR)
    paths = [path for folder in ("templates", "static/css", "static/js") for path in (root / folder).rglob("*.*")]
    found = {path.name: PICTOGRAMS.findall(path.read_text()) for path in paths}
    assert {name: signs for name, signs in found.items() if signs} == {}
