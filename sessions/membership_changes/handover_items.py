"""The handover items of the agenda: speeches, bilateral meetings, signatures, places in the photo and other places.

They belong to a person; the places of a party stay with the party. A decision about an item changes the working
draft, and the next release notifies the people concerned.
"""

from collections.abc import Callable, Iterable, Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.membership_changes import handover_items
from delegations.membership_changes.handover_items import HandoverKind, ItemTitle, Reader
from sessions.agenda.models.releases import ReleasedSession
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.membership_changes.services import passed_on_places
from sessions.visibility.viewers import Members
from summit.core.database_clock import db_now
from summit.core.punctuation import comma
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock
from summit.users.models import User

SPEECH, BILATERAL, PLACE, SIGNATURE, PHOTO = "speech", "bilateral", "place", "signature", "photo"


def _coming(person: Person) -> QuerySet[Session]:
    """Return the sessions in which another person can take a person's place.

    While a summit is running, past sessions are left out.
    """
    rows = Session.objects.filter(summit=person.summit_id, cancelled_at__isnull=True).order_by()
    now = db_now()
    is_running = person.summit.ends_on >= now.astimezone(person.summit.zone).date()
    return rows.filter(ends_at__gt=now) if is_running else rows


def _speeches(person: Person) -> Sequence[str]:
    rows = Slot.objects.filter(speaker=person, session__in=_coming(person))
    return list(rows.order_by("session__starts_at", "pk").values_list("public_id", flat=True))


# The kind of handover item for a person's place in sessions of these kinds. For all other sessions it is PLACE.
OF_KIND = {SessionKind.BILATERAL: BILATERAL, SessionKind.SIGNING: SIGNATURE, SessionKind.FAMILY_PHOTO: PHOTO}


def _places(*kinds: SessionKind) -> Callable[[Person], Sequence[str]]:
    """Return a function that finds a person's places in sessions of these kinds.

    Without kinds, the function finds the places in sessions of all kinds that aren't in OF_KIND.
    """

    def find_places(person: Person) -> Sequence[str]:
        sessions = _coming(person).filter(participants__person=person)
        rows = sessions.filter(kind__in=kinds) if kinds else sessions.exclude(kind__in=list(OF_KIND))
        return list(rows.order_by("starts_at", "pk").values_list("public_id", flat=True))

    return find_places


def _describe_speeches(summit: Summit, keys: Iterable[str], reader: Reader) -> dict[str, ItemTitle]:
    rows = Slot.objects.filter(session__summit=summit, public_id__in=list(keys))
    sessions = dict(rows.values_list("public_id", "session__public_id"))
    titles = _describe_sessions(summit, sessions.values(), reader)
    return {key: titles[session] for key, session in sessions.items() if session in titles}


def _describe_sessions(summit: Summit, keys: Iterable[str], reader: Reader) -> dict[str, ItemTitle]:
    """Return a dict from public id to the name of each session that the reader may know of.

    Desk users who may read the draft get the names in the draft, with links; other desk users get none. Other readers
    get the names in the newest release.
    """
    public_ids = set(keys)
    if isinstance(reader, handover_items.HandoverDesk):
        if not allows(reader.user, "agenda.session.view", summit):
            return {}
        rows = Session.objects.filter(summit=summit, public_id__in=public_ids)
        return {
            row.public_id: ItemTitle(
                _session_label(row, summit), reverse("admin:agenda_session_detail", args=[row.pk])
            )
            for row in rows
        }
    visible = ReleasedSession.objects.for_members(summit, Members.of([reader.party], reader.people))
    released = visible.filter(session__public_id__in=public_ids).select_related("session")
    return {row.session.public_id: ItemTitle(_session_label(row, summit)) for row in released}


def _session_label(row: Session | ReleasedSession, summit: Summit) -> str:
    return comma().join((_("“%(title)s”") % {"title": row.title}, day_clock(row.starts_at, summit)))


def _pass_place(key: str, giver: Person, taker: Person, by: User) -> None:
    passed_on_places.pass_place(key=key, giver=giver, taker=taker, by=by)


def _remove_place(key: str, giver: Person, by: User) -> None:
    passed_on_places.remove_place(key=key, giver=giver, by=by)


handover_items.register(
    10,
    HandoverKind(
        what=SPEECH,
        label=gettext_lazy("speech"),
        held=_speeches,
        tell=_describe_speeches,
        pass_on=lambda key, giver, taker, by: passed_on_places.pass_speech(key=key, giver=giver, taker=taker, by=by),
        drop=lambda key, giver, by: passed_on_places.remove_speech(key=key, giver=giver, by=by),
        dropped=gettext_lazy("The speech is removed from the draft agenda."),
    ),
)
handover_items.register(
    20,
    HandoverKind(
        what=BILATERAL,
        label=gettext_lazy("bilateral meeting"),
        held=_places(SessionKind.BILATERAL),
        tell=_describe_sessions,
        pass_on=_pass_place,
        drop=_remove_place,
        dropped=gettext_lazy("The meeting has no replacement. The programme desk cancels it if necessary."),
    ),
)
handover_items.register(
    22,
    HandoverKind(
        what=SIGNATURE,
        label=gettext_lazy("signature"),
        held=_places(SessionKind.SIGNING),
        tell=_describe_sessions,
        pass_on=_pass_place,
        drop=_remove_place,
        dropped=gettext_lazy("The signing has no replacement. Tell the programme desk whether it takes place."),
    ),
)
handover_items.register(
    24,
    HandoverKind(
        what=PHOTO,
        label=gettext_lazy("place in the family photo"),
        held=_places(SessionKind.FAMILY_PHOTO),
        tell=_describe_sessions,
        pass_on=_pass_place,
        drop=_remove_place,
        dropped=gettext_lazy("The place stays empty and the rows close up."),
    ),
)
handover_items.register(
    30,
    HandoverKind(
        what=PLACE,
        label=gettext_lazy("place in a session"),
        held=_places(),
        tell=_describe_sessions,
        pass_on=_pass_place,
        drop=_remove_place,
        dropped=gettext_lazy("The place stays empty and the session is not affected."),
    ),
)
