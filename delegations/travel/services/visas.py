"""Visa support letters: a focal point asks, protocol issues or refuses, and whoever leaves a party has none.

Letters are numbered in each summit from one, as they are issued. What an issued one says is frozen with it
(delegations.travel.selectors.visa_letter_text): it reads the same whenever it is printed. The audit holds no value of
it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from delegations.core.errors import FieldProblem
from delegations.members import listeners
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.members.permissions import check_can_act
from delegations.parties.models.parties import Party
from delegations.travel.models.visas import VisaLetter, VisaState
from delegations.travel.permissions import check_can_issue_visas
from delegations.travel.selectors import visa_letter_text
from delegations.travel.services import visa_notices
from summit.audit import services as audit
from summit.audit.services import By
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

EMBASSY_LENGTH, REASON_LENGTH = 200, 500
STANDING = (VisaState.ASKED, VisaState.ISSUED)
# Whoever is refused is asked for anew: with a new letter.
TRANSITIONS: dict[str, frozenset[str]] = {
    VisaState.ASKED: frozenset({VisaState.ISSUED, VisaState.REFUSED, VisaState.VOID}),
    VisaState.ISSUED: frozenset({VisaState.VOID}),
    VisaState.REFUSED: frozenset(),
    VisaState.VOID: frozenset(),
}


class VisaProblem(FieldProblem):
    """What was entered can't be taken: `field` is "embassy" or "reason", the text says what to do."""


class VisaRefused(Exception):
    """There can be no such letter, with a sentence that says why and who can help. `lacking` names the fields of the
    passport that are to be entered first."""

    def __init__(self, said: str, lacking: Sequence[str] = ()) -> None:
        super().__init__(said)
        self.lacking = tuple(lacking)


@dataclass
class Issued:
    """What issuing several letters came to: those that were, and those that weren't with the reason as a sentence."""

    done: list[VisaLetter] = field(default_factory=list)
    skipped: list[tuple[VisaLetter, str]] = field(default_factory=list)


def lacking_for(person: Person) -> list[str]:
    """Return the fields of the passport without which no letter is written, in their order. One query."""
    return _lacking(Particulars.objects.filter(person=person).first())


def _lacking(row: Particulars | None) -> list[str]:
    return [name for name in visa_letter_text.NEEDED if row is None or not getattr(row, name)]


def ask(*, party: Party, person: Person, embassy: str, by: By) -> VisaLetter:
    """Ask for a letter for a member of a party, to the host's embassy where they apply, and return it.

    Raises VisaProblem, PermissionDenied, or VisaRefused where the passport isn't entered, where a letter stands
    already or where the person is no member of the party.
    """
    check_can_act(by, "delegations.ask_visa", party)
    embassy = _checked("embassy", embassy, EMBASSY_LENGTH, _("Write where they apply for the visa."))
    with transaction.atomic():
        # Whoever asks for the same person, or takes them off, at the same time waits for this row.
        member = Membership.objects.select_for_update().filter(party=party, person=person).first()
        if member is None:
            said = _("%(person)s is not of %(party)s any more. Its list of people says who is.")
            raise VisaRefused(said % {"person": person.label, "party": party.name})
        _check_passport(person)
        if VisaLetter.objects.filter(person=person, state__in=STANDING).exists():
            raise VisaRefused(_("There is a letter for %(person)s already.") % {"person": person.label})
        row = VisaLetter.objects.create(party=party, person=person, summit=party.summit, embassy=embassy)
        audit.record(
            by=by,
            action="delegations.visaletter.ask",
            target=row,
            summit=party.summit,
            fields=["embassy"],
            part_of=person,
        )
    return row


def _checked(field: str, text: str, limit: int, lacking: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise VisaProblem(field, lacking)
    if len(text) > limit:
        said = _("This has %(long)d characters. Shorten it to %(limit)d.") % {"long": len(text), "limit": limit}
        raise VisaProblem(field, said)
    try:
        validate_printable(text)
    except ValidationError as problem:
        raise VisaProblem(field, " ".join(problem.messages)) from None
    return text


def _check_passport(person: Person) -> None:
    lacking = lacking_for(person)
    if lacking:
        named = ", ".join(str(Particulars._meta.get_field(name).verbose_name) for name in lacking)  # type: ignore[union-attr]
        said = _("The letter names the passport. Enter first, for %(person)s: %(fields)s.")
        raise VisaRefused(said % {"person": person.label, "fields": named}, lacking)


def waiting(summit: Summit) -> QuerySet[VisaLetter]:
    """Return the letters of a summit that are asked for and not decided."""
    return VisaLetter.objects.filter(summit=summit, state=VisaState.ASKED)


def issue(*, letters: Iterable[VisaLetter], by: User) -> Issued:
    """Issue letters that were asked for, each with the next number of its summit, and tell the parties.

    Those that were decided before, or whose passport is gone since, are skipped. Raises PermissionDenied.
    """
    keys = {row.pk for row in letters}
    issued = Issued()
    with transaction.atomic():
        wanted = VisaLetter.objects.filter(pk__in=keys)
        for summit in _locked(wanted):
            check_can_issue_visas(by, summit)
            _issue_of(summit, wanted.filter(summit=summit), by, issued)
        audit.record_many(
            [
                audit.entry(
                    by=by,
                    action="delegations.visaletter.issue",
                    target=row,
                    summit=row.summit,
                    fields=["state", "number", "content"],
                    detail={"number": row.number},
                    part_of=row.person,
                )
                for row in issued.done
            ]
        )
        visa_notices.tell(issued.done)
    return issued


def _locked(letters: QuerySet[VisaLetter]) -> list[Summit]:
    """Lock the summits of letters, in an order: whoever issues others of them waits, so that each number is once."""
    summits = Summit.objects.filter(pk__in=letters.values("summit")).order_by("pk")
    return list(summits.select_for_update())


def _issue_of(summit: Summit, wanted: QuerySet[VisaLetter], by: User, issued: Issued) -> None:
    found = wanted.select_related("summit", "party__summit", "person__particulars").prefetch_related("party__names")
    rows = list(found.select_for_update(of=("self",)))
    last = VisaLetter.objects.filter(summit=summit).aggregate(last=Max("number"))["last"] or 0
    desk = visa_letter_text.Desk(summit)
    for row in sorted(rows, key=lambda row: row.pk):
        why = _why_not(row) or desk.unprintable(row)
        if why:
            issued.skipped.append((row, why))
            continue
        last += 1
        row.content = desk.content(row, last)
        _move(row, VisaState.ISSUED, by, number=last, content=row.content)
        issued.done.append(row)


def _why_not(row: VisaLetter) -> str:
    if row.state != VisaState.ASKED:
        return _("It was decided before.")
    lacking = _lacking(getattr(row.person, "particulars", None))
    return _("The passport is no longer entered. The focal point can enter it.") if lacking else ""


def refuse(*, letter: VisaLetter, reason: str, by: User) -> None:
    """Refuse a letter, with the reason that the focal point reads, and tell the party. Raises PermissionDenied,
    VisaProblem, or VisaRefused where it was decided before."""
    check_can_issue_visas(by, letter.summit)
    reason = _checked("reason", reason, REASON_LENGTH, _("Write why. The delegation reads it."))
    with transaction.atomic():
        _move(letter, VisaState.REFUSED, by, reason=reason)
        audit.record(
            by=by,
            action="delegations.visaletter.refuse",
            target=letter,
            summit=letter.summit,
            fields=["state", "reason"],
            part_of=letter.person,
        )
        visa_notices.tell([letter])


def void(*, letter: VisaLetter, reason: str, by: User) -> None:
    """Take back a letter that was issued, with the reason that the focal point reads, and tell the party. Raises
    PermissionDenied, VisaProblem, or VisaRefused where it isn't issued."""
    check_can_issue_visas(by, letter.summit)
    reason = _checked("reason", reason, REASON_LENGTH, _("Write why. The delegation reads it."))
    with transaction.atomic():
        _move(letter, VisaState.VOID, by, reason=reason)
        _record_void(letter, by)
        visa_notices.tell([letter])


def take_back(*, letter: VisaLetter, by: By) -> None:
    """Take back what was asked for and isn't decided. Raises PermissionDenied, or VisaRefused."""
    check_can_act(by, "delegations.ask_visa", letter.party)
    with transaction.atomic():
        row = VisaLetter.objects.select_for_update().get(pk=letter.pk)
        if row.state != VisaState.ASKED:
            raise VisaRefused(
                _("Protocol has decided this. It can take the letter back: write to %(contact)s.")
                % {"contact": letter.summit.contact_email}
            )
        _move(letter, VisaState.VOID, by)
        _record_void(letter, by)


@listeners.follows(10)
def leave(party: Party, person: Person, by: By) -> None:
    """Make the letters of somebody who leaves a party void: the host vouches for no one who doesn't come."""
    rows = VisaLetter.objects.filter(party=party, person=person, state__in=STANDING)
    for row in rows.select_related("summit", "person").select_for_update(of=("self",)):
        _move(row, VisaState.VOID, by)
        _record_void(row, by)


def _record_void(row: VisaLetter, by: By) -> None:
    audit.record(
        by=by,
        action="delegations.visaletter.void",
        target=row,
        summit=row.summit,
        fields=["state"],
        part_of=row.person,
    )


def _move(row: VisaLetter, target: VisaState, by: By, **values: object) -> None:
    """Decide by the one UPDATE that finds it in a state from which it may; the row is brought up to date."""
    sources = [state for state, following in TRANSITIONS.items() if target in following]
    decider = by if isinstance(by, User) else None
    rows = VisaLetter.objects.filter(pk=row.pk, state__in=sources)
    if not rows.update(state=target, decided_at=Now(), decided_by=decider, **values):
        raise VisaRefused(_("Somebody else decided this letter. Look at where it stands now."))
    row.refresh_from_db(fields=["state", "decided_at", "decided_by", *values])
