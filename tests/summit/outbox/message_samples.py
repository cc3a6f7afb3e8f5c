"""A message of each kind, with as much as one ever has, and with names that would be HTML."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import translation

from delegations.invitations.models.letters import Purpose
from delegations.invitations.selectors import default_letters, placeholders
from sessions.agenda.selectors.differences import Nature, SessionChange
from sessions.agenda.selectors.snapshots import ParticipantSnapshot, Snapshot
from sessions.notifications.selectors.change_serialization import to_facts
from sessions.visibility.models import Visibility
from summit.outbox import mime
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f

NASTY = '<b onclick="x">Zoé</b> & "Company" <img src=https://evil.example/p.gif> الوفد'
SHORT = "<i>Zoé</i> & Company"
NONCE = "0123456789abcdef" * 2
LONG = f"{NASTY} and a sentence of twelve words that fills a line of the mail. " * 4
# The sessions of a mailbox that all change at once.
SESSIONS = 12
# Its words are the library's or were written to the bytes before; it has no facts.
WITHOUT_FACTS = "system"


def _summit_facts(summit: Summit) -> dict[str, Any]:
    return {
        "slug": summit.slug,
        "name": summit.name,
        "zone": summit.time_zone,
        "place": summit.place,
        "contact": summit.contact_email,
    }


def _session_facts(summit: Summit) -> dict[str, Any]:
    return {
        "key": "k3",
        "kind": "plenary",
        "kind_names": [],
        "title": NASTY,
        "texts": [],
        "starts_at": f.START.isoformat(),
        "ends_at": (f.START + timedelta(hours=1)).isoformat(),
        "times_known": True,
        "room": NASTY,
    }


def _letter(purpose: Purpose) -> Callable[[Summit], dict[str, Any]]:
    def facts(summit: Summit) -> dict[str, Any]:
        text = default_letters.usual(purpose, translation.get_language() or "en")
        values = {name: NASTY for name in placeholders.ALLOWED[purpose] if name not in placeholders.MAIL_ALONE}
        values |= {"contact": summit.contact_email, "signatory": f"{NASTY}\nDirector", "link_until": "31 March"}
        return {
            "link": "k3",
            "link_nonce": NONCE,
            "subject": text.subject,
            "body": f"{text.body}\n\n- {LONG}\n- {LONG}",
            "values": values,
            "footnote": LONG,
            "contact_email": summit.contact_email,
            "summit": summit.name,
            "letterhead": NASTY,
            "number": 7,
            "day": "2025-03-01",
        }

    return facts


def _changes() -> list[dict[str, Any]]:
    found = []
    for number in range(SESSIONS):
        start = f.START + timedelta(hours=number)
        place = ParticipantSnapshot("speaker", None, None, "", SHORT, "Aland", "Minister")
        before = Snapshot(
            key=f"k{number}",
            session_id=number,
            sequence=1,
            kind="plenary",
            title=f"{SHORT} {number}",
            summary="What the session is about, in a sentence or two. " * 4,
            starts_at=start,
            ends_at=start + timedelta(minutes=50),
            room_name="Blue Room",
            venue_name="House",
            visibility=Visibility.PARTICIPANTS,
            places=(place,),
        )
        moved = {"starts_at": start + timedelta(days=1), "ends_at": before.ends_at + timedelta(days=1)}
        after = replace(before, room_name=SHORT, places=(), **moved)
        change = to_facts(SessionChange(Nature.CHANGED, before, after))
        change |= {"sequence": 2, "calendar": True, "reason": NASTY, "whom": [[SHORT, "changed"], ["", "came"]]}
        found.append({**change, "speeches": [[SHORT, 2, start.isoformat()]]})
    return found


def _agenda(summit: Summit) -> dict[str, Any]:
    more = {"short_name": summit.short_name, "host": summit.host, "language": summit.language}
    return {
        "number": 3,
        "note": f"{LONG}\n\n{NASTY}",
        "summit": {**_summit_facts(summit), **more},
        "since": 1,
        "name": SHORT,
        "footnote": LONG,
        "zone": "America/New_York",
        "changes": _changes(),
        "notes": [["†", LONG]],
    }


def _subscriber(summit: Summit) -> str:
    return str(f.SubscriberFactory(summit=summit).public_id)


def _welcome(summit: Summit) -> dict[str, Any]:
    user = f.UserFactory.with_role(Role.ORGANISER, summit)
    facts = {"user": user.public_id, "name": NASTY, "summit": summit.name, "contact_email": summit.contact_email}
    return {**facts, "roles": [Role.ORGANISER]}


def _party(summit: Summit) -> dict[str, Any]:
    return {"party": NASTY, "party_key": "k3", "summit": summit.name, "contact_email": summit.contact_email}


FACTS: dict[str, Callable[[Summit], dict[str, Any]]] = {
    "invitation": _letter(Purpose.OCCASION),
    "invitation_test": _letter(Purpose.DELEGATION),
    "reminder": lambda summit: {**_letter(Purpose.REMINDER)(summit), "invitation": "k3"},
    "sign_in_code": lambda summit: {
        "code": "k3",
        "nonce": NONCE,
        "digits": 8,
        "minutes": 10,
        "contact": summit.contact_email,
    },
    "focal_point": lambda summit: {
        "what": "named",
        "request": 1,
        "name": NASTY,
        "person_key": "k3",
        "account": False,
        "address": "mission@land.example",
        **_party(summit),
    },
    "own_data": lambda summit: {
        "what": "correct",
        "person": NASTY,
        "person_key": "k3",
        "words": f"{LONG}\n\n- {NASTY}\n- {NASTY}\n\n    {NASTY}\n--\n{LONG}",
        "reply_to": "a@b.example",
        "summit": summit.name,
        "url": "http://localhost:8000/admin/",
    },
    "visa_letter": lambda summit: {"letter": "k3", "state": "issued", "person": NASTY, **_party(summit)},
    "floor_request": lambda summit: {
        **_session_facts(summit),
        "summit": _summit_facts(summit),
        "request": "k3",
        "granted": False,
        "speaker": NASTY,
        "subject": NASTY,
        "reason": LONG,
    },
    "bilateral": lambda summit: {
        "summit": _summit_facts(summit),
        "bilateral": "k3",
        "what": "proposed",
        "party_key": "k3",
        "other": NASTY,
        "purpose": NASTY,
        "minutes": 30,
        "proposed": f.START.isoformat(),
        "reason": LONG,
    },
    "place_free": lambda summit: {
        **_session_facts(summit),
        "summit": _summit_facts(summit),
        "sign_ups": ["k3"],
        "people": [NASTY] * 30,
    },
    "agenda_change": _agenda,
    "public_removal": lambda summit: {
        "summit": _summit_facts(summit),
        "sessions": [{**_session_facts(summit), "notice": "cancelled"}] * SESSIONS,
    },
    "alarm": lambda summit: {
        "embargo": "k3",
        "at": f.START.isoformat(),
        "held": True,
        "texts": [{"path": "/admin/", "who": NASTY, "session": NASTY, "cancelled": True, "dropped": False}] * 10,
        "summit": summit.name,
    },
    "held": lambda summit: {
        "held": [{"embargo": "k3", "why": NASTY, "paths": ["/admin/1/", "/admin/2/"]}] * 10,
        "summit": summit.name,
    },
    "publication": lambda summit: {
        "subscriber": _subscriber(summit),
        "edition": "k3",
        "title": NASTY,
        "summary": LONG,
        "who": NASTY,
        "footnote": LONG,
        "kind": "statement",
        "wording": "prepared",
        "corrected": True,
        "change_kind": "correction",
        "change_note": LONG,
        "path": "/summit/press/text/",
        "summit": summit.name,
    },
    "withdrawal": lambda summit: {
        "subscriber": _subscriber(summit),
        "title": NASTY,
        "reason": LONG,
        "removed": False,
        "path": "/summit/press/text/",
        "summit": summit.name,
    },
    "subscription": lambda summit: {"subscriber": _subscriber(summit), "summit": summit.name},
    "file_refused": lambda summit: {
        "what": NASTY,
        "signature": NASTY,
        "uploaded_at": "31 March 2025",
        "path": "/admin/",
        "summit": summit.name,
    },
    "emergency_sign_in": lambda summit: {"account": "a@host.example", "at": "31 March 2025", "summit": summit.name},
    "webhook_off": lambda summit: {
        "endpoint": "k3",
        "name": NASTY,
        "why": "failing",
        "path": "/admin/",
        "summit": summit.name,
    },
    "welcome": _welcome,
}


def sample(kind: str, summit: Summit, language: str = "en") -> Message:
    """Return a stored message of a kind, rendered in a language."""
    with translation.override(language):
        facts = FACTS[kind](summit)
    KINDS[kind].check_facts(facts)
    message = f.MessageFactory(
        kind=kind, summit=summit, facts=facts, language=language, rendered=None, version=3, address="m@land.example"
    )
    message = Message.objects.select_related("summit").get(pk=message.pk)
    mail = mime.render(message)
    message.rendered = mime.build(message, mail)
    message.rendered_subject = mail.subject[:255]
    return message
