"""Hand over all of a person's data, at the person's request.

An organiser who may not see all of the data needs the agreement of a user who may. Otherwise organisers could read
everybody's passports by making up such requests.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.core.punctuation import comma
from summit.people.models import Person
from summit.permissions.rules import RULES, allows, check
from summit.privacy.data_export import pack
from summit.privacy.models import SubjectAccessRequest
from summit.privacy.registry import Restricted, portions, subject_of
from summit.summits.models import Summit
from summit.users.models import User

HAND_OVER = "summit.hand_over_person"
AGREE = "summit.agree_hand_over"
# How long an agreement can be used.
GOOD_FOR = timedelta(days=1)
ASK_HAND_OVER = audit_action("summit.ask_hand_over", gettext_lazy("requested an export of the person’s data"))
AGREE_HAND_OVER = audit_action("summit.agree_hand_over", gettext_lazy("approved the export of the person’s data"))
HAND_OVER_PERSON = audit_action("summit.hand_over_person", gettext_lazy("downloaded the person’s data"))


class NeedsAgreement(ValueError):
    """Another user has to agree before data is handed over. The exception's message is a sentence for the user."""


class NothingToAgree(ValueError):
    """No request waits for an agreement. The exception's message is a sentence for the user."""


def unseen(person: Person, by: User) -> list[Restricted]:
    """Return the restricted groups of a person's data that `by` may not see, without groups that have no values."""
    subject = subject_of(person)
    hidden = [
        (portion, group)
        for portion in portions()
        for group in portion.restricted
        if not allows(by, group.action, person.summit)
    ]
    return [group for portion, group in hidden if any(group.is_in(row) for row in portion.rows(subject))]


def hand_over(*, person: Person, by: User) -> bytes:
    """Return all data of a person as a ZIP: `data.json` for machines, `data.html` to read, and the person's files.

    The audit records the names of the portions, and the agreement that was used. Raises PermissionDenied. Raises
    NeedsAgreement if `by` may not see all of the data and no user who may has agreed within a day.
    """
    check(by, HAND_OVER, person.summit)
    with transaction.atomic():
        agreed = _claim(person, by)
        packed, detail = pack(person)
        detail |= {"rows": [audit.name_of(agreed)]} if agreed else {}
        audit.record(by=by, action=HAND_OVER_PERSON, target=person, summit=person.summit, detail=detail)
    return packed


def _claim(person: Person, by: User) -> SubjectAccessRequest | None:
    """Mark the agreement that `by` needs as used, and return its request. Return None if `by` needs no agreement.

    Raises NeedsAgreement if there is no agreement that can be used.
    """
    hidden = unseen(person, by)
    if not hidden:
        return None
    row = agreed(person.summit, by).filter(person=person).select_related("agreed_by").first()
    # The account that agreed may have lost its role since.
    if row is None or row.agreed_by is None or not _sees(row.agreed_by, hidden, person.summit):
        raise NeedsAgreement(needs(hidden))
    if not _open(person, by).filter(pk=row.pk).update(taken_at=Now()):
        raise NeedsAgreement(needs(hidden))
    return row


def needs(hidden: list[Restricted]) -> str:
    """Return the sentence that names the hidden groups of data and who has to agree."""
    titles = comma().join(str(group.title) for group in hidden)
    message = _(
        "This data includes details your roles can’t see: %(what)s. Someone else must approve first: %(who)s."
    )
    return message % {"what": titles, "who": RULES[AGREE].names()}


def ask(*, person: Person, by: User) -> SubjectAccessRequest:
    """Request an agreement to hand over a person's data, and return the request.

    If `by` has an open request already, return that one. If its agreement wasn't used in time, it waits for a new
    agreement. Raises PermissionDenied.
    """
    check(by, HAND_OVER, person.summit)
    with transaction.atomic():
        if not is_agreed(person, by):
            _open(person, by).filter(agreed_at__isnull=False).update(asked_at=Now(), agreed_at=None, agreed_by=None)
        row, new = SubjectAccessRequest.objects.get_or_create(person=person, asked_by=by, taken_at=None)
        if new:
            audit.record(by=by, action=ASK_HAND_OVER, target=person, summit=person.summit)
    return row


def agree(*, person: Person, by: User, until: int | None = None) -> int:
    """Agree to the waiting requests of others to hand over a person's data, and return the number of requests.

    `until` is the primary key of the newest request that `by` has seen; later requests keep waiting. Raises
    PermissionDenied, also if `by` may not see the data for which a request needs the agreement. Raises
    NothingToAgree if no request waits.
    """
    check(by, AGREE, person.summit)
    with transaction.atomic():
        rows = waiting(person.summit, by).filter(person=person)
        rows = rows if until is None else rows.filter(pk__lte=until)
        pending = list(rows.select_related("asked_by"))
        for row in pending:
            for group in unseen(person, row.asked_by):
                check(by, group.action, person.summit)
        number = rows.filter(pk__in=[row.pk for row in pending]).update(agreed_by=by, agreed_at=Now())
        if not number:
            raise NothingToAgree(_("There is no pending request for this person’s data."))
        audit.record(by=by, action=AGREE_HAND_OVER, target=person, summit=person.summit)
    return number


def waiting(summit: Summit, by: User) -> QuerySet[SubjectAccessRequest]:
    """Return the requests of a summit that wait for an agreement, except those of `by`."""
    rows = SubjectAccessRequest.objects.filter(person__summit=summit, agreed_at=None, taken_at=None)
    return rows.exclude(asked_by=by).order_by("pk")


def request_of(person: Person, by: User) -> SubjectAccessRequest | None:
    """Return the request of `by` for a person that hasn't been used yet, or None if there is none."""
    return _open(person, by).first()


def is_agreed(person: Person, by: User) -> bool:
    """Return whether the request of `by` has an agreement that can be used.

    The agreement must be recent, and its account must be allowed to see the data that `by` may not see.
    """
    row = agreed(person.summit, by).filter(person=person).select_related("agreed_by").first()
    return row is not None and row.agreed_by is not None and _sees(row.agreed_by, unseen(person, by), person.summit)


def agreed(summit: Summit, by: User) -> QuerySet[SubjectAccessRequest]:
    """Return the unused requests of `by` in a summit that were agreed to within GOOD_FOR."""
    rows = SubjectAccessRequest.objects.filter(person__summit=summit, asked_by=by, taken_at=None)
    return rows.filter(agreed_at__gt=Now() - GOOD_FOR).order_by("pk")


def of_interest(summit: Summit, by: User) -> QuerySet[SubjectAccessRequest]:
    """Return the requests of a summit that `by` may have to act on, with their people. Makes one query.

    These are the waiting requests of others, and the requests of `by` that were agreed to and can be used.
    """
    rows = (waiting(summit, by) | agreed(summit, by)).filter(person__erased_at=None)
    return rows.select_related("person", "asked_by").order_by("pk")


def _open(person: Person, by: User) -> QuerySet[SubjectAccessRequest]:
    return SubjectAccessRequest.objects.filter(person=person, asked_by=by, taken_at=None)


def _sees(user: User, groups: list[Restricted], summit: Summit) -> bool:
    return all(allows(user, group.action, summit) for group in groups)
