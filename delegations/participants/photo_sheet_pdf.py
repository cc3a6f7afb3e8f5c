"""The sheet of photographs as a PDF."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path

from django.utils.translation import get_language_info, ngettext, override
from django.utils.translation import gettext as _

from delegations.participants.list_pdf import text_directions
from delegations.participants.selectors.photo_sheet import Face
from summit.core.file_names import file_name
from summit.pdf.paper_size import paper_of
from summit.pdf.typst import print_pdf
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock

SOURCE = Path(__file__).with_name("photos.typ")


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


def name_of(summit: Summit, language: str) -> str:
    """Return the name of the file of a sheet in a language."""
    with override(language):
        return file_name(_("Photo sheet"), summit.named(language).short_name, ending="pdf")


def write(*, summit: Summit, faces: Sequence[Face], language: str, now: datetime) -> bytes:
    """Return the sheet of photographs in a language, as a PDF.

    Raises summit.pdf.fonts.MissingFontError if no installed font has one of its characters.
    """
    local_time = now.astimezone(summit.zone)
    with override(language):
        number = len(faces)
        data = {
            "title": _("Photo sheet"),
            "about": ngettext("%(number)d person", "%(number)d people", number) % {"number": number},
            "made": day_clock(now, summit),
            "warning": _("Personal data: destroy after use."),
            "photograph": _("photograph"),
        }
    return print_pdf(
        _source(),
        {
            **data,
            "summit": summit.named(language).name,
            "language": language,
            "paper": paper_of(summit),
            "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
            "ways": text_directions(),
            "moment": [
                local_time.year,
                local_time.month,
                local_time.day,
                local_time.hour,
                local_time.minute,
                local_time.second,
            ],
            "faces": [asdict(face) for face in faces],
        },
    )
