"""The list of the audit: in words, narrowed to whom, what, when and on what, and nothing of other summits."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from delegations.invitations.services import invitations
from summit.admin_base.audit_filters import action_choices
from summit.audit import access_log, rendering
from summit.audit import services as audit
from summit.audit.actions import ACTION_WORDS
from summit.audit.models import AuditEntry
from summit.jobs.models.jobs import Job
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/summit/auditentry/"


@pytest.fixture
def olive(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit, name="Olive", email="olive@host.example")


@pytest.fixture
def desk(olive: User) -> Client:
    return signed_in(olive)


def done(by: Any, target: Any, action: str = "delegations.party.change", **values: Any) -> AuditEntry:
    return audit.record(by=by, action=action, target=target, summit=target.summit, **values)


def shown(desk: Client, **query: Any) -> list[str]:
    """What the list says, as who, what and on which row."""
    response = desk.get(ADDRESS, query)
    assert response.status_code == 200
    lines = [line for _day, of_day in response.context["days"] for _time, line in of_day]
    return [f"{line.who} {line.what}: {line.row.name}" for line in lines]


class TestWords:
    def test_who_what_on_which_row_and_when_at_the_venue(self, desk: Client, olive: User, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit, name="France")
        entry = done(olive, party, fields=["level"])
        assert shown(desk) == ["Olive changed the delegation: France"]
        page = desk.get(ADDRESS).content.decode()
        assert f'<a href="/admin/delegations/party/{party.pk}/"' in page
        assert f'<a href="/admin/summit/auditentry/{entry.pk}/change/">' in page
        assert f"{entry.at.astimezone(summit.zone):%H:%M} London time</a>" in page
        assert "<li>Level of attendance invited</li>" in page

    def test_a_page_that_the_reader_may_not_open_has_no_address(self, olive: User, summit: Summit) -> None:
        done(olive, f.PersonFactory(summit=summit), "summit.person.change")
        press = f.UserFactory.with_role(Role.PRESS_OFFICER, summit)
        entries = list(AuditEntry.objects.select_related("by", "summit"))
        found = [bool(rendering.render(entries, reader)[0].row.url) for reader in (olive, press, None)]
        assert found == [True, False, True]

    def test_every_deed_has_a_name_without_numbers_in_the_group_of_an_app(self) -> None:
        known = {str(config.verbose_name) for config in apps.get_app_configs()}
        assert {group for group, _found in action_choices()} <= known
        names = [words for _group, found in action_choices() for _action, words in found]
        assert len(names) == len(ACTION_WORDS) - 1
        assert [name for name in names if "0" in name or "()" in name or name != name.strip(" :")] == []


class TestNarrowing:
    @pytest.fixture(autouse=True)
    def entries(self, olive: User, summit: Summit) -> None:
        other = f.UserFactory.with_role(Role.PROTOCOL, summit, name="Otto", email="otto@host.example")
        france, chad = (f.PartyFactory(summit=summit, name=name) for name in ("France", "Chad"))
        invitations.invite(parties=[france], by=olive)
        done(other, france)
        done(other, chad)
        done(audit.SYSTEM, f.SessionFactory(summit=summit, title="Opening"), "agenda.session.change")

    @pytest.mark.slow("narrows the list in many ways")
    def test_by_what_they_say(self, desk: Client) -> None:
        invited, session = (
            "Olive invited the delegation, with 1 letter: France",
            "the system changed the session: Opening",
        )
        france, chad = "Otto changed the delegation: France", "Otto changed the delegation: Chad"
        assert shown(desk) == [session, chad, france, invited]
        cases: tuple[tuple[dict[str, str], set[str]], ...] = (
            ({"who": "olive"}, {invited}),
            ({"who": "OTTO host.example"}, {chad, france}),
            ({"by": "system"}, {session}),
            ({"action": "delegations.invite"}, {invited}),
            ({"kind": "agenda.session"}, {session}),
            ({"q": "opening"}, {session}),
            # What is found alone is shown with its parts: the invitation.
            ({"q": "france"}, {invited, france}),
            ({"q": "france", "who": "otto"}, {france}),
            *(({"who": "nobody"}, set()), ({"by": "account:nobody"}, set()), ({"q": "zz"}, set())),
            *(({"action": "no.such"}, set()), ({"since": "tomorrow"}, set())),
            *(({"of": each}, set()) for each in ("delegations.party:none", "summit.auditentry:1")),
        )
        assert [set(shown(desk, **query)) for query, _found in cases] == [found for _query, found in cases]

    def test_objects_are_offered_one_by_one_and_so_is_who_did_it(self, desk: Client, summit: Summit) -> None:
        f.PartyFactory(summit=summit, name="Chad Tours")
        objects = desk.get(ADDRESS, {"q": "chad"}).context["objects"]
        assert [found.name for found in objects] == ["Chad", "Chad Tours"]
        otto = f"by=account%3A{User.objects.get(name='Otto').public_id}"
        page = desk.get(ADDRESS, {"kind": "delegations.party"}).content.decode()
        assert f'href="?kind=delegations.party&amp;{otto}"' in page
        for address, chip, number in (
            (objects[0].url, ("Delegation", "Chad"), 1),
            (f"?{otto}", ("User", "Otto"), 2),
        ):
            alone = desk.get(f"{ADDRESS}{address}").context
            assert (alone["chips"], len(alone["slice"].entries)) == ([(*chip, "?")], number)

    def test_days_are_the_venues(self, desk: Client, summit: Summit) -> None:
        summit.time_zone = "Pacific/Auckland"
        summit.save()
        here = timezone.now().astimezone(summit.zone).date()
        assert len(shown(desk, since=here, until=here)) == 4
        assert shown(desk, until=here - timedelta(days=1)) == []
        assert shown(desk, since=here + timedelta(days=1)) == []
        assert len(shown(desk, until=date(2199, 12, 31))) == 4

    def test_who_saw_personal_data_stands_apart(self, desk: Client, olive: User, summit: Summit) -> None:
        person = f.PersonFactory(summit=summit, name="Ada Mensah", office="", email="ada@land.example")
        access_log.record_page(by=olive, target=person, summit=summit, fields=["name"])
        assert len(shown(desk)) == 4
        assert shown(desk, show="seen") == ["Olive viewed personal data: Ada Mensah"]
        assert len(shown(desk, show="seen", of=f"summit.person:{person.public_id}")) == 1
        assert shown(desk, show="seen", who="otto") == []

    def test_finding_people_is_recorded_as_their_search_is(self, desk: Client, summit: Summit) -> None:
        person = f.PersonFactory(summit=summit, name="Ada Mensah")
        shown(desk, q="ada")
        entry = AuditEntry.objects.get(action=access_log.SEEN)
        assert (entry.object_type, entry.detail["keys"]) == ("summit.person", [person.public_id])


class TestOtherSummits:
    def test_their_entries_are_not_there_but_for_who_organises_them(
        self, desk: Client, olive: User, summit: Summit
    ) -> None:
        party = f.PartyFactory(name="France")
        done(olive, party)
        audit.record(by=olive, action="summit.user.change", target=olive, summit=None)
        for query in ({}, {"q": "france"}, {"who": "olive"}, {"of": f"delegations.party:{party.public_id}"}):
            assert shown(desk, **query) == []
            assert "France" not in desk.get(ADDRESS, query).content.decode()
        olive.roles.create(summit=party.summit, role=Role.ORGANISER)
        done(olive, f.PartyFactory(summit=summit, name="Chad"))
        assert len(shown(desk, summit="")) == 2
        assert shown(desk, summit=party.summit.slug) == ["Olive changed the delegation: France"]
        assert shown(desk, summit="elsewhere") == []


class TestManyEntries:
    def test_pages_go_there_and_back_and_keep_what_narrows(self, desk: Client, olive: User, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit)
        keys = [done(olive, party).pk for _ in range(70)][::-1]
        page = desk.get(ADDRESS, {"kind": "delegations.party"}).content.decode()
        assert f'href="?kind=delegations.party&amp;before={keys[49]}"' in page
        assert len(shown(desk, kind="delegations.party", before=keys[49])) == 20
        assert len(shown(desk, kind="delegations.party", after=keys[50])) == 50

    @pytest.mark.slow("opens each view of the list, with few entries and with many")
    def test_queries_do_not_grow(self, desk: Client, olive: User, summit: Summit) -> None:
        def asked(query: dict[str, str]) -> int:
            desk.get(ADDRESS, query)
            with CaptureQueriesContext(connection) as queries:
                desk.get(ADDRESS, query)
            # PostgreSQL's log has no text of a statement that is prepared.
            texts = [each["sql"] or "" for each in queries]
            assert not any("COUNT(" in sql and "auditentry" in sql for sql in texts)
            return len(queries)

        numbers = []
        for more in (2, 4):
            for _ in range(more):
                member = f.MembershipFactory(party__summit=summit, person__summit=summit)
                done(olive, member.party)
                link = audit.Link(f.InvitationLinkFactory(invitation__party=member.party).public_id)
                values = {"action": "delegations.move", "target": member, "summit": summit, "part_of": member.party}
                audit.record(by=link, **values)
            queries = ({}, {"q": "land"}, {"who": "olive", "since": "2020-01-01"}, {"show": "seen"})
            numbers.append([asked(query) for query in queries])
        assert numbers[0] == numbers[1]


class TestVerified:
    def job(self, by: User, finished: datetime, result: str = "whole", **params: Any) -> Job:
        values = {"result_params": {"length": 10342, "mark": "x:10342", **params}, "finished_at": finished}
        return Job.objects.create(kind="verify_audit", key="-", by=by, state="done", result=result, **values)

    def test_never_before_and_today(self, desk: Client, olive: User, summit: Summit) -> None:
        now = timezone.now()
        page = desk.get(ADDRESS).content.decode()
        for said in ("No entries yet.", "Not yet verified.", "/jobs/verify-audit/"):
            assert said in page
        self.job(olive, now - timedelta(days=40))
        old = desk.get(ADDRESS).content.decode()
        assert "10,342 entries verified on " in old
        assert "today" not in old
        self.job(f.UserFactory(), now)
        said = f"10,342 entries verified on today {now.astimezone(summit.zone):%H:%M} London time."
        page = desk.get(ADDRESS)
        assert said in page.content.decode()
        assert "Show verification" not in page.content.decode()

    def test_broken(self, desk: Client, olive: User) -> None:
        self.job(olive, timezone.now(), "broken", position=7, problem="missing", key=None, at=None)
        page = desk.get(ADDRESS).content.decode()
        assert '<span class="state" data-state="bad">broken</span> Entry 7 is missing' in page
