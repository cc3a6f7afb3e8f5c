"""Every action that the code records has words, and the history tells them."""

import ast
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from delegations.domain import invitations
from delegations.models import Invitation, Membership
from sessions.domain import edits
from summit.deeds import DEEDS, PERSONAL, Facts, deed
from summit.desk import told
from summit.desk.base import ReadOnlyAdmin
from summit.domain import audit, seen
from summit.models import AuditEntry, Role, Summit, User
from tests.factories import (
    FocalPointFactory,
    InvitationLinkFactory,
    MembershipFactory,
    PartyFactory,
    PersonFactory,
    PortalSignInFactory,
    RoomFactory,
    SessionFactory,
    SummitFactory,
    TokenFactory,
    UserFactory,
)
from tests.sources import ROOT, sources, tree

NAME = re.compile(r"[a-z_]+(\.[a-z_]+)+")
# Functions that put an action together from parts; what they make is listed by `from_the_desks`.
COMPOSED = {"summit/desk/base.py", "sessions/domain/planning.py", "summit/domain/setup.py"}


def recorded(path: Any) -> tuple[set[str], list[str]]:
    """The actions that a module names, and the calls whose action can't be read from it."""
    found, unclear = set(), []
    constants = {
        target.id: ast.literal_eval(node.value)
        for node in tree(path).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree(path)):
        if (
            isinstance(node, ast.FunctionDef)
            and "action" in [each.arg for each in node.args.args]
            and re.search(r"\b(record|entry)\(", ast.unparse(node))
        ):
            unclear.append(f"{node.name} takes its action by position")
        if not isinstance(node, ast.Call):
            continue
        for word in node.keywords:
            if word.arg != "action":
                continue
            if isinstance(word.value, ast.Constant) and NAME.fullmatch(str(word.value.value)):
                found.add(str(word.value.value))
            elif isinstance(word.value, ast.IfExp):
                found |= {ast.literal_eval(word.value.body), ast.literal_eval(word.value.orelse)}
            elif isinstance(word.value, ast.Name) and word.value.id in constants:
                found.add(constants[word.value.id])
            elif isinstance(word.value, ast.JoinedStr):
                unclear.append(ast.unparse(word.value))
    return found, unclear


def from_the_desks() -> set[str]:
    """The actions that the admin puts together: of each model that it writes, and of the rows on its pages."""
    found = {f"sessions.{rows}" for rows in ("texts", "interpretation", "participants", "slots")}
    for model, desk in site._registry.items():
        if isinstance(desk, ReadOnlyAdmin) or not hasattr(desk, "rule"):
            continue
        labels = [desk.rule]
        labels += [each.model._meta.label_lower for each in desk.inlines if model._meta.app_label != "programme"]
        found |= {f"{label}.{verb}" for label in labels for verb in ("add", "change", "remove")}
    # Links stand on an invitation's page to be read.
    return {action for action in found if not action.startswith("delegations.invitationlink.")}


def all_recorded() -> set[str]:
    found = from_the_desks() | {seen.SEEN}
    for path in sources():
        found |= recorded(ROOT / path)[0]
    return found


def test_every_action_that_is_recorded_has_words() -> None:
    assert all_recorded() - DEEDS.keys() == set()


def test_no_words_for_what_nothing_records() -> None:
    assert DEEDS.keys() - all_recorded() == set()
    assert len(DEEDS) > 50


def test_every_action_can_be_read_from_the_source() -> None:
    unclear = {str(path): recorded(ROOT / path)[1] for path in sources()}
    assert {path for path, found in unclear.items() if found} == COMPOSED


def test_control_an_action_without_words_is_found(tmp_path: Any) -> None:
    bad = tmp_path / "bad.py"
    lines = [
        'TWO = "test.two"',
        "record(action=TWO)",
        'record(action="test.one")',
        'record(action=f"test.{x}")',
        "def f(action):",
        "    record(action=action)",
    ]
    bad.write_text("\n".join(lines))
    assert recorded(bad) == ({"test.one", "test.two"}, ["f takes its action by position", "f'test.{x}'"])
    assert {"test.one"} - DEEDS.keys() == {"test.one"}


def test_an_action_has_words_once() -> None:
    with pytest.raises(ValueError, match=r"delegations\.revoke has words already"):
        deed("delegations.revoke", "again")


@pytest.mark.parametrize("action", sorted(DEEDS))
def test_words_stand_without_any_detail(action: str) -> None:
    """Entries are never changed: what is recorded today must be told by the words of later years."""
    for summit in (None, Summit(time_zone="Europe/London", place="London")):
        assert DEEDS[action].say(Facts({}, summit)).strip()


def test_personal_fields_are_there() -> None:
    for label, names in PERSONAL.items():
        model = told.model_of(label)
        assert model is not None
        for name in names:
            try:
                model._meta.get_field(name)
            except FieldDoesNotExist:  # pragma: no cover
                pytest.fail(f"{label} has no {name}")


# --- telling --------------------------------------------------------------------------------------------------------
@pytest.fixture
def summit() -> Summit:
    found: Summit = SummitFactory()
    return found


@pytest.fixture
def organiser(summit: Summit) -> User:
    return UserFactory.with_role(Role.ORGANISER, summit, name="Olive")


@pytest.fixture
def desk(organiser: User) -> Client:
    client = Client()
    client.force_login(organiser)
    return client


def lines(rows: Any = None) -> list[told.Line]:
    found = AuditEntry.objects.order_by("id") if rows is None else rows
    return told.tell(list(found.select_related("by", "summit")))


@pytest.mark.django_db
class TestTelling:
    def test_who(self, summit: Summit, organiser: User) -> None:
        link = InvitationLinkFactory(invitation__party__name="France")
        person = PersonFactory(office="Minister of the Interior")
        proven = PortalSignInFactory(person=person, mailbox="embassy@land.example")
        without = (
            audit.Link(link.public_id),
            audit.Mailbox(proven.public_id),
            audit.Link("gone"),
            audit.Mailbox("gone"),
        )
        for by in (organiser, audit.SYSTEM, *without):
            audit.record(by=by, action="delegations.answer", target=summit, summit=summit)
        assert [line.who for line in lines()] == [
            "Olive",
            "the system",
            "whoever followed the letter’s link of France",
            "Minister of the Interior, by a code to the mailbox",
            "somebody without an account",
            "somebody without an account",
        ]

    def test_by_which_token(self, summit: Summit, organiser: User) -> None:
        organiser.by_token = TokenFactory(user=organiser, name="Badge printer").public_id
        audit.record(by=organiser, action="delegations.answer", target=summit, summit=summit)
        (line,) = lines()
        assert (line.who, [(other.kind, other.name) for other in line.others]) == (
            "Olive",
            [("token", "Badge printer")],
        )

    def test_an_invitation(self, summit: Summit, organiser: User) -> None:
        party = PartyFactory(summit=summit, name="France")
        invitations.invite(parties=[party], by=organiser)
        (line,) = lines()
        invitation = Invitation.objects.get()
        assert (line.what, line.row) == (
            "invited the party, with 1 letter",
            told.Named("invitation", "France", f"/admin/delegations/invitation/{invitation.pk}/change/"),
        )
        assert [change.name for change in line.changes] == ["Sent", "Sent by", "State"]

    def test_a_move_says_from_when_to_when_and_where(self, summit: Summit, organiser: User) -> None:
        room = RoomFactory(venue__summit=summit, name="Long Gallery")
        session = SessionFactory(summit=summit)
        for hours in (2, 26):
            start = session.starts_at + timedelta(hours=hours)
            edits.move(session=session, starts_at=start, ends_at=start + timedelta(hours=1), room=room, by=organiser)
        first, second = lines()
        assert first.what == "moved the session from Monday 31 March 2025, 09:00 London time to 11:00 London time"
        assert second.what == (
            "moved the session from Monday 31 March 2025, 11:00 London time to "
            "Tuesday 1 April 2025, 11:00 London time"
        )
        assert told.Change("Room", "nothing", "Long Gallery") in first.changes

    def test_in_another_language(self, summit: Summit, organiser: User) -> None:
        audit.record(by=organiser, action="summit.person.change", target=PersonFactory(), summit=summit)
        with override("fr"):
            (line,) = lines()
            assert line.changes == []

    def test_what_is_gone(self, summit: Summit, organiser: User) -> None:
        entry = audit.record(by=organiser, action="summit.person.change", target=PersonFactory(), summit=summit)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM summit_person")
        assert lines()[0].row == told.Named("person", f"gone since ({entry.object_key})")

    def test_queries_do_not_grow(self, summit: Summit, organiser: User) -> None:
        numbers = []
        for _ in range(2):
            for _ in range(10):
                audit.record(
                    by=audit.Link(InvitationLinkFactory().public_id),
                    action="delegations.move",
                    target=MembershipFactory(),
                    summit=summit,
                )
            with CaptureQueriesContext(connection) as queries:
                lines()
            numbers.append(len(queries))
        assert numbers == [3, 3]


# --- what the audit may hold ----------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_values_are_kept_but_no_text_and_nothing_personal(summit: Summit) -> None:
    session, person = SessionFactory(summit=summit), PersonFactory(summit=summit)
    pairs: dict[str, Any] = {
        "title": ("Old", "New"),
        "visibility": ("public", "organisers"),
        "starts_at": (session.starts_at, None),
        "room": (None, RoomFactory()),
    }
    kept = audit.values(type(session), pairs)["values"]
    assert set(kept) == {"visibility", "starts_at", "room"}
    assert kept["visibility"] == ["public", "organisers"]
    assert audit.values(type(person), {"name": ("A", "B"), "email": ("a@b.example", "")}) == {}
    assert audit.values(type(person), {"user": (None, UserFactory())}) == {}


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
    def test_a_party_has_the_entries_of_its_parts_those_that_are_gone_too(
        self, desk: Client, organiser: User, summit: Summit
    ) -> None:
        party, other = PartyFactory(summit=summit, name="France"), PartyFactory(summit=summit)
        invitations.invite(parties=[party, other], by=organiser)
        member = MembershipFactory(party=party, person__office="Minister of the Interior")
        focal = FocalPointFactory(party=party)
        form = {
            **{
                name: getattr(party, name)
                for name in ("name", "formal_name", "sort_key", "kind", "region", "language")
            },
            "iso_code": "",
            "flag": "own",
            "recognised": "on",
            "mission_email": party.mission_email,
            "focal_points-TOTAL_FORMS": 1,
            "focal_points-INITIAL_FORMS": 1,
            "focal_points-0-id": focal.pk,
            "focal_points-0-party": party.pk,
            "focal_points-0-person": focal.person_id,
            **{f"{rows}-{n}_FORMS": 0 for rows in ("names", "external_ids") for n in ("TOTAL", "INITIAL")},
        }
        assert desk.post(f"/admin/delegations/party/{party.pk}/change/", form).status_code == 302
        assert desk.post("/admin/delegations/membership/withdraw/", {"row": member.pk}).status_code == 302
        assert not Membership.objects.exists()
        assert told_on(desk, party) == [
            "withdrew a member",
            "invited the party, with 1 letter",
        ]
        page = history(desk, party)
        assert "Minister of the Interior" in page
        assert f"/admin/summit/person/{member.person_id}/change/" in page
        assert told_on(desk, other) == ["invited the party, with 1 letter"]

    def test_days_and_times_are_the_venues(self, desk: Client, organiser: User, summit: Summit) -> None:
        person = PersonFactory(summit=summit)
        audit.record(by=organiser, action="summit.person.change", target=person, summit=summit, fields=["office"])
        page = history(desk, person)
        assert re.search(r"<h2>\w+ \d+ \w+ 20\d\d</h2>", page)
        assert re.search(r'<p class="when">\d\d:\d\d London time</p>', page)
        assert '<bdi class="who" lang="">Olive</bdi> changed the person’s data' in page
        assert "Office held" in page

    def test_paging_goes_there_and_back(self, desk: Client, organiser: User, summit: Summit) -> None:
        person = PersonFactory(summit=summit)
        entries = [
            audit.record(by=organiser, action="summit.person.change", target=person, summit=summit)
            for _ in range(120)
        ]
        keys = [entry.pk for entry in entries][::-1]
        first = history(desk, person)
        assert f"before={keys[49]}" in first
        assert "after=" not in first
        found = []
        for query in ("", f"?before={keys[49]}", f"?before={keys[99]}", f"?after={keys[100]}", f"?after={keys[50]}"):
            page = desk.get(f"/admin/summit/person/{person.pk}/history/{query}").context["slice"]
            found.append(([entry.pk for entry in page.entries], page.newer, page.older))
        assert found == [
            (keys[:50], False, True),
            (keys[50:100], True, True),
            (keys[100:], True, False),
            (keys[50:100], True, True),
            (keys[:50], False, True),
        ]

    def test_many_entries_are_narrowed_to_one_kind_of_deed(
        self, desk: Client, organiser: User, summit: Summit
    ) -> None:
        party = PartyFactory(summit=summit)
        for action in ("delegations.party.add", *["delegations.party.change"] * 49):
            audit.record(by=organiser, action=action, target=party, summit=summit)
        assert 'name="deed"' not in history(desk, party)
        audit.record(by=organiser, action="delegations.party.change", target=party, summit=summit)
        found = desk.get(f"/admin/delegations/party/{party.pk}/history/").context["deeds"]
        changed = [("delegations.party.change", "Changed the party"), ("delegations.party.add", "Entered the party")]
        assert found == [("Delegations", changed)]
        assert told_on(desk, party, "?deed=delegations.party.add") == ["entered the party"]
        assert told_on(desk, party, "?deed=no.such") == []

    def test_a_reader_of_one_summit_learns_nothing_of_another(
        self, desk: Client, organiser: User, summit: Summit
    ) -> None:
        elsewhere = SummitFactory()
        audit.record(by=organiser, action="summit.user.change", target=organiser, summit=summit)
        audit.record(by=audit.SYSTEM, action="summit.user.change", target=organiser, summit=elsewhere)
        found = desk.get(f"/admin/summit/user/{organiser.pk}/history/").context["slice"].entries
        assert [entry.summit for entry in found] == [summit]
