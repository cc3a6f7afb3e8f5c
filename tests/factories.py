"""Objects for tests. Each makes what it needs and nothing more."""

import json
from base64 import b64decode
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar, get_args

import factory
from django.db.models import Model
from factory.base import FactoryMetaClass
from factory.django import DjangoModelFactory

from delegations.badges.models.badges import Badge
from delegations.badges.models.transferable_passes import TransferablePassRule
from delegations.contacts.models import Contact
from delegations.focal_points.models import FocalPointRequest
from delegations.imports.models import DelegationImportFile
from delegations.invitations.models.invitations import Invitation, InvitationLink, Reply, ReplyScan
from delegations.invitations.models.letters import CallNote, LetterTemplate
from delegations.liaison.models import LiaisonOfficer
from delegations.members.models.categories import Category
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import FormerMember, Membership
from delegations.members.models.particulars import Particulars, Photo
from delegations.members.models.quotas import Quota
from delegations.membership_changes.models import Handover
from delegations.participants.models import ParticipantList
from delegations.parties.models.groups import PartyGroup
from delegations.parties.models.parties import ExternalId, Party, PartyName
from delegations.parties.models.policy import Policy
from delegations.portal_access.models import PortalSession
from delegations.travel.models.declarations import Declaration, DeclarationKind
from delegations.travel.models.visas import VisaLetter
from delegations.zones.models import Zone
from press.imports.models import SpeechImportFile
from press.search import services as search_services
from press.subscriptions.models import Subscriber
from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextVersion
from press.texts.models.topics import Topic
from sessions.agenda.models.releases import Release
from sessions.bilaterals.models import Bilateral
from sessions.delays.models import FixedPoint, FixedPointKind, Retiming, RetimingState
from sessions.documents.models import Document
from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp
from sessions.exchange.models import ScheduleImportFile
from sessions.presence.models import PresenceMark, Representation, ToldByTelephone
from sessions.screens.models import Screen
from summit.api_base.models.tokens import ApiClient, Token
from summit.import_export.models import ListImportFile
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.single_sign_on.models import IdentityProvider
from summit.summits.models import Emblem, Room, Summit, Venue
from summit.users.models import User
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import Endpoint

START = datetime(2025, 3, 31, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
Row = TypeVar("Row", bound=Model)


class OfItsType(FactoryMetaClass):
    """Gives a factory the model that its type names: `Factory[Room]` makes rooms."""

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        (model,) = get_args(attrs["__orig_bases__"][0])
        if model is not Row:
            attrs.setdefault("Meta", type("Meta", (), {})).model = model
        return super().__new__(cls, name, bases, attrs)


class Factory(DjangoModelFactory[Row], metaclass=OfItsType):
    class Meta:
        abstract = True

    @classmethod
    def _setup_next_sequence(cls) -> int:
        """Return the first number: all have as many digits, so that names sort as their rows were made."""
        return 1000


class SummitFactory(Factory[Summit]):
    slug = factory.Sequence(lambda n: f"summit-{n}")
    name = factory.Sequence(lambda n: f"Summit {n}")
    short_name = factory.Sequence(lambda n: f"S{n}")
    host = "Hostland"
    starts_on = date(2025, 3, 31)
    ends_on = date(2025, 4, 1)
    time_zone = "Europe/London"
    place = "London"
    contact_email = "protocol@host.example"
    # Most tests of the agenda invite no one.
    agenda_readers = "all"


class EmblemFactory(Factory[Emblem]):
    """A summit's emblem, of one pixel."""

    summit = factory.SubFactory(SummitFactory)
    image = b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGOQ9Z/4HwADhwH9YECvLQAAAABJRU5ErkJggg=="
    )
    width = height = 1

    @classmethod
    def _create(cls, model_class: type[Emblem], *args: Any, **kwargs: Any) -> Emblem:
        kwargs["summit"].emblem_digest = "0123456789abcdef"
        kwargs["summit"].save()
        return super()._create(model_class, *args, **kwargs)


class VenueFactory(Factory[Venue]):
    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"House {n}")


class RoomFactory(Factory[Room]):
    venue = factory.SubFactory(VenueFactory)
    name = factory.Sequence(lambda n: f"Room {n}")


class UserFactory(Factory[User]):
    class Meta:
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
        elif role == Role.LIAISON_OFFICER:
            LiaisonOfficerFactory.create(summit=summit, person__user=user).parties.add(
                PartyFactory.create(summit=summit)
            )
        else:
            RoleAssignment.objects.create(user=user, summit=summit, role=role)
        return user


class IdentityProviderFactory(Factory[IdentityProvider]):
    """An identity provider that is complete, of OpenID Connect unless asked otherwise."""

    slug = factory.Sequence(lambda number: f"provider-{number}")
    name = factory.Sequence(lambda number: f"Provider {number}")
    issuer = factory.Sequence(lambda number: f"https://idp{number}.example")
    client_id = "summit"
    sign_in_url = "https://idp.example/sso"
    certificates = "certificate"


class ApiClientFactory(Factory[ApiClient]):
    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Application {n}")
    user = factory.SubFactory(UserFactory)


class TokenFactory(Factory[Token]):
    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Program {n}")
    digest = factory.Sequence(lambda n: sha256(str(n).encode()).hexdigest())
    begins = "sk_abcd"
    scopes = ["rooms:read"]


class PersonFactory(Factory[Person]):
    summit = factory.SubFactory(SummitFactory)
    office = factory.Sequence(lambda n: f"Minister {n}")


class PartyFactory(Factory[Party]):
    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Land {n}")
    formal_name = factory.LazyAttribute(lambda o: f"Republic of {o.name}")
    sort_key = factory.LazyAttribute(lambda o: o.name)
    mission_email = factory.Sequence(lambda n: f"mission{n}@land.example")


class PartyNameFactory(Factory[PartyName]):
    party = factory.SubFactory(PartyFactory)
    language = "fr"
    name = factory.Sequence(lambda n: f"Pays {n}")


class ExternalIdFactory(Factory[ExternalId]):
    """A party's key in another system; with `person`, a person's."""

    party = factory.SubFactory(PartyFactory)
    summit = factory.LazyAttribute(lambda o: (o.party or o.person).summit)
    system = "registry"
    value = factory.Sequence(lambda n: f"key-{n}")


class PolicyFactory(Factory[Policy]):
    summit = factory.SubFactory(SummitFactory)


class CategoryFactory(Factory[Category]):
    summit = factory.SubFactory(SummitFactory)
    code = factory.Sequence(lambda n: f"category-{n}")
    capacity = "delegate"


class ZoneFactory(Factory[Zone]):
    summit = factory.SubFactory(SummitFactory)
    code = factory.Sequence(lambda n: f"Z{n}")
    name = factory.Sequence(lambda n: f"Zone {n}")


class PartyGroupFactory(Factory[PartyGroup]):
    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Group {n}")


class TransferablePassRuleFactory(Factory[TransferablePassRule]):
    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Overpass {n}")


class MembershipFactory(Factory[Membership]):
    """A member; `capacity` chooses the summit's category of that code."""

    class Meta:
        exclude = ("code",)

    party = factory.SubFactory(PartyFactory)
    person = factory.SubFactory(PersonFactory, summit=factory.SelfAttribute("..party.summit"))
    code = "delegate"
    category = factory.LazyAttribute(lambda o: Category.objects.of(o.party.summit)[o.code])


class QuotaFactory(Factory[Quota]):
    party = factory.SubFactory(PartyFactory)
    number = 3
    reason = "A large delegation"
    set_by = factory.SubFactory(UserFactory)


class FocalPointFactory(Factory[FocalPoint]):
    party = factory.SubFactory(PartyFactory)
    person = factory.SubFactory(
        PersonFactory,
        summit=factory.SelfAttribute("..party.summit"),
        email=factory.Sequence(lambda n: f"focal{n}@land.example"),
    )


class ContactFactory(Factory[Contact]):
    party = factory.SubFactory(PartyFactory)
    role = "security"
    name = factory.Sequence(lambda n: f"Contact {n}")
    phone = "+44 7700 900001"


class LiaisonOfficerFactory(Factory[LiaisonOfficer]):
    """A liaison officer of no party yet: `parties` are added afterwards."""

    summit = factory.SubFactory(SummitFactory)
    person = factory.SubFactory(
        PersonFactory,
        summit=factory.SelfAttribute("..summit"),
        email=factory.Sequence(lambda n: f"liaison{n}@host.example"),
    )


class FormerMemberFactory(Factory[FormerMember]):
    """Somebody who was withdrawn from a party."""

    party = factory.SubFactory(PartyFactory)
    person = factory.SubFactory(PersonFactory, summit=factory.SelfAttribute("..party.summit"))
    category = factory.LazyAttribute(lambda o: Category.objects.of(o.party.summit)["delegate"])
    named_at = START
    why = "withdrawn"


class FocalPointRequestFactory(Factory[FocalPointRequest]):
    """Somebody was asked for as a focal point."""

    party = factory.SubFactory(PartyFactory)
    name = "Gil Example"
    office = "First Secretary"
    email = factory.Sequence(lambda n: f"asked{n}@land.example")
    asked_by = "Fay Example"
    answer_to = "fay@land.example"


class ParticularsFactory(Factory[Particulars]):
    """What somebody was asked for; with `entered_for` by that party's focal points."""

    person = factory.SubFactory(PersonFactory)


class PhotoFactory(Factory[Photo]):
    person = factory.SubFactory(PersonFactory)
    image = b"\xff\xd8\xff a photograph"
    width = 600
    height = 800


class DuplicateCandidateFactory(Factory[DuplicateCandidate]):
    person = factory.SubFactory(PersonFactory)
    other = factory.SubFactory(PersonFactory, summit=factory.SelfAttribute("..person.summit"))
    why = "name"


class InvitationFactory(Factory[Invitation]):
    class Params:
        sent = factory.Trait(state="sent", sent_at=START)
        answered = factory.Trait(
            state="answered", sent_at=START, answered_at=START, answered_by="A. Example", answer="attending"
        )

    party = factory.SubFactory(PartyFactory)


class InvitationLinkFactory(Factory[InvitationLink]):
    invitation = factory.SubFactory(InvitationFactory, sent=True)
    address = factory.Sequence(lambda n: f"link{n}@land.example")
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(days=30))


class ReplyFactory(Factory[Reply]):
    invitation = factory.SubFactory(InvitationFactory, sent=True)
    answer = "attending"
    name = "A. Example"
    channel = "telephone"


class ReplyScanFactory(Factory[ReplyScan]):
    reply = factory.SubFactory(ReplyFactory)
    filename = "note.pdf"
    media_type = "application/pdf"
    content = b"%PDF-1.7 a note"
    size = 15


class CallNoteFactory(Factory[CallNote]):
    invitation = factory.SubFactory(InvitationFactory, sent=True)
    by = factory.SubFactory(UserFactory)
    outcome = "nobody"


class DeclarationKindFactory(Factory[DeclarationKind]):
    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Weapons {n}")
    asks = "Make, calibre and serial number"


class DeclarationFactory(Factory[Declaration]):
    """Something that a member of a party declares."""

    party = factory.SubFactory(PartyFactory)
    person = factory.LazyAttribute(lambda o: MembershipFactory(party=o.party).person)
    kind = factory.SubFactory(DeclarationKindFactory, summit=factory.SelfAttribute("..party.summit"))
    details = "Pistol, 9 mm, 12345"


class VisaLetterFactory(Factory[VisaLetter]):
    """A visa support letter that was asked for."""

    party = factory.SubFactory(PartyFactory)
    person = factory.LazyAttribute(lambda o: MembershipFactory(party=o.party).person)
    summit = factory.SelfAttribute("party.summit")
    embassy = "Embassy of Hostland in Landcity"


class ListImportFileFactory(Factory[ListImportFile]):
    """A table for venues that a desk uploaded, with its preview."""

    summit = factory.SubFactory(SummitFactory)
    kind = "summit.venue"
    filename = "venues.csv"
    content = b'{"headings": ["name"], "rows": [[2, ["Lancaster House"]]]}'
    rows = 1
    report = json.dumps({"lines": [{"number": 2, "name": "Lancaster House", "outcome": "new", "notes": []}]})


class DelegationImportFileFactory(Factory[DelegationImportFile]):
    """A table that somebody uploaded, with people of a party that is called Aland, and its preview."""

    summit = factory.SubFactory(SummitFactory)
    kind = "people"
    filename = "people.xlsx"
    content = b'{"headings": ["party", "name"], "rows": [[2, ["Aland", "Ada Example"]]]}'
    rows = 1
    report = json.dumps(
        {
            "lines": [{"number": 2, "part_of": "Aland", "name": "Ada Example", "outcome": "new", "notes": ["Look."]}],
            "facts": {"unknown": ["shoe size"], "twice": [], "barred": []},
        }
    )


class BadgeFactory(Factory[Badge]):
    """A live badge of a member."""

    party = factory.SubFactory(PartyFactory)
    person = factory.LazyAttribute(lambda o: MembershipFactory(party=o.party).person)


class HandoverFactory(Factory[Handover]):
    """A place in a session that was a person's own and waits; `session` chooses which."""

    class Meta:
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


class LetterTemplateFactory(Factory[LetterTemplate]):
    """A summit's own text of a reminder."""

    summit = factory.SubFactory(SummitFactory)
    purpose = "reminder"
    language = "en"
    subject = "A reminder"
    body = "Answer by {link}"


class ParticipantListFactory(Factory[ParticipantList]):
    """A revision that somebody made; without `content` it names nobody."""

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


class PortalSessionFactory(Factory[PortalSession]):
    """A browser that came in."""


class SessionFactory(Factory[Session]):
    summit = factory.SubFactory(SummitFactory)
    title = factory.Sequence(lambda n: f"Session {n}")
    starts_at = START
    ends_at = START + timedelta(hours=1)


class ParticipantFactory(Factory[Participant]):
    session = factory.SubFactory(SessionFactory)


class SlotFactory(Factory[Slot]):
    session = factory.SubFactory(SessionFactory)
    speaker = factory.SubFactory(PersonFactory, summit=factory.SelfAttribute("..session.summit"))


class SignUpFactory(Factory[SignUp]):
    session = factory.SubFactory(SessionFactory)
    person = factory.SubFactory(PersonFactory, summit=factory.SelfAttribute("..session.summit"))
    state = "place"


class BilateralFactory(Factory[Bilateral]):
    """A request that has been forwarded."""

    party = factory.SubFactory(PartyFactory)
    counterpart = factory.SubFactory(PartyFactory, summit=factory.SelfAttribute("..party.summit"))
    purpose = "Trade"
    forwarded_at = START


class PresenceMarkFactory(Factory[PresenceMark]):
    """Somebody was seen in the room of a session."""

    session = factory.SubFactory(SessionFactory)
    summit = factory.SelfAttribute("session.summit")
    party = factory.SubFactory(PartyFactory, summit=factory.SelfAttribute("..session.summit"))
    person = factory.LazyAttribute(lambda o: MembershipFactory(party=o.party).person)
    place = "room"
    day = START.date()
    by = factory.SubFactory(UserFactory)


class RepresentationFactory(Factory[Representation]):
    session = factory.SubFactory(SessionFactory)
    party = factory.SubFactory(PartyFactory, summit=factory.SelfAttribute("..session.summit"))
    person = factory.LazyAttribute(lambda o: MembershipFactory(party=o.party).person)
    by = factory.SubFactory(UserFactory)


class ToldByTelephoneFactory(Factory[ToldByTelephone]):
    session = factory.SubFactory(SessionFactory)
    release = factory.LazyAttribute(
        lambda o: Release.objects.filter(summit=o.session.summit).first() or ReleaseFactory(summit=o.session.summit)
    )
    party = factory.SubFactory(PartyFactory, summit=factory.SelfAttribute("..session.summit"))
    by = factory.SubFactory(UserFactory)


class ScreenFactory(Factory[Screen]):
    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Screen {n}")


class CustomKindFactory(Factory[CustomKind]):
    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Kind {n}")
    like = "working_session"


class FileFactory(Factory[Row]):
    """Makes rows that are files."""

    class Meta:
        abstract = True

    language = "en"
    content_type = "application/pdf"
    content = b"%PDF-1.7 words"
    size = factory.LazyAttribute(lambda row: len(row.content))
    digest = factory.LazyAttribute(lambda row: sha256(row.content).hexdigest())
    added_by = factory.SubFactory(UserFactory)


class DocumentFactory(FileFactory[Document]):
    session = factory.SubFactory(SessionFactory)
    title = factory.Sequence(lambda n: f"Paper {n}")
    file_name = "brief.pdf"


class ScheduleImportFileFactory(Factory[ScheduleImportFile]):
    """A schedule that a desk uploaded, with its preview."""

    summit = factory.SubFactory(SummitFactory)
    kind = "schedule"
    options: dict[str, str] = {"visibility": "participants"}
    filename = "schedule.json"
    rows = 1
    content = (
        b'{"schedule": {"conference": {"title": "A conference", "days": [{"date": "2025-03-31", "rooms": {"Hall": [{'
        b'"guid": "g", "title": "Talk", "start": "09:00", "duration": "01:00", "persons": []}]}}]}}}'
    )
    report = json.dumps({"lines": [{"number": 1, "name": "Talk", "outcome": "new"}], "facts": {"rooms": ["Hall"]}})


class SpeechImportFileFactory(Factory[SpeechImportFile]):
    """An archive of speeches that a press officer uploaded, with its preview."""

    summit = factory.SubFactory(SummitFactory)
    kind = "speeches"
    options: dict[str, str] = {"session": "none"}
    filename = "speeches.zip"
    content = b'{"FRA.txt": "VHdvIHdvcmRzLg=="}'
    rows = 1
    report = json.dumps({"lines": [{"number": 1, "part_of": "FRA.txt", "name": "France", "outcome": "new"}]})


class ReleaseFactory(Factory[Release]):
    summit = factory.SubFactory(SummitFactory)
    number = factory.Sequence(lambda n: n + 1)
    released_by = factory.SubFactory(UserFactory)


class FixedPointFactory(Factory[FixedPoint]):
    summit = factory.SubFactory(SummitFactory)
    kind = FixedPointKind.INTERPRETERS


class RetimingFactory(Factory[Retiming]):
    """New times that wait for consent."""

    summit = factory.SubFactory(SummitFactory)
    state = RetimingState.WAITING
    plan = factory.LazyFunction(list)
    digest = "d" * 64
    asked_by = factory.SubFactory(UserFactory)


class EmbargoFactory(Factory[Embargo]):
    summit = factory.SubFactory(SummitFactory)


class TextFactory(Factory[Text]):
    summit = factory.SubFactory(SummitFactory)
    slug = factory.Sequence(lambda n: f"text-{n}")
    embargo = factory.SubFactory(EmbargoFactory, summit=factory.SelfAttribute("..summit"))


class TextVersionFactory(Factory[TextVersion]):
    text = factory.SubFactory(TextFactory)
    language = "en"
    authoritative = True


class EditionFactory(Factory[Edition]):
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
        search_services.index_edition(edition)
        return edition


class AttachmentFactory(FileFactory[Attachment]):
    text = factory.SubFactory(TextFactory)
    title = factory.Sequence(lambda n: f"Annex {n}")
    file_name = "annex.pdf"
    content = b"%PDF-1.7 annex"


class TopicFactory(Factory[Topic]):
    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"Topic {n}")


class SubscriberFactory(Factory[Subscriber]):
    summit = factory.SubFactory(SummitFactory)
    address = factory.Sequence(lambda n: f"reader{n}@paper.example")
    confirmed_at = START


class MessageFactory(Factory[Message]):
    kind = "system"
    subject_key = factory.Sequence(lambda n: f"test:{n}")
    recipient_key = factory.Sequence(lambda n: f"test:{n}")
    address = factory.Sequence(lambda n: f"box{n}@land.example")
    message_id = factory.Sequence(lambda n: f"<{n}@test>")
    rendered = b"Subject: test\r\n\r\ntest\r\n"


class EndpointFactory(Factory[Endpoint]):
    summit = factory.SubFactory(SummitFactory)
    name = factory.Sequence(lambda n: f"App {n}")
    url = "https://app.example/events"
    events = ["text.published", "text.corrected", "text.withdrawn", "agenda.released"]


class DeliveryFactory(Factory[Delivery]):
    endpoint = factory.SubFactory(EndpointFactory)
    event = "text.published"
    subject_key = factory.Sequence(lambda n: f"test:{n}")
    data = {"text": {"id": "abc"}}
