"""The first day of the Border Security Summit, up to the time of loading. All of it is illustrative.

Most parties have answered, and the agenda was released twice. Speeches are published, one of them corrected. Other
texts wait for the end of their embargoes.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from delegations.badges.models.badges import Badge
from delegations.invitations.models.invitations import Answer, Invitation, InvitationLink, InvitationState
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party, PublicListing
from portal.demo.agenda import FIRST, SECOND
from portal.demo.days import Days
from press.subscriptions.models import Announcement
from press.texts.models.editions import ChangeKind, Edition, EditionState
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text, TextVersion
from press.texts.services import decisions, editions
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from summit.summits.models import Summit
from summit.users.models import User

# Letters were sent this many days before the summit, and links expire this many days after it.
INVITED, LINKS_LAST = 60, 31
REGRETS, SILENT = ("Cyprus",), ("Egypt", "Pakistan")
# What some parties agree to have in the public list of delegations, besides name and flag.
AGREED = {
    PublicListing.ALL: ("France", "Germany"),
    PublicListing.HEAD: ("Iraq",),
    PublicListing.SIZE: ("Sweden",),
    PublicListing.NONE: ("Serbia",),
}
# The session that was moved between the two releases, and its new room.
MOVED, INTO = "Criminal finances", "State Drawing Room"
# When texts were published, in real times; texts that aren't listed wait.
OUT = {
    "arrivals-and-opening": time(6, 0),
    "opening-address-prime-minister": time(9, 55),
    "opening-address-home-secretary": time(10, 10),
}
APPROVED_AT = time(5, 30)
CORRECTED = "opening-address-prime-minister"
NOTE = "The room of the roundtable was added."
ADDED = "\nThe roundtable follows in the State Drawing Room.\n"


def load(summit: Summit, days: Days, users: Mapping[str, User], *, now: datetime) -> None:
    """Add the events of the first day, up to `now`, to a loaded summit."""
    _answers(summit, days, users["organiser"])
    _releases(summit, users["organiser"])
    _texts(summit, days, users, now)


def _answers(summit: Summit, days: Days, by: User) -> None:
    """Create invitations to all parties but the host, and answers by nearly all parties.

    Members of the parties that attend are confirmed, and get badges.
    """
    sent_at, expires = days.evening(INVITED), days.evening(-LINKS_LAST)
    parties = Party.objects.filter(summit=summit, is_host=False).order_by("pk")
    rows = []
    for number, party in enumerate(parties):
        row = Invitation(party=party, state=InvitationState.SENT, sent_at=sent_at, sent_by=by)
        if party.name not in SILENT:
            row.state = InvitationState.ANSWERED
            row.answer = Answer.REGRETS if party.name in REGRETS else Answer.ATTENDING
            row.answered_at = sent_at + timedelta(days=1 + number % 30, minutes=7 * number)
            row.answered_by = f"Focal point for {party.name}"
            row.level = party.level if row.answer == Answer.ATTENDING else ""
        rows.append(row)
    Invitation.objects.bulk_create(rows)
    InvitationLink.objects.bulk_create(
        InvitationLink(invitation=row, address=row.party.mission_email, expires_at=expires)
        for row in rows
        if row.party.mission_email
    )
    for listing, names in AGREED.items():
        Party.objects.filter(summit=summit, name__in=names).update(public_listing=listing)
    attending = [row.party_id for row in rows if row.answer == Answer.ATTENDING]
    host = Party.objects.filter(summit=summit, is_host=True).values("pk")
    memberships = Membership.objects.filter(party__in=attending) | Membership.objects.filter(party__in=host)
    memberships.update(confirmed_at=days.evening(7))
    Badge.objects.bulk_create(
        Badge(party_id=membership.party_id, person_id=membership.person_id, issued_by=by)
        for membership in memberships
    )


def _releases(summit: Summit, by: User) -> None:
    releases.release(summit=summit, by=by, note="First release", tell=False)
    session = Session.objects.select_related("summit", "room").get(summit=summit, title=MOVED)
    room = session.room.venue.rooms.get(name=INTO) if session.room else None
    cancel_and_move.move(session=session, starts_at=session.starts_at, ends_at=session.ends_at, room=room, by=by)
    releases.release(summit=summit, by=by, note="Criminal finances takes place in another room")


def _texts(summit: Summit, days: Days, users: Mapping[str, User], now: datetime) -> None:
    """Approve all texts, publish some of them, correct one of the published texts, and schedule the rest."""
    waits = {
        # A full hour, one to two hours from now.
        "funding": (now + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0),
        "outcome": days.at(SECOND, time(12, 45)),
    }
    for text in Text.objects.filter(summit=summit).select_related("embargo").order_by("pk"):
        clock = OUT.get(text.slug)
        waiting = waits["funding" if text.slug.startswith("funding") else "outcome"]
        _approve(text, days.at(FIRST, clock) if clock else waiting, days, users["approver"], out=clock is not None)
    version = TextVersion.objects.select_related("text__summit").get(text__summit=summit, text__slug=CORRECTED)
    first = editions.newest(version)
    corrected = editions.draft(
        version=version,
        based_on=first.number,
        title=first.title,
        summary=first.summary,
        body=first.body + ADDED,
        change_kind=ChangeKind.CORRECTION,
        change_note=NOTE,
        by=users["press"],
    )
    decisions.submit(edition=corrected, by=users["press"])
    decisions.approve(edition=corrected, by=users["approver"])
    Announcement.objects.create(edition=corrected)


def _approve(text: Text, moment: datetime, days: Days, by: User, *, out: bool) -> None:
    """Approve a text, with an embargo until `moment`. With `out`, also mark it as announced at `moment`."""
    Embargo.objects.filter(pk=text.embargo_id).update(moment=moment, mode=EmbargoMode.MOMENT, decided_by=by)
    rows = Edition.objects.filter(version__text=text)
    rows.update(state=EditionState.APPROVED, decided_by=by, decided_at=days.at(FIRST, APPROVED_AT))
    if out:
        Announcement.objects.bulk_create(Announcement(edition=row, at=moment) for row in rows)
