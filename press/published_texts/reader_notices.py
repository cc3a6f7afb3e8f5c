"""What a reader has to know before the words: that a text was withdrawn, or corrected, when and why."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from press.published_texts.selectors import Reading
from press.texts.models.editions import ChangeKind
from summit.templatetags.moments import day_clock


@dataclass(frozen=True)
class Notice:
    """A withdrawal ("withdrawn") or the newest change ("correction" or "clarification"): when, in a sentence, and the
    reason as the press office wrote it, "" where it gave none."""

    kind: str
    at: datetime
    said: str
    reason: str

    @property
    def line(self) -> str:
        """The sentence with the reason."""
        return " ".join(filter(None, (self.said, self.reason)))


def notices(reading: Reading) -> list[Notice]:
    """Return what has to be known of a text, in the language that is active: of a withdrawn one that alone."""
    text, summit = reading.edition.version.text, reading.summit
    if text.withdrawn_at is not None:
        said = _("This text was withdrawn on %(moment)s.") % {"moment": day_clock(text.withdrawn_at, summit)}
        return [Notice("withdrawn", text.withdrawn_at, said, text.withdrawal_reason)]
    if reading.corrected:
        edition, moment = reading.edition, {"moment": day_clock(reading.published_at, summit)}
        kind = ChangeKind(edition.change_kind or ChangeKind.CORRECTION)
        said = {
            ChangeKind.CORRECTION: _("Corrected on %(moment)s."),
            ChangeKind.CLARIFICATION: _("Clarified on %(moment)s."),
        }[kind]
        return [Notice(str(kind.value), reading.published_at, said % moment, edition.change_note)]
    return []


def changes(reading: Reading) -> list[str]:
    """Return a line for each correction and clarification that has been published, in the language that is active,
    the newest first."""
    return [
        _("%(change)s: %(moment)s. %(note)s")
        % {"change": change.said, "moment": day_clock(change.at, reading.summit), "note": change.note}
        for change in reading.corrections
    ]
