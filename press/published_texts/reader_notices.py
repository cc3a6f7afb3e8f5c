"""Notices that pages show before a text: it was withdrawn, corrected or clarified, when and why."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from press.published_texts.selectors import Reading
from press.texts.models.editions import ChangeKind
from summit.templatetags.moments import day_clock


@dataclass(frozen=True)
class ReaderNotice:
    """A notice that a text was withdrawn, or how its public edition changed the previous one.

    `kind` is "withdrawn", "correction" or "clarification". `at` is the time of the withdrawal or change. `said` is a
    sentence about it, and `reason` is the press office's reason or "".
    """

    kind: str
    at: datetime
    said: str
    reason: str

    @property
    def line(self) -> str:
        """The sentence followed by the reason."""
        return " ".join(filter(None, (self.said, self.reason)))


def notices(reading: Reading) -> list[ReaderNotice]:
    """Return a list with the notice of a text in the active language, or an empty list.

    For a withdrawn text it is the notice of the withdrawal, otherwise the notice of the newest change.
    """
    text, summit = reading.edition.version.text, reading.summit
    if text.withdrawn_at is not None:
        message = _("This text was withdrawn on %(moment)s.") % {"moment": day_clock(text.withdrawn_at, summit)}
        return [ReaderNotice("withdrawn", text.withdrawn_at, message, text.withdrawal_reason)]
    if reading.corrected:
        edition, moment = reading.edition, {"moment": day_clock(reading.published_at, summit)}
        kind = ChangeKind(edition.change_kind or ChangeKind.CORRECTION)
        message = {
            ChangeKind.CORRECTION: _("Corrected on %(moment)s."),
            ChangeKind.CLARIFICATION: _("Clarified on %(moment)s."),
        }[kind]
        return [ReaderNotice(str(kind.value), reading.published_at, message % moment, edition.change_note)]
    return []


def changes(reading: Reading) -> list[str]:
    """Return a line for each published correction or clarification, newest first, in the active language."""
    return [
        _("%(change)s: %(moment)s. %(note)s")
        % {"change": change.said, "moment": day_clock(change.at, reading.summit), "note": change.note}
        for change in reading.corrections
    ]
