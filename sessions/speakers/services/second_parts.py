"""The speeches and requests of a session that goes on in a second part."""

from collections.abc import Sequence

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.draft.models.participants import FloorRequest, RequestState, Slot
from sessions.draft.models.sessions import Session
from sessions.draft.services.revisions import rise
from sessions.draft.speech_listeners import watching
from sessions.speakers import selectors
from sessions.speakers.models import SpeechRun
from sessions.speakers.services.speakers_list import SpeakersRefused
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.users.models import User

CONTINUE = audit_action("agenda.speakers.continue", gettext_lazy("moved speeches to the second part"), fields_of=Slot)


def continue_list(*, session: Session, second: Session, speeches: Sequence[str], by: User) -> None:
    """Move speeches of a session, by their public ids, to its second part, in this order.

    Requests to speak go with their speech, and those that nobody has decided about go too: the list of the session
    takes no more of them. A speech keeps its row, so that its texts follow it.

    The caller has checked the permission, and holds the lock of the agenda in an open transaction. Raises
    SpeakersRefused if a speech is no longer waiting.
    """
    waiting = {line.slot.public_id: line.slot for line in selectors.waiting(session)}
    if missing := [key for key in speeches if key not in waiting]:
        speaker = Slot.every.filter(public_id__in=missing, session=session).select_related("speaker").first()
        name = speaker.speaker.label if speaker else _("A speaker")
        raise SpeakersRefused(_("%(name)s no longer waits to speak. Check which speeches move.") % {"name": name})
    slots = [waiting[key] for key in speeches]
    FloorRequest.objects.filter(Q(slot__in=slots) | Q(session=session, state=RequestState.ASKED)).update(
        session=second
    )
    Session.objects.filter(pk=session.pk).exclude(requests_until=None).update(requests_until=None)
    if not slots:
        return
    with watching(sessions=[session.pk, second.pk], by=by, retimed=True):
        for position, slot in enumerate(slots):
            slot.session, slot.position = second, position
        Slot.objects.bulk_update(slots, ["session", "position"])
    SpeechRun.objects.filter(slot__in=slots).update(session=second, place=None, changed_at=Now())
    rise(session.pk, second.pk)
    audit.record(
        by=by,
        action=CONTINUE,
        target=session,
        summit=session.summit,
        fields=["session", "position"],
        detail={"rows": [audit.name_of(slot) for slot in slots]},
    )
