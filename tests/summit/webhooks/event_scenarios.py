"""What makes each event happen, and what must not: a table with a row for each declared event.

Titles, names and words in it are canaries: no payload may have them.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from delegations.badges.models.badges import Badge
from delegations.badges.services import badges
from delegations.invitations.models.invitations import Invitation, Reply
from delegations.invitations.services import answers
from delegations.members.models.members import Membership
from press.subscriptions.events import TextWithdrawal
from press.subscriptions.services import announcements
from press.texts.models.texts import Text
from press.texts.services import texts
from sessions.agenda.models.releases import Release
from sessions.delays.selectors import retiming_preview
from sessions.delays.selectors.retiming_preview import placement_at
from sessions.releases.services import releases
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.webhooks.events import Event
from tests import factories as f
from tests.press.helpers import add_edition, ago, approver, make_text
from tests.ratchets import at, named
from tests.sources import modules_by_name, users_of

CANARY = "Canary"
Act = Callable[[Summit], object]


@dataclass(frozen=True)
class Scenario:
    """How an event happens at a summit.

    `happens` has a function for each of the services that the event declares. `hidden` has what looks alike, but of
    which nobody may be told. `unknown` returns a subject that a wrong service would emit.
    """

    happens: Mapping[str, Act]
    hidden: Mapping[str, Act]
    unknown: Callable[[Summit], Any]


# --- invitations and badges -----------------------------------------------------------------------------------------
def _invitation(summit: Summit, **values: Any) -> Invitation:
    party = f.PartyFactory(summit=summit, name=f"{CANARY} party {summit.parties.count()}")
    return f.InvitationFactory(party=party, **({"state": "sent", "sent_at": f.START} | values))


def answer(summit: Summit, **values: Any) -> Reply:
    return answers.answer(
        invitation=_invitation(summit, **values),
        answer="attending",
        note=f"{CANARY} note",
        name=f"{CANARY} ambassador",
        by=f.UserFactory.with_role(Role.PROTOCOL, summit),
        way=answers.AnswerReceipt("telephone"),
    )


def _member(summit: Summit, **values: Any) -> Membership:
    party = _invitation(summit, **values).party
    person = f.PersonFactory(summit=summit, name=f"{CANARY} person")
    return f.MembershipFactory(party=party, person=person, confirmed_at=f.START)


def answer_revoked(summit: Summit) -> None:
    with suppress(answers.AnswerRefused):
        answer(summit, state="revoked")


def issue_badge(summit: Summit, **values: Any) -> list[Badge]:
    by = f.UserFactory.with_role(Role.ACCREDITATION, summit)
    return badges.issue(members=[_member(summit, **values)], by=by).done


# --- the agenda -----------------------------------------------------------------------------------------------------
def release(summit: Summit, visibility: str = "public") -> Release:
    f.SessionFactory(summit=summit, visibility=visibility, title=f"{CANARY} session")
    by = f.UserFactory.with_role(Role.ORGANISER, summit)
    return releases.release(summit=summit, by=by, note=f"{CANARY} note")


def retime(summit: Summit, visibility: str = "public") -> Release:
    release(summit, visibility)
    officer = f.UserFactory.with_role(Role.CONFERENCE_OFFICER, summit)
    old = retiming_preview.current(summit)[1]
    later = {key: placement_at(row, end=timedelta(minutes=10)) for key, row in old.items()}
    return releases.retime(summit=summit, by=officer, placements=later, note=f"{CANARY} note")


# --- texts ----------------------------------------------------------------------------------------------------------
def publish(summit: Summit, **values: Any) -> Text:
    edition = make_text(summit=summit, **({"moment": ago(60), "title": f"{CANARY} title"} | values))
    announcements.announce_due()
    return edition.version.text


def correct(summit: Summit, *, correction: datetime | None = None, **values: Any) -> None:
    text = publish(summit)
    words = {"title": f"{CANARY} title", "change_note": f"{CANARY} number"}
    add_edition(text.versions.get(), change_kind="correction", **({"decided_at": ago(1)} | words | values))
    announcements.announce_due()


def withdraw(summit: Summit, **values: Any) -> None:
    text = publish(summit, **values)
    texts.withdraw(text=text, reason=f"{CANARY} reason", by=approver(summit))
    texts.remove(text=text, reason=f"{CANARY} reason", by=approver(summit))


ANNOUNCE = "press.subscriptions.services.announcements.announce"
SCENARIOS = {
    "invitation.answered": Scenario(
        happens={"delegations.invitations.services.answers.answer": answer},
        hidden={"revoked": answer_revoked, "elsewhere": lambda summit: answer(f.SummitFactory())},
        unknown=lambda summit: f.ReplyFactory(invitation=_invitation(summit)),
    ),
    "person.accredited": Scenario(
        happens={
            "delegations.badges.services.badges.issue": issue_badge,
            "delegations.badges.services.badges.reissue": lambda summit: badges.reissue(
                badge=issue_badge(summit)[0], by=f.UserFactory.with_role(Role.ACCREDITATION, summit)
            ),
        },
        hidden={
            "revoked": lambda summit: issue_badge(summit, state="revoked"),
            "elsewhere": lambda summit: issue_badge(f.SummitFactory()),
        },
        unknown=lambda summit: f.BadgeFactory(party__summit=summit, ended_at=f.START, why="lost"),
    ),
    "agenda.released": Scenario(
        happens={
            "sessions.releases.services.releases.release": release,
            "sessions.releases.services.releases.retime": retime,
        },
        hidden={
            "re-timed for those who take part": lambda summit: retime(summit, "participants"),
            "for those who take part": lambda summit: release(summit, "participants"),
            "for organisers": lambda summit: release(summit, "organisers"),
            "elsewhere": lambda summit: release(f.SummitFactory()),
        },
        unknown=lambda summit: release(summit, "organisers"),
    ),
    "text.published": Scenario(
        happens={ANNOUNCE: publish},
        hidden={
            "embargoed": lambda summit: publish(summit, moment=ago(-36)),
            "held": lambda summit: publish(summit, held=True),
            "withdrawn": lambda summit: publish(summit, withdrawn_at=ago(1)),
            "not approved": lambda summit: publish(summit, state="in_review"),
            "elsewhere": lambda summit: publish(f.SummitFactory()),
        },
        unknown=lambda summit: make_text(summit=summit, moment=ago(-36)),
    ),
    "text.corrected": Scenario(
        happens={ANNOUNCE: correct},
        hidden={
            "not approved": lambda summit: correct(summit, state="in_review"),
            "elsewhere": lambda summit: correct(f.SummitFactory()),
        },
        unknown=lambda summit: make_text(summit=summit, moment=ago(-36)),
    ),
    "text.withdrawn": Scenario(
        happens={"press.subscriptions.services.withdrawals.emit_withdrawal": withdraw},
        hidden={
            "embargoed": lambda summit: withdraw(summit, moment=ago(-36)),
            "held": lambda summit: withdraw(summit, held=True),
            "elsewhere": lambda summit: withdraw(f.SummitFactory()),
        },
        unknown=lambda summit: TextWithdrawal(make_text(summit=summit, moment=ago(-36)).version.text, removed=False),
    ),
}


# --- where the sources emit events ----------------------------------------------------------------------------------
def constant_of(event: Event[Any]) -> str:
    """Return the dotted path of the constant that holds an event, in the module that builds its payload."""
    module = event.build_payload.__module__
    name = next((name for name, value in vars(import_module(module)).items() if value is event), event.name)
    return f"{module}.{name}"


def file_of(event: Event[Any]) -> str:
    """Return where an event is declared, as file and line."""
    return at(event.build_payload.__module__.replace(".", "/") + ".py", f"{constant_of(event).rpartition('.')[2]} =")


def misplaced(event: Event[Any], extra: Mapping[str, str] | None = None) -> list[str]:
    """Return a sentence for each way in which an event isn't emitted as it declares. `extra` are further modules, a
    dict from their dotted paths to their text."""
    modules = modules_by_name() | dict(extra or {})
    constant, reached, seen = constant_of(event), set[str](), set[str]()
    waiting = [name for name in users_of(constant, modules) if not constant.startswith(f"{name}.")]
    found = [] if waiting else [f"{file_of(event)}: {event.name} is declared, but nothing emits it"]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        if function in event.services:
            reached.add(function)
        elif function not in modules and (callers := set(users_of(function, modules)) - {function}):
            waiting += callers
        else:
            declared = f"{file_of(event)} declares for {' and '.join(event.services)} alone"
            found.append(f"{named(function)}: emits {event.name}, which {declared}")
    unreached = set(event.services) - reached if not found else set()
    return found + [f"{file_of(event)}: {service} doesn't emit {event.name}" for service in sorted(unreached)]
