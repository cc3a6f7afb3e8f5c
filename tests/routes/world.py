"""A summit with one of everything that an address can pick, a second summit with the same, and everybody who reads.

`World.objects` holds, for each kind that a route declares, what fills the variables of its address: one's own, a
foreign one of the same summit, another summit's; for what everybody opens one that is public and one that is hidden.
What is missing is the same for all. A kind that isn't here fails the test of its route.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db.models import Model
from django.test import Client
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.invitations.services import links
from delegations.liaison.models import LiaisonOfficer
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars, Photo
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PartyProvider, PortalSubject, SignInCode
from delegations.portal_access.services import sign_in_codes
from delegations.privacy.models import Retention
from delegations.travel.models.visas import VisaLetter
from delegations.travel.services import visas
from press.delivery_check.models import PassageCheck
from press.subscriptions import links as subscription_links
from press.subscriptions.models import Announcement
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.permissions import DECISIONS
from sessions.calendars import services as calendars_services
from sessions.delays.selectors.live_version import live_key
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.screens.services import screens
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.jobs.models.exported_files import ExportedFile
from summit.jobs.models.jobs import Job
from summit.permissions.models import DESKS, FOLLOWING, Role
from summit.permissions.route_table import RouteReader, Whose
from summit.single_sign_on import links as sign_in_links
from summit.single_sign_on.models import GroupRole
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.press.helpers import add_edition, ago, make_delivered, make_text

# Fills the variables of an address: what stands for a row is its key under each name by which addresses ask for it.
Values = Mapping[str, object]
# What a visa support letter says.
PASSPORT: Any = {"passport_name": "A", "passport_number": "1", "nationality": "FR", "birth_date": "1980-01-01"}
MISSING: Values = {
    **dict.fromkeys(("object_id", "pk", "key", "number", "file"), 987654),
    **dict.fromkeys(("public_id", "id", "slug", "summit", "person", "declaration", "letter"), "nothing-here"),
    **dict.fromkeys(("section", "sheet", "document", "bilateral"), "nothing-here"),
    **{"token": "x" * 60, "language": "fr", "ending": "txt", "uidb36": "1", "number": "1", "name": "x.pdf"},
    "app_label": "summit",
}


@dataclass
class Somebody:
    reader: RouteReader
    cookie: str = ""

    def cookies(self) -> SimpleCookie:
        return SimpleCookie({settings.SESSION_COOKIE_NAME: self.cookie} if self.cookie else {})


@dataclass
class World:
    """What there is. Make it in a transaction that is rolled back."""

    here: Summit
    there: Summit
    # Public, and another one than that of the addresses.
    other: Summit
    own: Party
    readers: list[Somebody] = field(default_factory=list)
    objects: dict[str, dict[Whose, Values]] = field(default_factory=dict)
    # Further objects of a kind that are the same to their readers.
    more: dict[tuple[str, Whose], list[Values]] = field(default_factory=dict)
    # Objects that are another one for each reader, by kind and the reader's name.
    personal: dict[tuple[str, str], Values] = field(default_factory=dict)
    # What a page asks for besides: "get" and "post" by the name of the route.
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    # One browser for all, so that the middleware is made once.
    client: Client = field(default_factory=Client)

    def owns(self, kind: str, reader: RouteReader) -> bool:
        """Return whether an object of a kind can be a reader's own: their party's, or theirs alone."""
        return bool(reader.roles & FOLLOWING) or (kind, reader.name) in self.personal

    def picks(self, kind: str, whose: Whose, reader: RouteReader) -> list[Values]:
        """Return what fills an address, one for each such object. Raises KeyError for an unknown kind."""
        if whose == Whose.NONE:
            return [MISSING]
        found = self.objects[kind]
        if whose == Whose.OWN:
            found = {**found, whose: self.personal.get((kind, reader.name), found.get(whose))}  # type: ignore[dict-item]
        values = {} if whose == Whose.MISSING else found.get(whose)
        listed = [] if values is None else [values, *self.more.get((kind, whose), [])]
        # What is missing is looked for in a summit that is there, where the address names one.
        return [{**MISSING, **found.get(Whose.NONE, {}), **each} for each in listed]

    def add(self, kind: str, rows: Mapping[Whose, Any], desk: str = "") -> None:
        """Add rows of a kind; with `desk`, a resource of the API has the same ones."""
        self.objects[kind] = {whose: row(each) for whose, each in rows.items()}
        if desk:
            self.add_at_desk(desk, rows)

    def add_at_desk(self, name: str, rows: Mapping[Whose, Any]) -> None:
        """Add what fills the addresses of a resource of the API."""
        summits = {whose: self.there if whose == Whose.ELSEWHERE else self.here for whose in rows}
        self.objects[f"{name} at a desk"] = {
            whose: {"summit": summits[whose].slug, "id": getattr(each, "public_id", each.pk)}
            for whose, each in rows.items()
        }


def row(found: Model, **more: object) -> Values:
    """Return a row's keys under the names by which addresses ask for them."""
    named = {name: getattr(found, name) for name in ("public_id", "slug") if hasattr(found, name)}
    return {**dict.fromkeys(("object_id", "pk", "key"), found.pk), **named, **more}


def of_each(rows: Mapping[Whose, Any], make: Callable[[Any], Any]) -> dict[Whose, Any]:
    return {whose: make(each) for whose, each in rows.items()}


def passkey(user: User) -> Authenticator:
    """Make a passkey of an account: one that a device could have made."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(Aaguid.NONE, user.public_id.encode(), public)
    known = AuthenticatorData.create(sha256(b"localhost"), AuthenticatorData.FLAG.AT, 0, credential)
    client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, b"challenge", "https://localhost")
    data = {
        "id": websafe_encode(credential.credential_id),
        "rawId": websafe_encode(credential.credential_id),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", known, {})),
        },
    }
    made: Authenticator = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": data}
    )
    return made


def job(user: User, summit: Summit) -> Job:
    """Make work that an account asked for, and that waits."""
    return Job.objects.create(kind="verify_audit", key=summit.slug, by=user, summit=summit)


def exported_file(user: User, summit: Summit) -> Values:
    """Make the file of a list that every desk sees, which an account asked for."""
    made = Job.objects.create(kind="export_list", key=f"table {summit.slug}", by=user, params={"rows": 0})
    until = db_now() + timedelta(days=1)
    return row(
        ExportedFile.objects.create(
            job=made, by=user, label="summit.summit", ending="csv", language="en", made_at=until, until=until
        )
    )


def make_world() -> World:
    here = f.SummitFactory(slug="here", public_changes=True)
    there = f.SummitFactory(slug="there", public=False, public_changes=True)
    other = f.SummitFactory(slug="other", public_changes=True)
    for summit in (here, there, other):
        f.EmblemFactory.create(summit=summit)
    world = World(here, there, other, own=f.PartyFactory(summit=here, name="Own"))
    _add_readers(world)
    foreign, elsewhere = f.PartyFactory(summit=here), f.PartyFactory(summit=there)
    three = {Whose.OWN: world.own, Whose.FOREIGN: foreign, Whose.ELSEWHERE: elsewhere}
    _add_identity_providers(world)
    _add_parties(world, three)
    _add_letters(world, three)
    _add_papers(world, three)
    _add_agenda(world, three)
    _add_texts(world)
    _add_ground(world)
    _add_of_summits(world)
    return world


def _sign_in(world: World, reader: RouteReader, user: User) -> None:
    client = Client()
    client.force_login(user)
    kept = client.session
    # As after the password was entered again a moment ago: no page asks for it.
    request: Any = SimpleNamespace(session=kept)
    record_authentication(request, user, "password", reauthenticated=True)
    kept.save()
    world.readers.append(Somebody(reader, client.cookies[settings.SESSION_COOKIE_NAME].value))
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    world.personal["passkey", reader.name] = row(passkey(user))
    mine = job(user, world.here)
    world.personal["jobs.job", reader.name] = row(mine)
    world.personal["jobs at a desk", reader.name] = {"summit": world.here.slug, "id": mine.public_id}
    if reader.superuser or reader.roles & DESKS:
        world.personal["kept table", reader.name] = exported_file(user, world.here)
    world.personal["token", reader.name] = {"id": f.TokenFactory(user=user).public_id}
    if me := user.people.first():
        world.personal["oneself", reader.name] = {"id": me.public_id}
        calendar = calendars_services.make(by=user, person=me)[0]
        world.personal["own calendar", reader.name] = {"id": calendar.public_id}


def _add_readers(world: World) -> None:
    world.readers.append(Somebody(RouteReader("nobody")))
    _sign_in(world, RouteReader("account", account=True), f.UserFactory())
    for role in Role:
        user = f.UserFactory(name=role)
        if role == Role.FOCAL_POINT:
            f.FocalPointFactory(party=world.own, person__user=user)
        elif role == Role.DELEGATE:
            f.MembershipFactory(party=world.own, person__user=user)
        elif role == Role.LIAISON_OFFICER:
            f.LiaisonOfficerFactory(summit=world.here, person__user=user).parties.add(world.own)
        else:
            world.here.roles.create(user=user, role=role)
        _sign_in(world, RouteReader(str(role), frozenset({str(role)}), account=True), user)
    everything = RouteReader("superuser", account=True, superuser=True)
    _sign_in(world, everything, f.UserFactory(is_superuser=True))
    other = f.UserFactory()
    world.objects["passkey"] = {Whose.FOREIGN: row(passkey(other))}
    world.objects["token"] = {Whose.FOREIGN: {"id": f.TokenFactory(user=other).public_id}}
    world.objects["oneself"] = {Whose.FOREIGN: {"id": f.PersonFactory(user=f.UserFactory()).public_id}}
    world.objects["kept table"] = {Whose.FOREIGN: exported_file(other, world.here)}
    jobs = {Whose.FOREIGN: job(other, world.here), Whose.ELSEWHERE: job(other, world.there)}
    world.add("jobs.job", jobs, "jobs")


def _add_identity_providers(world: World) -> None:
    """Add providers of both protocols, and an invitation to link an account. Nothing asks them over the network."""
    for kind, protocol in (("identity provider", "saml"), ("SAML provider", "saml"), ("OpenID provider", "oidc")):
        found = [
            f.IdentityProviderFactory(protocol=protocol, is_active=active, name=f"{kind} {active}")
            for active in (True, False)
        ]
        world.objects[kind] = dict(zip((Whose.PUBLIC, Whose.HIDDEN), map(row, found), strict=True))
    token = sign_in_links.invitation_address(f.UserFactory()).rstrip("/").rpartition("/")[2]
    world.objects["invitation to link"] = {Whose.PUBLIC: {"token": token}, Whose.HIDDEN: {"token": token[:-1]}}


def group_role(summit: Summit) -> GroupRole:
    """Return a role in a summit that a group at an identity provider gives."""
    values = {"issuer": "https://idp.example", "group": "press", "role": Role.PRESS_OFFICER}
    return GroupRole.objects.create(summit=summit, **values)


def portal_subject(party: Party) -> PortalSubject:
    """Return as whom a member of a party signs in at its identity provider."""
    person = f.MembershipFactory(party=party).person
    return PortalSubject.objects.create(person=person, issuer="https://idp.example", subject=f"s-{person.pk}")


def _add_parties(world: World, parties: dict[Whose, Party]) -> None:
    # Without it only organisers set quotas.
    f.PolicyFactory(summit=world.here, protocol_places=9)
    world.add("delegations.party", parties, "parties")
    world.add_at_desk("quotas", parties)
    for kind, desk, make in (
        ("badge", "badges", lambda party: f.BadgeFactory(party=party)),
        ("partyprovider", "", lambda party: PartyProvider.objects.create(party=party, issuer="https://idp.example")),
        ("portalsubject", "", portal_subject),
        ("category", "", lambda party: f.CategoryFactory(summit=party.summit)),
        ("declaration", "declarations", lambda party: f.DeclarationFactory(party=party)),
        ("declarationkind", "", lambda party: f.DeclarationKindFactory(summit=party.summit)),
        ("contact", "contacts", lambda party: f.ContactFactory(party=party)),
        ("liaisonofficer", "liaison-officers", liaison_officer),
        ("focalpointrequest", "focal-point-requests", lambda party: f.FocalPointRequestFactory(party=party)),
        ("handover", "handovers", lambda party: f.HandoverFactory(party=party)),
        ("membership", "", lambda party: f.MembershipFactory(party=party)),
        ("transferablepass", "overpasses", transferable_pass),
        ("transferablepassrule", "overpass-rules", lambda party: f.TransferablePassRuleFactory(summit=party.summit)),
        ("partygroup", "party-groups", lambda party: f.PartyGroupFactory(summit=party.summit)),
        ("quota", "", lambda party: f.QuotaFactory(party=party)),
        ("delegationimportfile", "", lambda party: f.DelegationImportFileFactory(summit=party.summit)),
        ("visaletter", "", lambda party: f.VisaLetterFactory(party=party)),
        ("zone", "zones", lambda party: f.ZoneFactory(summit=party.summit)),
    ):
        world.add(f"delegations.{kind}", of_each(parties, make), desk)
    world.add_at_desk("focal-points", of_each(parties, lambda party: f.FocalPointFactory(party=party)))
    world.add_at_desk("visa-letters", of_each(parties, issued_letter))
    world.objects["categories at a desk"] = of_each(
        parties, lambda party: {"summit": party.summit.slug, "id": f.CategoryFactory(summit=party.summit).code}
    )


def _add_letters(world: World, parties: dict[Whose, Party]) -> None:
    """Add invitations and what belongs to them, and who came in by a letter's link or a mailbox's code."""
    known = {"state": "sent", "sent_at": f.START}
    invitations = of_each(parties, lambda party: f.InvitationFactory(party=party, **known))
    found = of_each(invitations, lambda each: f.InvitationLinkFactory(invitation=each))
    replies = of_each(invitations, lambda each: f.ReplyScanFactory(reply__invitation=each).reply)
    calls = of_each(invitations, lambda each: f.CallNoteFactory(invitation=each))
    occasions = of_each(parties, lambda party: f.InvitationFactory(party=party, occasion="x", **known))
    world.add("delegations.invitation", invitations)
    world.add("delegations.invitationlink", found, "letter-links")
    world.add("delegations.reply", replies, "replies")
    world.add_at_desk("calls", calls)
    world.add_at_desk("invitations", occasions)
    revoked = f.InvitationLinkFactory(revoked_at=f.START, invitation__party__summit=world.here)
    world.objects["letter's link"] = {
        Whose.PUBLIC: {"token": links.token(found[Whose.FOREIGN])},
        Whose.HIDDEN: {"token": links.token(revoked)},
    }
    browser = Client()
    browser.get(f"/i/{links.token(found[Whose.OWN])}/")
    holder = RouteReader("letter", frozenset({str(Role.FOCAL_POINT)}))
    world.readers.append(Somebody(holder, browser.cookies[settings.SESSION_COOKIE_NAME].value))
    member = f.MembershipFactory(party=world.own, person__email="mailbox@land.example")
    proven = Client()
    proven.post("/portal/sign-in/", {"mailbox": member.person.email})
    row_of = SignInCode.objects.get(mailbox=member.person.email)
    entered = proven.post("/portal/sign-in/code/", {"code": sign_in_codes.code_of(row_of.nonce)})
    assert entered["Location"] == "/portal/"
    by_code = RouteReader("mailbox", frozenset({str(Role.DELEGATE)}))
    world.readers.append(Somebody(by_code, proven.cookies[settings.SESSION_COOKIE_NAME].value))
    world.asked["admin:delegations_party_invite"] = {"get": {"summit": world.here.slug}}


def liaison_officer(party: Party) -> LiaisonOfficer:
    row = f.LiaisonOfficerFactory(summit=party.summit)
    row.parties.add(party)
    return row


def issued_letter(party: Party) -> VisaLetter:
    """Make a letter for a visa that can be printed."""
    letter = f.VisaLetterFactory(party=party)
    Particulars.objects.create(person=letter.person, entered_for=party, **PASSPORT)
    visas.issue(letters=[letter], by=f.UserFactory(is_superuser=True))
    letter.refresh_from_db()
    return letter


def transferable_pass(party: Party) -> TransferablePass:
    """Make a transferable pass that nobody of a party carries."""
    rule = TransferablePassRule.objects.get_or_create(summit=party.summit, name="Overpass", people=1)[0]
    return TransferablePass.objects.create(
        rule=rule, party=party, number=TransferablePass.objects.filter(party=party).count() + 1
    )


def _add_papers(world: World, parties: dict[Whose, Party]) -> None:
    """Add a member of each party with a declaration and an issued letter: what the portal picks of a party's own."""
    letters = of_each(parties, issued_letter)
    people = of_each(letters, lambda letter: letter.person)
    for whose, party in parties.items():
        person = people[whose]
        Photo.objects.create(person=person, entered_for=party, image=b"x", width=1, height=1)
        keys = {"public_id": party.public_id, "person": person.public_id, "section": "passport"}
        for kind, more in (
            ("contact", {"pk": f.ContactFactory(party=party).pk}),
            ("focalpointrequest", {"pk": f.FocalPointRequestFactory(party=party).pk}),
            ("transferablepass", {"pk": transferable_pass(party).pk}),
            ("membership", {}),
            ("declaration", {"declaration": f.DeclarationFactory(party=party, person=person).public_id}),
            ("visaletter", {"letter": letters[whose].public_id}),
            (
                "delegationimportfile",
                {"sheet": f.DelegationImportFileFactory(summit=party.summit, party_key=party.public_id).public_id},
            ),
        ):
            world.objects.setdefault(f"delegations.{kind} of a party", {})[whose] = {**keys, **more}
        bilateral = f.BilateralFactory(party=f.PartyFactory(summit=party.summit), counterpart=party)
        world.objects.setdefault("agenda.bilateral of a party", {})[whose] = {
            **keys,
            "bilateral": bilateral.public_id,
        }
    for kind in ("people", "members", "passports", "needs", "travel", "photos"):
        world.add_at_desk(kind, people)


def _add_agenda(world: World, parties: dict[Whose, Party]) -> None:
    sessions = {
        whose: f.SessionFactory(summit=party.summit, visibility=Visibility.PARTICIPANTS)
        for whose, party in parties.items()
    }
    for whose, session in sessions.items():
        f.ParticipantFactory(session=session, party=parties[whose])
    papers = {whose: f.DocumentFactory(session=session) for whose, session in sessions.items()}
    open_one = f.SessionFactory(summit=world.here, visibility=Visibility.PUBLIC)
    documents = {
        whose: f.DocumentFactory(session=session).public_id
        for whose, session in ((Whose.PUBLIC, open_one), (Whose.HIDDEN, sessions[Whose.FOREIGN]))
    }
    kept = f.DocumentFactory(
        session=f.SessionFactory(summit=world.here, visibility=Visibility.PUBLIC, documents_to=Visibility.ACCREDITED)
    )
    # Takes part where everybody sees it, as the other parties don't.
    seen = f.ParticipantFactory(session=open_one, party=f.PartyFactory(summit=world.here)).party
    elsewhere = [f.SessionFactory(summit=each, visibility=Visibility.PUBLIC) for each in (world.other, world.there)]
    made = {
        whose: releases.release(summit=summit, by=f.UserFactory(is_superuser=True), tell=False)
        for whose, summit in ((Whose.FOREIGN, world.here), (Whose.ELSEWHERE, world.there))
    }
    releases.release(summit=world.other, by=f.UserFactory(is_superuser=True), tell=False)
    # Not released yet, and what other summits show to everybody.
    unreleased = f.SessionFactory(summit=world.here, visibility=Visibility.PUBLIC)
    world.more["public document", Whose.HIDDEN] = [row(kept.session, document=kept.public_id)]
    world.more["public session", Whose.HIDDEN] = [row(each) for each in (unreleased, *elsewhere)]
    world.add("agenda.session", sessions, "sessions")
    world.add("agenda.release", made, "releases")
    for kind, desk, make in (
        ("slot", "", lambda session: f.SlotFactory(session=session)),
        ("document", "session-documents", lambda session: f.DocumentFactory(session=session)),
        ("customkind", "session-kinds", lambda session: f.CustomKindFactory(summit=session.summit)),
        ("fixedpoint", "fixed-points", lambda session: f.FixedPointFactory(summit=session.summit, minutes=240)),
        ("retiming", "retimings", lambda session: f.RetimingFactory(summit=session.summit)),
        ("screen", "screens", lambda session: f.ScreenFactory(summit=session.summit)),
        ("scheduleimportfile", "", lambda session: f.ScheduleImportFileFactory(summit=session.summit)),
    ):
        world.add(f"agenda.{kind}", of_each(sessions, make), desk)
    # Of two speeches each page offers to move one.
    world.add_at_desk("slots", of_each(sessions, lambda session: f.SlotFactory(session=session)))
    signed_up = {whose: sessions[whose] for whose in (Whose.FOREIGN, Whose.ELSEWHERE)}
    world.add("agenda.signup", of_each(signed_up, lambda session: f.SignUpFactory(session=session)))
    asked = of_each(
        sessions, lambda session: f.BilateralFactory(party=session.participants.get().party, state="accepted")
    )
    world.add("agenda.bilateral", asked, "bilaterals")
    world.add("session in an agenda", sessions, "agenda")
    world.objects |= {
        "document in an agenda": {
            whose: row(session, document=papers[whose].public_id) for whose, session in sessions.items()
        },
        "public session": {
            Whose.NONE: {"summit": world.here.slug},
            Whose.PUBLIC: row(open_one),
            Whose.HIDDEN: row(sessions[Whose.FOREIGN]),
        },
        "public document": {
            Whose.NONE: {"summit": world.here.slug, "public_id": open_one.public_id},
            Whose.PUBLIC: row(open_one, document=documents[Whose.PUBLIC]),
            Whose.HIDDEN: row(sessions[Whose.FOREIGN], document=documents[Whose.HIDDEN]),
        },
        "public party": {
            Whose.NONE: {"summit": world.here.slug},
            Whose.PUBLIC: row(seen),
            Whose.HIDDEN: row(parties[Whose.FOREIGN]),
        },
    }
    _add_agenda_of_api(world, sessions)
    maker = f.FocalPointFactory(party=world.own, person=f.PersonFactory(summit=world.here, user=f.UserFactory()))
    alive, dead = (calendars_services.make(by=maker.person.user, party=world.own) for _number in range(2))
    calendars_services.end(feeds=[dead[0]], by=maker.person.user)
    stranger = f.MembershipFactory(party=parties[Whose.FOREIGN], person__user=f.UserFactory()).person
    theirs = calendars_services.make(by=stranger.user, person=stranger)[0]
    world.objects["own calendar"] = {Whose.FOREIGN: {"id": theirs.public_id}}
    f.ScreenFactory(summit=world.here, digest=screens.digest_of("a" * screens.LENGTH), opened_at=f.START)
    world.objects["screen"] = {
        whose: {"summit": world.here.slug, "key": letter * screens.LENGTH}
        for whose, letter in ((Whose.PUBLIC, "a"), (Whose.HIDDEN, "b"))
    }
    world.objects["private calendar"] = {Whose.PUBLIC: {"token": alive[1]}, Whose.HIDDEN: {"token": dead[1]}}
    version = {"summit": world.here.slug, "key": live_key(world.here)}
    world.objects["handbook page"] = {
        Whose.PUBLIC: {"slug": "release-the-agenda"},
        Whose.HIDDEN: {"slug": "release-the-press"},
    }
    world.objects["agenda version"] = {Whose.PUBLIC: version, Whose.HIDDEN: {**version, "key": "x" * 24}}
    world.more["public party", Whose.HIDDEN] = [row(party) for party in parties.values()]


def _add_agenda_of_api(world: World, sessions: dict[Whose, Session]) -> None:
    """Add what the agenda's resources of the API alone pick: rows of each session, and what is some readers' own."""
    # What the focal point's party asks for the delegate.
    delegate = Membership.objects.get(party=world.own, person__user__name=Role.DELEGATE).person
    people = {
        whose: delegate if whose == Whose.OWN else f.MembershipFactory(party=each.participants.get().party).person
        for whose, each in sessions.items()
    }
    rows: dict[str, Callable[[Whose, Session], Any]] = {
        "session-participants": lambda _whose, each: each.participants.get(),
        "session-texts": lambda _whose, each: each.texts.create(language="fr", title="Des ports"),
        "interpretation": lambda _whose, each: each.interpretation.create(source="en", target="fr"),
        "sign-ups": lambda whose, each: f.SignUpFactory(session=each, person=people[whose]),
        "floor-requests": lambda whose, each: each.requests.create(
            party=people[whose].membership.party, speaker=people[whose]
        ),
    }
    here = {Whose.FOREIGN: sessions[Whose.FOREIGN], Whose.ELSEWHERE: sessions[Whose.ELSEWHERE]}
    for name, factory in (
        ("presence", f.PresenceMarkFactory),
        ("representations", f.RepresentationFactory),
        ("telephone-messages", f.ToldByTelephoneFactory),
    ):
        world.add_at_desk(name, {whose: factory(session=each) for whose, each in here.items()})
    for name, make in rows.items():
        world.add_at_desk(name, {whose: make(whose, each) for whose, each in sessions.items()})
    for name in ("session-participants", "session-texts", "interpretation"):
        world.objects[f"{name} at a desk"][Whose.NONE] = {"summit": world.here.slug, "id": "987654"}


def _add_texts(world: World) -> None:
    editions = {
        Whose.FOREIGN: make_text(summit=world.here, state="draft"),
        Whose.ELSEWHERE: make_text(summit=world.there, state="draft"),
        Whose.PUBLIC: make_text(summit=world.here, moment=ago(1)),
        Whose.HIDDEN: make_text(summit=world.here, moment=ago(-1)),
    }
    for whose in (Whose.PUBLIC, Whose.HIDDEN):
        add_edition(f.TextVersionFactory(text=editions[whose].version.text, language="fr", authoritative=False))
    texts = {whose: edition.version.text for whose, edition in editions.items()}
    # What is hidden in other ways: a draft, one that is held back, and what another summit has published.
    hidden = (
        editions[Whose.FOREIGN],
        make_text(summit=world.here, moment=ago(1), held=True),
        make_text(summit=world.other, moment=ago(1)),
        make_text(summit=world.there, moment=ago(1)),
    )
    world.more["public text", Whose.HIDDEN] = [row(each.version.text) for each in hidden]
    two = {whose: texts[whose] for whose in (Whose.FOREIGN, Whose.ELSEWHERE)}
    readers = of_each(two, lambda text: f.SubscriberFactory(summit=text.summit))
    world.add("press.text", two, "texts")
    world.add(
        "press.speechimportfile",
        of_each(two, lambda text: f.SpeechImportFileFactory(summit=text.summit)),
        "speech-archives",
    )
    world.add("press.topic", of_each(two, lambda text: f.TopicFactory(summit=text.summit)), "topics")
    world.add("press.subscriber", readers, "subscribers")
    told = {whose: Announcement.objects.create(edition=editions[whose]) for whose in two}
    world.add("press.announcement", told, "announcements")
    _add_press_desk(world, {whose: editions[whose] for whose in two})
    world.objects |= {
        "public text": {
            Whose.NONE: {"summit": world.here.slug},
            Whose.PUBLIC: row(texts[Whose.PUBLIC]),
            Whose.HIDDEN: row(texts[Whose.HIDDEN]),
        },
        "subscription": {
            Whose.NONE: {"summit": world.here.slug},
            Whose.PUBLIC: {"token": subscription_links.token(readers[Whose.FOREIGN], subscription_links.END)},
            Whose.HIDDEN: {"token": subscription_links.token(readers[Whose.ELSEWHERE], subscription_links.END)},
        },
    }
    files = {whose: f.AttachmentFactory(text=texts[whose]) for whose in (Whose.PUBLIC, Whose.HIDDEN)}
    for whose, file in files.items():
        EditionAttachment.objects.create(edition=editions[whose], attachment=file)
    world.asked["admin:press_text_compare"] = {"get": {"version": "en", "a": "1", "b": "1"}}
    world.objects["press.text file"] = {
        whose: row(text, file=f.AttachmentFactory(text=text).pk) for whose, text in two.items()
    }
    world.objects["public file"] = {Whose.NONE: {"summit": world.here.slug}} | {
        whose: row(file) | row(texts[whose]) | {"public_id": file.public_id, "name": file.file_name}
        for whose, file in files.items()
    }
    _add_speeches(world)
    for name in DECISIONS:
        world.asked[f"admin:press_text_{name}"] = {"post": {"version": "en", "number": "1"}}


def _add_press_desk(world: World, editions: Mapping[Whose, Edition]) -> None:
    """Add what the API's addresses of the press desk alone pick."""

    def mark(edition: Edition) -> PassageCheck:
        return PassageCheck.objects.create(edition=edition, anchor="p-1", kind="accept", by=edition.author)

    world.add_at_desk("editions", editions)
    world.add_at_desk("versions", of_each(editions, lambda edition: edition.version))
    world.add_at_desk("lifts", of_each(editions, lambda edition: edition.version.text.embargo))
    files = of_each(editions, lambda edition: f.AttachmentFactory(text=edition.version.text))
    world.add_at_desk("attachments", files)
    world.add_at_desk("markings", of_each(editions, mark))


def _add_speeches(world: World) -> None:
    """Add prepared texts with what was said, which a prepared text alone has no comparison with."""
    two = {Whose.FOREIGN: world.here, Whose.ELSEWHERE: world.there}
    prepared = {whose: make_text(summit=summit, speech=True) for whose, summit in two.items()}
    for edition in prepared.values():
        make_delivered(edition)
    world.add("press.text spoken", of_each(prepared, lambda edition: edition.version.text))
    said = {
        whose: make_delivered(make_text(summit=world.here, speech=True, moment=ago(1)), moment=moment, public=True)
        for whose, moment in ((Whose.PUBLIC, ago(1)), (Whose.HIDDEN, ago(-1)))
    }
    world.objects["public comparison"] = {Whose.NONE: {"summit": world.here.slug}} | {
        whose: row(edition.version.text) for whose, edition in said.items()
    }


def _add_ground(world: World) -> None:
    two = {Whose.FOREIGN: world.here, Whose.ELSEWHERE: world.there}
    users = {whose: f.UserFactory.with_role(Role.VIEWER, summit) for whose, summit in two.items()}
    entries = {
        whose: AuditEntry.objects.create(
            summit=summit, by=users[whose], action="x", object_type="summit.person", object_key="x"
        )
        for whose, summit in two.items()
    }
    mail = EmailMessage()
    mail.set_content("text")
    mail.add_attachment(b"bytes", maintype="application", subtype="pdf")
    messages = {
        whose: f.MessageFactory(summit=summit, state="failed", problem="550", rendered=mail.as_bytes())
        for whose, summit in two.items()
    }
    endpoints = of_each(two, lambda summit: f.EndpointFactory(summit=summit))
    world.add("summit.summit", two)
    world.add("summit.user", users, "accounts")
    world.add("summit.roleassignment", of_each(users, lambda user: user.roles.get()), "roles")
    world.add("summit.auditentry", entries, "audit")
    world.add("outbox.message", messages, "messages")
    world.add("webhooks.endpoint", endpoints, "webhooks")
    world.add("webhooks.delivery", of_each(endpoints, lambda each: f.DeliveryFactory(endpoint=each)), "deliveries")
    programs = {whose: f.ApiClientFactory(summit=summit) for whose, summit in two.items()}
    world.add("api.apiclient", programs, "applications")
    made_by = of_each(programs, lambda each: f.TokenFactory(user=each.user, api_client=each, summit=each.summit))
    world.add_at_desk("application-tokens", made_by)
    world.objects["desk"] = {whose: {"summit": each.slug} for whose, each in two.items()}
    # The list of a resource of which some see their own rows.
    world.objects["own desk"] = {
        Whose.OWN: {"summit": world.here.slug},
        Whose.ELSEWHERE: {"summit": world.there.slug},
    }
    world.objects["mail in development"] = {Whose.PUBLIC: row(messages[Whose.FOREIGN], number=1)}
    # A choice that every desk has.
    world.asked["admin:autocomplete"] = {
        "get": {"app_label": "summit", "model_name": "venue", "field_name": "summit"}
    }


def _add_of_summits(world: World) -> None:
    """Add rows that a summit has of itself, by their kind and their resource of the API, where they have both."""
    two = {Whose.FOREIGN: world.here, Whose.ELSEWHERE: world.there}
    world.objects["public summit"] = {
        Whose.PUBLIC: {"summit": world.here.slug},
        Whose.HIDDEN: {"summit": world.there.slug},
    }
    for kind, desk, make in (
        ("summit.venue", "venues", lambda summit: f.VenueFactory(summit=summit)),
        ("summit.room", "rooms", lambda summit: f.RoomFactory(venue__summit=summit)),
        ("summit.listimportfile", "", lambda summit: f.ListImportFileFactory(summit=summit)),
        ("summit.grouprole", "", group_role),
        # Of the installation: only who set it up sees any.
        ("summit.identityprovider", "", lambda summit: f.IdentityProviderFactory(name=f"Of {summit.slug}")),
        ("summit.person", "", lambda summit: f.PhotoFactory(person__summit=summit).person),
        (
            "delegations.duplicatecandidate",
            "resemblances",
            lambda summit: f.DuplicateCandidateFactory(person__summit=summit),
        ),
        ("delegations.participantlist", "participant-lists", lambda summit: f.ParticipantListFactory(summit=summit)),
        (
            "delegations.retention",
            "retention-times",
            lambda summit: Retention.objects.create(summit=summit, what="photo", days=3),
        ),
    ):
        world.add(kind, of_each(two, make), desk)
    for desk, make in (
        ("letter-templates", lambda summit: f.LetterTemplateFactory(summit=summit)),
        # At a desk nobody sees the tables of parties: tests/delegations/api/test_parties.py.
        ("sheets", lambda summit: f.DelegationImportFileFactory(summit=summit)),
        ("guests", lambda summit: f.PartyFactory(summit=summit, kind="guest")),
        ("schedules", lambda summit: f.ScheduleImportFileFactory(summit=summit)),
    ):
        world.add_at_desk(desk, of_each(two, make))
    # What has to be declared is everybody's who acts for a party of the summit.
    mine = {Whose.OWN: world.here, Whose.ELSEWHERE: world.there}
    world.add_at_desk("declaration-kinds", of_each(mine, lambda summit: f.DeclarationKindFactory(summit=summit)))
