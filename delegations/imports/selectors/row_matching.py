"""Finds the person whom a row means: an existing person or a new one. If several are possible, the importer is asked.

Two rows of one file never become one person without asking. For an existing person the office or the mailbox must
agree; if the row has neither, the name alone decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from delegations.imports.selectors.existing_rows import ExistingRows
from delegations.members.services import passport_digests
from delegations.members.services.duplicates import is_single, name_words
from delegations.parties.models.parties import Party
from delegations.parties.selectors.party_kinds import Unreadable
from summit.core.text_normalisation import fold
from summit.people.models import Person

OTHER = "other"


@dataclass(frozen=True)
class Met:
    """The first row of a file that named a person, and its values.

    `filled` is a dict from fields to the number of the first row that fills them, and its value.
    """

    number: int
    said: Mapping[str, str]
    filled: dict[str, tuple[int, str]] = field(default_factory=dict)


@dataclass
class Doubt(Exception):
    """Raised if a row may mean several people. `text` is the question; `who` is a dict from answers to the possible
    people.

    The answer OTHER means a new person.
    """

    text: str
    who: dict[str, Person]

    @property
    def choices(self) -> list[list[str]]:
        """The possible answers, each with its label."""
        same = [
            [key, _("the same person: %(person)s") % {"person": _label_with_email(row)}]
            for key, row in self.who.items()
        ]
        return [*same, [OTHER, _("someone else")]]


def _label_with_email(person: Person) -> str:
    return " – ".join(part for part in (person.label, person.email) if part)


@dataclass
class PersonMatcher:
    """Finds the person whom each row of a file means. `note` must be called with each person that was found."""

    known: ExistingRows
    _met: dict[int, Met] = field(default_factory=dict)
    # The number of the first row that may mean a person and waits for an answer, by person.
    _open: dict[int, int] = field(default_factory=dict)
    # The first row with each key, even if it was refused or waits for an answer.
    _keys: dict[str, Met] = field(default_factory=dict)
    # Likewise the first row with each passport of a party.
    _passports: dict[tuple[int, str], Met] = field(default_factory=dict)

    def note(self, person: Person, number: int, said: Mapping[str, str]) -> None:
        """Remember that the row with this number means this person."""
        met = self._met.setdefault(id(person), Met(number, dict(said)))
        for name, text in said.items():
            met.filled.setdefault(name, (number, text))

    def contradiction(self, person: Person, said: Mapping[str, str]) -> tuple[int, list[str]]:
        """Return the fields for which an earlier row about the same person has another value, and this row's number.

        Without such fields it is the number of the first row that named the person.
        """
        met = self._met[id(person)]
        names = [name for name, text in said.items() if name in met.filled and met.filled[name][1] != text]
        number = met.filled[names[0]][0] if names else met.number
        return number, [name for name in names if met.filled[name][0] == number]

    def leave_open(self, doubt: Doubt, number: int) -> None:
        """Remember that the row with this number waits until somebody says which of these people it means."""
        for person in doubt.who.values():
            self._open.setdefault(id(person), number)

    def open_question(self, person: Person) -> Doubt | None:
        """Return the question whether a row means the same person as an earlier row that waits for an answer, or
        None.

        If a later row changed the person meanwhile, the waiting row could mean them without a question the next time.
        """
        number = self._open.get(id(person))
        return None if number is None else Doubt(_same_name_question(number), {self._key(person): person})

    def find(
        self, party: Party | None, key: str, said: dict[str, str], *, number: int, numbered: Person | None = None
    ) -> Person | None:
        """Return the person whom the row with this number means, or None for a new one.

        That is `numbered`, if the row has the number of a person in the system. Only such a row has no `party`.
        Raises Doubt, and Unreadable if another row has the same key, or the same passport without meaning a person.
        """
        first = self._keys.setdefault(key, Met(number, said)) if key else None
        if first is not None and first.said != said:
            raise Unreadable(_same_key(first.number))
        if numbered is not None and self.known.keyed(key) not in (None, numbered):
            raise Unreadable(_("Someone else has this external ID. Correct it or leave it blank."))
        sure = numbered if party is None or numbered is not None else self.known.person(party, key=key, values=said)
        met = self._met.get(id(sure))
        passport = passport_digests.digest("passport", self.known.summit.pk, said.get("passport_number"))
        first = self._passports.setdefault((id(party), passport), Met(number, said)) if passport else None
        if first is not None and first.said != said and met is None:
            # The first one was refused or waits for an answer. If this one had the passport, the next import would
            # take the first one for the same person.
            raise Unreadable(_same_passport(first.number))
        if sure is not None:
            if met is None or met.said == said or numbered is not None:
                return sure
            if key:
                raise Unreadable(_same_key(met.number))
            raise self._doubt([sure])
        assert party is not None  # noqa: S101 - a row without a party has a person's number
        return self._named(self.known.called(party, said), said) or self._placeholder(party, said)

    def repeats(self, person: Person) -> int:
        """Return the number of the earlier row that named this person, or 0."""
        met = self._met.get(id(person))
        return met.number if met else 0

    def _named(self, rows: list[Person], texts: dict[str, str]) -> Person | None:
        already_met = [row for row in rows if id(row) in self._met and self._met[id(row)].said == texts]
        if already_met:
            return already_met[0]
        not_met = [row for row in rows if id(row) not in self._met]
        agreeing = [row for row in not_met if _agrees(row, texts)]
        best = max((_alike(row, texts) for row in agreeing), default=0)
        agreeing = [row for row in agreeing if _alike(row, texts) == best]
        if len(agreeing) == 1 and (best or len(rows) == 1):
            return agreeing[0]
        if rows and not self._others(rows, texts):
            raise self._doubt(agreeing or rows)
        return None

    def _others(self, rows: list[Person], texts: dict[str, str]) -> bool:
        """Return whether a row names a new person although earlier rows of the file named people with the same name.

        This is so if the name is a single word, and office or mailbox differ from those of each of these people. A
        person who was in the summit before may merely have a new office.
        """
        single = is_single(name_words(texts.get("name")))
        return single and all(id(row) in self._met and _pairs(row, texts) and not _agrees(row, texts) for row in rows)

    def _placeholder(self, party: Party, texts: dict[str, str]) -> Person | None:
        """Return the person who is entered with this office but without a name, or None. Only one named row can mean
        this person."""
        for row in self.known.nameless(party, texts):
            met = self._met.get(id(row))
            if (met is None and _agrees(row, texts)) or (met is not None and met.said == texts):
                return row
        return None

    def _doubt(self, rows: list[Person]) -> Doubt:
        met = [self._met[id(row)].number for row in rows if id(row) in self._met]
        who = {self._key(row): row for row in rows}
        if met:
            text = _same_name_question(met[0])
        elif len(rows) > 1:
            text = _("Several people have this name. Which one is it?")
        else:
            text = _("Someone with this name has a different office and email address. Is it the same person?")
        return Doubt(text, who)

    def _key(self, person: Person) -> str:
        """Return the answer that means this person."""
        return f"row {self._met[id(person)].number}" if person.pk is None else person.public_id


def _same_key(number: int) -> str:
    return _("Row %(number)d already has this external ID. Correct one of them.") % {"number": number}


def _same_passport(number: int) -> str:
    return _("Row %(number)d has the same passport number. Correct one of them.") % {"number": number}


def _same_name_question(number: int) -> str:
    return _("Row %(number)d has the same name. Is it the same person?") % {"number": number}


def _pairs(person: Person, texts: Mapping[str, str]) -> list[tuple[str, str]]:
    compared = ((texts.get("office", ""), person.office), (texts.get("email", ""), person.email))
    return [(fold(one), fold(other)) for one, other in compared if one and other]


def _agrees(person: Person, texts: Mapping[str, str]) -> bool:
    pairs = _pairs(person, texts)
    return not pairs or any(one == other for one, other in pairs)


def _alike(person: Person, texts: Mapping[str, str]) -> int:
    return sum(one == other for one, other in _pairs(person, texts))
