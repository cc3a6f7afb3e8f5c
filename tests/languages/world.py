"""A summit whose content is written in Greek letters alone: a Latin word on a page is the system's own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from delegations.invitations.models.invitations import InvitationLink
from delegations.invitations.services import invitations, links
from delegations.parties.models.parties import Party
from press.subscriptions.services import announcements
from press.texts.models.editions import EditionState
from press.texts.models.texts import Text
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.press.helpers import add_edition, ago, make_text

GREEK = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "αβκδεφγηιζκλμνοπθρστυβωξψζΑΒΚΔΕΦΓΗΙΖΚΛΜΝΟΠΘΡΣΤΥΒΩΞΨΖ"
)
DESKS = (Role.ORGANISER, Role.PROTOCOL, Role.PROGRAMME, Role.PRESS_OFFICER, Role.PRESS_APPROVER)


def greek(text: str) -> str:
    return text.translate(GREEK)


@dataclass
class World:
    """The summit, and who reads of it."""

    summit: Summit
    desks: dict[str, User]
    focal: User
    delegate: User
    link: InvitationLink


def _user(name: str, **kwargs: Any) -> User:
    return f.UserFactory(name=greek(name), **kwargs)


def _party(summit: Summit, name: str, **kwargs: Any) -> Party:
    return f.PartyFactory(
        summit=summit, name=greek(name), formal_name=greek(f"Republic of {name}"), sort_key=greek(name), **kwargs
    )


def _session(summit: Summit, title: str, party: Party, hour: int, **kwargs: Any) -> Session:
    made: Session = f.SessionFactory(
        summit=summit,
        title=greek(title),
        summary=greek("What it is about"),
        starts_at=f.START + timedelta(hours=hour),
        ends_at=f.START + timedelta(hours=hour + 1),
        **kwargs,
    )
    f.ParticipantFactory(session=made, party=party)
    return made


def _agenda(summit: Summit, party: Party, speaker: Any, organiser: User) -> None:
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit, name=greek("House")), name=greek("Hall"))
    made = [
        _session(summit, f"Talks {visibility}", party, hour, visibility=visibility, room=room)
        for hour, visibility in enumerate(Visibility.values)
    ]
    gone = _session(summit, "To be cancelled", party, 6, visibility=Visibility.PUBLIC)
    f.SlotFactory(session=made[0], speaker=speaker, party=party, title=greek("A speech"))
    releases.release(summit=summit, by=organiser, note=greek("First"), tell=False)
    Session.objects.filter(pk=made[0].pk).update(
        title=greek("Other talks"), starts_at=f.START + timedelta(minutes=5), room=None, kind="plenary"
    )
    Session.objects.filter(pk=gone.pk).update(cancelled_at=timezone.now())
    f.ParticipantFactory(session=made[0], person=speaker, role="chair")
    _session(summit, "New", party, 8, visibility=Visibility.PUBLIC)
    releases.release(summit=summit, by=organiser, note=greek("Second"))
    # The next release has something to tell, and something to warn of.
    Session.objects.filter(pk=made[1].pk).update(starts_at=f.START, room=room)
    _session(summit, "Clash", party, 0, visibility=Visibility.PUBLIC, room=room)


def _texts(summit: Summit, reader: User) -> None:
    f.SubscriberFactory(summit=summit)
    words = {name: greek(text) for name, text in (("title", "Title"), ("summary", "Summary"), ("body", "## A\n\nB"))}
    words["reader"] = reader
    states: tuple[dict[str, Any], ...] = (
        {"state": EditionState.DRAFT},
        {"state": EditionState.IN_REVIEW},
        {"state": EditionState.CHANGES_ASKED},
        {"moment": ago(-5)},
        {},
        {"moment": ago(5), "held": True},
        {"moment": ago(5), "withdrawn_at": ago(4)},
        {"moment": ago(5), "decided_at": ago(24)},
    )
    for number, values in enumerate(states):
        edition = make_text(summit=summit, slug=f"text-{number}", **values, **words)
        edition.version.text.embargo.hold_reason = greek("wait") if values.get("held") else ""
        edition.version.text.embargo.save()
        french = f.TextVersionFactory(text=edition.version.text, language="fr", authoritative=False)
        add_edition(french, state=values.get("state", EditionState.APPROVED), **words)
    Text.objects.exclude(withdrawn_at=None).update(withdrawal_reason=greek("wrong"))
    add_edition(edition.version, decided_at=ago(2), change_note=greek("Better"), **words)
    announcements.announce_due()


def _mails(summit: Summit) -> None:
    row = Message.objects.filter(summit=summit).latest("pk")
    for state in ("failed", "dropped"):
        values = {"kind": row.kind, "subject_key": row.subject_key, "rendered_subject": greek("Subject")}
        values |= {"problem": "550 No such mailbox", "rendered": "Subject: Τιτλε\r\n\r\n".encode()}
        f.MessageFactory(summit=summit, state=state, **values)


def build() -> World:
    """Make the summit, with something of everything that pages show."""
    texts = {"name": "Summit of sizes", "short_name": "Sizes", "host": "Hostland", "place": "London"}
    flags = {"public_changes": True, "illustrative": True, "answer_by": timezone.now() + timedelta(days=3)}
    summit = f.SummitFactory(slug="s-1", **{name: greek(text) for name, text in texts.items()}, **flags)
    desks = {str(role): f.UserFactory.with_role(role, summit, name=greek(role)) for role in DESKS}
    host = _party(summit, "Hostland", is_host=True)
    open_party, answered = _party(summit, "Openland"), _party(summit, "Answerland")
    revoked, _uninvited = _party(summit, "Revokeland"), _party(summit, "Newland")
    focal, delegate = _user("focal"), _user("delegate")
    person = f.PersonFactory(
        summit=summit, name=greek("Ann Other"), office=greek("Minister"), user=focal, email=focal.email
    )
    member = f.PersonFactory(summit=summit, office=greek("Chancellor"), user=delegate)
    f.MembershipFactory(party=host, person=f.PersonFactory(summit=summit, office=greek("Prime")))
    for party in (open_party, answered):
        f.FocalPointFactory(party=party, person=person)
    f.MembershipFactory(party=answered, person=member)
    organiser = desks[Role.ORGANISER]
    invitations.invite(parties=[open_party, answered, revoked], by=organiser)
    answer = {"state": "answered", "answer": "attending", "answered_at": timezone.now()}
    for row in (answered, revoked):
        row.invitations.update(**answer, answered_by=greek("Ann"), note=greek("x"))
    invitations.revoke(invitation=revoked.invitations.get(), by=organiser)
    _agenda(summit, answered, member, organiser)
    f.BadgeFactory(party=answered, person=member)
    gone = f.PersonFactory(summit=summit, office=greek("Former Chancellor"))
    kept = Session.objects.filter(summit=summit).latest("pk")
    f.ParticipantFactory(session=kept, person=gone)
    f.HandoverFactory(party=answered, giver=gone, taker=member, session=kept)
    _texts(summit, desks[Role.PRESS_OFFICER])
    _mails(summit)
    link = InvitationLink.objects.filter(invitation__party=open_party).latest("pk")
    return World(summit=summit, desks=desks, focal=focal, delegate=delegate, link=link)


def token(world: World) -> str:
    return links.token(world.link)
