"""A person's data, gathered whole, and erased: by an organiser, at the person's request.

What is kept and why: docs/decisions (retention and erasure).
"""

import json
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import transaction
from django.db.models import TextChoices
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.services import SYSTEM, By
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.permissions.rules import check
from summit.privacy.registry import (
    Portion,
    Subject,
    as_data,
    columns_of,
    is_staffs,
    own_portions,
    portions,
    subject_of,
)
from summit.users.models import User

ERASE = "summit.erase_person"


class Reason(TextChoices):
    """Why somebody is erased. The audit holds no text, so that it holds no name either: one of these is recorded."""

    ASKED = "asked", gettext_lazy("the person asked for it")
    MISTAKE = "mistake", gettext_lazy("they were entered by mistake")
    ORDERED = "ordered", gettext_lazy("an authority or a court ordered it")


class AlreadyErased(ValueError):
    """The person has been erased; its text is a sentence for whoever asked."""


class UnknownReason(ValueError):
    """None of the reasons was given; its text is a sentence for whoever asked."""


@dataclass(frozen=True)
class Item:
    """What becomes of a portion: how many rows it has now."""

    portion: Portion
    number: int


@dataclass(frozen=True)
class Plan:
    """What erasing somebody would erase, and what would stay."""

    goes: list[Item] = field(default_factory=list)
    stays: list[Item] = field(default_factory=list)


def plan(person: Person) -> Plan:
    """Return what erasing would erase and what would stay; portions without a row are left out. Writes nothing."""
    subject, found = subject_of(person), Plan()
    for portion in portions():
        number = portion.rows(subject).count()
        if number and portion.erase is not None:
            found.goes.append(Item(portion, number))
        if number and portion.stays:
            found.stays.append(Item(portion, number))
    return found


def erase(*, person: Person, reason: str, by: User) -> dict[str, int]:
    """Erase somebody, and return how many rows were erased or changed, by the portions' names.

    Raises PermissionDenied, UnknownReason, AlreadyErased. Two at once: the second waits, and finds it done.
    """
    check(by, ERASE, person.summit)
    if reason not in Reason.values:
        raise UnknownReason(_("Say why: choose one of the reasons."))
    return clear(person=person, by=by, reason=reason)


def clear(*, person: Person, by: By = SYSTEM, reason: str = "") -> dict[str, int]:
    """Erase somebody, whoever asks: for `erase`, and for the nightly purge. Raises AlreadyErased."""
    with transaction.atomic():
        person = Person.objects.select_for_update(of=("self",)).select_related("summit", "user").get(pk=person.pk)
        if person.erased_at is not None:
            raise AlreadyErased(_("This person’s data has been erased already."))
        subject = subject_of(person)
        done = {portion.name: portion.erase(subject) for portion in portions() if portion.erase is not None}
        Person.objects.filter(pk=person.pk).update(erased_at=Now())
        done = {name: number for name, number in done.items() if number}
        detail: dict[str, Any] = {"numbers": done} | ({"reason": reason} if reason else {})
        audit.record(by=by, action=ERASE, target=person, summit=person.summit, detail=detail)
    return done


@dataclass(frozen=True)
class Part:
    """What is handed over of a portion."""

    title: str
    rows: list[dict[str, Any]]


def gather(subject: Subject, *, own: bool = False) -> dict[str, Part]:
    """Return all that is held of somebody, by the portions' names; with `own` what they may take themselves, without
    the names of those who decided."""
    found = {}
    for portion in own_portions() if own else [each for each in portions() if each.handed]:
        columns = [column for column in columns_of(portion) if not (own and is_staffs(column))]
        rows = [as_data(row, columns) for row in portion.rows(subject)]
        if rows:
            found[portion.name] = Part(str(portion.title), rows)
    return found


def take(*, person: Person, by: By) -> bytes:
    """Return the same file to the person themselves, without what the desks draft and note: whoever asks has been
    found to be them."""
    packed, detail = pack(person, own=True)
    with transaction.atomic():
        audit.record(by=by, action="summit.take_own_data", target=person, summit=person.summit, detail=detail)
    return packed


def pack(person: Person, *, own: bool = False) -> tuple[bytes, dict[str, Any]]:
    """Return the ZIP of what is held of somebody, and what is recorded of it."""
    subject = subject_of(person)
    parts = gather(subject, own=own)
    files = [
        (f"{portion.name}/{name}", content)
        for portion in (own_portions() if own else portions())
        if portion.files is not None
        for name, content in portion.files(subject)
    ]
    told = {"person": person.public_id, "summit": person.summit.reads_as.name, "at": db_now().isoformat()}
    data = {**told, "parts": {name: part.rows for name, part in parts.items()}, "files": [name for name, _ in files]}
    page = render_to_string(
        "admin/person_data.html", {"person": person, "parts": parts.values(), "files": files, "summit": person.summit}
    )
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        packed.writestr("data.html", page)
        for name, content in files:
            packed.writestr(name, content)
    return made.getvalue(), {"parts": sorted(parts), "files": len(files)}
