"""How long what is personal is kept: the table, the purge, and that nothing of it is left where it was."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations import purging
from delegations.domain import kept, nightly, retention
from delegations.domain.retention import Times, today_at
from delegations.models import (
    USUAL_DAYS,
    CallNote,
    Category,
    Declaration,
    DeclarationKind,
    FocalPointRequest,
    FormerMember,
    Kept,
    Membership,
    Particulars,
    Photo,
    PortalSignIn,
    Retention,
    Sheet,
    VisaLetter,
)
from press.models import Subscriber
from summit.domain import audit, chain
from summit.hooks.models import Delivery
from summit.models import AuditEntry, Person, Role, Summit, User
from summit.outbox.models import Message
from summit.work.domain import jobs, running
from tests import canaries
from tests import factories as f

pytestmark = pytest.mark.django_db
MARK = "canary"
LAST = date(2025, 4, 1)


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(slug="here", ends_on=LAST)


@pytest.fixture
def organiser(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit)


def member(summit: Summit, code: str = "delegate", **more: Any) -> Person:
    """Somebody with all that is purged by category."""
    person: Person = f.MembershipFactory(party__summit=summit, code=code, **more).person
    Particulars.objects.create(
        person=person, passport_number="X1", birth_date=date(1970, 1, 2), passport_digest="d", diet="none",
        hotel="Grand", arrives_at=f.START,
    )  # fmt: skip
    Photo.objects.create(person=person, image=b"jpeg", width=3, height=4)
    return person


def after(days: int) -> date:
    return LAST + timedelta(days=days)


class TestTimes:
    def test_the_usual_ones_hold_where_a_summit_gives_none(self, summit: Summit) -> None:
        times = Times.of(summit)
        assert {what: times.goes_on(what) for what in Kept.values} == {
            what: None if days is None else after(days + 1) for what, days in USUAL_DAYS.items()
        }

    def test_its_own_and_a_categorys_go_before(self, summit: Summit) -> None:
        head = Category.objects.of(summit)["head"]
        Retention.objects.create(summit=summit, what=Kept.PHOTO, days=0)
        Retention.objects.create(summit=summit, what=Kept.PHOTO, category=head, days=None)
        times = Times.of(summit)
        assert (times.goes_on(Kept.PHOTO), times.goes_on(Kept.PHOTO, head.pk)) == (after(1), None)
        assert [times.over(Kept.PHOTO, after(day)) for day in (0, 1, 2)] == [False, True, True]
        assert not times.over(Kept.PHOTO, after(999), head.pk)

    def test_the_day_is_the_venues(self, summit: Summit) -> None:
        summit.time_zone = "Pacific/Auckland"
        assert today_at(summit, datetime(2025, 4, 1, 12, tzinfo=UTC)) == date(2025, 4, 2)


class TestPurging:
    def test_each_goes_at_its_day_and_not_before(self, summit: Summit) -> None:
        person = member(summit)
        assert retention.purge(summit=summit, today=after(14)) == {}
        assert retention.purge(summit=summit, today=after(15)) == {"needs": 1}
        row = Particulars.objects.get(person=person)
        assert (row.diet, row.passport_number, row.hotel) == ("", "X1", "Grand")
        assert retention.purge(summit=summit, today=after(31)) == {"passport": 1, "travel": 1, "photos": 1}
        row.refresh_from_db()
        assert (row.passport_number, row.birth_date, row.passport_digest) == ("", None, "")
        assert (row.hotel, row.arrives_at) == ("", None)
        assert retention.purge(summit=summit, today=after(31)) == {}

    def test_a_category_of_its_own_time_and_those_who_left_it(self, summit: Summit) -> None:
        rest, head, gone = member(summit), member(summit, "head"), member(summit, "head")
        category = head.membership.category
        Retention.objects.create(summit=summit, what=Kept.PHOTO, category=category, days=90)
        left = Membership.objects.get(person=gone)
        FormerMember.objects.create(
            party=left.party, person=gone, category=category, named_at=f.START, why="withdrawn"
        )
        left.delete()
        # Nobody's member, such as a focal point: the usual time.
        free = f.PersonFactory(summit=summit)
        Photo.objects.create(person=free, image=b"jpeg", width=3, height=4)
        assert retention.purge(summit=summit, today=after(31))["photos"] == 2
        assert set(Photo.objects.values_list("person", flat=True)) == {head.pk, gone.pk}
        assert rest.pk not in (head.pk, gone.pk)
        assert retention.purge(summit=summit, today=after(91))["photos"] == 2

    def test_a_category_goes_first_and_the_others_stay(self, summit: Summit) -> None:
        member(summit)
        media = member(summit, "media")
        Retention.objects.create(summit=summit, what=Kept.PHOTO, category=media.membership.category, days=0)
        assert retention.purge(summit=summit, today=after(1)) == {"photos": 1}
        assert not Photo.objects.filter(person=media).exists()

    def test_another_summit_is_left_alone(self, summit: Summit) -> None:
        other = member(f.SummitFactory(ends_on=after(300)))
        member(summit)
        retention.purge(summit=summit, today=after(31))
        assert Photo.objects.get().person == other

    def test_in_batches_each_recorded_by_its_number(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        for _number in range(5):
            member(summit)
        small = [retention.Piece(**{**vars(each), "batch": 2}) for each in retention.pieces()]
        monkeypatch.setattr(retention, "pieces", lambda: small)
        assert retention.purge(summit=summit, today=after(15)) == {"needs": 5}
        entries = AuditEntry.objects.filter(action=retention.PURGE).order_by("pk")
        assert [entry.detail for entry in entries] == [{"numbers": {"needs": number}} for number in (2, 2, 1)]
        assert {(entry.by_label, entry.object_key) for entry in entries} == {("system", summit.public_id)}

    def test_a_piece_that_purges_nothing_is_found_out(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        member(summit)
        idle = [retention.Piece(**{**vars(each), "purge": lambda keys: 0}) for each in retention.pieces()]
        monkeypatch.setattr(retention, "pieces", lambda: idle)
        with pytest.raises(RuntimeError, match="needs still holds"):
            retention.purge(summit=summit, today=after(15))

    def test_who_may_have_it_purged(self, summit: Summit, organiser: User) -> None:
        for role in (Role.PROTOCOL, Role.VETTING):
            with pytest.raises(PermissionDenied):
                retention.purge(summit=summit, by=f.UserFactory.with_role(role, summit))
        assert retention.purge(summit=summit, by=organiser) == {}

    def test_deliveries_to_webhooks_go_with_mail_and_those_that_wait_stay(self, summit: Summit) -> None:
        for state, problem in (("pending", ""), ("sent", ""), ("failed", "x")):
            ended = None if state == "pending" else f.START
            f.DeliveryFactory(endpoint__summit=summit, state=state, problem=problem, ended_at=ended)
        f.DeliveryFactory(state="sent", ended_at=f.START)
        assert retention.purge(summit=summit, today=after(366))["deliveries"] == 2
        assert sorted(Delivery.objects.values_list("state", flat=True)) == ["pending", "sent"]

    def test_mail_that_waits_stays(self, summit: Summit) -> None:
        f.MessageFactory(summit=summit, state="sent", sent_at=f.START)
        waits = f.MessageFactory(summit=summit)
        assert retention.purge(summit=summit, today=after(366))["mail"] == 1
        assert Message.objects.get() == waits


def everything(summit: Summit, by: User) -> Person:
    """Fill all that is kept of people with a mark."""
    person = canaries.fill(f.PersonFactory.build(summit=summit), MARK)
    assert isinstance(person, Person)
    party = f.PartyFactory(summit=summit, mission_contact=MARK, mission_phone=MARK)
    f.MembershipFactory(party=party, person=person)
    canaries.fill(Particulars(person=person), MARK, nationality="FR", sex="F", birth_date=LAST, passport_expiry=LAST)
    canaries.fill(Photo(person=person, width=3, height=4), MARK)
    kind = DeclarationKind.objects.create(summit=summit, name="Radios", asks="Make")
    canaries.fill(Declaration(kind=kind, party=party, person=person), MARK)
    canaries.fill(VisaLetter(party=party, person=person, summit=summit), MARK)
    invitation = f.InvitationFactory(
        party=party, state="answered", sent_at=f.START, answered_at=f.START, answered_by=MARK, answer="attending",
        note=MARK,
    )  # fmt: skip
    reply = f.ReplyFactory(invitation=invitation, name=MARK, note=MARK)
    f.ReplyScanFactory(reply=reply, filename=f"{MARK}.pdf", content=MARK.encode())
    Sheet.objects.create(
        summit=summit, purpose="people", filename=MARK, content=MARK.encode(), report=MARK, uploaded_by=by
    )
    CallNote.objects.create(invitation=invitation, by=by, outcome="nobody", note=MARK)
    FocalPointRequest.objects.create(party=party, name=MARK, email=f"{MARK}@land.example", asked_by=MARK)
    f.InvitationLinkFactory(invitation=invitation, person=person, address=person.email)
    PortalSignIn.objects.create(person=person, mailbox=person.email, user_agent=MARK)
    f.SubscriberFactory(summit=summit, address=person.email)
    f.MessageFactory(
        summit=summit, person=person, address=person.email, facts={"name": MARK}, rendered=MARK.encode(),
        rendered_subject=MARK, state="sent", sent_at=f.START,
    )  # fmt: skip
    return person


class TestNothingIsLeft:
    def test_no_table_holds_it_and_the_chain_stands(self, summit: Summit, organiser: User) -> None:
        everything(summit, organiser)
        Retention.objects.create(summit=summit, what=Kept.PERSON, days=400)
        assert len(canaries.where(MARK)) > 40
        audit.chain()
        retention.purge(summit=summit, today=after(401))
        audit.chain()
        assert canaries.where(MARK) == set()
        mark = chain.end()
        assert mark.length > 10
        assert chain.finish(chain.advance(chain.begin(), mark.length), mark) is None

    def test_control_a_value_in_the_audit_would_stay(self, summit: Summit, organiser: User) -> None:
        person = everything(summit, organiser)
        Retention.objects.create(summit=summit, what=Kept.PERSON, days=400)
        AuditEntry.objects.create(
            summit=summit, by=organiser, action="x", object_type="summit.person", object_key=person.public_id,
            detail={"name": MARK},
        )  # fmt: skip
        retention.purge(summit=summit, today=after(401))
        assert canaries.where(MARK) == {"summit_auditentry.detail"}

    @pytest.mark.parametrize("missing", ["photos", "mail", "scans", "links", "subscribers", "people"])
    def test_control_without_a_piece_something_is_left(
        self, summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch, missing: str
    ) -> None:
        everything(summit, organiser)
        Retention.objects.create(summit=summit, what=Kept.PERSON, days=400)
        # Erasing a person takes much of it along: without that each piece is alone.
        rest = [each for each in retention.pieces() if each.name not in (missing, "people")]
        monkeypatch.setattr(retention, "pieces", lambda: rest)
        retention.purge(summit=summit, today=after(401))
        assert canaries.where(MARK)

    def test_without_a_time_names_and_offices_stay(self, summit: Summit, organiser: User) -> None:
        person = everything(summit, organiser)
        retention.purge(summit=summit, today=after(5000))
        person.refresh_from_db()
        assert (person.name, person.office, person.email) == ("canary-name", "canary-office", "")
        assert not Subscriber.objects.exists()

    def test_the_search_finds_nobody_any_more(self, summit: Summit, organiser: User) -> None:
        everything(summit, organiser)
        client = Client()
        client.force_login(organiser)
        assert "canary-name" in client.get("/admin/search/?q=canary").content.decode()
        Retention.objects.create(summit=summit, what=Kept.PERSON, days=400)
        retention.purge(summit=summit, today=after(401))
        assert "canary-" not in client.get("/admin/search/?q=canary").content.decode()


class TestTheNight:
    def test_all_summits_and_mail_of_none(self, summit: Summit) -> None:
        Summit.objects.filter(pk=summit.pk).update(ends_on=date(2020, 1, 2), starts_on=date(2020, 1, 1))
        member(summit)
        member(f.SummitFactory(ends_on=after(9999)))
        recent, old = f.MessageFactory(state="sent", sent_at=f.START), datetime(2020, 1, 1, tzinfo=UTC)
        f.MessageFactory(state="sent", sent_at=f.START, created_at=old)
        found = nightly.purge_all()
        assert found["here"]["photos"] == 1
        assert list(found) == ["here"]
        assert Message.objects.get() == recent
        assert nightly.purge_all() == {}

    def test_of_a_demonstration_nothing_goes(self) -> None:
        shown = f.SummitFactory(illustrative=True, starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))
        member(shown)
        assert nightly.purge_all() == {}
        assert retention.purge(summit=shown)["photos"] == 1

    def test_what_fails_at_one_summit_stops_no_other(
        self, summit: Summit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        other = f.SummitFactory()
        monkeypatch.setattr(
            retention, "purge", lambda summit: 1 / 0 if summit.slug == "here" else {"asked": summit.pk}
        )
        assert nightly.purge_all() == {other.slug: {"asked": other.pk}}
        assert "the purge of a summit failed (here)" in caplog.text


def _race(summit: Summit) -> tuple[int, list[str]]:
    done: list[int] = []
    failed: list[str] = []

    def run() -> None:
        try:
            done.append(retention.purge(summit=summit, today=after(15)).get("needs", 0))
        except Exception as problem:
            failed.append(type(problem).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done), failed


@pytest.mark.django_db(transaction=True)
def test_two_at_once_purge_each_row_once(summit: Summit) -> None:
    for _number in range(4):
        member(summit)
    assert _race(summit) == (4, [])
    entries = AuditEntry.objects.filter(action=retention.PURGE)
    assert sum(entry.detail["numbers"]["needs"] for entry in entries) == 4


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_rows_are_purged_twice(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(4):
        member(summit)
    both = threading.Barrier(2)
    found, waited = retention._keys, threading.local()

    def slowly(rows: Any, number: int) -> Any:
        keys = found(rows, number)
        if keys and not getattr(waited, "once", False):
            waited.once = True
            both.wait(timeout=10)
        return keys

    monkeypatch.setattr(retention, "lock", lambda summit: None)
    monkeypatch.setattr(retention, "_keys", slowly)
    # On SQLite the transaction's own write lock is the second belt: take it off too.
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", None)
    assert _race(summit) in ((8, []), (4, ["OperationalError"]))


class TestLongWork:
    def test_it_is_done_in_steps_and_says_how_much(self, summit: Summit, organiser: User) -> None:
        Summit.objects.filter(pk=summit.pk).update(ends_on=date(2020, 1, 2), starts_on=date(2020, 1, 1))
        for _number in range(3):
            member(summit)
        job = jobs.start(kind=purging.NAME, by=organiser, summit=Summit.objects.get(pk=summit.pk))
        running.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result_params) == ("done", {"number": 12})
        assert purging.result(job) == "12 rows are purged."
        assert AuditEntry.objects.filter(action=retention.PURGE, by=organiser).count() == 4

    def test_who_may_ask(self, summit: Summit) -> None:
        with pytest.raises(PermissionDenied):
            jobs.start(kind=purging.NAME, by=f.UserFactory.with_role(Role.PROTOCOL, summit), summit=summit)


class TestPages:
    @pytest.fixture
    def desk(self, organiser: User) -> Client:
        client = Client()
        client.force_login(organiser)
        return client

    def test_what_is_kept_and_what_goes(self, desk: Client, summit: Summit) -> None:
        member(summit)
        Retention.objects.create(
            summit=summit, what=Kept.PHOTO, category=Category.objects.of(summit)["head"], days=None
        )
        page = desk.get("/admin/delegations/retention/summit/here/").content.decode()
        # The summit was in 2025: all of it but the person is due.
        for said in ("4 rows go with the next purge:", "Purge 4 rows now", "Thursday 1 May 2025", "kept"):
            assert said in page
        assert "head of delegation: kept" in page

    def test_a_purge_is_asked_for(self, desk: Client, summit: Summit) -> None:
        member(summit)
        answer = desk.post("/admin/delegations/retention/summit/here/")
        assert answer["Location"].startswith("/admin/work/")

    def test_times_are_given_and_refused(self, desk: Client, summit: Summit) -> None:
        address = "/admin/delegations/retention/add/"
        head, strange = Category.objects.of(summit)["head"], f.CategoryFactory()
        given = {"summit": summit.pk, "what": "photo", "category": head.pk, "days": "3"}
        assert desk.post(address, given).status_code == 302
        assert Retention.objects.get().days == 3
        page = desk.post(address, {**given, "category": strange.pk}).content.decode()
        assert Retention.objects.count() == 1
        page = desk.post(address, {**given, "what": "mail"}).content.decode()
        assert "This belongs to no single person: it has one time for all. Leave the category empty." in page
        assert desk.post(address, {}).status_code == 200
        page = desk.post(address, given).content.decode()
        assert "There is a time for this already. Change that one." in page
        assert AuditEntry.objects.filter(action="delegations.retention.add").count() == 1

    def test_queries_do_not_grow(self, desk: Client, summit: Summit) -> None:
        counts = []
        for _round in range(2):
            for code in ("head", "delegate", "adviser"):
                member(summit, code)
            desk.get("/admin/delegations/retention/summit/here/")
            with CaptureQueriesContext(connection) as found:
                desk.get("/admin/delegations/retention/summit/here/")
            counts.append(len(found))
        assert counts[0] == counts[1]

    def test_no_other_desk_sees_it(self, summit: Summit) -> None:
        client = Client()
        client.force_login(f.UserFactory.with_role(Role.PROTOCOL, summit))
        assert client.get("/admin/delegations/retention/summit/here/").status_code == 404
        assert client.get("/admin/delegations/retention/").status_code == 404


def test_every_kind_that_is_kept_has_a_piece() -> None:
    assert {each.what for each in retention.pieces()} == set(Kept.values) == set(USUAL_DAYS)
    assert len({each.name for each in retention.pieces()}) == len(retention.pieces())


def test_every_field_of_particulars_is_purged_by_one_piece() -> None:
    groups = [*kept.PASSPORT.fields, *kept.DIGESTS, *kept.NEEDS.fields, *kept.TRAVEL.fields]
    fields = {field.name for field in Particulars._meta.fields}
    # Keys, and which fields somebody entered for whom.
    assert fields - set(groups) == {"id", "person", "entered_for", "updated_at", "withheld"}
    assert len(groups) == len(set(groups))
