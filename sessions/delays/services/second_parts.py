"""Makes the second part of a session that is split: a session like it, with its speeches and sign-ups."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext_lazy

from sessions.agenda.selectors.release_scopes import Placement, Split, continued
from sessions.delays.split_listeners import listeners
from sessions.draft.models.sessions import Session
from sessions.draft.services import copies, place_sessions
from sessions.draft.services.agenda_lock import lock
from sessions.releases.services import releases
from sessions.signups.services import signups
from sessions.speakers.services.second_parts import continue_list
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.summits.models import Summit
from summit.users.models import User

SPLIT = audit_action("agenda.split", gettext_lazy("split the session"))


def make(*, split: Split, summit: Summit, placements: Mapping[int, Placement], by: User) -> Split:
    """Write new times and the second part of a session into the draft. Return the split with that part's identity.

    The second part is like the session in the draft: what is unreleased of the one stays so of the other. Whoever has
    a place in the session has one in both parts. Documents stay with the first part. Further things follow by the
    listeners.

    The caller has checked the permission and has an open transaction. Raises DraftChanged if the session is cancelled
    in the draft, SpeakersRefused if a speech that moves no longer waits, and Blocked if a conflict arises that the
    summit blocks.
    """
    lock(summit)
    session = Session.objects.select_related("summit").get(pk=split.session_id)
    if session.cancelled_at is not None:
        raise releases.DraftChanged(releases.retimed_meanwhile())
    # The first part leaves the room before the second one takes it.
    place_sessions.place(summit=summit, by=by, sessions=releases.draft_changes(summit, placements))
    second = copies.add_second_part(
        session=session,
        placement=releases.draft_placement(summit, split.placement),
        title=continued(session.title, summit.language),
        titles={row.language: continued(row.title, row.language) for row in session.texts.all()},
        by=by,
    )
    continue_list(session=session, second=second, speeches=split.speeches, by=by)
    signups.copy(session=session, second=second, by=by)
    for listener in listeners:
        listener(session, second, by)
    audit.record(by=by, action=SPLIT, target=session, summit=summit, detail={"rows": [audit.name_of(second)]})
    return replace(split, part_id=second.pk, part_key=second.public_id)
