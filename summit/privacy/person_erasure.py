"""Erase a person's data, or plan the erasure.

docs/decisions (retention and erasure) says which data is kept and why.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import TextChoices
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.audit.services import SYSTEM, By
from summit.people.models import Person
from summit.permissions.rules import check
from summit.privacy.registry import Portion, portions, subject_of
from summit.users.models import User

ERASE = "summit.erase_person"


def _erased(facts: Facts) -> str:
    by_reason = {
        "asked": _("erased the person’s data at their request"),
        "mistake": _("erased the person’s data, added by mistake"),
        "ordered": _("erased the person’s data by order of an authority or court"),
    }
    return by_reason.get(
        str(facts.detail.get("reason")), _("erased the person’s data at the end of its retention period")
    )


ERASE_PERSON = audit_action("summit.erase_person", _erased, label=gettext_lazy("erased the person’s data"))


class Reason(TextChoices):
    """The reason for erasing a person. The audit records one of these: a free text could contain names."""

    ASKED = "asked", gettext_lazy("at the person’s request")
    MISTAKE = "mistake", gettext_lazy("added by mistake")
    ORDERED = "ordered", gettext_lazy("by order of an authority or court")


class AlreadyErased(ValueError):
    """The data of the person has been erased already. The exception's message is a sentence for the user."""


class UnknownReason(ValueError):
    """The reason for an erasure isn't one of `Reason`. The exception's message is a sentence for the user."""


@dataclass(frozen=True)
class ErasureItem:
    """A portion of a plan, with the number of rows that it has now."""

    portion: Portion
    number: int


@dataclass(frozen=True)
class ErasurePlan:
    """The portions that erasing a person would erase, and those that would stay."""

    goes: list[ErasureItem] = field(default_factory=list)
    stays: list[ErasureItem] = field(default_factory=list)


def plan(person: Person) -> ErasurePlan:
    """Return the portions that erasing a person would erase, and those that would stay. Nothing is written.

    Portions without rows are left out.
    """
    subject, erasure_plan = subject_of(person), ErasurePlan()
    for portion in portions():
        number = portion.rows(subject).count()
        if number and portion.erase is not None:
            erasure_plan.goes.append(ErasureItem(portion, number))
        if number and portion.stays:
            erasure_plan.stays.append(ErasureItem(portion, number))
    return erasure_plan


def erase(*, person: Person, reason: str, by: User) -> dict[str, int]:
    """Erase a person's data, and return a dict from portions' names to the numbers of erased or changed rows.

    Raises PermissionDenied, UnknownReason, or AlreadyErased. Of two concurrent calls the second waits and then raises
    AlreadyErased.
    """
    check(by, ERASE, person.summit)
    if reason not in Reason.values:
        raise UnknownReason(_("Choose a reason."))
    return clear(person=person, by=by, reason=reason)


def clear(*, person: Person, by: By = SYSTEM, reason: str = "") -> dict[str, int]:
    """Erase a person's data without a check of permissions, for `erase` and for the nightly purge.

    Return a dict from portions' names to the numbers of erased or changed rows. Raises AlreadyErased.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update(of=("self",)).select_related("summit", "user").get(pk=person.pk)
        if person.erased_at is not None:
            raise AlreadyErased(_("This person’s data is already erased."))
        subject = subject_of(person)
        numbers = {portion.name: portion.erase(subject) for portion in portions() if portion.erase is not None}
        Person.objects.filter(pk=person.pk).update(erased_at=Now())
        numbers = {name: number for name, number in numbers.items() if number}
        detail: dict[str, Any] = {"numbers": numbers} | ({"reason": reason} if reason else {})
        audit.record(by=by, action=ERASE_PERSON, target=person, summit=person.summit, detail=detail)
    return numbers
