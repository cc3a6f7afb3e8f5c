"""Builds the text of a visa support letter, which is frozen when the letter is issued.

The letter is for the host's own embassy, so it is in the summit's first language.
"""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from delegations.invitations import letter_pdf
from delegations.invitations.letter_pdf import LetterSheet
from delegations.invitations.models.letters import Purpose
from delegations.invitations.selectors import placeholders
from delegations.invitations.selectors.letter_templates import Texts
from delegations.members.models.particulars import Particulars
from delegations.parties import nationality_choices
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import party_names
from delegations.travel.models.visas import VisaLetter
from summit.core.database_clock import db_now
from summit.core.date_formats import long_day, plain_day
from summit.core.languages import spoken
from summit.pdf import missing_fonts
from summit.pdf.paper_size import paper_of
from summit.pdf.typst import lacking
from summit.people.models import announced
from summit.summits.models import Summit

# The passport fields that a letter needs.
NEEDED = ("passport_name", "birth_date", "nationality", "passport_number")


def reference(policy: Policy, number: int | None) -> str:
    """Return the reference of a letter, or "" if it has no number yet. Invitations are numbered separately."""
    return f"{policy.reference_prefix}V{number}" if number else ""


class VisaDesk:
    """Builds the letters of one summit, from data that is read only once. Makes three queries."""

    def __init__(self, summit: Summit) -> None:
        self._summit = summit
        self._policy = Policy.objects.of(summit)
        self._text = Texts(summit).of(Purpose.VISA, summit.language)
        self._now = db_now()

    def content(self, row: VisaLetter, number: int) -> str:
        """Return the text of a letter with the number `number`, as JSON.

        The caller fetches the letter with its party's names, its person and the person's particulars.
        """
        summit, language = self._summit, spoken(self._summit.language)
        with translation.override(language):
            named = party_names.named(row.party, policy=self._policy, language=summit.language)
            values = {**self._values(row, number), "party": named.name, "formal_name": named.formal_name}
            # As in invitations, a star marks the name that the footnote explains.
            name = "formal_name" if "{formal_name}" in self._text.body else "party"
            marked = {**values, name: f"{values[name]}*"} if named.footnote else values
            parts = placeholders.paragraphs(self._text.body, marked, paper=True)
            paragraphs, signatory = letter_pdf.split_signature(parts, values["signatory"])
            sheet = LetterSheet(
                title=placeholders.fill(self._text.subject, values),
                paragraphs=paragraphs,
                letterhead=self._policy.letter_sender.strip() or summit.host,
                reference=values["reference"],
                day=self._now.astimezone(summit.zone).date(),
                footnote=named.footnote,
                footer=summit.name,
                author=summit.host,
                language=language,
                signatory=signatory,
                sealed=signatory == summit.host,
                paper=paper_of(summit),
            )
        return json.dumps(asdict(sheet), ensure_ascii=False, default=date.isoformat)

    def _values(self, row: VisaLetter, number: int) -> dict[str, str]:
        """Return a dict of the placeholders' values in the active language, without the party's names."""
        summit, policy, passport = self._summit, self._policy, row.person.particulars
        return {
            "summit": summit.name,
            "dates": _days(summit.starts_on, summit.ends_on),
            "place": summit.place,
            "host": summit.host,
            "contact": summit.contact_email,
            "reference": reference(policy, number),
            "today": long_day(self._now.astimezone(summit.zone).date()),
            "signatory": "\n".join(policy.signs(summit.language)) or summit.host,
            "embassy": row.embassy,
            **self._of_person(row, passport),
        }

    def _of_person(self, row: VisaLetter, passport: Particulars) -> dict[str, str]:
        born: date | None = passport.birth_date
        return {
            "person": announced(passport.passport_name or row.person.name, row.person.office),
            "nationality": nationality_choices.name_of(passport.nationality),
            "birth_date": plain_day(born) if born else "",
            "passport": passport.passport_number,
            "arrival": self._moment(passport.arrives_at),
            "departure": self._moment(passport.departs_at),
        }

    def _moment(self, at: datetime | None) -> str:
        return long_day(at.astimezone(self._summit.zone).date()) if at else ""


def unprintable(text: str) -> str:
    """Return why a letter's text can't be printed with the installed fonts, or "" if it can.

    This takes some milliseconds: call it outside of a transaction.
    """
    problem = lacking(text)
    return f"{missing_fonts.missing(problem)} {missing_fonts.remedy(problem)}" if problem else ""


def _days(first: date, last: date) -> str:
    if first == last:
        return _("on %(day)s") % {"day": long_day(first)}
    return _("from %(first)s to %(last)s") % {"first": long_day(first), "last": long_day(last)}


def sheet_of(row: VisaLetter) -> LetterSheet:
    """Return the frozen text of an issued letter as a LetterSheet."""
    stored: dict[str, Any] = json.loads(row.content)
    lists = {name: tuple(stored.get(name, ())) for name in ("paragraphs", "answer")}
    return LetterSheet(**{**stored, **lists, "day": date.fromisoformat(stored["day"])})
