"""Every action that the code records has words, and the history tells them."""

import os
import re
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.test import Client
from django.utils.translation import override

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.services import invitations
from delegations.members.models.members import Membership
from sessions.draft.services import cancel_and_move
from summit.admin_base.model_admin import ReadOnlyAdmin, SummitModelAdmin
from summit.audit import rendering
from summit.audit import services as audit
from summit.audit.actions import ACTION_WORDS, AuditAction, Facts, RowActions, action_named, audit_action
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import queries
from tests.sources import ROOT, sources, text

DECLARES = re.compile(r'\b(audit_action|row_actions)\(\s*"([^"]+)"')
CONSTANT = re.compile(r"^(\w+) = audit_action\(", re.MULTILINE)


def from_the_desks() -> set[str]:
    """Return the actions that the admin composes: of each model that it saves itself."""
    desks = [desk for desk in site._registry.values() if isinstance(desk, SummitModelAdmin)]
    written = [desk for desk in desks if not isinstance(desk, ReadOnlyAdmin)]
    return {f"{desk.permission}.{verb}" for desk in written for verb in ("add", "change")}


def declared_in(source: str) -> set[str]:
    """Return the actions that a module declares."""
    found = DECLARES.findall(source)
    return {
        action
        for function, name in found
        for action in ([name] if function == "audit_action" else [f"{name}.{verb}" for verb in RowActions._fields])
    }


@pytest.mark.slow("starts a process of its own, and reads every file of the source")
def test_every_process_knows_the_sentences_of_all_actions() -> None:
    """They stand beside the services, and the history may be read by a process that calls none of these."""
    code = "import django; django.setup(); from summit.audit.actions import ACTION_WORDS as w; print(*w)"
    known = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "summit.settings"},
    ).stdout.split()
    declared = set[str]().union(*(declared_in(text(ROOT / path)) for path in sources()))
    assert set(known) == declared
    assert len(known) > 50
    # The control.
    assert declared_in('A = audit_action("x.one", "did")\nB = row_actions(\n    "x.two", add="")') == {
        *("x.one", "x.two.add", "x.two.change", "x.two.remove")
    }


def test_every_action_is_recorded() -> None:
    names = Counter(re.findall(r"\w+", "\n".join(text(ROOT / path) for path in sources())))
    declared = {name for path in sources() for name in CONSTANT.findall(text(ROOT / path))}
    assert [name for name in sorted(declared) if names[name] < 2] == []
    assert len(declared) > 50


def test_what_the_desks_compose_is_declared() -> None:
    assert {action for action in from_the_desks() if not isinstance(action_named(action), AuditAction)} == set()
    with pytest.raises(KeyError):
        action_named("delegations.party.frighten")


def test_words_stand_once_and_without_any_detail() -> None:
    """Entries are never changed: what is recorded today must be told by the words of later years."""
    with pytest.raises(ValueError, match=r"delegations\.revoke is declared already"):
        audit_action("delegations.revoke", "again")
    summits = (None, Summit(time_zone="Europe/London", place="London"))
    silent = [
        name for name, words in ACTION_WORDS.items() for each in summits if not words.say(Facts({}, each)).strip()
    ]
    assert silent == []


# --- telling --------------------------------------------------------------------------------------------------------
@pytest.fixture
def organiser(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit, name="Olive")


def lines(rows: Any = None) -> list[rendering.AuditLine]:
    found = AuditEntry.objects.order_by("id") if rows is None else rows
    return rendering.render(list(found.select_related("by", "summit")))


@pytest.mark.django_db
class TestTelling:
    def test_who_and_by_which_token(self, summit: Summit, organiser: User) -> None:
        link = f.InvitationLinkFactory(invitation__party__name="France")
        person = f.PersonFactory(office="Minister of the Interior")
        proven = f.PortalSessionFactory(person=person, mailbox="embassy@land.example")
        without = (audit.Link(link.public_id), audit.Mailbox(proven.public_id))
        for by in (organiser, audit.SYSTEM, *without, audit.Link("gone"), audit.Mailbox("gone")):
            audit.record(by=by, action="delegations.answer", target=summit, summit=summit)
        assert [line.who for line in lines()] == [
            "Olive",
            "the system",
            "France (by invitation link)",
            "Minister of the Interior, by a code sent by email",
            *["an anonymous user"] * 2,
        ]
        with override("fr"):
            assert [line.changes for line in lines()] == [[]] * 6

        organiser.by_token = f.TokenFactory(user=organiser, name="Badge printer").public_id
        audit.record(by=organiser, action="delegations.answer", target=summit, summit=summit)
        line = lines()[-1]
        others = [(other.kind, other.name) for other in line.others]
        assert (line.who, others) == ("Olive", [("token", "Badge printer")])

    def test_an_invitation(self, summit: Summit, organiser: User) -> None:
        party = f.PartyFactory(summit=summit, name="France")
        invitations.invite(parties=[party], by=organiser)
        (line,) = lines()
        invitation = Invitation.objects.get()
        assert (line.what, line.row) == (
            "invited the delegation, with 1 letter",
            rendering.NamedObject("invitation", "France", f"/admin/delegations/invitation/{invitation.pk}/change/"),
        )
        assert [change.name for change in line.changes] == ["Sent", "Sent by", "State"]

    def test_a_move_says_from_when_to_when_and_where(self, summit: Summit, organiser: User) -> None:
        room = f.RoomFactory(venue__summit=summit, name="Long Gallery")
        session = f.SessionFactory(summit=summit)
        for hours in (2, 26):
            start = session.starts_at + timedelta(hours=hours)
            cancel_and_move.move(
                session=session, starts_at=start, ends_at=start + timedelta(hours=1), room=room, by=organiser
            )
        first, second = lines()
        moved, day = "moved the session from", "Monday 31 March 2025"
        assert first.what == f"{moved} {day}, 09:00 London time to 11:00 London time"
        assert second.what == f"{moved} {day}, 11:00 London time to Tuesday 1 April 2025, 11:00 London time"
        assert rendering.AuditChange("Room", "nothing", "Long Gallery") in first.changes

    def test_what_is_gone(self, summit: Summit, organiser: User) -> None:
        entry = audit.record(by=organiser, action="summit.person.change", target=f.PersonFactory(), summit=summit)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM summit_person")
        assert lines()[0].row == rendering.NamedObject("person", f"since deleted ({entry.object_key})")

    def test_queries_do_not_grow(self, summit: Summit) -> None:
        for _ in range(3):
            by = audit.Link(f.InvitationLinkFactory().public_id)
            audit.record(by=by, action="delegations.move", target=f.MembershipFactory(), summit=summit)
        # The entries, their rows, and whose the links are.
        assert queries(lines) == 3


# --- what the audit may hold ----------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_values_are_kept_but_no_text_and_nothing_personal(summit: Summit) -> None:
    session, person = f.SessionFactory(summit=summit), f.PersonFactory(summit=summit)
    pairs: dict[str, Any] = {"title": ("Old", "New"), "visibility": ("public", "organisers")}
    pairs |= {"starts_at": (session.starts_at, None), "room": (None, f.RoomFactory())}
    kept = audit.values(type(session), pairs)["values"]
    assert (set(kept), kept["visibility"]) == ({"visibility", "starts_at", "room"}, ["public", "organisers"])
    personal = {"name": ("A", "B"), "email": ("a@b.example", ""), "user": (None, f.UserFactory())}
    assert audit.values(type(person), personal) == {}


# --- the page -------------------------------------------------------------------------------------------------------
def history(desk: Client, row: Any, query: str = "") -> str:
    meta = row._meta
    response = desk.get(f"/admin/{meta.app_label}/{meta.model_name}/{row.pk}/history/{query}")
    assert response.status_code == 200
    return response.content.decode()


def told_on(desk: Client, row: Any, query: str = "") -> list[str]:
    found = desk.get(f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/history/{query}")
    return [line.what for _day, of_day in found.context["days"] for _time, line in of_day]


@pytest.mark.django_db
class TestHistory:
    def test_a_party_has_the_entries_of_its_parts(self, desk: Client, organiser: User, summit: Summit) -> None:
        party, other = f.PartyFactory(summit=summit, name="France"), f.PartyFactory(summit=summit)
        invitations.invite(parties=[party, other], by=organiser)
        member = f.MembershipFactory(party=party, person__office="Minister of the Interior")
        assert desk.post("/admin/delegations/membership/withdraw/", {"row": member.pk}).status_code == 302
        assert not Membership.objects.exists()
        assert told_on(desk, party) == ["withdrew a member", "invited the delegation, with 1 letter"]
        page = history(desk, party)
        assert f"/admin/summit/person/{member.person_id}/" in page
        assert told_on(desk, other) == ["invited the delegation, with 1 letter"]

    def test_days_and_times_are_the_venues(self, desk: Client, organiser: User, summit: Summit) -> None:
        person = f.PersonFactory(summit=summit)
        audit.record(by=organiser, action="summit.person.change", target=person, summit=summit, fields=["office"])
        page = history(desk, person)
        assert re.search(r"<h2>\w+ \d+ \w+ 20\d\d</h2>", page)
        assert re.search(r'<p class="when">\d\d:\d\d London time</p>', page)
        assert '<bdi class="who" lang="">Olive</bdi> changed the person’s data' in page
        assert "Office held" in page

    def test_paging_goes_there_and_back(self, desk: Client, organiser: User, summit: Summit) -> None:
        person = f.PersonFactory(summit=summit)
        values: dict[str, Any] = {"by": organiser, "action": "summit.person.change", "target": person}
        keys = [audit.record(**values, summit=summit).pk for _ in range(120)][::-1]
        first = history(desk, person)
        assert f"before={keys[49]}" in first
        assert "after=" not in first
        for query, wanted in (
            (f"?before={keys[49]}", (keys[50:100], True, True)),
            (f"?before={keys[99]}", (keys[100:], True, False)),
            (f"?after={keys[50]}", (keys[:50], False, True)),
        ):
            page = desk.get(f"/admin/summit/person/{person.pk}/history/{query}").context["slice"]
            assert ([entry.pk for entry in page.entries], page.newer, page.older) == wanted

    def test_many_entries_are_narrowed_to_one_action(self, desk: Client, organiser: User, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit)
        for action in ("delegations.party.add", *["delegations.party.change"] * 49):
            audit.record(by=organiser, action=action, target=party, summit=summit)
        assert 'name="action"' not in history(desk, party)
        audit.record(by=organiser, action="delegations.party.change", target=party, summit=summit)
        found = desk.get(f"/admin/delegations/party/{party.pk}/history/").context["actions"]
        changed = [
            ("delegations.party.add", "Added the delegation"),
            ("delegations.party.change", "Changed the delegation"),
        ]
        assert found == [("Delegations", changed)]
        assert told_on(desk, party, "?action=delegations.party.add") == ["added the delegation"]
        assert told_on(desk, party, "?action=no.such") == []

    def test_another_summits_entries_are_not_there(self, desk: Client, organiser: User, summit: Summit) -> None:
        for where in (summit, f.SummitFactory()):
            audit.record(by=audit.SYSTEM, action="summit.user.change", target=organiser, summit=where)
        found = desk.get(f"/admin/summit/user/{organiser.pk}/history/").context["slice"].entries
        assert [entry.summit for entry in found] == [summit]
