"""Plain text."""

from django.utils.translation import gettext as _

from press.domain.markdown import to_plain
from press.occasion import line_of
from press.reading import STAR, Reading
from summit.templatetags.moments import day_clock


def write(reading: Reading) -> bytes:
    """Return the text without any mark, with who, what and when above it, in UTF-8."""
    edition, summit = reading.edition, reading.summit
    head = [edition.title, reading.who_marked, reading.what]
    if reading.occasion:
        head.append(line_of(reading))
    head.append(_("Published: %(moment)s") % {"moment": day_clock(reading.first_published_at, summit)})
    if reading.corrected:
        head.append(
            _("Corrected: %(moment)s. %(note)s")
            % {"moment": day_clock(reading.published_at, summit), "note": edition.change_note}
        )
    if reading.withdrawn:
        head.append(_("WITHDRAWN. %(reason)s") % {"reason": edition.version.text.withdrawal_reason})
    parts = ["\n".join(filter(None, head)), edition.summary, to_plain(edition.body).rstrip()]
    parts += [f"{STAR} {reading.note}" if reading.note else "", reading.url]
    return ("\n\n".join(filter(None, parts)) + "\n").encode()
