"""Entering people and changing what is known of them. Whom a party names, and in which category, is `members`."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from delegations.members.field_access import GROUP_OF, PARTICULARS, PERSON, Reader, label, others, party_of
from delegations.members.forms import PersonForm
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.particulars import Particulars
from delegations.members.permissions import can_act, check_can_act
from delegations.members.services import duplicates, passport_digests
from delegations.members.services.duplicates import Hit
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.services import By, System
from summit.people.models import Person
from summit.permissions.rules import allows, check, refusal
from summit.summits.models import Summit
from summit.users.models import User

# Fields by which somebody is found to be there already.
TELLING = frozenset({"name", "email", "passport_number", "birth_date"})


class SeemsKnown(Exception):
    """The person seems to be entered already: `hits` are those of whom whoever asked may know. Ask which it is, and
    enter them with the public ids of `hits` as `another`, where it is somebody else."""

    def __init__(self, hits: list[Hit]) -> None:
        super().__init__(" ".join(hit.sentence for hit in hits))
        self.hits = hits


def enter(*, party: Party, values: Mapping[str, Any], by: By, another: Collection[str] = ()) -> Person:
    """Enter a person for a party, a member of none yet, and return them.

    `values` are by the names of Person and Particulars, as a form posts them or as Python has them. `another` are the
    public ids of people whom they resemble and are not. Raises PermissionDenied, ValidationError with a dictionary of
    sentences, SeemsKnown. What resembles somebody of whom `by` may not know goes to protocol's list.
    """
    check_can_act(by, "delegations.enter_person", party)
    with transaction.atomic():
        return _enter(party.summit, party, values, by, another)


def enter_alone(*, summit: Summit, values: Mapping[str, Any], by: By, another: Collection[str] = ()) -> Person:
    """Enter a person for no party: a speaker, or one who works for the host. Otherwise as `enter`."""
    if isinstance(by, User):
        check(by, "summit.person.change", summit)
    elif not isinstance(by, System):
        raise PermissionDenied(refusal("summit.person.change"))
    with transaction.atomic():
        _hold(summit)
        return _enter(summit, None, values, by, another)


def _hold(summit: Summit) -> None:
    """Of two who enter the same person at once, let the second meet the first one's."""
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)


def _enter(
    summit: Summit, party: Party | None, values: Mapping[str, Any], by: By, another: Collection[str]
) -> Person:
    # A person who isn't stored yet, so that the rules know to whom their fields would belong.
    person = Person(summit=summit, language=party.language if party else summit.language)
    person.particulars = Particulars(person=person, entered_for=party)
    _check_groups(person, party, values, by)
    changed = _checked(summit, None, values)
    hits = duplicates.likely(summit=summit, values=changed)
    shown, hidden = duplicates.told_to(by, hits, party)
    unasked = [hit for hit in shown if hit.person.public_id not in another]
    if unasked and not isinstance(by, System):
        raise SeemsKnown(unasked)
    for name in set(PERSON) & set(changed):
        setattr(person, name, changed[name])
    person.save()
    names = sorted(set(PERSON) & set(changed))
    audit.record(by=by, action="summit.person.add", target=person, summit=summit, fields=names)
    row = Particulars(person=person)
    _store(row, party, changed, by)
    duplicates.note(person=person, hits=[*hidden, *(unasked if isinstance(by, System) else [])])
    return person


def change(*, person: Person, values: Mapping[str, Any], by: By) -> set[str]:
    """Change what is known of a person, and return the names of the fields that are other than before.

    Only what `values` names changes. Raises PermissionDenied and ValidationError with a dictionary of sentences.
    """
    with transaction.atomic():
        # Whoever changes the same person waits here, and then meets what was stored.
        Person.objects.select_for_update().get(pk=person.pk)
        related = ("summit", "membership__party__summit", "particulars__entered_for__summit")
        now = Person.objects.select_related(*related).get(pk=person.pk)
        if now.erased_at is not None:
            raise PermissionDenied(
                _("This person’s data was erased, and nothing is entered about them again. Enter them anew.")
            )
        party = party_of(now)
        if set(PERSON) & set(values):
            _check_person(now, party, by)
        _check_groups(now, party, values, by)
        changed = _checked(now.summit, now, values)
        _check_mailbox(now, changed, by)
        own = sorted(set(PERSON) & set(changed))
        for name in own:
            setattr(now, name, changed[name])
        if own:
            now.save(update_fields=own)
            audit.record(by=by, action="summit.person.change", target=now, summit=now.summit, fields=own)
        if set(PARTICULARS) & set(changed):
            row: Particulars = getattr(now, "particulars", None) or Particulars(person=now)
            _store(row, party, changed, by)
        if TELLING & set(changed):
            _note_likely(now)
    return set(changed)


def mark_language(*, people: Iterable[Person], language: str, by: User) -> int:
    """Note in which language people are written to, and return of how many that changed. Raises PermissionDenied, and
    ValueError for a language that nobody is written to in."""
    if language not in dict(settings.LANGUAGES):
        raise ValueError(f"no language of letters: {language}")
    with transaction.atomic():
        keys = [row.pk for row in people]
        rows = list(Person.objects.select_for_update().filter(pk__in=keys).exclude(language=language).order_by("pk"))
        summits = Summit.objects.in_bulk({row.summit_id for row in rows})
        for summit in summits.values():
            check(by, "summit.person.change", summit)
        Person.objects.filter(pk__in=[row.pk for row in rows]).update(language=language)
        told = [
            audit.entry(
                by=by,
                action="summit.person.change",
                target=row,
                summit=summits[row.summit_id],
                fields=["language"],
                detail=audit.values(Person, {"language": (row.language, language)}),
            )
            for row in rows
        ]
        audit.record_many(told)
    return len(rows)


def _check_person(person: Person, party: Party | None, by: By) -> None:
    if party is not None:
        check_can_act(by, "delegations.enter_person", party)
    elif isinstance(by, User):
        check(by, "summit.person.change", person.summit_id)
    elif not isinstance(by, System):
        raise PermissionDenied(refusal("summit.person.change"))


def _check_groups(person: Person, party: Party | None, values: Mapping[str, Any], by: By) -> None:
    """Refuse fields that `by` may not change. Raises ValueError for names that are no fields."""
    asked = set(values) - set(PERSON)
    unknown = asked - set(PARTICULARS)
    if unknown:
        raise ValueError(f"no fields of a person: {', '.join(sorted(unknown))}")
    barred = asked - Reader(by).changeable(person)
    if not barred:
        return
    first = next(name for name in PARTICULARS if name in barred)
    acts = party is not None and can_act(by, GROUP_OF[first].change, party)
    if acts and party is not None and first in others(person, party):
        said = _("“%(field)s” was entered by others than your party. Write to %(contact)s to have it changed.")
        raise PermissionDenied(said % {"field": label(first), "contact": person.summit.contact_email})
    raise PermissionDenied(refusal(GROUP_OF[first].change))


def _checked(summit: Summit, person: Person | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that differ from what is there, clean. Raises ValidationError."""
    # Nobody is entered without a name or an office, though no value may name either.
    needed = () if person is not None else ("name", "office")
    form = PersonForm(dict(values), summit=summit, person=person, fields={*values, *needed})
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return form.changed


def _check_mailbox(person: Person, changed: Mapping[str, Any], by: By) -> None:
    """Refuse a focal point's new mailbox from anybody but a desk: it opens the portal of all parties that the focal
    point acts for."""
    desk = isinstance(by, System) or (isinstance(by, User) and allows(by, "summit.person.change", person.summit_id))
    if "email" in changed and not desk and FocalPoint.objects.filter(person=person).exists():
        said = _("%(person)s acts as a focal point: protocol changes this mailbox. Write to %(contact)s.")
        raise PermissionDenied(said % {"person": person.label, "contact": person.summit.contact_email})


def _store(row: Particulars, party: Party | None, changed: Mapping[str, Any], by: By) -> None:
    """Store what changed of a person's particulars with whose it is, and record it."""
    theirs = party is not None and acts_for(by, party)
    names = fill(row, party if theirs else None, changed)
    if names or theirs:
        row.save()
    if names:
        person = row.person
        audit.record(
            by=by, action="delegations.particulars.change", target=person, summit=person.summit, fields=sorted(names)
        )


def fill(row: Particulars, theirs: Party | None, changed: Mapping[str, Any]) -> set[str]:
    """Put what changed into a person's particulars, not stored, and return the names of those fields. `theirs` is the
    party whose focal point enters it, None where a desk does. The person is joined."""
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
    """Return whether somebody enters what belongs to a party: as its focal point, and not from a desk, which enters
    what is the host's. The system enters for nobody."""
    if isinstance(by, System):
        return False
    if isinstance(by, User) and allows(by, "delegations.enter_person", party.summit_id):
        return False
    return can_act(by, "delegations.enter_person", party)


def _note_likely(person: Person) -> None:
    """Put on protocol's list whom a person resembles now that more is known of them."""
    related = Person.objects.select_related("particulars").get(pk=person.pk)
    row = getattr(related, "particulars", None)
    values = {"name": related.name, "email": related.email}
    if row is not None:
        values |= {"passport_number": row.passport_number, "birth_date": row.birth_date}
    duplicates.note(person=person, hits=duplicates.likely(summit=person.summit, values=values, exclude=person))
