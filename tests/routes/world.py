"""A summit with one of everything that an address can pick, a second summit with the same, and everybody who reads.

`World.objects` holds, for each kind that a route declares, what fills the variables of its address: one's own, a
foreign one of the same summit, another summit's; for what everybody opens one that is public and one that is hidden.
What is missing is the same for all. A kind that isn't here fails the test of its route.
"""

from collections.abc import Mapping
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
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from delegations.domain import codes, links, visas
from delegations.models import (
    Membership,
    Overpass,
    OverpassRule,
    Particulars,
    Party,
    Photo,
    Retention,
    SignInCode,
    VisaLetter,
)
from press.domain import subscribers
from press.models import Announcement, Edition, EditionAttachment, Marking
from press.permissions import DECISIONS
from sessions.domain import feeds, releases
from sessions.models import Release, Session, Visibility
from summit.db.clock import db_now
from summit.models import AuditEntry, Role, Summit, User
from summit.models.users import DESKS, FOLLOWING
from summit.routes import Reader, Whose
from summit.work.models import Job, KeptTable
from tests import factories as f
from tests.press.helpers import add_edition, ago, make_delivered, make_text

# Fills the variables of an address: what stands for a row is its key under each name by which addresses ask for it.
Values = Mapping[str, object]
# What a visa support letter says.
PASSPORT: Any = {"passport_name": "A", "passport_number": "1", "nationality": "FR", "birth_date": "1980-01-01"}
MISSING: Values = {
    **dict.fromkeys(("object_id", "pk", "key", "number", "file"), 987654),
    **dict.fromkeys(
        ("public_id", "id", "slug", "summit", "person", "declaration", "letter", "section", "sheet", "document"),
        "nothing-here",
    ),
    **{
        "token": "x" * 60,
        "language": "fr",
        "ending": "txt",
        "uidb36": "1",
        "number": "1",
        "name": "x.pdf",
        "app_label": "summit",
    },
}


@dataclass
class Somebody:
    """A reader with what their browser sends."""

    reader: Reader
    cookie: str = ""

    def cookies(self) -> SimpleCookie:
        """Return what their browser sends."""
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

    def owns(self, kind: str, reader: Reader) -> bool:
        """Return whether an object of a kind can be a reader's own: their party's, or theirs alone."""
        return bool(reader.roles & FOLLOWING) or (kind, reader.name) in self.personal

    def picks(self, kind: str, whose: Whose, reader: Reader) -> list[Values]:
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


def row(found: Model, **more: object) -> Values:
    """Return a row's keys under the names by which addresses ask for them."""
    named = {name: getattr(found, name) for name in ("public_id", "slug") if hasattr(found, name)}
    return {**dict.fromkeys(("object_id", "pk", "key"), found.pk), **named, **more}


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


def kept_table(user: User, summit: Summit) -> Values:
    """Make the file of a list that every desk sees, which an account asked for."""
    made = Job.objects.create(kind="export_list", key=f"table {summit.slug}", by=user, params={"rows": 0})
    until = db_now() + timedelta(days=1)
    return row(
        KeptTable.objects.create(
            job=made, by=user, label="summit.summit", ending="csv", language="en", made_at=until, until=until
        )
    )


def make_world() -> World:
    """Make everything."""
    here = f.SummitFactory(slug="here", public_changes=True)
    there = f.SummitFactory(slug="there", public=False, public_changes=True)
    other = f.SummitFactory(slug="other", public_changes=True)
    world = World(here, there, other, own=f.PartyFactory(summit=here, name="Own"))
    _add_readers(world)
    foreign, elsewhere = f.PartyFactory(summit=here), f.PartyFactory(summit=there)
    three = {Whose.OWN: world.own, Whose.FOREIGN: foreign, Whose.ELSEWHERE: elsewhere}
    _add_parties(world, three)
    _add_agenda(world, three)
    _add_texts(world)
    _add_ground(world)
    _add_public(world)
    _add_lists(world)
    add_working_rows(world, three)
    return world


def _sign_in(world: World, reader: Reader, user: User) -> None:
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
    world.personal["work.job", reader.name] = row(mine)
    world.personal["jobs at a desk", reader.name] = {"summit": world.here.slug, "id": mine.public_id}
    if reader.superuser or reader.roles & DESKS:
        world.personal["kept table", reader.name] = kept_table(user, world.here)
    world.personal["token", reader.name] = {"id": f.TokenFactory(user=user).public_id}
    if me := user.people.first():
        world.personal["oneself", reader.name] = {"id": me.public_id}
        calendar = feeds.make(by=user, person=me)[0]
        world.personal["own calendar", reader.name] = {"id": calendar.public_id}


def _add_readers(world: World) -> None:
    world.readers.append(Somebody(Reader("nobody")))
    _sign_in(world, Reader("account", account=True), f.UserFactory())
    for role in Role:
        user = f.UserFactory(name=role)
        if role == Role.FOCAL_POINT:
            f.FocalPointFactory(party=world.own, person__user=user)
        elif role == Role.DELEGATE:
            f.MembershipFactory(party=world.own, person__user=user)
        else:
            world.here.roles.create(user=user, role=role)
        _sign_in(world, Reader(str(role), frozenset({str(role)}), account=True), user)
    everything = Reader("superuser", account=True, superuser=True)
    _sign_in(world, everything, f.UserFactory(is_superuser=True))
    other = f.UserFactory()
    world.objects["passkey"] = {Whose.FOREIGN: row(passkey(other))}
    world.objects["token"] = {Whose.FOREIGN: {"id": f.TokenFactory(user=other).public_id}}
    world.objects["oneself"] = {Whose.FOREIGN: {"id": f.PersonFactory(user=f.UserFactory()).public_id}}
    world.objects["kept table"] = {Whose.FOREIGN: kept_table(other, world.here)}
    jobs = {Whose.FOREIGN: job(other, world.here), Whose.ELSEWHERE: job(other, world.there)}
    world.objects["work.job"] = {whose: row(each) for whose, each in jobs.items()}
    world.objects["jobs at a desk"] = {
        whose: {"summit": each.summit.slug, "id": each.public_id} for whose, each in jobs.items()
    }


def _add_parties(world: World, parties: dict[Whose, Party]) -> None:
    invitations = {
        whose: f.InvitationFactory(party=party, state="sent", sent_at=f.START) for whose, party in parties.items()
    }
    found = {whose: f.InvitationLinkFactory(invitation=each) for whose, each in invitations.items()}
    world.objects |= {
        "delegations.party": {whose: row(party) for whose, party in parties.items()},
        "delegations.invitation": {whose: row(each) for whose, each in invitations.items()},
        "delegations.invitationlink": {whose: row(link) for whose, link in found.items()},
        "delegations.reply": {
            whose: row(f.ReplyScanFactory(reply__invitation=each).reply) for whose, each in invitations.items()
        },
        "delegations.declaration": {whose: row(f.DeclarationFactory(party=each)) for whose, each in parties.items()},
        "delegations.declarationkind": {
            whose: row(f.DeclarationKindFactory(summit=each.summit)) for whose, each in parties.items()
        },
        "delegations.handover": {whose: row(f.HandoverFactory(party=each)) for whose, each in parties.items()},
        "delegations.badge": {whose: row(f.BadgeFactory(party=each)) for whose, each in parties.items()},
        "delegations.visaletter": {whose: row(f.VisaLetterFactory(party=each)) for whose, each in parties.items()},
        "delegations.overpass": {whose: row(overpass(each)) for whose, each in parties.items()},
        "delegations.focalpointrequest": {
            whose: row(f.FocalPointRequestFactory(party=each)) for whose, each in parties.items()
        },
        "delegations.sheet": {whose: row(f.SheetFactory(summit=each.summit)) for whose, each in parties.items()},
        "delegations.membership": {whose: row(f.MembershipFactory(party=each)) for whose, each in parties.items()},
        "delegations.quota": {whose: row(f.QuotaFactory(party=each)) for whose, each in parties.items()},
        "delegations.category": {
            whose: row(f.CategoryFactory(summit=each.summit)) for whose, each in parties.items()
        },
        "delegations.zone": {whose: row(f.ZoneFactory(summit=each.summit)) for whose, each in parties.items()},
        "delegations.overpassrule": {
            whose: row(f.OverpassRuleFactory(summit=each.summit)) for whose, each in parties.items()
        },
        **papers(parties),
        "letter's link": {
            Whose.PUBLIC: {"token": links.token(found[Whose.FOREIGN])},
            Whose.HIDDEN: {
                "token": links.token(
                    f.InvitationLinkFactory(revoked_at=f.START, invitation__party__summit=world.here)
                )
            },
        },
    }
    browser = Client()
    browser.get(f"/i/{links.token(found[Whose.OWN])}/")
    holder = Reader("letter", frozenset({str(Role.FOCAL_POINT)}))
    world.readers.append(Somebody(holder, browser.cookies[settings.SESSION_COOKIE_NAME].value))
    member = f.MembershipFactory(party=world.own, person__email="mailbox@land.example")
    proven = Client()
    proven.post("/portal/sign-in/", {"mailbox": member.person.email})
    row_of = SignInCode.objects.get(mailbox=member.person.email)
    entered = proven.post("/portal/sign-in/code/", {"code": codes.code_of(row_of.nonce)})
    assert entered["Location"] == "/portal/"
    by_code = Reader("mailbox", frozenset({str(Role.DELEGATE)}))
    world.readers.append(Somebody(by_code, proven.cookies[settings.SESSION_COOKIE_NAME].value))
    world.asked["admin:delegations_party_invite"] = {"get": {"summit": world.here.slug}}


def at_a_desk(world: World, name: str, rows: Mapping[Whose, Any]) -> None:
    """Add what fills the addresses of a resource of the API."""
    summits = {whose: world.there if whose == Whose.ELSEWHERE else world.here for whose in rows}
    world.objects[f"{name} at a desk"] = {
        whose: {"summit": summits[whose].slug, "id": getattr(each, "public_id", each.pk)}
        for whose, each in rows.items()
    }


def add_working_rows(world: World, parties: Mapping[Whose, Party]) -> None:
    """Add a row of each resource of the API about parties and what is done with them."""
    by_party: dict[str, Any] = {
        "invitations": lambda party: f.InvitationFactory(party=party, occasion="x", state="sent", sent_at=f.START),
        "badges": lambda party: f.BadgeFactory(party=party),
        "visa-letters": issued_letter,
        "declarations": lambda party: f.DeclarationFactory(party=party),
        "focal-point-requests": lambda party: f.FocalPointRequestFactory(party=party),
        "handovers": lambda party: f.HandoverFactory(party=party),
        "overpasses": overpass,
        "calls": lambda party: f.CallNoteFactory(invitation=party.invitations.first()),
        "replies": lambda party: f.ReplyScanFactory(reply__invitation=party.invitations.first()).reply,
        "letter-links": lambda party: f.InvitationLinkFactory(invitation=party.invitations.first()),
    }
    for name, make in by_party.items():
        at_a_desk(world, name, {whose: make(party) for whose, party in parties.items()})
    two = {Whose.FOREIGN: world.here, Whose.ELSEWHERE: world.there}
    by_summit: dict[str, Any] = {
        "letter-templates": lambda summit: f.LetterTemplateFactory(summit=summit),
        "resemblances": lambda summit: f.ResemblanceFactory(person__summit=summit),
        # At a desk nobody sees the tables of parties: tests/delegations/api/test_sheets.py.
        "sheets": lambda summit: f.SheetFactory(summit=summit),
        "retention-times": lambda summit: Retention.objects.create(summit=summit, what="mail", days=3),
        "guests": lambda summit: f.PartyFactory(summit=summit, kind="guest"),
        "participant-lists": lambda summit: f.ParticipantListFactory(summit=summit),
        "schedules": lambda summit: f.ScheduleFileFactory(summit=summit),
    }
    for name, make in by_summit.items():
        at_a_desk(world, name, {whose: make(summit) for whose, summit in two.items()})
    # What has to be declared is everybody's who acts for a party of the summit.
    mine = {Whose.OWN: world.here, Whose.ELSEWHERE: world.there}
    kinds = {whose: f.DeclarationKindFactory(summit=summit) for whose, summit in mine.items()}
    at_a_desk(world, "declaration-kinds", kinds)


def issued_letter(party: Party) -> VisaLetter:
    """Make a letter for a visa that can be printed."""
    letter = f.VisaLetterFactory(party=party)
    Particulars.objects.create(person=letter.person, entered_for=party, **PASSPORT)
    visas.issue(letters=[letter], by=f.UserFactory(is_superuser=True))
    letter.refresh_from_db()
    return letter


def overpass(party: Party) -> Overpass:
    """Make an overpass that nobody of a party carries."""
    rule = OverpassRule.objects.get_or_create(summit=party.summit, name="Overpass", people=1)[0]
    return Overpass.objects.create(rule=rule, party=party, number=Overpass.objects.filter(party=party).count() + 1)


def papers(parties: dict[Whose, Party]) -> dict[str, dict[Whose, Values]]:
    """Make a member of each party with a declaration and an issued letter: what the portal picks of a party's own."""
    found: dict[str, dict[Whose, Values]] = {}
    for whose, party in parties.items():
        person = f.MembershipFactory(party=party).person
        Particulars.objects.create(person=person, entered_for=party, **PASSPORT)
        declared = f.DeclarationFactory(party=party, person=person)
        letter = f.VisaLetterFactory(party=party, person=person)
        visas.issue(letters=[letter], by=f.UserFactory(is_superuser=True))
        Photo.objects.create(person=person, entered_for=party, image=b"x", width=1, height=1)
        keys = {"public_id": party.public_id, "person": person.public_id, "section": "passport"}
        asked = f.FocalPointRequestFactory(party=party)
        for kind, more in (
            ("focalpointrequest", {"pk": asked.pk}),
            ("overpass", {"pk": overpass(party).pk}),
            ("membership", {}),
            ("declaration", {"declaration": declared.public_id}),
            ("visaletter", {"letter": letter.public_id}),
            ("sheet", {"sheet": f.SheetFactory(summit=party.summit, party=party).public_id}),
        ):
            found.setdefault(f"delegations.{kind} of a party", {})[whose] = {**keys, **more}
        at_desk = {"summit": party.summit.slug, "id": party.public_id}
        for kind in ("parties", "quotas"):
            found.setdefault(f"{kind} at a desk", {})[whose] = at_desk
        for kind, key in (
            ("focal-points", f.FocalPointFactory(party=party).pk),
            ("zones", f.ZoneFactory(summit=party.summit).pk),
            ("overpass-rules", f.OverpassRuleFactory(summit=party.summit).public_id),
            ("categories", f.CategoryFactory(summit=party.summit).code),
        ):
            found.setdefault(f"{kind} at a desk", {})[whose] = {**at_desk, "id": key}
        for kind in ("people", "members", "passports", "needs", "travel", "photos"):
            found.setdefault(f"{kind} at a desk", {})[whose] = {**at_desk, "id": person.public_id}
    return found


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
    world.objects |= {
        "sessions.session": {whose: row(session) for whose, session in sessions.items()},
        "sessions.slot": {whose: row(f.SlotFactory(session=each)) for whose, each in sessions.items()},
        "sessions.document": {whose: row(f.DocumentFactory(session=each)) for whose, each in sessions.items()},
        "sessions.schedulefile": {
            whose: row(f.ScheduleFileFactory(summit=party.summit)) for whose, party in parties.items()
        },
        "sessions.ownkind": {whose: row(f.OwnKindFactory(summit=party.summit)) for whose, party in parties.items()},
        "session in an agenda": {whose: row(session) for whose, session in sessions.items()},
        "document in an agenda": {
            whose: row(session, document=papers[whose].public_id) for whose, session in sessions.items()
        },
        "sessions.release": {whose: row(release) for whose, release in made.items()},
        "sessions.signup": {
            whose: row(f.SignUpFactory(session=sessions[whose])) for whose in (Whose.FOREIGN, Whose.ELSEWHERE)
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
    _add_agenda_of_api(world, sessions, made)
    maker = f.FocalPointFactory(party=world.own, person=f.PersonFactory(summit=world.here, user=f.UserFactory()))
    alive, dead = (feeds.make(by=maker.person.user, party=world.own) for _number in range(2))
    feeds.end(feeds=[dead[0]], by=maker.person.user)
    stranger = f.MembershipFactory(party=parties[Whose.FOREIGN], person__user=f.UserFactory()).person
    theirs = feeds.make(by=stranger.user, person=stranger)[0]
    world.objects["own calendar"] = {Whose.FOREIGN: {"id": theirs.public_id}}
    world.objects["private calendar"] = {Whose.PUBLIC: {"token": alive[1]}, Whose.HIDDEN: {"token": dead[1]}}
    world.more["public party", Whose.HIDDEN] = [row(party) for party in parties.values()]


def _add_agenda_of_api(world: World, sessions: dict[Whose, Session], made: dict[Whose, Release]) -> None:
    """Add what the agenda's resources of the API pick: rows of each session, and what is some readers' own."""
    rows: dict[str, dict[Whose, Any]] = {
        "sessions": sessions,
        "slots": {whose: f.SlotFactory(session=each) for whose, each in sessions.items()},
        "session-participants": {whose: each.participants.get() for whose, each in sessions.items()},
        "session-texts": {
            whose: each.texts.create(language="fr", title="Des ports") for whose, each in sessions.items()
        },
        "interpretation": {
            whose: each.interpretation.create(source="en", target="fr") for whose, each in sessions.items()
        },
        "session-documents": {whose: f.DocumentFactory(session=each) for whose, each in sessions.items()},
        "session-kinds": {whose: f.OwnKindFactory(summit=each.summit) for whose, each in sessions.items()},
        "releases": made,
        "agenda": sessions,
    }
    # What the focal point's party asks for the delegate.
    delegate = Membership.objects.get(party=world.own, person__user__name=Role.DELEGATE).person
    people = {
        whose: delegate if whose == Whose.OWN else f.MembershipFactory(party=each.participants.get().party).person
        for whose, each in sessions.items()
    }
    rows["sign-ups"] = {
        whose: f.SignUpFactory(session=each, person=people[whose]) for whose, each in sessions.items()
    }
    rows["floor-requests"] = {
        whose: each.requests.create(party=people[whose].membership.party, speaker=people[whose])
        for whose, each in sessions.items()
    }
    for name, found in rows.items():
        world.objects[f"{name} at a desk"] = {
            whose: {"summit": sessions[whose].summit.slug, "id": getattr(each, "public_id", each.pk)}
            for whose, each in found.items()
        }
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
    readers = {
        Whose.FOREIGN: f.SubscriberFactory(summit=world.here),
        Whose.ELSEWHERE: f.SubscriberFactory(summit=world.there),
    }
    told = {whose: Announcement.objects.create(edition=editions[whose]) for whose in readers}
    world.objects |= {
        "press.text": {whose: row(texts[whose]) for whose in readers},
        "press.topic": {whose: row(f.TopicFactory(summit=texts[whose].summit)) for whose in readers},
        "press.subscriber": {whose: row(reader) for whose, reader in readers.items()},
        "press.announcement": {whose: row(each) for whose, each in told.items()},
        "public text": {
            Whose.NONE: {"summit": world.here.slug},
            Whose.PUBLIC: row(texts[Whose.PUBLIC]),
            Whose.HIDDEN: row(texts[Whose.HIDDEN]),
        },
        "subscription": {
            Whose.NONE: {"summit": world.here.slug},
            Whose.PUBLIC: {"token": subscribers.token(readers[Whose.FOREIGN], subscribers.END)},
            Whose.HIDDEN: {"token": subscribers.token(readers[Whose.ELSEWHERE], subscribers.END)},
        },
    }
    _add_press_desk(world, {whose: editions[whose] for whose in readers})
    files = {whose: f.AttachmentFactory(text=texts[whose]) for whose in (Whose.PUBLIC, Whose.HIDDEN)}
    for whose, file in files.items():
        EditionAttachment.objects.create(edition=editions[whose], attachment=file)
    world.asked["admin:press_text_compare"] = {"get": {"version": "en", "a": "1", "b": "1"}}
    world.objects["press.text file"] = {
        whose: row(texts[whose]) | {"file": f.AttachmentFactory(text=texts[whose]).pk} for whose in readers
    }
    world.objects["public file"] = {Whose.NONE: {"summit": world.here.slug}} | {
        whose: row(file) | row(texts[whose]) | {"public_id": file.public_id, "name": file.file_name}
        for whose, file in files.items()
    }
    _add_speeches(world)
    for name in DECISIONS:
        world.asked[f"admin:press_text_{name}"] = {"post": {"version": "en", "number": "1"}}


def _add_press_desk(world: World, editions: Mapping[Whose, Edition]) -> None:
    """Add what the API's addresses of the press desk pick."""
    for whose, edition in editions.items():
        text = edition.version.text
        marking = Marking.objects.create(edition=edition, anchor="p-1", kind="accept", by=edition.author)
        rows: dict[str, Model] = {
            "texts": text,
            "versions": edition.version,
            "editions": edition,
            "lifts": text.lift,
            "attachments": f.AttachmentFactory(text=text),
            "topics": f.TopicFactory(summit=text.summit),
            "subscribers": f.SubscriberFactory(summit=text.summit),
            "markings": marking,
            "announcements": edition.announcement,
        }
        for name, found in rows.items():
            key = getattr(found, "public_id", found.pk)
            picked = world.objects.setdefault(f"{name} at a desk", {})
            picked[whose] = {"summit": text.summit.slug, "id": key}


def _add_speeches(world: World) -> None:
    """Add prepared texts with what was said, which a prepared text alone has no comparison with."""
    two = {Whose.FOREIGN: world.here, Whose.ELSEWHERE: world.there}
    prepared = {whose: make_text(summit=summit, speech=True) for whose, summit in two.items()}
    for edition in prepared.values():
        make_delivered(edition)
    world.objects["press.text spoken"] = {whose: row(edition.version.text) for whose, edition in prepared.items()}
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
    endpoints = {whose: f.EndpointFactory(summit=summit) for whose, summit in two.items()}
    rows: dict[str, dict[Whose, Any]] = {
        "summit.summit": two,
        "summit.venue": {whose: f.VenueFactory(summit=summit) for whose, summit in two.items()},
        "summit.room": {whose: f.RoomFactory(venue__summit=summit) for whose, summit in two.items()},
        "summit.giventable": {whose: f.GivenTableFactory(summit=summit) for whose, summit in two.items()},
        "summit.person": {whose: f.PhotoFactory(person__summit=summit).person for whose, summit in two.items()},
        "delegations.resemblance": {whose: f.ResemblanceFactory(person__summit=each) for whose, each in two.items()},
        "summit.user": users,
        "summit.roleassignment": {whose: user.roles.get() for whose, user in users.items()},
        "summit.auditentry": entries,
        "outbox.message": messages,
        "hooks.endpoint": endpoints,
        "hooks.delivery": {whose: f.DeliveryFactory(endpoint=each) for whose, each in endpoints.items()},
    }
    for label in ("venue", "room"):
        made = {
            whose: f.VenueFactory(summit=each) if label == "venue" else f.RoomFactory(venue__summit=each)
            for whose, each in two.items()
        }
        world.objects[f"{label}s at a desk"] = {
            whose: {"summit": two[whose].slug, "id": each.public_id} for whose, each in made.items()
        }
    at_desks = {
        "webhooks": endpoints,
        "deliveries": rows["hooks.delivery"],
        "messages": messages,
        "roles": rows["summit.roleassignment"],
        "accounts": users,
        "audit": entries,
    }
    for name, found in at_desks.items():
        world.objects[f"{name} at a desk"] = {
            whose: {"summit": two[whose].slug, "id": getattr(each, "public_id", each.pk)}
            for whose, each in found.items()
        }
    programs = {whose: f.ApplicationFactory(summit=summit) for whose, summit in two.items()}
    world.objects["api.application"] = {whose: row(each) for whose, each in programs.items()}
    at_a_desk(world, "applications", programs)
    made_by = {
        whose: f.TokenFactory(user=each.user, application=each, summit=each.summit)
        for whose, each in programs.items()
    }
    at_a_desk(world, "application-tokens", made_by)
    world.objects["desk"] = {whose: {"summit": each.slug} for whose, each in two.items()}
    # The list of a resource of which some see their own rows.
    world.objects["own desk"] = {
        Whose.OWN: {"summit": world.here.slug},
        Whose.ELSEWHERE: {"summit": world.there.slug},
    }
    world.objects |= {kind: {whose: row(found) for whose, found in each.items()} for kind, each in rows.items()}
    world.objects["mail in development"] = {Whose.PUBLIC: row(messages[Whose.FOREIGN], number=1)}
    # A choice that every desk has.
    world.asked["admin:autocomplete"] = {
        "get": {"app_label": "summit", "model_name": "venue", "field_name": "summit"},
    }


def _add_public(world: World) -> None:
    world.objects["public summit"] = {
        Whose.PUBLIC: {"summit": world.here.slug},
        Whose.HIDDEN: {"summit": world.there.slug},
    }


def _add_lists(world: World) -> None:
    two = {Whose.FOREIGN: world.here, Whose.ELSEWHERE: world.there}
    found = {whose: f.ParticipantListFactory(summit=summit) for whose, summit in two.items()}
    times = {whose: Retention.objects.create(summit=summit, what="photo", days=3) for whose, summit in two.items()}
    world.objects["delegations.retention"] = {whose: row(each) for whose, each in times.items()}
    world.objects["delegations.participantlist"] = {whose: row(each) for whose, each in found.items()}
