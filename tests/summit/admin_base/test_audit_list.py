"""The list of the audit: in words, narrowed to whom, what, when and on what, and nothing of other summits."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from delegations.invitations.services import invitations
from delegations.members.models.members import Membership
from summit.admin_base.audit_filters import Narrowed, audit_head
from summit.admin_base.history import Slice
from summit.audit import access_log, rendering
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.jobs.models.jobs import Job
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.summit.admin_base.helpers import request_of

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/summit/auditentry/"
AUDIT_LIST: Any = site.get_model_admin(AuditEntry)


@pytest.fixture
def olive(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit, name="Olive", email="olive@host.example")


@pytest.fixture
def desk(olive: User) -> Client:
    return signed_in(olive)


def done(by: Any, target: Any, action: str = "delegations.party.change", **values: Any) -> AuditEntry:
    summit = target.party.summit if isinstance(target, Membership) else target.summit
    return audit.record(by=by, action=action, target=target, summit=summit, **values)


def narrowed(reader: User, **query: Any) -> Narrowed:
    return AUDIT_LIST._narrowed(request_of(reader, **query))[1]


def shown(reader: User, **query: Any) -> list[str]:
    """What the list says, as who, what and on which row."""
    lines = rendering.render(Slice(narrowed(reader, **query).rows, QueryDict()).entries, reader)
    return [f"{line.who} {line.what}: {line.row.name}" for line in lines]


class TestWords:
    def test_who_what_on_which_row_and_when_at_the_venue(self, desk: Client, olive: User, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit, name="France")
        entry = done(olive, party, fields=["level"])
        page = desk.get(ADDRESS).content.decode()
        assert ("Olive</bdi>" in page, "changed the delegation" in page) == (True, True)
        assert f'<a href="/admin/delegations/party/{party.pk}/"' in page
        assert f'<a href="/admin/summit/auditentry/{entry.pk}/change/">' in page
        assert f"{entry.at.astimezone(summit.zone):%H:%M} London time</a>" in page
        assert "<li>Level of attendance invited</li>" in page


class TestNarrowing:
    @pytest.fixture(autouse=True)
    def entries(self, olive: User, summit: Summit) -> None:
        other = f.UserFactory.with_role(Role.PROTOCOL, summit, name="Otto", email="otto@host.example")
        france, chad = (f.PartyFactory(summit=summit, name=name) for name in ("France", "Chad"))
        invitations.invite(parties=[france], by=olive)
        done(other, france)
        done(other, chad)
        done(audit.SYSTEM, f.SessionFactory(summit=summit, title="Opening"), "agenda.session.change")

    def test_by_what_they_say(self, olive: User) -> None:
        invited, session = (
            "Olive invited the delegation, with 1 letter: France",
            "the system changed the session: Opening",
        )
        france, chad = "Otto changed the delegation: France", "Otto changed the delegation: Chad"
        assert shown(olive) == [session, chad, france, invited]
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
        assert [set(shown(olive, **query)) for query, _found in cases] == [found for _query, found in cases]

    def test_objects_and_people_are_offered_one_by_one(self, desk: Client, olive: User, summit: Summit) -> None:
        tours = f.PartyFactory(summit=summit, name="Chad Tours")
        objects = narrowed(olive, q="chad").found
        assert [found.name for found in objects] == ["Chad", "Chad Tours"]
        assert objects[1].url == f"?&of=delegations.party%3A{tours.public_id}"
        (chad,) = AuditEntry.objects.filter(object_key=summit.parties.get(name="Chad").public_id)
        alone = narrowed(olive, of=f"delegations.party:{chad.object_key}")
        assert (alone.chips, list(alone.rows)) == ([("Delegation", "Chad", "?")], [chad])
        otto = f"by=account%3A{User.objects.get(name='Otto').public_id}"
        page = desk.get(f"{ADDRESS}?kind=delegations.party&{otto}")
        assert f'href="?kind=delegations.party&amp;{otto}"' in page.content.decode()
        assert page.context["chips"] == [("User", "Otto", "?kind=delegations.party")]

    def test_days_are_the_venues(self, olive: User, summit: Summit) -> None:
        summit.time_zone = "Pacific/Auckland"
        summit.save()
        first, here = (
            getattr(AuditEntry.objects, end)("at").at.astimezone(summit.zone).date() for end in ("earliest", "latest")
        )
        for query, number in (
            ({"since": first, "until": here}, 4),
            ({"until": first - timedelta(days=1)}, 0),
            ({"since": here + timedelta(days=1)}, 0),
            ({"until": date(2199, 12, 31)}, 4),
        ):
            assert len(shown(olive, **query)) == number

    def test_who_saw_personal_data_stands_apart(self, olive: User, summit: Summit) -> None:
        person = f.PersonFactory(summit=summit, name="Ada Mensah", office="", email="ada@land.example")
        access_log.record_page(by=olive, target=person, summit=summit, fields=["name"])
        assert len(shown(olive)) == 4
        assert shown(olive, show="seen") == ["Olive viewed personal data: Ada Mensah"]
        assert len(shown(olive, show="seen", of=f"summit.person:{person.public_id}")) == 1
        assert shown(olive, show="seen", who="otto") == []
        # Finding people is recorded as their search is.
        shown(olive, q="ada")
        entry = AuditEntry.objects.filter(action=access_log.SEEN).latest("pk")
        assert (entry.object_type, entry.detail["keys"]) == ("summit.person", [person.public_id])


def test_entries_of_other_summits_are_not_there_but_for_who_organises_them(olive: User, summit: Summit) -> None:
    party = f.PartyFactory(name="France")
    done(olive, party)
    audit.record(by=olive, action="summit.user.change", target=olive, summit=None)
    for query in ({}, {"q": "france"}, {"who": "olive"}, {"of": f"delegations.party:{party.public_id}"}):
        assert (shown(olive, **query), narrowed(olive, **query).found) == ([], [])
    olive.roles.create(summit=party.summit, role=Role.ORGANISER)
    olive = User.objects.get(pk=olive.pk)
    done(olive, f.PartyFactory(summit=summit, name="Chad"))
    assert len(shown(olive, summit="")) == 2
    assert shown(olive, summit=party.summit.slug) == ["Olive changed the delegation: France"]
    assert shown(olive, summit="elsewhere") == []


class TestManyEntries:
    @pytest.mark.slow("opens the list with few entries and with many")
    def test_queries_do_not_grow(self, desk: Client, olive: User, summit: Summit) -> None:
        def asked(work: Any) -> int:
            # The first time it is recorded who was found.
            work()
            with CaptureQueriesContext(connection) as queries:
                work()
            # PostgreSQL's log has no text of a statement that is prepared.
            texts = [each["sql"] or "" for each in queries]
            assert not any("COUNT(" in sql and "auditentry" in sql for sql in texts)
            return len(queries)

        numbers = []
        for more in (1, 2):
            for _ in range(more):
                member = f.MembershipFactory(party__summit=summit, person__summit=summit)
                done(olive, member.party)
                link = audit.Link(f.InvitationLinkFactory(invitation__party=member.party).public_id)
                done(link, member, "delegations.move", part_of=member.party)
            found, seen = (lambda: shown(olive, q="land", who="olive")), (lambda: shown(olive, show="seen"))
            numbers.append([asked(work) for work in (lambda: desk.get(ADDRESS), found, seen)])
        assert numbers[0] == numbers[1]


class TestVerified:
    def head(self, reader: User) -> str:
        found = [head for head in (function(request_of(reader)) for function in audit_head) if head]
        return "".join(render_to_string(template, context) for template, context in found)

    def job(self, by: User, finished: datetime, result: str = "whole", **params: Any) -> Job:
        values = {"result_params": {"length": 10342, "mark": "x:10342", **params}, "finished_at": finished}
        return Job.objects.create(kind="verify_audit", key="-", by=by, state="done", result=result, **values)

    def test_long_ago_today_and_broken(self, desk: Client, olive: User, summit: Summit, monkeypatch: Any) -> None:
        page = desk.get(ADDRESS).content.decode()
        for said in ("No entries yet.", "Not yet verified.", "/jobs/verify-audit/"):
            assert said in page
        now = timezone.now()
        monkeypatch.setattr("summit.jobs.dashboard.db_now", lambda: now)
        self.job(olive, now - timedelta(days=40))
        old = self.head(olive)
        assert ("10,342 entries verified on " in old, "today" in old) == (True, False)
        assert "Show verification" in old
        self.job(f.UserFactory(), now)
        found = self.head(olive)
        assert f"10,342 entries verified on today {now.astimezone(summit.zone):%H:%M} London time." in found
        assert "Show verification" not in found
        self.job(olive, now + timedelta(seconds=1), "broken", position=7, problem="missing", key=None, at=None)
        assert '<span class="state" data-state="bad">broken</span> Entry 7 is missing' in self.head(olive)
