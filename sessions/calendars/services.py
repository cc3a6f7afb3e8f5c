"""Private calendars: creation, lookup by token, end, and contents.

A token is 24 random bytes in hexadecimal digits. The database stores only its SHA-256, so the calendar's URL is shown
once, when the calendar is created. A user who loses the URL has to create another calendar.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.invitations.models.invitations import InvitationLink
from delegations.invitations.selectors.taking_part import people_taking_part
from delegations.members import departure_listeners
from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from sessions.agenda.models.releases import (
    EntryQuerySet,
    ReleasedParticipant,
    ReleasedQuerySet,
    ReleasedSession,
    ReleaseEntry,
)
from sessions.agenda.selectors import last_changed
from sessions.calendars.models import CalendarFeed
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.visibility.models import TAKING_PART
from sessions.visibility.viewers import Members
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import By, Link, Mailbox
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

_FORM = re.compile(r"[0-9a-f]{48}")
# How many live calendars one person or party may have.
MOST = 10
# A fetch of a calendar is recorded at most once in this time.
NOTED = timedelta(hours=1)
_RELATED = (
    *("person__summit", "person__membership__party", "party__summit"),
    *("holder__membership__party", "user", "link__invitation__party"),
)
OPEN_FEED = audit_action("agenda.open_feed", gettext_lazy("created a private calendar address"))
END_FEED = audit_action("agenda.end_feed", gettext_lazy("turned off a private calendar address"))


class TooManyCalendars(ValueError):
    """Raised if a person or party already has as many calendars as allowed. The message is for the user."""


def digest_of(token: str) -> str:
    """Return the digest of a token, as the database stores it."""
    return hashlib.sha256(token.encode()).hexdigest()


def address_of(token: str) -> str:
    """Return the absolute URL of a calendar by its token."""
    return f"{settings.BASE_URL}{reverse('feed', args=[token])}"


def _sign_in_fields(by: By) -> dict[str, object]:
    """Return how the user had signed in, as field values of a feed. Raises PermissionDenied for anonymous users."""
    if isinstance(by, User):
        return {"user": by}
    if isinstance(by, Link):
        return {"link": InvitationLink.objects.get(public_id=by.public_id)}
    if isinstance(by, Mailbox):
        sign_in = PortalSession.objects.select_related("person").get(public_id=by.public_id)
        return {"holder": sign_in.person, "mailbox": sign_in.mailbox}
    raise PermissionDenied


def make(
    *, by: By, person: Person | None = None, party: Party | None = None, alarms: bool = False
) -> tuple[CalendarFeed, str]:
    """Create a private calendar of one person or one party, and return it with its token.

    Raises PermissionDenied if `by` may not read that programme, and TooManyCalendars if the owner has MOST live
    calendars already.
    """
    target = person or party
    if target is None:
        raise ValueError("a calendar is a person's or a party's")
    token = secrets.token_hex(24)
    with transaction.atomic():
        type(target).objects.select_for_update().get(pk=target.pk)
        if len(listed(people=[person] if person else [], parties=[party] if party else [])) >= MOST:
            message = _("There are already %(most)d addresses. Turn off one you don’t use, then create another.")
            raise TooManyCalendars(message % {"most": MOST})
        calendar = CalendarFeed.objects.create(
            digest=digest_of(token), person=person, party=party, alarms=alarms, **_sign_in_fields(by)
        )
        if find_by_token(token) is None:
            raise PermissionDenied(_("Only the participant and their focal points can read this agenda."))
        audit.record(by=by, action=OPEN_FEED, target=target, summit=target.summit)
    return calendar, token


def listed(*, people: Iterable[Person], parties: Iterable[Party]) -> list[CalendarFeed]:
    """Return the live calendars of these people and parties, newest first. Makes one query."""
    rows = CalendarFeed.objects.live().filter(Q(person__in=list(people)) | Q(party__in=list(parties)))
    return list(rows.select_related(*_RELATED).order_by("-id"))


def end(*, feeds: Iterable[CalendarFeed], by: By) -> int:
    """End calendars, so that their URLs stop working at once. Return how many were live.

    The rows must have their person or party and its summit joined.
    """
    ended = 0
    with transaction.atomic():
        for row in feeds:
            if CalendarFeed.objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=Now()):
                ended += 1
                target = row.person or row.party
                if target is not None:
                    audit.record(by=by, action=END_FEED, target=target, summit=target.summit)
    return ended


def remind(*, feed: CalendarFeed, alarms: bool) -> None:
    """Set whether a calendar has a reminder for each session."""
    CalendarFeed.objects.filter(pk=feed.pk).update(alarms=alarms)


def find_by_token(token: str) -> CalendarFeed | None:
    """Return the live calendar of a token, or None for any other token. Makes one query at most."""
    if not _FORM.fullmatch(token):
        return None
    return CalendarFeed.objects.live().filter(digest=digest_of(token)).select_related(*_RELATED).first()


def party_of(row: CalendarFeed) -> Party | None:
    """Return the calendar's party, or the party of its person, or None for a person without a party."""
    membership = getattr(row.person, "membership", None)
    return membership.party if membership else row.party


def summit_of(row: CalendarFeed) -> Summit:
    """Return the summit of a calendar's person or party."""
    target = row.person or row.party
    assert target is not None  # noqa: S101 - a constraint holds it
    return target.summit


def language_of(row: CalendarFeed) -> str:
    """Return the language of a calendar: its person's language, or the language of its party's letters."""
    target = row.person or row.party
    assert target is not None  # noqa: S101 - a constraint holds it
    return target.language


def record_fetch(row: CalendarFeed) -> None:
    """Record the time at which a calendar was fetched, at most once an hour."""
    if row.read_at is None or row.read_at < db_now() - NOTED:
        CalendarFeed.objects.filter(pk=row.pk).update(read_at=Now())


def sessions_of(row: CalendarFeed) -> ReleasedQuerySet:
    """Return the sessions of the newest release in a calendar's programme, as participants may know them."""
    entries = _entries_of(row, ReleaseEntry.objects.current(summit_of(row)))
    rows = ReleasedSession.objects.filter(pk__in=entries.order_by().values("released_session"))
    return rows.select_related("session").order_by("starts_at", "ends_at", "id")


def updated_at(row: CalendarFeed) -> datetime | None:
    """Return when a release last changed the content of a calendar; None if the calendar never had a session."""
    return last_changed.of_entries(summit_of(row), _entries_of(row, ReleaseEntry.objects.all()))


def _entries_of(row: CalendarFeed, entries: EntryQuerySet) -> EntryQuerySet:
    """Return the entries, of any release, that belong to a calendar's programme."""
    if row.party is not None:
        members = Person.objects.filter(membership__party=row.party)
        return entries.of_members(Members.of([row.party], members))
    person = people_taking_part([row.person_id] if row.person_id else [])
    if not person.exists():
        return entries.none()
    places = ReleasedParticipant.objects.filter(_places_of(row.person_id), released_session=OuterRef("full"))
    signed_up = SignUp.objects.filter(session=OuterRef("session"), person=row.person_id, state=SignUpState.PLACE)
    return entries.at(TAKING_PART).filter(Q(Exists(places)) | Q(Exists(signed_up)))


def _places_of(person_id: int | None) -> Q:
    """Return the condition that selects a person's places in sessions.

    These are the person's own places, the places of their category, and the places at which their whole delegation
    takes part. For the head of a party, all places of the party are included.
    """
    membership = Membership.objects.filter(person=person_id)
    heads = membership.filter(capacity=Capacity.HEAD).values("party")
    return (
        Q(person=person_id)
        | Q(category__in=membership.values("category"))
        | Q(party__in=membership.values("party"), level="")
        | Q(party__in=heads)
    )


@departure_listeners.follows(
    50, "calendars", lambda n: ngettext("%(n)d subscribed calendar", "%(n)d subscribed calendars", n) % {"n": n}
)
def _ends_with_membership(party: Party, person: Person, by: By) -> int:
    """End the calendars of a person who leaves a delegation, and the calendars that this person created for it."""
    calendars = CalendarFeed.objects.filter(Q(person=person) | Q(holder=person, party=party), ended_at__isnull=True)
    return end(feeds=calendars.select_related("person__summit", "party__summit"), by=by)
