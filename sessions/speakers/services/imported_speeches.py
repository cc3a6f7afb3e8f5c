"""Adding several speeches to a list at once, as an import of texts does."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction

from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_edit
from sessions.draft.services.add_and_remove_speeches import insert
from sessions.draft.services.agenda_lock import lock
from sessions.draft.services.revisions import rise
from sessions.speakers.services.speakers_list import ADD
from summit.audit import services as audit
from summit.audit.services import By, System
from summit.people.models import Person
from summit.users.models import User


def add_all(*, session: Session, speeches: Sequence[tuple[Person, Party | None]], by: By) -> list[Slot]:
    """Add speeches at the end of a session's list, in their order, and return the added speeches.

    They get the session's time limit. A speaker who already speaks for the same party gets no second speech. Makes a
    constant number of queries. Raises PermissionDenied, and ValidationError for a person or party of another summit.
    """
    if isinstance(by, User):
        check_can_edit(by, session)
    elif not isinstance(by, System):
        raise PermissionDenied
    with transaction.atomic():
        lock(session.summit)
        session = Session.objects.select_related("summit").get(pk=session.pk)
        existing = list(Slot.objects.filter(session=session).values_list("speaker", "party"))
        known: set[tuple[int, int | None]] = set(existing)
        rows: list[Slot] = []
        for speaker, party in speeches:
            key = (speaker.pk, party.pk if party else None)
            if key in known:
                continue
            known.add(key)
            place = len(existing) + len(rows)
            row = Slot(session=session, party=party, speaker=speaker, minutes=session.time_limit, position=place)
            if {speaker.summit_id, party.summit_id if party else session.summit_id} != {session.summit_id}:
                # This queries both summits, and raises the error with the right message.
                row.clean()
            rows.append(row)
        if rows:
            insert(rows)
            rise(session.pk)
            audit.record(
                by=by,
                action=ADD,
                target=session,
                summit=session.summit,
                detail={"rows": [audit.name_of(row) for row in rows]},
            )
    return rows
