"""Speeches as rows: entered, and taken off a list. A speech on which something hangs, such as its text, is cancelled
and keeps its row; one that is entered again comes back as that row, with what hangs on it."""

from collections.abc import Collection, Sequence

from django.db.models import PROTECT
from django.db.models.functions import Now

from sessions.draft.models.participants import FloorRequest, Slot
from summit.core import bulk_insert

# What an entered speech says, which one that comes back gets too.
_SAID = ("title", "position", "minutes", "cancelled_at")


def enter(rows: Sequence[Slot]) -> None:
    """Store new speeches. One that was cancelled in the same session, of the same speaker for the same party, comes
    back. Three queries at most."""
    cancelled = Slot.every.filter(session__in={row.session_id for row in rows}, cancelled_at__isnull=False)
    twins = {(twin.session_id, twin.speaker_id, twin.party_id): twin for twin in cancelled.order_by("-pk")}
    back, new = [], []
    for row in rows:
        twin = twins.pop((row.session_id, row.speaker_id, row.party_id), None)
        if twin is None:
            new.append(row)
            continue
        row.pk, row.public_id, row.cancelled_at = twin.pk, twin.public_id, None
        row._state.adding = False
        back.append(row)
    Slot.every.bulk_update(back, _SAID)
    bulk_insert.insert(new)


def take_off(keys: Collection[int]) -> set[int]:
    """Take speeches off their lists, by their primary keys: those on which something hangs are cancelled, the others
    deleted. Return the keys of those that are cancelled."""
    held = on_which_something_hangs(keys)
    FloorRequest.objects.filter(slot__in=held).update(slot=None)
    Slot.objects.filter(pk__in=held).update(cancelled_at=Now())
    Slot.objects.filter(pk__in=set(keys) - held).delete()
    return held


def on_which_something_hangs(keys: Collection[int]) -> set[int]:
    """Return the speeches that rows of other layers hold. One query for each kind of row."""
    found: set[int] = set()
    for relation in Slot._meta.related_objects:
        if relation.on_delete is PROTECT:
            name = relation.field.name
            rows = relation.related_model._default_manager.filter(**{f"{name}__in": list(keys)})
            found |= set(rows.values_list(name, flat=True))
    return found
