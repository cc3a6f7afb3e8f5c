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


def _common(summit: Summit) -> dict[str, Any]:
    """Return what facts of these names are, in whatever kind."""
    names = ("party", "person", "other", "speaker", "subject", "purpose", "who", "what", "signature", "title", "room")
    keys = ("party_key", "person_key", "key", "letter", "request", "bilateral", "edition", "endpoint", "embargo")
    times = ("starts_at", "ends_at", "at", "proposed")
    return {
        **{"summit": summit.name, "contact_email": summit.contact_email, "contact": summit.contact_email},
        **dict.fromkeys((*names, "name"), NASTY),
        **dict.fromkeys((*keys, "link", "code", "invitation"), "k3"),
        **dict.fromkeys(("reason", "summary", "footnote", "change_note"), LONG),
        **dict.fromkeys(times, f.START.isoformat()),
        **{"kind": "plenary", "kind_names": [], "texts": [], "times_known": True},
        **{"nonce": NONCE, "minutes": 30, "path": "/admin/"},
    }


def _letter(purpose: Purpose) -> Callable[[Summit], dict[str, Any]]:
    def facts(summit: Summit) -> dict[str, Any]:
        text = default_letters.usual(purpose, translation.get_language() or "en")
        values = {name: NASTY for name in placeholders.ALLOWED[purpose] if name not in placeholders.MAIL_ALONE}
        values |= {"contact": summit.contact_email, "signatory": f"{NASTY}\nDirector", "link_until": "31 March"}
        body = f"{text.body}\n\n- {LONG}\n- {LONG}"
        own = {"link_nonce": NONCE, "letterhead": NASTY, "number": 7, "day": "2025-03-01"}
        return {**own, "subject": text.subject, "body": body, "values": values}

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
    return {"user": user.public_id, "roles": [Role.ORGANISER]}


def _public_removal(summit: Summit) -> dict[str, Any]:
    names = ("key", "kind", "kind_names", "title", "texts", "starts_at", "ends_at", "times_known", "room")
    session = {name: value for name, value in _common(summit).items() if name in names}
    return {"summit": _summit_facts(summit), "sessions": [{**session, "notice": "cancelled"}] * SESSIONS}


# By kind, what is its own or otherwise than what is common.
FACTS: dict[str, Callable[[Summit], dict[str, Any]]] = {
    "invitation": _letter(Purpose.OCCASION),
    "invitation_test": _letter(Purpose.DELEGATION),
    "reminder": _letter(Purpose.REMINDER),
    "sign_in_code": lambda summit: {"digits": 8},
    "focal_point": lambda summit: {
        **{"what": "named", "request": 1, "account": False, "address": "mission@land.example"}
    },
    "own_data": lambda summit: {
        "what": "correct",
        "words": f"{LONG}\n\n- {NASTY}\n- {NASTY}\n\n    {NASTY}\n--\n{LONG}",
        "reply_to": "a@b.example",
        "url": "http://localhost:8000/admin/",
    },
    "visa_letter": lambda summit: {"state": "issued"},
    "floor_request": lambda summit: {"summit": _summit_facts(summit), "granted": False},
    "bilateral": lambda summit: {"summit": _summit_facts(summit), "what": "proposed"},
    "place_free": lambda summit: {"summit": _summit_facts(summit), "sign_ups": ["k3"], "people": [NASTY] * 30},
    "agenda_change": _agenda,
    "public_removal": _public_removal,
    "alarm": lambda summit: {
        "held": True,
        "texts": [{"path": "/admin/", "who": NASTY, "session": NASTY, "cancelled": True, "dropped": False}] * 10,
    },
    "held": lambda summit: {"held": [{"embargo": "k3", "why": NASTY, "paths": ["/admin/1/", "/admin/2/"]}] * 10},
    "publication": lambda summit: {
        **{"subscriber": _subscriber(summit), "kind": "statement", "wording": "prepared"},
        **{"corrected": True, "change_kind": "correction"},
    },
    "withdrawal": lambda summit: {"subscriber": _subscriber(summit), "removed": False},
    "subscription": lambda summit: {"subscriber": _subscriber(summit)},
    "file_refused": lambda summit: {"uploaded_at": "31 March 2025"},
    "emergency_sign_in": lambda summit: {"account": "a@host.example"},
    "place_removed": lambda summit: {"summit": _summit_facts(summit), "persons": ["k3"], "people": [NASTY] * 30},
    "new_times_consent": lambda summit: {
        "summit": _summit_facts(summit),
        "retiming": "k3",
        "asked_by": NASTY,
        "reason": NASTY,
        "sessions": [[SHORT, *["2025-03-31T10:00:00+00:00", "2025-03-31T11:00:00+00:00"] * 2]] * SESSIONS,
    },
    "webhook_off": lambda summit: {"why": "failing"},
    "welcome": _welcome,
}


def sample(kind: str, summit: Summit, language: str = "en") -> Message:
    declared = frozenset().union(*KINDS[kind].fact_keys)
    with translation.override(language):
        common = {name: value for name, value in _common(summit).items() if name in declared}
        facts = common | FACTS[kind](summit)
    KINDS[kind].check_facts(facts)
    message = f.MessageFactory(
        kind=kind, summit=summit, facts=facts, language=language, rendered=None, version=3, address="m@land.example"
    )
    message = Message.objects.select_related("summit").get(pk=message.pk)
    mail = mime.render(message)
    message.rendered = mime.build(message, mail)
    message.rendered_subject = mail.subject[:255]
    return message
