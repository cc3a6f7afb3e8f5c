"""Services that add speeches to a session and remove them.

A removed speech that other objects refer to, such as its transcript, is cancelled and keeps its row. If the speech is
added again, this row is restored with everything that refers to it.
"""

from collections.abc import Collection, Sequence

from django.db.models import PROTECT
from django.db.models.functions import Now

from sessions.draft.models.participants import FloorRequest, Slot
from summit.core import bulk_insert

# The fields of a new speech that are copied to a restored speech.
_COPIED_FIELDS = ("title", "position", "minutes", "cancelled_at")


def insert(rows: Sequence[Slot]) -> None:
    """Save new speeches. Makes three queries at most.

    If a speech in the same session, with the same speaker and party, was cancelled, its row is restored instead.
    """
    cancelled = Slot.every.filter(session__in={row.session_id for row in rows}, cancelled_at__isnull=False)
    twins = {(twin.session_id, twin.speaker_id, twin.party_id): twin for twin in cancelled.order_by("-pk")}
    restored, new = [], []
    for row in rows:
        twin = twins.pop((row.session_id, row.speaker_id, row.party_id), None)
        if twin is None:
            new.append(row)
            continue
        row.pk, row.public_id, row.cancelled_at = twin.pk, twin.public_id, None
        row._state.adding = False
        restored.append(row)
    Slot.every.bulk_update(restored, _COPIED_FIELDS)
    bulk_insert.insert(new)


def remove_slots(keys: Collection[int]) -> set[int]:
    """Remove the speeches with these primary keys, and return the keys of the speeches that were cancelled.

    Speeches that other objects refer to are cancelled; the others are deleted.
    """
    referenced = referenced_slots(keys)
    FloorRequest.objects.filter(slot__in=referenced).update(slot=None)
    Slot.objects.filter(pk__in=referenced).update(cancelled_at=Now())
    Slot.objects.filter(pk__in=set(keys) - referenced).delete()
    return referenced


def referenced_slots(keys: Collection[int]) -> set[int]:
    """Return the keys of the speeches that may not be deleted, because rows of other models refer to them.

    These models use `on_delete=PROTECT`. Makes one query for each such relation.
    """
    found: set[int] = set()
    for relation in Slot._meta.related_objects:
        if relation.on_delete is PROTECT:
            name = relation.field.name
            rows = relation.related_model._default_manager.filter(**{f"{name}__in": list(keys)})
            found |= set(rows.values_list(name, flat=True))
    return found
