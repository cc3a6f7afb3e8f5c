"""Brings the demonstration of a running system into a rich state, from inside of it, by what its people would do.

`manage.py shell` runs `make`: it prints, as JSON, what fills the variables of addresses and what the browsers of all
readers hold.
"""

import json
import time
from datetime import date, timedelta
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db.models.functions import Now
from django.test import Client

from delegations.invitations.models.invitations import Invitation, InvitationLink, Reply
from delegations.invitations.services import invitations, links
from delegations.invitations.services.answers import AnswerReceipt, answer
from delegations.invitations.services.scanned_answers import Scan
from delegations.members.models.categories import Capacity, Category
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.members import Membership
from delegations.participants.models import ParticipantList
from delegations.participants.services import revisions
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PartyProvider, PortalSubject, SignInCode
from delegations.portal_access.services import sign_in_codes
from delegations.privacy.models import Retention
from press.delivery_check import services as delivery_check_services
from press.subscriptions import links as subscription_links
from press.subscriptions.models import Announcement, Subscriber
from press.subscriptions.services import announcements, subscribers
from press.texts.models.editions import EditionAttachment, EditionState
from press.texts.models.embargoes import EmbargoMode
from press.texts.models.texts import Text
from press.texts.models.topics import Topic
from sessions.agenda.models.releases import Release
from sessions.bilaterals.models import Bilateral
from sessions.calendars import services as calendars_services
from sessions.delays.selectors.live_version import live_key
from sessions.documents.models import Document
from sessions.documents.services import documents, file_checks
from sessions.documents.services.documents import Paper
from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Interpretation, Session
from sessions.draft.models.signups import SignUp
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from sessions.screens.services import screens
from sessions.speakers.services import speech_clock
from summit.api_base import token_services
from summit.api_base.models.tokens import ApiClient
from summit.audit.models import AuditEntry
from summit.audit.services import Link
from summit.celery import app
from summit.core.database_clock import db_now
from summit.jobs.models.exported_files import ExportedFile
from summit.jobs.models.jobs import Job
from summit.outbox import delivery
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.single_sign_on import links as sign_in_links
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.social_adapter import UNLINKED_KEY
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User
from summit.webhooks import failure_reasons as hook_reasons
from summit.webhooks.models.deliveries import Attempt
from summit.webhooks.models.endpoints import OffWhy
from tests.browser.crawl import delegation_data
from tests.factories import (
    ApiClientFactory,
    AttachmentFactory,
    DeliveryFactory,
    DocumentFactory,
    EndpointFactory,
    FixedPointFactory,
    IdentityProviderFactory,
    ListImportFileFactory,
    MessageFactory,
    RetimingFactory,
    ScheduleImportFileFactory,
    SpeechImportFileFactory,
    SummitFactory,
)
from tests.press.helpers import add_edition, add_language, ago, make_delivered, make_embargo, make_text
from tests.routes.world import group_role, passkey

SLUG = "border-security-2025"
FOCAL = "focal@summit.example"
# A mailbox that stands for two people.
SHARED = "mission@summit.example"
BODY = "## Borders\n\nThe words of *an* opening, with a [link](https://example.org/).\n\n- one\n- two\n\n> Quoted\n"
DESKS = ("organiser", "protocol", "press", "approver", "delegate", "focal")


def user(box: str) -> User:
    return User.objects.get(email=f"{box}@summit.example")


def make() -> None:
    """Make everything, and print what there is."""
    summit = Summit.objects.get(slug=SLUG)
    _invitations(summit)
    _agenda(summit)
    found = {
        "summit": summit.slug,
        "first_day": summit.starts_on,
        **_texts(summit),
        **_work(),
        **_accounts(summit),
        **_keys(summit),
    }
    # A session remembers the language that was chosen in it.
    cookies = {
        language: {name: _signed_in(user(name)) for name in DESKS} | _others(summit, found)
        for language in ("en", "ar")
    }
    print(json.dumps({"values": {key: str(value) for key, value in found.items()}, "cookies": cookies}))


def _invitations(summit: Summit) -> None:
    by = user("organiser")
    parties = list(Party.objects.filter(summit=summit).order_by("pk"))
    invitations.invite(parties=parties[:-6], by=by)
    rows = Invitation.objects.filter(party__summit=summit, state="sent").order_by("pk")
    # The agenda is for parties that take part.
    focal = set(rows.filter(party__focal_points__person__email=FOCAL).values_list("pk", flat=True))
    for number, row in enumerate(rows[:20]):
        said = "attending" if row.pk in focal else ("attending", "regrets")[number % 2]
        answer(invitation=row, answer=said, note="A note.\nOf two lines.", name="An ambassador", by=by)
    scan = Scan("note.pdf", "application/pdf", b"%PDF-1.7")
    for row in rows[20:22]:
        way = AnswerReceipt("note_verbale", "NV 12/2025", date(2025, 3, 3), scan)
        answer(invitation=row, answer="represented", level="minister", note="", name="An embassy", by=by, way=way)
    invitations.revoke(invitation=rows.filter(state="sent").order_by("-pk")[0], by=by)
    named = Membership.objects.filter(party__summit=summit).order_by("pk").values_list("pk", flat=True)
    Membership.objects.filter(pk__in=list(named)[::2]).update(confirmed_at=Now())
    revisions.freeze(summit=summit, by=by, note="For the printers.")
    Retention.objects.filter(summit=summit, what="photo").update(days=14)
    InvitationLink.objects.filter(pk=InvitationLink.objects.order_by("-pk")[3].pk).update(first_used_at=Now())


def _agenda(summit: Summit) -> None:
    by = user("organiser")
    Summit.objects.filter(pk=summit.pk).update(public_changes=True)
    opening = Session.objects.filter(summit=summit, visibility="public", title__startswith="Opening")[0]
    DocumentFactory(session=opening, title="Order of the day", added_by=by)
    Interpretation.objects.get_or_create(session=opening, source="en", target="ar")
    releases.release(summit=summit, by=by, note="The first.", tell=False)
    france = Session.objects.get(summit=summit, title="Tunisia and France")
    for minutes in (30, 20):
        length = timedelta(minutes=minutes)
        france = cancel_and_move.move(
            session=france, starts_at=france.starts_at + length, ends_at=france.ends_at + length, room=None, by=by
        )
        if minutes == 30:
            cancel_and_move.cancel(
                session=Session.objects.filter(summit=summit, title__startswith="Criminal")[0], by=by
            )
            releases.release(summit=summit, by=by, note="Moved and cancelled.")


def _spoken(summit: Summit) -> dict[str, Text]:
    """Make a prepared text with marks of every kind, and what was said, which readers may compare with it."""
    body = "One is read.\n\nTwo is left out.\n\nThree was else.\n\nFour."
    prepared = make_text(
        summit=summit, moment=ago(1), speech=True, slug="speech-prepared", title="A speech", body=body
    )
    for anchor, kind, words in (
        ("p-1", "accept", ""), ("p-2", "strike", ""), ("p-3", "change", "Three is else."), ("p-3", "insert", "More."),
    ):  # fmt: skip
        delivery_check_services.mark(edition=prepared, anchor=anchor, kind=kind, words=words, by=user("press"))
    said = "One is read.\n\nThree is else.\n\nMore.\n\nFour."
    delivered = make_delivered(prepared, moment=ago(1), public=True, title="A speech", body=said)
    return {"prepared": prepared.version.text, "delivered": delivered.version.text}


def _texts(summit: Summit) -> dict[str, Any]:
    states: dict[str, dict[str, Any]] = {
        "draft": {"state": "draft"},
        "review": {"state": "in_review"},
        "changes": {"state": EditionState.CHANGES_ASKED, "decision_note": "Say it shorter."},
        "approved": {"decision_note": "Good."},
        "embargo": {"moment": ago(-48)},
        "held": {"held": True},
        "public": {"moment": ago(1)},
        "withdrawn": {"moment": ago(1), "withdrawn_at": ago(0.5)},
        "speech": {"embargo": make_embargo(summit, None, mode=EmbargoMode.DELIVERED)},
        "never": {"state": "draft", "withdrawn_at": ago(0.5)},
        "corrected": {"moment": ago(1), "decided_at": ago(3)},
    }
    words = {"summit": summit, "reader": user("approver"), "body": BODY, "summary": "What it says."}
    newest = {
        name: make_text(slug=f"statement-{name}", title=f"Statement {name}", **words, **values)
        for name, values in states.items()
    }
    public = newest["public"].version.text
    annex = AttachmentFactory(text=public, title="Annex")
    EditionAttachment.objects.create(edition=newest["public"], attachment=annex)
    add_language(public, "fr", title="Une déclaration", body=BODY)
    add_language(public, "ar", title="بيان الافتتاح", body="كلمات")
    note = {"change_note": "A number was wrong.", "decided_at": ago(0.5)}
    add_edition(newest["corrected"].version, title="Statement corrected", body=f"{BODY}\nMore.", **note)
    made = {name: edition.version.text for name, edition in newest.items()} | _spoken(summit)
    subscribers.ask(summit=summit, address="new-reader@example.org", language="en")
    found = {"attachment": annex.public_id, "attachment_name": annex.file_name, "attachment_key": annex.pk}
    return found | {f"text_{name}": text.pk for name, text in made.items()}


def _work() -> dict[str, Any]:
    """Jobs as they are when nobody works on them any more: none that waits, which a worker would take."""
    by, now = user("organiser"), db_now()
    summit = Summit.objects.get(slug=SLUG)
    ended = {"kind": "verify_audit", "by": by, "summit": summit, "total": 400, "finished_at": now}
    failed = Job.objects.create(**ended, key="axe-failed", state="failed", done=30, problem="It broke off.")
    cancelled = Job.objects.create(**ended, key="axe-cancelled", state="cancelled", done=80)
    lease = now + timedelta(hours=1)
    running = Job.objects.create(
        kind="verify_audit", by=by, summit=summit, key="axe-running", state="running", total=400, done=130,
        started_at=now, heartbeat_at=now, lease_until=lease, claims=1,
    )  # fmt: skip
    rows = (
        Membership.objects.filter(party__summit=summit).order_by("pk")[:3].values_list("pk", "person_id", "party_id")
    )
    withdrawn = Job.objects.create(
        **{**ended, "kind": "withdraw_members", "total": 3}, key="axe-withdrawn", state="done", done=3,
        params={"rows": [list(row) for row in rows]}, checkpoint={"came": ["withdrawn", "gone", "refused"]},
        result="withdrawn", result_params={"number": 1, "total": 3},
    )  # fmt: skip
    exported = Job.objects.create(
        **{**ended, "kind": "export_list", "total": 1}, key="axe-exported", state="done", done=1,
        params={"rows": 1}, result="made", result_params={"number": 1, "label": "summit.venue"},
    )  # fmt: skip
    kept = ExportedFile.objects.create(
        job=exported, by=by, label="summit.venue", ending="csv", language="en", made_at=now, until=lease
    )
    messages = Message.objects.order_by("pk")
    broken = messages[2]
    Message.objects.filter(pk=broken.pk).update(state="failed", problem="550 There is no such mailbox")
    return {"job_failed": failed.public_id, "job_cancelled": cancelled.public_id, "job_running": running.public_id,
            "job_withdrawn": withdrawn.public_id, "message_failed": broken.pk,
            "job_exported": exported.public_id, "exported_file": kept.public_id}  # fmt: skip


def _hooks(summit: Summit) -> dict[str, Any]:
    """A webhook that is off, so that no worker asks it, with a delivery that failed."""
    off = {"enabled": False, "off_why": OffWhy.FAILING, "off_at": db_now(), "secret_shown_at": db_now()}
    endpoint = EndpointFactory(summit=summit, name="Conference app", **off)
    problem = because(hook_reasons.STATUS, 404)
    row = DeliveryFactory(endpoint=endpoint, state="failed", attempts=1, ended_at=db_now(), problem=problem)
    Attempt.objects.create(delivery=row, ms=120, status=404, answer="<h1>Not here</h1>", problem=problem)
    return {"webhooks.endpoint": endpoint, "webhooks.delivery": row}


def _paused() -> None:
    """A summit of another year that came from an archive, with mail of before and of since."""
    came, day = db_now() - timedelta(hours=1), date(2019, 5, 6)
    summit = SummitFactory(slug="came-here", public=False, starts_on=day, ends_on=day, paused_at=came)
    MessageFactory(summit=summit, created_at=came - timedelta(hours=1))
    MessageFactory(summit=summit)


def _accounts(summit: Summit) -> dict[str, Any]:
    User.objects.create_superuser("root@summit.example", name="Superuser")
    User.objects.create_user("newcomer@summit.example", None, name="Newcomer")
    liaison = User.objects.create_user("liaison@summit.example", None, name="Liaison officer")
    Person.objects.filter(summit=summit, email=liaison.email).update(user=liaison)
    guarded = User.objects.create_user("guarded@summit.example", "correct-border-2025", name="Guarded")
    RoleAssignment.objects.create(summit=summit, user=guarded, role=Role.VIEWER)
    TOTP.activate(guarded, generate_totp_secret())
    RecoveryCodes.activate(guarded)
    key = passkey(guarded)
    for name in ("Ann Example", "Ben Example"):
        Person.objects.create(summit=summit, name=name, email=SHARED)
    party = Party.objects.filter(summit=summit).order_by("pk")[3]
    delegate = Category.objects.of(summit)[Capacity.DELEGATE]
    for person in Person.objects.filter(summit=summit, email=SHARED):
        party.memberships.create(person=person, category=delegate)
    reset = User.objects.create_user("forgetful@summit.example", "correct-border-2025", name="Forgetful")
    api_client = ApiClientFactory(summit=summit, name="Registry")
    made = token_services.make_for(
        by=user("organiser"), api_client=api_client, name="At night", scopes=["rooms:read"]
    )
    assert made.token.api_client == api_client
    room = Room.objects.filter(venue__summit=summit).select_related("venue").order_by("pk")[0]
    token = token_services.make(by=guarded, name="Badge printer", scopes=["rooms:read"]).token
    openid = IdentityProviderFactory(name="Foreign Ministry")
    saml = IdentityProviderFactory(name="Embassies", protocol="saml")
    SocialAccount.objects.create(user=guarded, provider=openid.issuer, uid="s-1")
    own = PartyProvider.objects.create(party=party, issuer=IdentityProviderFactory(for_delegations=True).issuer)
    subject = Person.objects.filter(summit=summit, email=SHARED).first()
    assert subject is not None
    signed_in = PortalSubject.objects.create(person=subject, issuer=openid.issuer, subject="s-2")
    invitation = sign_in_links.invitation_address(reset).rstrip("/").rpartition("/")[2]
    return {"pk summit.identityprovider": openid.pk, "pk summit.grouprole": group_role(summit).pk,
            "pk delegations.partyprovider": own.pk, "pk delegations.portalsubject": signed_in.pk,
            "openid_provider": openid.slug, "saml_provider": saml.slug, "invitation_to_link": invitation,
            "room_id": room.public_id, "venue_id": room.venue.public_id, "token_id": token.public_id,
            "passkey": key.pk, "guarded": guarded.pk, "uidb36": user_pk_to_url_str(reset),
            "key": default_token_generator.make_token(reset)}  # fmt: skip


def _deliver() -> None:
    """Announce, write and deliver what is due, as workers would: the crawl's system has none."""
    app.loader.import_default_modules()
    announcements.announce_due()
    while due := list(delivery.hand_out()):
        for task, ids in due:
            app.tasks[task](ids)


def _keys(summit: Summit) -> dict[str, Any]:
    """The keys of one row of each kind that the admin shows, and of what is public."""
    _deliver()
    _paused()
    party = Party.objects.filter(summit=summit, focal_points__person__email=FOCAL)[0]
    invitation = Invitation.objects.exclude(state="revoked").filter(party=party)[0]
    waiting = Invitation.objects.filter(state="sent", party__summit=summit)
    link = InvitationLink.objects.filter(invitation__in=waiting)[0]
    france = Session.objects.get(summit=summit, title="Tunisia and France")
    cancelled = Session.objects.filter(summit=summit, title__startswith="Criminal")[0]
    kind = CustomKind.objects.create(summit=summit, name="Fireside talk", names={"ar": "حديث"}, like="retreat")
    screen = screens.create(by=user("organiser"), summit=summit, values={"name": "Foyer"})
    brief = Paper("Brief", "en", file_checks.read(name="brief.pdf", content=b"%PDF-1.7"))
    document = documents.add(session=france, paper=brief, by=user("organiser"))
    opening = Session.objects.filter(summit=summit, visibility="public", title__startswith="Opening")[0]
    plenary = Session.objects.get(summit=summit, requests_until__isnull=False)
    # A point of order interrupts its first speech.
    first = plenary.slots.order_by("position")[0]
    speech_clock.give_floor(slot=first, by=user("organiser"), despite_time=True)
    speech_clock.point_of_order(slot=first, by=user("organiser"))
    subscriber = Subscriber.objects.filter(summit=summit)[0]
    public = Text.objects.get(slug="statement-public")
    mail = Message.objects.filter(kind="agenda_change", address=FOCAL).order_by("-pk")[0]
    rows: dict[str, Any] = {
        "summit.summit": summit,
        "delegations.retention": Retention.objects.get(summit=summit, what="photo"),
        "delegations.participantlist": ParticipantList.objects.get(summit=summit),
        "summit.venue": Venue.objects.filter(summit=summit)[0],
        "summit.room": Room.objects.filter(venue__summit=summit)[0],
        "summit.listimportfile": ListImportFileFactory(summit=summit, uploaded_by=user("organiser")),
        "summit.person": delegation_data.somebody(summit),
        "delegations.duplicatecandidate": DuplicateCandidate.objects.get(),
        "summit.user": user("press"),
        "summit.roleassignment": RoleAssignment.objects.filter(summit=summit)[0],
        "summit.auditentry": AuditEntry.objects.filter(summit=summit).exclude(detail={}).order_by("-pk")[0],
        "outbox.message": mail,
        **_hooks(summit),
        "api.apiclient": ApiClient.objects.get(),
        "delegations.party": party,
        "delegations.invitation": invitation,
        "delegations.invitationlink": link,
        "delegations.reply": Reply.objects.filter(scan__isnull=False)[0],
        "agenda.session": france,
        "agenda.signup": SignUp.objects.create(
            session=opening, person=Person.objects.filter(summit=summit, membership__isnull=False)[0], state="place"
        ),
        "agenda.slot": Slot.objects.filter(session=opening).order_by("pk")[0],
        "agenda.bilateral": Bilateral.objects.filter(party__summit=summit, state="approved")[0],
        "agenda.customkind": kind,
        "agenda.screen": screen,
        "agenda.document": document,
        "agenda.scheduleimportfile": ScheduleImportFileFactory(summit=summit, uploaded_by=user("organiser")),
        "agenda.fixedpoint": FixedPointFactory(summit=summit, minutes=240),
        "agenda.retiming": RetimingFactory(summit=summit, asked_by=user("organiser")),
        "agenda.release": Release.objects.filter(summit=summit).order_by("-number")[0],
        "press.speechimportfile": SpeechImportFileFactory(summit=summit, uploaded_by=user("press")),
        "press.topic": Topic.objects.create(summit=summit, name="Coasts", names={"ar": "السواحل"}),
        "press.subscriber": subscriber,
        "press.announcement": Announcement.objects.all()[0],
        "press.text": Text.objects.get(slug="statement-draft"),
    }
    # One that the first release named already.
    paper = Document.objects.filter(session__summit=summit, removed_at=None).order_by("pk")[0]
    return {
        **{f"pk {kind}": row.pk for kind, row in rows.items()},
        **delegation_data.make(party, user("organiser")),
        **delegation_data.make_categories(summit, user("organiser")),
        "invitation": invitation.public_id,
        "waiting_invitation": waiting[0].pk,
        "letter": links.token(link),
        "handbook_page": "release-the-agenda",
        "screen_key": screens.new_address(by=user("organiser"), screen=screen).split("/")[-2],
        "feed": calendars_services.make(by=Link(link.public_id), party=link.invitation.party)[1],
        "live": live_key(summit),
        "letter_invitation": link.invitation.public_id,
        "session": opening.public_id,
        "document": opening.documents.get(title="Order of the day").public_id,
        "own_session": france.public_id,
        "pk plenary": plenary.pk,
        "plenary": plenary.public_id,
        "pk of the plenary": plenary.participants.filter(party__isnull=False).order_by("pk")[0].party_id,
        "paper_session": paper.session.public_id,
        "paper": paper.public_id,
        "cancelled": cancelled.pk,
        "cancelled_session": cancelled.public_id,
        "text": public.slug,
        "spoken": Text.objects.get(prepared__slug="speech-prepared").slug,
        "mail": mail.public_id,
        "job": Job.objects.get(key="axe-failed").public_id,
        "subscription": subscription_links.token(subscriber, subscription_links.END),
        "confirmation": subscription_links.token(Subscriber.objects.get(address="new-reader@example.org"), "confirm"),
    }


# --- browsers ---


def _browser() -> Client:
    return Client(SERVER_NAME="localhost", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Gecko Firefox/130.0")


def _cookie(client: Client) -> str:
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def _signed_in(somebody: User) -> str:
    """Sign in as a moment ago, so that no page asks for the password again."""
    client = _browser()
    client.force_login(somebody)
    kept = client.session
    at = time.time() + 7200
    kept["account_authentication_methods"] = [
        {"method": "password", "at": at, "email": somebody.email},
        {"method": "mfa", "type": "totp", "at": at, "reauthenticated": True},
    ]
    kept["account_authentication_methods_user"] = user_id_to_str(somebody)
    kept.save()
    return _cookie(client)


def _others(summit: Summit, found: dict[str, Any]) -> dict[str, str]:
    """Browsers in between: before the second step, with a code asked for, with a person to choose, with a password
    given long ago, with a sign-in that is linked to no account, and where two people of two delegations came in."""
    guarded = user("guarded")
    half = _browser()
    half.post("/accounts/login/", {"login": guarded.email, "password": "correct-border-2025"})
    asked, choosing, letter, long_ago = _browser(), _browser(), _browser(), _browser()
    asked.post("/portal/sign-in/", {"mailbox": SHARED, "email": SHARED})
    choosing.post("/portal/sign-in/", {"mailbox": SHARED, "email": SHARED})
    code = sign_in_codes.code_of(SignInCode.objects.order_by("-pk")[0].nonce)
    choosing.post("/portal/sign-in/code/", {"code": code})
    # The crawl comes there later than a code is good for.
    SignInCode.objects.update(expires_at=db_now() + timedelta(days=1))
    letter.get(f"/i/{found['letter']}/")
    long_ago.force_login(guarded)
    resetting = _browser()
    key = default_token_generator.make_token(user("forgetful"))
    resetting.get(f"/accounts/password/reset/key/{found['uidb36']}-{key}/")
    unlinked = _browser()
    kept = unlinked.session
    kept[UNLINKED_KEY] = sign_in_links.remember(SignInFacts("https://idp.example", "1f7c", name="Zoë")).pk
    kept.save()
    between = {"half": half, "resetting": resetting, "asked": asked, "choosing": choosing, "unlinked": unlinked}
    between |= {"letter": letter, "long ago": long_ago}
    return {
        "superuser": _signed_in(user("root")),
        "guarded": _signed_in(guarded),
        "newcomer": _signed_in(user("newcomer")),
        "liaison": _signed_in(user("liaison")),
        **{name: _cookie(client) for name, client in between.items()},
    }
