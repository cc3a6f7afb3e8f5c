"""Entering people and changing their data. The service `members` names them for a party."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.members.forms import PersonForm
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.particulars import Particulars
from delegations.members.permissions import can_act, check_can_act
from delegations.members.person_field_groups import (
    GROUP_OF,
    PARTICULARS,
    PERSON,
    FieldReader,
    label,
    others,
    party_of,
)
from delegations.members.services import duplicates, passport_digests
from delegations.members.services.duplicates import DuplicateHit
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.actions import audit_action, row_actions
from summit.audit.services import By, System
from summit.people.models import Person
from summit.permissions.rules import allows, check, refusal
from summit.summits.models import Summit
from summit.users.models import User

# Fields by which duplicates are found.
TELLING = frozenset({"name", "email", "passport_number", "birth_date"})
CHANGE_PARTICULARS = audit_action(
    "delegations.particulars.change", gettext_lazy("changed the person’s details"), fields_of=Particulars
)
PERSON_ACTIONS = row_actions(
    "summit.person",
    add=gettext_lazy("added the person"),
    change=gettext_lazy("changed the person’s data"),
    remove=gettext_lazy("deleted the person"),
)


class PossibleDuplicate(Exception):
    """The person seems to be entered already. `hits` are the similar people whom the user may learn of.

    The caller asks the user. If it is another person, they are entered again with the public ids of `hits` as
    `another`.
    """

    def __init__(self, hits: list[DuplicateHit]) -> None:
        super().__init__(" ".join(hit.sentence for hit in hits))
        self.hits = hits


def create(*, party: Party, values: Mapping[str, Any], by: By, another: Collection[str] = ()) -> Person:
    """Enter a person for a party and return them. They are a member of no party yet.

    The keys of `values` are the field names of Person and Particulars. The values may be Python objects, or texts as
    a form posts them. `another` holds the public ids of similar people who are known to be different people. Similar
    people whom `by` may not learn of are put on protocol's list. Raises PermissionDenied, ValidationError with
    messages by field, and PossibleDuplicate.
    """
    check_can_act(by, "delegations.enter_person", party)
    with transaction.atomic():
        return _create(party.summit, party, values, by, another)


def create_without_party(
    *, summit: Summit, values: Mapping[str, Any], by: By, another: Collection[str] = ()
) -> Person:
    """Enter a person for no party, such as a speaker or a worker of the host, and return them.

    The arguments are those of `create`. Raises the same exceptions: PermissionDenied, ValidationError, and
    PossibleDuplicate.
    """
    if isinstance(by, User):
        check(by, "summit.person.change", summit)
    elif not isinstance(by, System):
        raise PermissionDenied(refusal("summit.person.change"))
    with transaction.atomic():
        _lock_summit(summit)
        return _create(summit, None, values, by, another)


def _lock_summit(summit: Summit) -> None:
    """Lock the summit until the transaction ends.

    If two users enter the same person at once, the second one then finds the entry of the first.
    """
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)


def _create(
    summit: Summit, party: Party | None, values: Mapping[str, Any], by: By, another: Collection[str]
) -> Person:
    # An unsaved person, from whom the permission checks see to which party the fields would belong.
    person = Person(summit=summit, language=party.language if party else summit.language)
    person.particulars = Particulars(person=person, entered_for=party)
    _check_groups(person, party, values, by)
    changed = _checked(summit, None, values)
    hits = duplicates.find_duplicates(summit=summit, values=changed)
    visible, hidden = duplicates.split_by_visibility(by, hits, party)
    unasked = [hit for hit in visible if hit.person.public_id not in another]
    if unasked and not isinstance(by, System):
        raise PossibleDuplicate(unasked)
    for name in set(PERSON) & set(changed):
        setattr(person, name, changed[name])
    person.save()
    names = sorted(set(PERSON) & set(changed))
    audit.record(by=by, action=PERSON_ACTIONS.add, target=person, summit=summit, fields=names)
    row = Particulars(person=person)
    _store(row, party, changed, by)
    duplicates.record(person=person, hits=[*hidden, *(unasked if isinstance(by, System) else [])])
    return person


def change(*, person: Person, values: Mapping[str, Any], by: By) -> set[str]:
    """Change a person's data and return the names of the fields that changed.

    Fields that aren't in `values` keep their values. Raises PermissionDenied, and ValidationError with messages by
    field.
    """
    with transaction.atomic():
        # A second change of the same person waits here, and then reads what the first one stored.
        Person.objects.select_for_update().get(pk=person.pk)
        related = ("summit", "membership__party__summit", "particulars__entered_for__summit")
        current = Person.objects.select_related(*related).get(pk=person.pk)
        if current.erased_at is not None:
            raise PermissionDenied(_("This person’s data was erased, so it cannot be edited. Add the person again."))
        party = party_of(current)
        if set(PERSON) & set(values):
            _check_person(current, party, by)
        _check_groups(current, party, values, by)
        changed = _checked(current.summit, current, values)
        _check_mailbox(current, changed, by)
        person_fields = sorted(set(PERSON) & set(changed))
        for name in person_fields:
            setattr(current, name, changed[name])
        if person_fields:
            current.save(update_fields=person_fields)
            audit.record(
                by=by, action=PERSON_ACTIONS.change, target=current, summit=current.summit, fields=person_fields
            )
        if set(PARTICULARS) & set(changed):
            row: Particulars = getattr(current, "particulars", None) or Particulars(person=current)
            _store(row, party, changed, by)
        if TELLING & set(changed):
            _record_duplicates(current)
    return set(changed)


def mark_language(*, people: Iterable[Person], language: str, by: User) -> int:
    """Set the language in which people are written to. Return how many people had another language before.

    Raises PermissionDenied, and ValueError for a language that isn't in LANGUAGES.
    """
    if language not in dict(settings.LANGUAGES):
        raise ValueError(f"no language of letters: {language}")
    with transaction.atomic():
        keys = [row.pk for row in people]
        rows = list(Person.objects.select_for_update().filter(pk__in=keys).exclude(language=language).order_by("pk"))
        summits = Summit.objects.in_bulk({row.summit_id for row in rows})
        for summit in summits.values():
            check(by, "summit.person.change", summit)
        Person.objects.filter(pk__in=[row.pk for row in rows]).update(language=language)
        entries = [
            audit.entry(
                by=by,
                action=PERSON_ACTIONS.change,
                target=row,
                summit=summits[row.summit_id],
                fields=["language"],
                detail=audit.values(Person, {"language": (row.language, language)}),
            )
            for row in rows
        ]
        audit.record_many(entries)
    return len(rows)


def _check_person(person: Person, party: Party | None, by: By) -> None:
    if party is not None:
        check_can_act(by, "delegations.enter_person", party)
    elif isinstance(by, User):
        check(by, "summit.person.change", person.summit_id)
    elif not isinstance(by, System):
        raise PermissionDenied(refusal("summit.person.change"))


def _check_groups(person: Person, party: Party | None, values: Mapping[str, Any], by: By) -> None:
    """Raise PermissionDenied for fields that `by` may not change, and ValueError for names that aren't fields of a
    person."""
    requested = set(values) - set(PERSON)
    unknown = requested - set(PARTICULARS)
    if unknown:
        raise ValueError(f"no fields of a person: {', '.join(sorted(unknown))}")
    barred = requested - FieldReader(by).changeable(person)
    if not barred:
        return
    field = next(name for name in PARTICULARS if name in barred)
    acts_for_party = party is not None and can_act(by, GROUP_OF[field].change, party)
    if acts_for_party and party is not None and field in others(person, party):
        message = _("“%(field)s” was not entered by your delegation. To change it, write to %(contact)s.")
        raise PermissionDenied(message % {"field": label(field), "contact": person.summit.contact_email})
    raise PermissionDenied(refusal(GROUP_OF[field].change))


def _checked(summit: Summit, person: Person | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cleaned values that differ from the person's current ones. Raises ValidationError."""
    # A new person needs a name and an office, even if `values` has neither.
    needed = () if person is not None else ("name", "office")
    form = PersonForm(dict(values), summit=summit, person=person, fields={*values, *needed})
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return form.changed


def _check_mailbox(person: Person, changed: Mapping[str, Any], by: By) -> None:
    """Raise PermissionDenied if a user without a desk role changes a focal point's mailbox.

    The mailbox opens the portal of all parties that the focal point acts for.
    """
    desk = isinstance(by, System) or (isinstance(by, User) and allows(by, "summit.person.change", person.summit_id))
    if "email" in changed and not desk and FocalPoint.objects.filter(person=person).exists():
        message = _("%(person)s is a focal point. To change their email address, write to protocol: %(contact)s.")
        raise PermissionDenied(message % {"person": person.label, "contact": person.summit.contact_email})


def _store(row: Particulars, party: Party | None, changed: Mapping[str, Any], by: By) -> None:
    """Store the changed particulars of a person, and record the change in the audit.

    The particulars belong to `party` if one of its focal points entered them.
    """
    by_party = party is not None and acts_for(by, party)
    names = fill(row, party if by_party else None, changed)
    if names or by_party:
        row.save()
    if names:
        person = row.person
        audit.record(by=by, action=CHANGE_PARTICULARS, target=person, summit=person.summit, fields=sorted(names))


def fill(row: Particulars, theirs: Party | None, changed: Mapping[str, Any]) -> set[str]:
    """Set the changed values on a person's particulars without saving, and return the names of those fields.

    `theirs` is the party of the focal point who entered the values, or None for a desk. The caller fetches the row
    with its person.
    """
    names = set(PARTICULARS) & set(changed)
    if theirs is not None:
        if row.entered_for_id != theirs.pk:
            row.withheld = sorted(others(row.person, theirs)) if row.pk else []
            row.entered_for = theirs
        row.withheld = sorted(set(row.withheld) - names)
    elif row.entered_for_id is not None:
        row.withheld = sorted({*row.withheld, *names})
    for name in names:
        setattr(row, name, changed[name])
    row.withheld = [name for name in row.withheld if name in _filled(row)]
    for name, value in passport_digests.of(row).items():
        setattr(row, name, value)
    return names


def _filled(row: Particulars) -> Iterable[str]:
    return {name for name in PARTICULARS if getattr(row, name) not in ("", None)}


def acts_for(by: By, party: Party) -> bool:
    """Return whether values that `by` enters belong to a party. They do if `by` is one of the party's focal points.

    Values that a desk enters belong to the host. Values that the system enters belong to no party.
    """
    if isinstance(by, System):
        return False
    if isinstance(by, User) and allows(by, "delegations.enter_person", party.summit_id):
        return False
    return can_act(by, "delegations.enter_person", party)


def _record_duplicates(person: Person) -> None:
    """Put each person who resembles a changed person on protocol's list, together with the changed person."""
    related = Person.objects.select_related("particulars").get(pk=person.pk)
    row = getattr(related, "particulars", None)
    values = {"name": related.name, "email": related.email}
    if row is not None:
        values |= {"passport_number": row.passport_number, "birth_date": row.birth_date}
    duplicates.record(
        person=person, hits=duplicates.find_duplicates(summit=person.summit, values=values, exclude=person)
    )
