"""Every action that the code records has words, and the history tells them."""

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.utils.translation import override

from delegations.invitations.services import invitations
from delegations.members.models.members import Membership
from sessions.draft.services import cancel_and_move
from summit.admin_base.history import Slice, of_row
from summit.admin_base.model_admin import ReadOnlyAdmin, SummitModelAdmin
from summit.audit import rendering
from summit.audit import services as audit
from summit.audit.actions import ACTION_WORDS, Facts, RowActions, action_named, audit_action
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import queries
from tests.ratchets import at, broken, hold
from tests.sources import sources, text

DECLARES = re.compile(r'\b(audit_action|row_actions)\(\s*"([^"]+)"')
CONSTANT = re.compile(r"^(\w+) = audit_action\(", re.MULTILINE)


def from_the_desks() -> dict[str, Any]:
    """Return the actions that the admin composes, of each model that it saves itself, with their desks."""
    desks = [desk for desk in site._registry.values() if isinstance(desk, SummitModelAdmin)]
    written = [desk for desk in desks if not isinstance(desk, ReadOnlyAdmin)]
    return {f"{desk.permission}.{verb}": desk for desk in written for verb in ("add", "change")}


def declared_in(source: str) -> set[str]:
    found = DECLARES.findall(source)
    return {
        action
        for function, name in found
        for action in ([name] if function == "audit_action" else [f"{name}.{verb}" for verb in RowActions._fields])
    }


def test_every_action_is_declared_once_and_recorded() -> None:
    """tests/summit/core/test_processes.py asks whether each process knows them all."""
    texts = [text(path) for path in sources()]
    where = {action: str(path) for path in sources() for action in declared_in(text(path))}
    todo = "Its module isn't loaded at the start: let an admin or a viewset import it."
    hold(broken(todo, [(where[action], action) for action in where.keys() - ACTION_WORDS.keys()]))
    assert ACTION_WORDS.keys() <= where.keys()
    # The control.
    assert declared_in('A = audit_action("x.one", "did")\nB = row_actions(\n    "x.two", add="")') == {
        *("x.one", "x.two.add", "x.two.change", "x.two.remove")
    }
    upper = re.compile(r"\b[A-Z][A-Z0-9_]*\b")
    names = Counter(name for each in texts if "audit" in each for name in upper.findall(each))
    constants = [(path, name) for path in sources() for name in CONSTANT.findall(text(path))]
    unused = [at(path, f"{name} = audit_action(") for path, name in constants if names[name] < 2]
    hold(broken("Record it (summit.audit.services.record), or take its words away.", unused))
    assert len(constants) > 50


def test_what_the_desks_compose_is_declared() -> None:
    unknown = [(desk, action) for action, desk in from_the_desks().items() if action not in ACTION_WORDS]
    hold(broken("Declare it with row_actions (summit.audit.actions) in the service that records it.", unknown))
    with pytest.raises(KeyError):
        action_named("delegations.party.frighten")


def test_words_stand_once_and_without_any_detail() -> None:
    """Entries are never changed: what is recorded today must be told by the words of later years."""
    with pytest.raises(ValueError, match=r"delegations\.revoke is declared already"):
        audit_action("delegations.revoke", "again")
    summits = (None, Summit(time_zone="Europe/London", place="London"))
    told = [(name, words.say(Facts({}, each))) for name, words in ACTION_WORDS.items() for each in summits]
    silent = [name for name, sentence in told if not sentence.strip()]
    hold(broken("Let its sentence say something where nothing is known of the entry.", silent))


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
def history(desk: Client, row: Any, query: str = "") -> Any:
    return desk.get(f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/history/{query}")


def told_on(desk: Client, row: Any, query: str = "") -> list[str]:
    return [line.what for _day, of_day in history(desk, row, query).context["days"] for _time, line in of_day]


@pytest.mark.django_db
class TestHistory:
    def test_a_party_has_the_entries_of_its_parts(self, desk: Client, organiser: User, summit: Summit) -> None:
        party, other = f.PartyFactory(summit=summit, name="France"), f.PartyFactory(summit=summit)
        invitations.invite(parties=[party, other], by=organiser)
        member = f.MembershipFactory(party=party, person__office="Minister of the Interior")
        assert desk.post("/admin/delegations/membership/withdraw/", {"row": member.pk}).status_code == 302
        assert not Membership.objects.exists()
        # An entry of another summit isn't told.
        audit.record(by=organiser, action="delegations.party.change", target=party, summit=f.SummitFactory())
        found = history(desk, party)
        page = found.content.decode()
        assert f"/admin/summit/person/{member.person_id}/" in page
        assert re.search(r"<h2>\w+ \d+ \w+ 20\d\d</h2>", page)
        assert re.search(r'<p class="when">\d\d:\d\d London time</p>', page)
        assert '<bdi class="who" lang="">Olive</bdi> invited the delegation, with 1 letter' in page
        assert "<li>Sent by" in page
        lines = [line.what for _day, of_day in found.context["days"] for _time, line in of_day]
        assert (lines, found.context["actions"]) == (
            ["withdrew a member", "invited the delegation, with 1 letter"],
            [],
        )
        assert list(of_row(other).values_list("action", flat=True)) == ["delegations.invite"]

    def test_paging_goes_there_and_back(self, organiser: User, summit: Summit) -> None:
        values: dict[str, Any] = {"by": organiser, "action": "summit.summit.change", "target": summit}
        audit.record_many([audit.entry(**values, summit=summit) for _ in range(12)])
        keys = list(AuditEntry.objects.order_by("-pk").values_list("pk", flat=True))
        for query, wanted in (
            ("show=x", (keys[:5], False, True)),
            (f"show=x&before={keys[4]}", (keys[5:10], True, True)),
            (f"show=x&before={keys[9]}", (keys[10:], True, False)),
            (f"show=x&after={keys[5]}", (keys[:5], False, True)),
        ):
            page = Slice(AuditEntry.objects.all(), QueryDict(query), size=5)
            assert ([entry.pk for entry in page.entries], page.newer, page.older) == wanted
            assert (page.first, page.last, page.query) == (wanted[0][0], wanted[0][-1], "show=x")
