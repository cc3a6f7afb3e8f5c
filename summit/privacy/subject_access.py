"""Handing a person's data over, whole: what its giver may not see they give only where somebody who may has agreed.

Else whoever runs a summit would read everybody's passports by handing them over to nobody.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from summit.audit import services as audit
from summit.people.models import Person
from summit.permissions.rules import RULES, allows, check
from summit.privacy.erasure import pack
from summit.privacy.models import SubjectAccessRequest
from summit.privacy.registry import Restricted, portions, subject_of
from summit.summits.models import Summit
from summit.templatetags.marks import comma
from summit.users.models import User

HAND_OVER = "summit.hand_over_person"
AGREE = "summit.agree_hand_over"
# For so long somebody's agreement opens the file.
GOOD_FOR = timedelta(days=1)


class NeedsAgreement(ValueError):
    """Somebody else has to agree first; its text is a sentence for whoever asked."""


class NothingToAgree(ValueError):
    """Nobody asks, or somebody has agreed already; its text is a sentence for whoever asked."""


def unseen(person: Person, by: User) -> list[Restricted]:
    """Return the groups of what is held of a person that somebody may not see."""
    subject = subject_of(person)
    hidden = [
        (portion, group)
        for portion in portions()
        for group in portion.restricted
        if not allows(by, group.action, person.summit)
    ]
    return [group for portion, group in hidden if any(group.is_in(row) for row in portion.rows(subject))]


def hand_over(*, person: Person, by: User) -> bytes:
    """Return all that is held of somebody as a ZIP: `data.json` for machines, `data.html` to read, and the files that
    are their own. What is in it is recorded by the portions' names, and who agreed.

    Raises PermissionDenied, and NeedsAgreement where `by` may not see all of it and nobody who may has agreed within
    a day.
    """
    check(by, HAND_OVER, person.summit)
    with transaction.atomic():
        agreed = _claim(person, by)
        packed, detail = pack(person)
        detail |= {"rows": [audit.name_of(agreed)]} if agreed else {}
        audit.record(by=by, action=HAND_OVER, target=person, summit=person.summit, detail=detail)
    return packed


def _claim(person: Person, by: User) -> SubjectAccessRequest | None:
    """Use up the agreement that is needed, and return it; None where none is."""
    hidden = unseen(person, by)
    if not hidden:
        return None
    row = agreed(person.summit, by).filter(person=person).select_related("agreed_by").first()
    # Who agreed may have lost their role since.
    if row is None or row.agreed_by is None or not _sees(row.agreed_by, hidden, person.summit):
        raise NeedsAgreement(needs(hidden))
    if not _open(person, by).filter(pk=row.pk).update(taken_at=Now()):
        raise NeedsAgreement(needs(hidden))
    return row


def needs(hidden: list[Restricted]) -> str:
    """Say what of it somebody may not see, and who has to agree."""
    what = comma().join(str(group.title) for group in hidden)
    said = _("It holds what your roles don’t show you: %(what)s. Somebody else has to agree first: %(who)s.")
    return said % {"what": what, "who": RULES[AGREE].names()}


def ask(*, person: Person, by: User) -> SubjectAccessRequest:
    """Ask for somebody's agreement to hand a person's data over; asked twice, it is one request. One that was agreed
    to and not used in time is asked anew. Raises PermissionDenied."""
    check(by, HAND_OVER, person.summit)
    with transaction.atomic():
        if not is_agreed(person, by):
            _open(person, by).filter(agreed_at__isnull=False).update(asked_at=Now(), agreed_at=None, agreed_by=None)
        row, new = SubjectAccessRequest.objects.get_or_create(person=person, asked_by=by, taken_at=None)
        if new:
            audit.record(by=by, action="summit.ask_hand_over", target=person, summit=person.summit)
    return row


def agree(*, person: Person, by: User, until: int | None = None) -> int:
    """Agree to every request that waits to hand a person's data over, but to one's own; return how many that were.
    `until` is the primary key of the newest that `by` has read of: later ones wait.

    Raises PermissionDenied, also where `by` may not see all of it, or NothingToAgree.
    """
    check(by, AGREE, person.summit)
    with transaction.atomic():
        rows = waiting(person.summit, by).filter(person=person)
        rows = rows if until is None else rows.filter(pk__lte=until)
        found = list(rows.select_related("asked_by"))
        for row in found:
            for group in unseen(person, row.asked_by):
                check(by, group.action, person.summit)
        number = rows.filter(pk__in=[row.pk for row in found]).update(agreed_by=by, agreed_at=Now())
        if not number:
            raise NothingToAgree(_("Nobody asks to hand this person’s data over, or somebody has agreed already."))
        audit.record(by=by, action=AGREE, target=person, summit=person.summit)
    return number


def waiting(summit: Summit, by: User) -> QuerySet[SubjectAccessRequest]:
    """Return the requests of a summit that nobody has agreed to, but for one's own."""
    rows = SubjectAccessRequest.objects.filter(person__summit=summit, agreed_at=None, taken_at=None)
    return rows.exclude(asked_by=by).order_by("pk")


def request_of(person: Person, by: User) -> SubjectAccessRequest | None:
    """Return one's own request that is open: it waits, or was agreed to and can be used."""
    return _open(person, by).first()


def is_agreed(person: Person, by: User) -> bool:
    """Return whether somebody has agreed to one's request, not too long ago, who sees what one doesn't."""
    row = agreed(person.summit, by).filter(person=person).select_related("agreed_by").first()
    return row is not None and row.agreed_by is not None and _sees(row.agreed_by, unseen(person, by), person.summit)


def agreed(summit: Summit, by: User) -> QuerySet[SubjectAccessRequest]:
    """Return one's own requests of a summit to which somebody has agreed, and that can be used."""
    rows = SubjectAccessRequest.objects.filter(person__summit=summit, asked_by=by, taken_at=None)
    return rows.filter(agreed_at__gt=Now() - GOOD_FOR).order_by("pk")


def of_interest(summit: Summit, by: User) -> QuerySet[SubjectAccessRequest]:
    """Return the requests of a summit that somebody may have to act on: those of others that wait, and their own to
    which somebody has agreed, with the people. One query."""
    rows = (waiting(summit, by) | agreed(summit, by)).filter(person__erased_at=None)
    return rows.select_related("person", "asked_by").order_by("pk")


def _open(person: Person, by: User) -> QuerySet[SubjectAccessRequest]:
    return SubjectAccessRequest.objects.filter(person=person, asked_by=by, taken_at=None)


def _sees(user: User, groups: list[Restricted], summit: Summit) -> bool:
    return all(allows(user, group.action, summit) for group in groups)
