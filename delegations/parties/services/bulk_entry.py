"""Entering many parties at once, one on each line of a text."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from delegations.parties.models.parties import Party, PartyKind, PartyName
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import country_recognition, party_kinds, un_country_names
from delegations.parties.selectors.party_kinds import Unreadable
from delegations.parties.services.parties import PARTY_ACTIONS, PARTY_NAME_ACTIONS
from summit.audit import services as audit
from summit.core.line_parts import parts_of
from summit.core.validators import validate_mailbox, validate_printable
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

NAME_LENGTH = 120


@dataclass(frozen=True)
class ParsedParty:
    """A party as read from a line of the text. `number` is the line's number."""

    number: int
    name: str
    mailbox: str
    language: str
    # The name as written and its language, if that isn't the summit's first.
    written: str = ""
    written_in: str = ""
    kind: str = PartyKind.COUNTRY


class CreatedParties(list[Party]):
    """A list of the created parties.

    `translated` holds (party, name as written, language) for names that weren't in the summit's first language.
    """

    translated: list[tuple[Party, str, str]]


class LineProblems(ValueError):
    """Some lines can't be read. `found` is a list of (line number, message)."""

    def __init__(self, found: list[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"{number}: {message}" for number, message in found))
        self.found = found


def read(text: str, *, summit: Summit) -> list[ParsedParty]:
    """Return the parties on the lines of a text. Makes two queries.

    A line such as "France; mission@france.example; French; country" has a name and optionally the mailbox, the
    language of letters and the kind. Without a language, the summit's is used. Raises LineProblems with the problems
    of all lines.
    """
    stored = list(Party.objects.filter(summit=summit).values_list("name", "iso_code"))
    taken = {name.casefold(): name for name, _code in stored}
    taken |= {_coded(code): name for name, code in stored if code}
    says_country = Policy.objects.of(summit).says_country
    parsed_parties: list[ParsedParty] = []
    problems: list[tuple[int, str]] = []
    line_numbers: dict[str, int] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        if not any(parts_of(raw)):
            continue
        try:
            parsed = _line(number, raw, summit, says_country)
            _check_new(parsed, taken, line_numbers)
        except ValidationError as problem:
            problems += [(number, message) for message in problem.messages]
        else:
            line_numbers |= dict.fromkeys(_keys(parsed), number)
            parsed_parties.append(parsed)
    if problems:
        raise LineProblems(problems)
    return parsed_parties


def _coded(code: str) -> str:
    """Return a country code in a form that no name can have."""
    return f"\n{code}"


def _keys(parsed: ParsedParty) -> list[str]:
    """Return the keys by which an entered party is recognised: its name, and its country code if it is a country."""
    code = country_recognition.code_of_name(parsed.name) if parsed.kind == PartyKind.COUNTRY else ""
    return [parsed.name.casefold(), *([_coded(code)] if code else [])]


def _line(number: int, raw: str, summit: Summit, says_country: bool) -> ParsedParty:
    parts = parts_of(raw)
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    if len(parts) > 4:
        raise ValidationError(_("Enter at most four parts: name; email address; language; type."))
    name, mailbox, language, message = (*parts, "", "", "")[:4]
    if not name:
        raise ValidationError(_("Enter a name. The format is: name; email address; language; type."))
    if len(name) > NAME_LENGTH:
        raise ValidationError(_("Shorten the name to %(n)d characters.") % {"n": NAME_LENGTH})
    validate_printable(name)
    if mailbox:
        try:
            validate_mailbox(mailbox)
        except ValidationError:
            message = _("“%(mailbox)s” is not an email address. Correct it, or leave it out for now.")
            raise ValidationError(message % {"mailbox": mailbox}) from None
    official_name, written_in = un_country_names.in_language(name, summit.language)
    letter_language = _language(language) if language else summit.language
    kind = _kind(parts, says_country)
    return ParsedParty(number, official_name, mailbox, letter_language, name if written_in else "", written_in, kind)


def _kind(parts: list[str], says_country: bool) -> str:
    """Return the kind of party that a line states, or "country" if the name is a country's.

    In all other cases it raises ValidationError, because a party only becomes an organisation if the line says so.
    """
    name, mailbox, language, kind_text = (*parts, "", "", "")[:4]
    if kind_text:
        try:
            return party_kinds.party_kind(kind_text, says_country=says_country)
        except Unreadable as problem:
            raise ValidationError(str(problem)) from None
    if country_recognition.code_of_name(name):
        return PartyKind.COUNTRY
    if country_recognition.is_international(name):
        return PartyKind.INTERNATIONAL
    example = "; ".join([name, mailbox, language, str(PartyKind.ORGANISATION.label)])
    raise ValidationError(
        _("“%(name)s” is not a known country. Correct it, or add a type: %(example)s.")
        % {"name": name, "example": example}
    )


def _check_new(parsed: ParsedParty, taken: Mapping[str, str], line_numbers: Mapping[str, int]) -> None:
    keys = _keys(parsed)
    existing = next((taken[key] for key in keys if key in taken), None)
    if existing is not None:
        if existing.casefold() == parsed.name.casefold():
            raise ValidationError(_("“%(name)s” already exists. Remove the line.") % {"name": parsed.name})
        message = _("“%(name)s” already exists as “%(there)s”. Remove the line.")
        raise ValidationError(message % {"name": parsed.name, "there": existing})
    first_number = next((line_numbers[key] for key in keys if key in line_numbers), None)
    if first_number is not None:
        message = _("“%(name)s” is also in line %(n)d. Remove one of them.")
        raise ValidationError(message % {"name": parsed.name, "n": first_number})


def _language(text: str) -> str:
    codes_by_spelling: dict[str, str] = {}
    for code, name in settings.LANGUAGES:
        info = get_language_info(code)
        spellings = (code, name, info["name"], info["name_local"], info["name_translated"])
        codes_by_spelling |= {spelling.casefold(): code for spelling in spellings}
    if text.casefold() not in codes_by_spelling:
        offered = ", ".join(code for code, _name in settings.LANGUAGES)
        problem = _("“%(language)s” is not a letter language. Enter one of: %(offered)s.")
        raise ValidationError(problem % {"language": text, "offered": offered})
    return codes_by_spelling[text.casefold()]


def create_parties(*, summit: Summit, text: str, by: User) -> CreatedParties:
    """Create the parties on the lines of a text and return them. If one line can't be read, none is created.

    If a name is a country's in any language, the party becomes that country, with its ISO code. Other lines state the
    kind. If a country's name isn't in the summit's first language, the party gets the library's name in the first
    language. The written name is kept as the party's name in its own language. The party with the name of the
    summit's host becomes the host, if there is none yet. Raises PermissionDenied, LineProblems.
    """
    check(by, "delegations.party.change", summit)
    with transaction.atomic():
        # A second import for the same summit waits here, and then finds these parties.
        Summit.objects.select_for_update().get(pk=summit.pk)
        parsed_parties = read(text, summit=summit)
        hosted = Party.objects.filter(summit=summit, is_host=True).exists()
        parties = CreatedParties(_party(parsed, summit, hosted) for parsed in parsed_parties)
        Party.objects.bulk_create(parties)
        translated = [
            (party, parsed) for party, parsed in zip(parties, parsed_parties, strict=True) if parsed.written_in
        ]
        names = [
            PartyName(party=party, language=parsed.written_in, name=parsed.written) for party, parsed in translated
        ]
        PartyName.objects.bulk_create(names)
        parties.translated = [(row.party, row.name, row.language) for row in names]
        audit.record_many(
            [audit.entry(by=by, action=PARTY_ACTIONS.add, target=party, summit=summit) for party in parties]
            + [
                audit.entry(by=by, action=PARTY_NAME_ACTIONS.add, target=row, summit=summit, part_of=row.party)
                for row in names
            ]
        )
    return parties


def _party(parsed: ParsedParty, summit: Summit, hosted: bool) -> Party:
    code = country_recognition.code_of_name(parsed.name) if parsed.kind == PartyKind.COUNTRY else ""
    return Party(
        summit=summit,
        name=parsed.name,
        formal_name=parsed.name,
        sort_key=parsed.name,
        kind=parsed.kind,
        iso_code=code,
        language=parsed.language,
        mission_email=parsed.mailbox,
        is_host=not hosted and parsed.name.casefold() == summit.host.casefold(),
    )
