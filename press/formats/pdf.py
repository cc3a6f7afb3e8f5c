"""PDF of a text, with its language. How it is printed, and with which fonts, is summit.paper's to know."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from delegations.domain.naming import Books
from press.domain.markdown import Block, to_blocks
from press.models import Edition
from press.occasion import line_of
from press.reading import STAR, Reading, speaker
from summit.languages import tongue
from summit.paper import words
from summit.paper.press import lacking, print_pdf
from summit.templatetags.moments import day_clock

SOURCE = Path(__file__).with_name("document.typ")


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


def write(reading: Reading) -> bytes:
    """Return the text as PDF; the same edition always gives the same bytes on the same machine.

    Raises summit.paper.fonts.MissingFontError where no font here prints one of its letters.
    """
    return print_pdf(_source(), as_data(reading))


def unprintable(edition: Edition) -> str:
    """Return in words what keeps an edition, published or not, from being printed on this machine; "" where nothing
    does."""
    version = edition.version
    party = version.text.slot.party_id if version.text.slot else None
    named = Books(version.text.summit).of(party, version.language)
    who = speaker(edition, named), named.footnote if named else ""
    parts = (edition.title, edition.summary, edition.body, *who, edition.change_note)
    problem = lacking("\n".join(parts))
    return f"{words.missing(problem)} {words.remedy(problem)}" if problem else ""


def as_data(reading: Reading) -> dict[str, Any]:
    """Return all that the document prints, as JSON holds it."""
    edition, summit = reading.edition, reading.summit
    names = summit.named(reading.language)
    moment = reading.changed_at.astimezone(summit.zone)
    notes = []
    if reading.withdrawn:
        notes.append(f"{_('This text has been withdrawn.')} {edition.version.text.withdrawal_reason}")
    if reading.corrected and edition.change_note:
        notes.append(f"{_('Corrected.')} {edition.change_note}")
    return {
        "title": edition.title,
        "summit": names.name,
        "short": names.short_name,
        "summary": edition.summary,
        "who": reading.who_marked,
        "footnote": f"{STAR} {reading.note}" if reading.note else "",
        "what": reading.what,
        "occasion": line_of(reading),
        "published": _("Published %(moment)s") % {"moment": day_clock(reading.first_published_at, summit)},
        "notes": notes,
        "footer": " · ".join(
            (
                _("Edition %(number)d") % {"number": edition.number},
                tongue(reading.language),
                reading.state,
            )
        ),
        "url": reading.url,
        "language": reading.language,
        "direction": reading.direction,
        "date": [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second],
        "blocks": _blocks(to_blocks(edition.body)),
    }


def _blocks(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Return blocks as JSON holds them."""
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
