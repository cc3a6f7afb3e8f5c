"""Objects for tests. Each makes what it needs and nothing more."""

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import factory
from factory.django import DjangoModelFactory

from delegations.models import (
    Badge,
    CallNote,
    Category,
    Declaration,
    DeclarationKind,
    ExternalId,
    FocalPoint,
    FocalPointRequest,
    FormerMember,
    Handover,
    Invitation,
    InvitationLink,
    LetterTemplate,
    Membership,
    OverpassRule,
    ParticipantList,
    Particulars,
    Party,
    PartyName,
    Photo,
    Policy,
    PortalSignIn,
    Quota,
    Reply,
    ReplyScan,
    Resemblance,
    Sheet,
    VisaLetter,
    Zone,
)
from press.domain import finding
from press.models import Attachment, Edition, EditionState, Lift, Subscriber, Text, TextVersion, Topic
from sessions.models import Document, OwnKind, Participant, Release, ScheduleFile, Session, SignUp, Slot
from summit.api.models import Application, Token
from summit.hooks.models import Delivery, Endpoint
from summit.models import GivenTable, Person, Role, RoleAssignment, Room, Summit, User, Venue
from summit.outbox.models import Message

START = datetime(2025, 3, 31, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


class SummitFactory(DjangoModelFactory[Summit]):
    class Meta:
        model = Summit

    slug = factory.Sequence(lambda n: f"summit-{n}")
    name = factory.Sequence(lambda n: f"Summit {n}")
    short_name = factory.Sequence(lambda n: f"S{n}")
    host = "Hostland"
    starts_on = date(2025, 3, 31)
    ends_on = date(2025, 4, 1)
    time_zone = "Europe/London"
    place = "London"
    contact_email = "protocol@host.example"


class VenueFactory(DjangoModelFactory[Venue]):
    class Meta:
        model = Venue

    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"House {n}")


class RoomFactory(DjangoModelFactory[Room]):
    class Meta:
        model = Room

    venue = factory.SubFactory(VenueFactory)
    name = factory.Sequence(lambda n: f"Room {n}")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@host.example")
    name = factory.Sequence(lambda n: f"User {n}")

    @factory.post_generation
    def password(obj: User, create: bool, extracted: str | None, **kwargs: Any) -> None:
        obj.set_password(extracted or PASSWORD)
        if create:
            obj.save(update_fields=["password"])

    @classmethod
    def with_role(cls, role: Role, summit: Summit, **kwargs: Any) -> User:
        """Make an account that holds a role in a summit, for the roles that follow from it with a person and a
        party."""
        user = cls.create(**kwargs)
        if role == Role.FOCAL_POINT:
            FocalPointFactory.create(party__summit=summit, person__user=user)
        elif role == Role.DELEGATE:
            MembershipFactory.create(party__summit=summit, person__user=user)
        else:
            RoleAssignment.objects.create(user=user, summit=summit, role=role)
        return user


class ApplicationFactory(DjangoModelFactory[Application]):
    class Meta:
        model = Application

    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Application {n}")
    user = factory.SubFactory(UserFactory)


class TokenFactory(DjangoModelFactory[Token]):
    class Meta:
        model = Token

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Program {n}")
    digest = factory.Sequence(lambda n: sha256(str(n).encode()).hexdigest())
    begins = "sk_abcd"
    scopes = ["rooms:read"]


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    summit = factory.SubFactory(SummitFactory)
    office = factory.Sequence(lambda n: f"Minister {n}")


class PartyFactory(DjangoModelFactory[Party]):
    class Meta:
        model = Party

    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Land {n}")
    formal_name = factory.LazyAttribute(lambda o: f"Republic of {o.name}")
    sort_key = factory.LazyAttribute(lambda o: o.name)
    mission_email = factory.Sequence(lambda n: f"mission{n}@land.example")


class PartyNameFactory(DjangoModelFactory[PartyName]):
    class Meta:
        model = PartyName

    party = factory.SubFactory(PartyFactory)
    language = "fr"
    name = factory.Sequence(lambda n: f"Pays {n}")


class ExternalIdFactory(DjangoModelFactory[ExternalId]):
    """A party's key in another system; with `person`, a person's."""

    class Meta:
        model = ExternalId

    party = factory.SubFactory(PartyFactory)
    summit = factory.LazyAttribute(lambda o: (o.party or o.person).summit)
    system = "registry"
    value = factory.Sequence(lambda n: f"key-{n}")


class PolicyFactory(DjangoModelFactory[Policy]):
    class Meta:
        model = Policy

    summit = factory.SubFactory(SummitFactory)


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category

    summit = factory.SubFactory(SummitFactory)
    code = factory.Sequence(lambda n: f"category-{n}")
    capacity = "delegate"


class ZoneFactory(DjangoModelFactory[Zone]):
    class Meta:
        model = Zone

    summit = factory.SubFactory(SummitFactory)
    code = factory.Sequence(lambda n: f"Z{n}")
    name = factory.Sequence(lambda n: f"Zone {n}")


class OverpassRuleFactory(DjangoModelFactory[OverpassRule]):
    class Meta:
        model = OverpassRule

    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Overpass {n}")


class MembershipFactory(DjangoModelFactory[Membership]):
    """A member; `capacity` chooses the summit's category of that code."""

    class Meta:
        model = Membership
        exclude = ("code",)

    party = factory.SubFactory(PartyFactory)
    person = factory.SubFactory(PersonFactory, summit=factory.SelfAttribute("..party.summit"))
    code = "delegate"
    category = factory.LazyAttribute(lambda o: Category.objects.of(o.party.summit)[o.code])


class QuotaFactory(DjangoModelFactory[Quota]):
    class Meta:
        model = Quota

    party = factory.SubFactory(PartyFactory)
    number = 3
    reason = "A large delegation"
    set_by = factory.SubFactory(UserFactory)


class FocalPointFactory(DjangoModelFactory[FocalPoint]):
    class Meta:
        model = FocalPoint

    party = factory.SubFactory(PartyFactory)
    person = factory.SubFactory(
        PersonFactory,
        summit=factory.SelfAttribute("..party.summit"),
        email=factory.Sequence(lambda n: f"focal{n}@land.example"),
    )


class FormerMemberFactory(DjangoModelFactory[FormerMember]):
    """Somebody who was withdrawn from a party."""

    class Meta:
        model = FormerMember

    party = factory.SubFactory(PartyFactory)
    person = factory.SubFactory(PersonFactory, summit=factory.SelfAttribute("..party.summit"))
    category = factory.LazyAttribute(lambda o: Category.objects.of(o.party.summit)["delegate"])
    named_at = START
    why = "withdrawn"


class FocalPointRequestFactory(DjangoModelFactory[FocalPointRequest]):
    """Somebody was asked for as a focal point."""

    class Meta:
        model = FocalPointRequest

    party = factory.SubFactory(PartyFactory)
    name = "Gil Example"
    office = "First Secretary"
    email = factory.Sequence(lambda n: f"asked{n}@land.example")
    asked_by = "Fay Example"
    answer_to = "fay@land.example"


class ParticularsFactory(DjangoModelFactory[Particulars]):
    """What somebody was asked for; with `entered_for` by that party's focal points."""

    class Meta:
        model = Particulars

    person = factory.SubFactory(PersonFactory)


class PhotoFactory(DjangoModelFactory[Photo]):
    class Meta:
        model = Photo

    person = factory.SubFactory(PersonFactory)
    image = b"\xff\xd8\xff a photograph"
    width = 600
    height = 800


class ResemblanceFactory(DjangoModelFactory[Resemblance]):
    class Meta:
        model = Resemblance

    person = factory.SubFactory(PersonFactory)
    other = factory.SubFactory(PersonFactory, summit=factory.SelfAttribute("..person.summit"))
    why = "name"


class InvitationFactory(DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    class Params:
        sent = factory.Trait(state="sent", sent_at=START)
        answered = factory.Trait(
            state="answered", sent_at=START, answered_at=START, answered_by="A. Example", answer="attending"
        )

    party = factory.SubFactory(PartyFactory)


class InvitationLinkFactory(DjangoModelFactory[InvitationLink]):
    class Meta:
        model = InvitationLink

    invitation = factory.SubFactory(InvitationFactory, sent=True)
    address = factory.Sequence(lambda n: f"link{n}@land.example")
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(days=30))


class ReplyFactory(DjangoModelFactory[Reply]):
    class Meta:
        model = Reply

    invitation = factory.SubFactory(InvitationFactory, sent=True)
    answer = "attending"
    name = "A. Example"
    channel = "telephone"


class ReplyScanFactory(DjangoModelFactory[ReplyScan]):
    class Meta:
        model = ReplyScan

    reply = factory.SubFactory(ReplyFactory)
    filename = "note.pdf"
    media_type = "application/pdf"
    content = b"%PDF-1.7 a note"
    size = 15


class CallNoteFactory(DjangoModelFactory[CallNote]):
    class Meta:
        model = CallNote

    invitation = factory.SubFactory(InvitationFactory, sent=True)
    by = factory.SubFactory(UserFactory)
    outcome = "nobody"


class DeclarationKindFactory(DjangoModelFactory[DeclarationKind]):
    class Meta:
        model = DeclarationKind

    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Weapons {n}")
    asks = "Make, calibre and serial number"


class DeclarationFactory(DjangoModelFactory[Declaration]):
    """Something that a member of a party declares."""

    class Meta:
        model = Declaration

    party = factory.SubFactory(PartyFactory)
    person = factory.LazyAttribute(lambda o: MembershipFactory(party=o.party).person)
    kind = factory.SubFactory(DeclarationKindFactory, summit=factory.SelfAttribute("..party.summit"))
    details = "Pistol, 9 mm, 12345"


class VisaLetterFactory(DjangoModelFactory[VisaLetter]):
    """A visa support letter that was asked for."""

    class Meta:
        model = VisaLetter

    party = factory.SubFactory(PartyFactory)
    person = factory.LazyAttribute(lambda o: MembershipFactory(party=o.party).person)
    summit = factory.SelfAttribute("party.summit")
    embassy = "Embassy of Hostland in Landcity"


class GivenTableFactory(DjangoModelFactory[GivenTable]):
    """A table that fills venues, looked at."""

    class Meta:
        model = GivenTable

    summit = factory.SubFactory(SummitFactory)
    label = "summit.venue"
    filename = "venues.csv"
    content = b'{"headings": ["name"], "rows": [[2, ["Lancaster House"]]]}'
    report = factory.LazyFunction(
        lambda: json.dumps({"lines": [{"number": 2, "about": "Lancaster House", "outcome": "new", "notes": []}]})
    )


class SheetFactory(DjangoModelFactory[Sheet]):
    """A table that somebody uploaded, with people of a party that is called Aland, looked at."""

    class Meta:
        model = Sheet

    summit = factory.SubFactory(SummitFactory)
    purpose = "people"
    filename = "people.xlsx"
    content = b'{"headings": ["party", "name"], "rows": [[2, ["Aland", "Ada Example"]]]}'
    report = factory.LazyFunction(
        lambda: json.dumps(
            {
                "lines": [
                    {"number": 2, "party": "Aland", "person": "Ada Example", "outcome": "new", "notes": ["Look."]}
                ],
                "unknown": ["shoe size"],
                "twice": [],
                "barred": [],
            }
        )
    )


class BadgeFactory(DjangoModelFactory[Badge]):
    """A live badge of a member."""

    class Meta:
        model = Badge

    party = factory.SubFactory(PartyFactory)
    person = factory.LazyAttribute(lambda o: MembershipFactory(party=o.party).person)


class HandoverFactory(DjangoModelFactory[Handover]):
    """A place in a session that was a person's own and waits; `session` chooses which."""

    class Meta:
        model = Handover
        exclude = ("session",)

    party = factory.SubFactory(PartyFactory)
    giver = factory.SubFactory(PersonFactory, summit=factory.SelfAttribute("..party.summit"))
    session = factory.LazyAttribute(
        lambda o: (
            ParticipantFactory(session=SessionFactory(summit=o.party.summit), person=o.giver, party=None).session
        )
    )
    what = "place"
    key = factory.SelfAttribute("session.public_id")


class LetterTemplateFactory(DjangoModelFactory[LetterTemplate]):
    """A summit's own text of a reminder."""

    class Meta:
        model = LetterTemplate

    summit = factory.SubFactory(SummitFactory)
    purpose = "reminder"
    language = "en"
    subject = "A reminder"
    body = "Answer by {link}"


class ParticipantListFactory(DjangoModelFactory[ParticipantList]):
    """A revision that somebody made; without `content` it names nobody."""

    class Meta:
        model = ParticipantList

    summit = factory.SubFactory(SummitFactory)
    number = factory.Sequence(lambda n: n + 1)
    made_by = factory.SubFactory(UserFactory)
    content = factory.LazyAttribute(
        lambda o: json.dumps(
            {
                "summit": {"name": o.summit.name, "short": o.summit.short_name, "language": o.summit.language},
                "categories": {},
                "parties": [],
            }
        )
    )


class PortalSignInFactory(DjangoModelFactory[PortalSignIn]):
    class Meta:
        model = PortalSignIn


class SessionFactory(DjangoModelFactory[Session]):
    class Meta:
        model = Session

    summit = factory.SubFactory(SummitFactory)
    title = factory.Sequence(lambda n: f"Session {n}")
    starts_at = START
    ends_at = START + timedelta(hours=1)


class ParticipantFactory(DjangoModelFactory[Participant]):
    class Meta:
        model = Participant

    session = factory.SubFactory(SessionFactory)


class SlotFactory(DjangoModelFactory[Slot]):
    class Meta:
        model = Slot

    session = factory.SubFactory(SessionFactory)
    speaker = factory.SubFactory(PersonFactory, summit=factory.SelfAttribute("..session.summit"))


class SignUpFactory(DjangoModelFactory[SignUp]):
    class Meta:
        model = SignUp

    session = factory.SubFactory(SessionFactory)
    person = factory.SubFactory(PersonFactory, summit=factory.SelfAttribute("..session.summit"))
    state = "place"


class OwnKindFactory(DjangoModelFactory[OwnKind]):
    class Meta:
        model = OwnKind

    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Kind {n}")
    like = "working_session"


class DocumentFactory(DjangoModelFactory[Document]):
    class Meta:
        model = Document

    session = factory.SubFactory(SessionFactory)
    title = factory.Sequence(lambda n: f"Paper {n}")
    language = "en"
    file_name = "brief.pdf"
    content_type = "application/pdf"
    content = b"%PDF-1.7 words"
    size = factory.LazyAttribute(lambda row: len(row.content))
    digest = factory.LazyAttribute(lambda row: sha256(row.content).hexdigest())
    added_by = factory.SubFactory(UserFactory)


class ScheduleFileFactory(DjangoModelFactory[ScheduleFile]):
    """A schedule that a desk uploaded, looked at."""

    class Meta:
        model = ScheduleFile

    summit = factory.SubFactory(SummitFactory)
    filename = "schedule.json"
    content = (
        b'{"schedule": {"conference": {"title": "A conference", "days": [{"date": "2025-03-31", "rooms": {"Hall": [{'
        b'"guid": "g", "title": "Talk", "start": "09:00", "duration": "01:00", "persons": []}]}}]}}}'
    )
    report = factory.LazyFunction(
        lambda: json.dumps({"lines": [{"number": 1, "title": "Talk", "outcome": "new"}], "rooms": ["Hall"]})
    )


class ReleaseFactory(DjangoModelFactory[Release]):
    class Meta:
        model = Release

    summit = factory.SubFactory(SummitFactory)
    number = factory.Sequence(lambda n: n + 1)
    released_by = factory.SubFactory(UserFactory)


class LiftFactory(DjangoModelFactory[Lift]):
    class Meta:
        model = Lift

    summit = factory.SubFactory(SummitFactory)


class TextFactory(DjangoModelFactory[Text]):
    class Meta:
        model = Text

    summit = factory.SubFactory(SummitFactory)
    slug = factory.Sequence(lambda n: f"text-{n}")
    lift = factory.SubFactory(LiftFactory, summit=factory.SelfAttribute("..summit"))


class TextVersionFactory(DjangoModelFactory[TextVersion]):
    class Meta:
        model = TextVersion

    text = factory.SubFactory(TextFactory)
    language = "en"
    authoritative = True


class EditionFactory(DjangoModelFactory[Edition]):
    class Meta:
        model = Edition

    version = factory.SubFactory(TextVersionFactory)
    number = 1
    title = factory.Sequence(lambda n: f"Title {n}")
    body = "A paragraph.\n\nAnother paragraph."
    author = factory.SubFactory(UserFactory)

    class Params:
        approved = factory.Trait(
            state=EditionState.APPROVED,
            decided_by=factory.SubFactory(UserFactory),
            decided_at=START,
        )

    @classmethod
    def _create(cls, model_class: type[Edition], *args: Any, **kwargs: Any) -> Edition:
        edition = super()._create(model_class, *args, **kwargs)
        finding.note(edition)
        return edition


class AttachmentFactory(DjangoModelFactory[Attachment]):
    class Meta:
        model = Attachment

    text = factory.SubFactory(TextFactory)
    title = factory.Sequence(lambda n: f"Annex {n}")
    language = "en"
    file_name = "annex.pdf"
    content_type = "application/pdf"
    content = b"%PDF-1.7 annex"
    size = factory.LazyAttribute(lambda row: len(row.content))
    digest = factory.LazyAttribute(lambda row: sha256(row.content).hexdigest())
    added_by = factory.SubFactory(UserFactory)


class TopicFactory(DjangoModelFactory[Topic]):
    class Meta:
        model = Topic

    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Topic {n}")


class SubscriberFactory(DjangoModelFactory[Subscriber]):
    class Meta:
        model = Subscriber

    summit = factory.SubFactory(SummitFactory)
    address = factory.Sequence(lambda n: f"reader{n}@paper.example")
    confirmed_at = START


class MessageFactory(DjangoModelFactory[Message]):
    class Meta:
        model = Message

    kind = "system"
    subject_key = factory.Sequence(lambda n: f"test:{n}")
    recipient_key = factory.Sequence(lambda n: f"test:{n}")
    address = factory.Sequence(lambda n: f"box{n}@land.example")
    message_id = factory.Sequence(lambda n: f"<{n}@test>")
    rendered = b"Subject: test\r\n\r\ntest\r\n"


class EndpointFactory(DjangoModelFactory[Endpoint]):
    class Meta:
        model = Endpoint

    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"App {n}")
    url = "https://app.example/events"
    events = ["text.published", "text.corrected", "text.withdrawn", "agenda.released"]


class DeliveryFactory(DjangoModelFactory[Delivery]):
    class Meta:
        model = Delivery

    endpoint = factory.SubFactory(EndpointFactory)
    event = "text.published"
    subject_key = factory.Sequence(lambda n: f"test:{n}")
    data = {"text": {"id": "abc"}}
