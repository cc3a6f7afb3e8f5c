"""Write a text as PDF, tagged with the language. `summit.pdf` makes the document and chooses the fonts."""

import json
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from delegations.parties.selectors.party_names import Books
from press.published_texts.document_facts import facts
from press.published_texts.reader_notices import changes, notices
from press.published_texts.selectors import STAR, Reading, speaker
from press.texts.markdown_to_html import Block
from press.texts.models.editions import Edition
from press.texts.selectors.rendered_editions import blocks_of
from summit.core.date_formats import plain_day
from summit.core.languages import language_name
from summit.core.process_cache import Memory
from summit.pdf import missing_fonts
from summit.pdf.paper_size import paper_of
from summit.pdf.typst import lacking, print_pdf

# A cache of the PDFs that are requested most, at about 50 kB.
_printed: Memory[bytes] = Memory(64)
SOURCE = Path(__file__).with_name("document.typ")


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


def write(reading: Reading) -> bytes:
    """Return the text as PDF. The same content always has the same bytes on the same machine, and is cached.

    Raises summit.pdf.fonts.MissingFontError if no installed font has a letter of the text.
    """
    data = as_data(reading)
    key = sha256(json.dumps(data).encode()).digest()
    return _printed.ask(key, lambda: print_pdf(_source(), data))


def unprintable(edition: Edition) -> str:
    """Return a message if this machine can't make a PDF of an edition, because a font is missing, or else "".

    The edition need not be public.
    """
    version = edition.version
    party = version.text.slot.party_id if version.text.slot else None
    party_name = Books(version.text.summit).of(party, version.language)
    speaker_parts = speaker(edition, party_name), party_name.footnote if party_name else ""
    parts = (edition.title, edition.summary, edition.body, *speaker_parts, edition.change_note)
    problem = lacking("\n".join(parts))
    return f"{missing_fonts.missing(problem)} {missing_fonts.remedy(problem)}" if problem else ""


def as_data(reading: Reading) -> dict[str, Any]:
    """Return all content of the PDF as JSON-serializable data, for the template `document.typ`."""
    edition, summit = reading.edition, reading.summit
    names = summit.named(reading.language)
    moment = reading.changed_at.astimezone(summit.zone)
    warnings = [notice.line for notice in notices(reading) if notice.kind == "withdrawn"]
    state = f"{reading.state}, {plain_day(moment.date())}"
    return {
        "title": edition.title,
        "paper": paper_of(summit),
        "summit": names.name,
        "short": names.short_name,
        "summary": edition.summary,
        "who": reading.who_marked,
        "footnote": f"{STAR} {reading.note}" if reading.note else "",
        "facts": facts(reading),
        "notes": [*warnings, *changes(reading)],
        "footer": " · ".join(
            (_("Edition %(number)d") % {"number": edition.number}, language_name(reading.language), state)
        ),
        "files_are": _("Attachments"),
        "files": [
            {"title": file.title, "about": f"{file.format}, {file.large}", "url": settings.BASE_URL + file.url}
            for file in reading.beside.files
        ],
        "url": reading.url,
        "language": reading.language,
        "direction": reading.direction,
        "date": [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second],
        "blocks": _blocks(blocks_of(edition)),
    }


def _blocks(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Return blocks as JSON-serializable data."""
    return [
        {
            "kind": block.kind,
            "level": block.level,
            "start": block.start,
            "spans": [{"text": span.text, "marks": sorted(span.marks), "href": span.href} for span in block.spans],
            "children": _blocks(block.children),
        }
        for block in blocks
    ]
