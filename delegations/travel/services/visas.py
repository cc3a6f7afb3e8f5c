"""Visa support letters: focal points ask for them, and protocol issues or refuses them.

A letter becomes void when its person leaves the party. Letters are numbered in each summit from one when they are
issued. The text of an issued letter is frozen (delegations.travel.selectors.visa_letter_text), so that it is the same
whenever it is printed. The audit has no values of a letter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.core.errors import FieldProblem
from delegations.members import departure_listeners
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.members.permissions import check_can_act
from delegations.parties.models.parties import Party
from delegations.travel import messages
from delegations.travel.models.visas import VisaLetter, VisaState
from delegations.travel.permissions import check_can_issue_visas
from delegations.travel.selectors import visa_letter_text
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import By
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

EMBASSY_LENGTH, REASON_LENGTH = 200, 500
STANDING = (VisaState.ASKED, VisaState.ISSUED)
# After a refusal, a new letter can be asked for.
TRANSITIONS: dict[str, frozenset[str]] = {
    VisaState.ASKED: frozenset({VisaState.ISSUED, VisaState.REFUSED, VisaState.VOID}),
    VisaState.ISSUED: frozenset({VisaState.VOID}),
    VisaState.REFUSED: frozenset(),
    VisaState.VOID: frozenset(),
}
ASK = audit_action("delegations.visaletter.ask", gettext_lazy("requested a visa support letter"))
ISSUE = audit_action("delegations.visaletter.issue", gettext_lazy("issued a visa support letter"))
REFUSE = audit_action("delegations.visaletter.refuse", gettext_lazy("refused a visa support letter"))
VOID = audit_action("delegations.visaletter.void", gettext_lazy("cancelled a visa support letter"))


class VisaProblem(FieldProblem):
    """A value can't be accepted. `field` is "embassy" or "reason", and the message says what to do."""


class VisaRefused(Exception):
    """A letter can't be asked for, issued or decided. The message says why and who can help.

    `lacking` names the passport fields that must be entered first.
    """

    def __init__(self, said: str, lacking: Sequence[str] = ()) -> None:
        super().__init__(said)
        self.lacking = tuple(lacking)


@dataclass
class Issued:
    """The letters that were issued (`done`), and those that were skipped, with the reasons (`skipped`)."""

    done: list[VisaLetter] = field(default_factory=list)
    skipped: list[tuple[VisaLetter, str]] = field(default_factory=list)


def lacking_for(person: Person) -> list[str]:
    """Return the names of the passport fields that are missing for a letter, in the order of NEEDED. Makes one
    query."""
    return _lacking(Particulars.objects.filter(person=person).first())


def _lacking(row: Particulars | None) -> list[str]:
    return [name for name in visa_letter_text.NEEDED if row is None or not getattr(row, name)]


def ask(*, party: Party, person: Person, embassy: str, by: By) -> VisaLetter:
    """Ask for a letter for a member of a party, and return it.

    `embassy` is the host's embassy or consulate where the person applies. Raises VisaProblem and PermissionDenied.
    Raises VisaRefused if the passport isn't entered, if the person has a letter already, or if they are no member of
    the party.
    """
    check_can_act(by, "delegations.ask_visa", party)
    embassy = _checked("embassy", embassy, EMBASSY_LENGTH, _("Enter where they apply for the visa."))
    with transaction.atomic():
        # Another request for the person, or their withdrawal, waits for this row.
        member = Membership.objects.select_for_update().filter(party=party, person=person).first()
        if member is None:
            message = _("%(person)s is no longer in %(party)s. See the delegation’s list of people.")
            raise VisaRefused(message % {"person": person.label, "party": party.name})
        _check_passport(person)
        if VisaLetter.objects.filter(person=person, state__in=STANDING).exists():
            raise VisaRefused(_("There is already a letter for %(person)s.") % {"person": person.label})
        row = VisaLetter.objects.create(party=party, person=person, summit=party.summit, embassy=embassy)
        audit.record(
            by=by,
            action=ASK,
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
        message = _("Shorten this text to %(limit)d characters. It has %(long)d.") % {
            "long": len(text),
            "limit": limit,
        }
        raise VisaProblem(field, message)
    try:
        validate_printable(text)
    except ValidationError as problem:
        raise VisaProblem(field, " ".join(problem.messages)) from None
    return text


def _check_passport(person: Person) -> None:
    lacking = lacking_for(person)
    if lacking:
        labels = ", ".join(str(Particulars._meta.get_field(name).verbose_name) for name in lacking)  # type: ignore[union-attr]
        message = _("The letter includes passport details. First enter for %(person)s: %(fields)s.")
        raise VisaRefused(message % {"person": person.label, "fields": labels}, lacking)


def waiting(summit: Summit) -> QuerySet[VisaLetter]:
    """Return a summit's letters that are asked for but not decided."""
    return VisaLetter.objects.filter(summit=summit, state=VisaState.ASKED)


def issue(*, letters: Iterable[VisaLetter], by: User) -> Issued:
    """Issue letters that were asked for, each with the next number of its summit, and notify the parties.

    Returns the issued letters and the skipped ones. A letter is skipped if it was decided before, if passport data is
    missing, if it has a character that no installed font has, or if its data are changed at the same time. Raises
    PermissionDenied.
    """
    requested = VisaLetter.objects.filter(pk__in={row.pk for row in letters})
    # Looking for missing characters prints each letter, so it is done before others have to wait.
    trials = _trials(requested, by)
    issued = Issued()
    with transaction.atomic():
        for summit in _locked(requested):
            check_can_issue_visas(by, summit)
            _issue_of(summit, requested.filter(summit=summit), by, issued, trials)
        audit.record_many(
            [
                audit.entry(
                    by=by,
                    action=ISSUE,
                    target=row,
                    summit=row.summit,
                    fields=["state", "number", "content"],
                    detail={"number": row.number},
                    part_of=row.person,
                )
                for row in issued.done
            ]
        )
        messages.VISA_LETTER.send(*issued.done)
    return issued


def _locked(letters: QuerySet[VisaLetter]) -> list[Summit]:
    """Lock the letters' summits, always in the same order, and return them.

    Others who issue letters in these summits wait, so that no number is used twice.
    """
    summits = Summit.objects.filter(pk__in=letters.values("summit")).order_by("pk")
    return list(summits.select_for_update())


def _trials(letters: QuerySet[VisaLetter], by: User) -> dict[str, str]:
    """Return a dict from the text of each letter that may be issued to why it can't be printed, or "" if it can."""
    trials: dict[str, str] = {}
    for summit in Summit.objects.filter(pk__in=letters.values("summit")):
        check_can_issue_visas(by, summit)
        desk = visa_letter_text.VisaDesk(summit)
        for row in _joined(letters.filter(summit=summit)):
            if not _why_not(row):
                text = desk.content(row, 0)
                trials[text] = visa_letter_text.unprintable(text)
    return trials


def _joined(letters: QuerySet[VisaLetter]) -> QuerySet[VisaLetter]:
    rows = letters.select_related("summit", "party__summit", "person__particulars")
    return rows.prefetch_related("party__names")


def _issue_of(
    summit: Summit, letters: QuerySet[VisaLetter], by: User, issued: Issued, trials: Mapping[str, str]
) -> None:
    rows = list(_joined(letters).select_for_update(of=("self",)))
    last = VisaLetter.objects.filter(summit=summit).aggregate(last=Max("number"))["last"] or 0
    desk = visa_letter_text.VisaDesk(summit)
    for row in sorted(rows, key=lambda row: row.pk):
        why = _why_not(row) or trials.get(desk.content(row, 0), _changed())
        if why:
            issued.skipped.append((row, why))
            continue
        last += 1
        row.content = desk.content(row, last)
        _move(row, VisaState.ISSUED, by, number=last, content=row.content)
        issued.done.append(row)


def _changed() -> str:
    return _("Its data has just changed. Issue it again.")


def _why_not(row: VisaLetter) -> str:
    if row.state != VisaState.ASKED:
        return _("It has already been decided.")
    lacking = _lacking(getattr(row.person, "particulars", None))
    return _("The passport data is no longer recorded. The focal point can enter it again.") if lacking else ""


def refuse(*, letter: VisaLetter, reason: str, by: User) -> None:
    """Refuse a letter, with a reason that the focal point can read, and notify the party.

    Raises PermissionDenied, VisaProblem, and VisaRefused if the letter was decided before.
    """
    check_can_issue_visas(by, letter.summit)
    reason = _checked("reason", reason, REASON_LENGTH, _("Enter a reason. The delegation will see it."))
    with transaction.atomic():
        _move(letter, VisaState.REFUSED, by, reason=reason)
        audit.record(
            by=by,
            action=REFUSE,
            target=letter,
            summit=letter.summit,
            fields=["state", "reason"],
            part_of=letter.person,
        )
        messages.VISA_LETTER.send(letter)


def void(*, letter: VisaLetter, reason: str, by: User) -> None:
    """Make an issued letter void, with a reason that the focal point can read, and notify the party.

    Raises PermissionDenied, VisaProblem, and VisaRefused if the letter isn't issued.
    """
    check_can_issue_visas(by, letter.summit)
    reason = _checked("reason", reason, REASON_LENGTH, _("Enter a reason. The delegation will see it."))
    with transaction.atomic():
        _move(letter, VisaState.VOID, by, reason=reason)
        _record_void(letter, by)
        messages.VISA_LETTER.send(letter)


def take_back(*, letter: VisaLetter, by: By) -> None:
    """Withdraw a request for a letter that isn't decided: the letter becomes void.

    Raises PermissionDenied, VisaRefused.
    """
    check_can_act(by, "delegations.ask_visa", letter.party)
    with transaction.atomic():
        row = VisaLetter.objects.select_for_update().get(pk=letter.pk)
        if row.state != VisaState.ASKED:
            raise VisaRefused(
                _("Protocol has already decided. To have the letter cancelled, write to %(contact)s.")
                % {"contact": letter.summit.contact_email}
            )
        _move(letter, VisaState.VOID, by)
        _record_void(letter, by)


@departure_listeners.follows(
    10, "visa_letters", lambda n: ngettext("%(n)d visa support letter", "%(n)d visa support letters", n) % {"n": n}
)
def void_letters_of_former_member(party: Party, person: Person, by: By) -> int:
    """Make the letters of a person who leaves a party void, because the host supports only people who come."""
    rows = VisaLetter.objects.filter(party=party, person=person, state__in=STANDING)
    found = list(rows.select_related("summit", "person").select_for_update(of=("self",)))
    for row in found:
        _move(row, VisaState.VOID, by)
        _record_void(row, by)
    return len(found)


def _record_void(row: VisaLetter, by: By) -> None:
    audit.record(
        by=by,
        action=VOID,
        target=row,
        summit=row.summit,
        fields=["state"],
        part_of=row.person,
    )


def _move(row: VisaLetter, target: VisaState, by: By, **values: object) -> None:
    """Store a decision and refresh the row. Raises VisaRefused if the letter's state doesn't allow it.

    A single UPDATE checks the state and changes it.
    """
    sources = [state for state, following in TRANSITIONS.items() if target in following]
    decider = by if isinstance(by, User) else None
    rows = VisaLetter.objects.filter(pk=row.pk, state__in=sources)
    if not rows.update(state=target, decided_at=Now(), decided_by=decider, **values):
        raise VisaRefused(_("Someone else has already decided on this letter. Reload the page."))
    row.refresh_from_db(fields=["state", "decided_at", "decided_by", *values])
