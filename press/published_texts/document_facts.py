"""The lines that documents have between the title and the body of a text: kind, session, dates, topics, contact."""

from django.utils.translation import gettext as _

from press.published_texts.selectors import Reading
from press.published_texts.speech_session import line_of
from summit.core.punctuation import comma
from summit.templatetags.moments import day_clock


def facts(reading: Reading) -> list[str]:
    """Return a list of lines about a text, such as its kind and its time of publication, in the active language."""
    text, summit = reading.edition.version.text, reading.summit
    lines = [reading.what, line_of(reading)]
    if text.media_access:
        lines.append(_("Media: %(access)s") % {"access": text.get_media_access_display()})
    gather = [day_clock(text.gather_at, summit) if text.gather_at else "", text.gather_place]
    if any(gather):
        lines.append(_("Media meeting point: %(where)s") % {"where": comma().join(filter(None, gather))})
    lines.append(_("Published: %(moment)s") % {"moment": day_clock(reading.first_published_at, summit)})
    if reading.beside.topics:
        names = comma().join(name for _key, name in reading.beside.topics)
        lines.append(_("Topics: %(names)s") % {"names": names})
    if text.contact:
        lines.append(_("Press contact: %(contact)s") % {"contact": text.contact})
    return [line for line in lines if line]
