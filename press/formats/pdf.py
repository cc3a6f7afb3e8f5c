"""PDF, tagged for readers of screens (PDF/UA-1), with the text's language. The words go in as data, not as source."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _

from press.domain.markdown import Block, to_blocks
from press.reading import Reading
from summit.templatetags.marks import comma
from summit.templatetags.moments import day_clock

SOURCE = Path(__file__).with_name("document.typ")
# Libertinus Serif comes with typst; the others are the machine's own, used where the first has no such letters.
BUNDLED = "Libertinus Serif"
FURTHER = ("Noto Naskh Arabic", "Noto Sans Arabic", "Noto Serif", "Noto Sans CJK SC", "DejaVu Sans")


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


@cache
def system_families() -> tuple[str, ...]:
    """Return those of the further families that this machine has."""
    present = set(typst.Fonts(include_system_fonts=True).families())
    return tuple(name for name in FURTHER if name in present)


def write(reading: Reading) -> bytes:
    """Return the text as PDF; the same edition always gives the same bytes on the same machine."""
    data = as_data(reading)
    try:
        return _compile(data, [BUNDLED], fallback=False)
    except typst.TypstError:
        # A letter that the bundled family lacks stops a tagged PDF: take the machine's families too, by name.
        pass
    try:
        return _compile(data, [BUNDLED, *system_families()], fallback=False)
    except typst.TypstError:
        return _compile(data, [BUNDLED, *system_families()], fallback=True, tagged=False)


def _compile(data: dict[str, Any], families: list[str], *, fallback: bool, tagged: bool = True) -> bytes:
    content = json.dumps(data | {"families": families, "fallback": fallback}, ensure_ascii=False)
    made: bytes = typst.compile(
        _source(),
        format="pdf",
        ignore_system_fonts=families == [BUNDLED],
        sys_inputs={"data": content},
        pdf_standards=["ua-1"] if tagged else [],
    )
    return made


def as_data(reading: Reading) -> dict[str, Any]:
    """Return all that the document prints, as JSON holds it."""
    edition, summit = reading.edition, reading.summit
    moment = reading.changed_at.astimezone(summit.zone)
    occasion = reading.occasion
    place = comma().join(filter(None, (occasion.title, occasion.room_name, occasion.venue_name))) if occasion else ""
    notes = []
    if reading.withdrawn:
        notes.append(f"{_('This text has been withdrawn.')} {edition.version.text.withdrawal_reason}")
    if reading.corrected and edition.change_note:
        notes.append(f"{_('Corrected.')} {edition.change_note}")
    return {
        "title": edition.title,
        "summit": summit.name,
        "short": summit.short_name,
        "summary": edition.summary,
        "who": reading.who,
        "what": reading.what,
        "occasion": f"{place}. {day_clock(occasion.starts_at, summit)}" if occasion else "",
        "published": _("Published %(moment)s") % {"moment": day_clock(reading.first_published_at, summit)},
        "notes": notes,
        "footer": " · ".join(
            (
                _("Edition %(number)d") % {"number": edition.number},
                reading.language,
                reading.state,
            )
        ),
        "url": reading.url,
        "language": reading.language,
        "direction": reading.direction,
        "date": [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second],
        "blocks": [_block(block) for block in to_blocks(edition.body)],
    }


def _block(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "level": block.level,
        "start": block.start,
        "spans": [{"text": span.text, "marks": sorted(span.marks), "href": span.href} for span in block.spans],
        "children": [_block(child) for child in block.children],
    }
