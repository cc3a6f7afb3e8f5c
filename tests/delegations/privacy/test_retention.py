"""How long what is personal is kept: the table, the purge, and the record of processing, which says it of each field.

What a purge leaves is in `test_delegation_data_of_people`.
"""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from delegations.members.models.categories import Category
from delegations.members.models.particulars import Particulars, Photo
from delegations.privacy import purge_job
from delegations.privacy.models import USUAL_DAYS, Retention
from delegations.privacy.selectors import processing_record
from delegations.privacy.selectors.processing_record import ProcessingEntry
from delegations.privacy.selectors.retention import Times
from delegations.privacy.services import nightly_purge, retention
from delegations.privacy.services.retention import today_at
from summit.audit.models import AuditEntry
from summit.core.personal_data import PersonalDataKind, personal_columns
from summit.jobs import runner
from summit.jobs import services as jobs_services
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from summit.webhooks.models.deliveries import Delivery
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, sign_in, text
from tests.threads import at_once, meeting

pytestmark = pytest.mark.django_db
LAST = date(2025, 4, 1)


def member(summit: Summit, code: str = "delegate", **more: Any) -> Person:
    """Somebody with all that is purged by category."""
    person: Person = f.MembershipFactory(party__summit=summit, code=code, **more).person
    passport = {"passport_number": "X1", "birth_date": date(1970, 1, 2), "passport_digest": "d"}
    f.ParticularsFactory(person=person, diet="none", hotel="Grand", arrives_at=f.START, **passport)
    f.PhotoFactory(person=person)
    return person


def after(days: int) -> date:
    return LAST + timedelta(days=days)


class TestTimes:
    def test_the_usual_ones_hold_where_neither_a_summit_nor_a_category_has_its_own(self, summit: Summit) -> None:
        times = Times.of(summit)
        assert {what: times.goes_on(what) for what in PersonalDataKind.values} == {
            what: None if days is None else after(days + 1) for what, days in USUAL_DAYS.items()
        }
        head = Category.objects.of(summit)["head"]
        Retention.objects.create(summit=summit, what=PersonalDataKind.PHOTO, days=0)
        Retention.objects.create(summit=summit, what=PersonalDataKind.PHOTO, category=head, days=None)
        Retention.objects.create(summit=f.SummitFactory(), what=PersonalDataKind.PHOTO, days=7)
        times = Times.of(summit)
        assert (times.goes_on(PersonalDataKind.PHOTO), times.goes_on(PersonalDataKind.PHOTO, head.pk)) == (
            after(1),
            None,
        )
        assert [times.over(PersonalDataKind.PHOTO, after(day)) for day in (0, 1, 2)] == [False, True, True]
        assert not times.over(PersonalDataKind.PHOTO, after(999), head.pk)
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
        _rest, head, gone = member(summit), member(summit, "head"), member(summit, "head")
        category, party = head.membership.category, gone.membership.party
        Retention.objects.create(summit=summit, what=PersonalDataKind.PHOTO, category=category, days=90)
        f.FormerMemberFactory(party=party, person=gone, category=category)
        gone.membership.delete()
        # Nobody's member, such as a focal point: the usual time.
        f.PhotoFactory(person__summit=summit)
        assert retention.purge(summit=summit, today=after(31))["photos"] == 2
        assert set(Photo.objects.values_list("person", flat=True)) == {head.pk, gone.pk}
        assert retention.purge(summit=summit, today=after(91))["photos"] == 2

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
        assert "needs still holds" in str(refuses(RuntimeError, retention.purge, summit=summit, today=after(15)))

    def test_an_organiser_may_have_it_purged(self, summit: Summit, organiser: User, protocol: User) -> None:
        refuses(PermissionDenied, retention.purge, summit=summit, by=protocol)
        assert retention.purge(summit=summit, by=organiser) == {}

    def test_mail_and_deliveries_to_webhooks_go_and_those_that_wait_stay(self, summit: Summit) -> None:
        for state, problem in (("pending", ""), ("sent", ""), ("failed", "x")):
            ended = None if state == "pending" else f.START
            f.DeliveryFactory(endpoint__summit=summit, state=state, problem=problem, ended_at=ended)
        f.DeliveryFactory(state="sent", ended_at=f.START)
        f.MessageFactory(summit=summit, state="sent", sent_at=f.START)
        waits = f.MessageFactory(summit=summit)
        gone = retention.purge(summit=summit, today=after(366))
        assert (gone["deliveries"], gone["mail"], Message.objects.get()) == (2, 1, waits)
        assert sorted(Delivery.objects.values_list("state", flat=True)) == ["pending", "sent"]


class TestTheNight:
    def test_all_summits_and_mail_of_none(self, summit: Summit) -> None:
        Summit.objects.filter(pk=summit.pk).update(ends_on=date(2020, 1, 2), starts_on=date(2020, 1, 1))
        member(summit)
        member(f.SummitFactory(ends_on=after(9999)))
        recent, old = f.MessageFactory(state="sent", sent_at=f.START), datetime(2020, 1, 1, tzinfo=UTC)
        f.MessageFactory(state="sent", sent_at=f.START, created_at=old)
        found = nightly_purge.purge_all()
        assert found["here"]["photos"] == 1
        assert list(found) == ["here"]
        assert Message.objects.get() == recent
        assert nightly_purge.purge_all() == {}
        shown = f.SummitFactory(illustrative=True, starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))
        member(shown)
        assert nightly_purge.purge_all() == {}
        assert retention.purge(summit=shown)["photos"] == 1

    def test_one_fails_alone(
        self, summit: Summit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        other = f.SummitFactory()
        monkeypatch.setattr(
            retention, "purge", lambda summit: 1 / 0 if summit.slug == "here" else {"asked": summit.pk}
        )
        assert nightly_purge.purge_all() == {other.slug: {"asked": other.pk}}
        assert "the purge of a summit failed (here)" in caplog.text


def _race(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Purge four rows by two who both find them first; return how many each has purged."""
    for _number in range(4):
        member(summit)
    both, found = meeting(), retention._keys

    def slowly(rows: Any, number: int) -> Any:
        keys = found(rows, number)
        if keys:
            both()
        return keys

    monkeypatch.setattr(retention, "_keys", slowly)
    came = at_once(*[lambda: retention.purge(summit=summit, today=after(15)).get("needs", 0)] * 2)
    return sorted(came)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_once_purge_each_row_once(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(_race(summit, monkeypatch)) == 4
    entries = AuditEntry.objects.filter(action=retention.PURGE)
    assert sum(entry.detail["numbers"]["needs"] for entry in entries) == 4


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_rows_are_purged_twice(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "lock", lambda summit: None)
    assert _race(summit, monkeypatch) == [4, 4]


class TestLongWork:
    def test_it_is_done_in_steps_and_says_how_much(self, summit: Summit, organiser: User, protocol: User) -> None:
        Summit.objects.filter(pk=summit.pk).update(ends_on=date(2020, 1, 2), starts_on=date(2020, 1, 1))
        for _number in range(3):
            member(summit)
        refuses(PermissionDenied, jobs_services.start, kind=purge_job.NAME, by=protocol, summit=summit)
        job = jobs_services.start(kind=purge_job.NAME, by=organiser, summit=Summit.objects.get(pk=summit.pk))
        while job.state == "waiting":
            runner.run(job.pk)
            job.refresh_from_db()
        assert (job.state, job.result_params) == ("done", {"number": 12})
        assert purge_job.result(job) == "12 rows purged."
        assert purge_job.progress(5, 12) == "5 of 12 rows purged"
        assert AuditEntry.objects.filter(action=retention.PURGE, by=organiser).count() == 4


PAGE = "/admin/delegations/retention/summit/here/"
RECORD = f"{PAGE}record/"


class TestPages:
    def test_what_is_kept_and_what_goes_and_a_purge_is_asked_for(self, summit: Summit, organiser: User) -> None:
        desk = signed_in(organiser)
        member(summit)
        head = Category.objects.of(summit)["head"]
        Retention.objects.create(summit=summit, what=PersonalDataKind.PHOTO, category=head, days=None)
        page = text(desk.get(PAGE))
        # The summit was in 2025: all of it but the person is due.
        for words in ("4 rows in the next purge:", "Purge 4 rows now", "Thursday 1 May 2025"):
            assert words in page
        assert ("head of delegation: kept" in page, RECORD in page) == (True, True)
        assert desk.post(PAGE)["Location"].startswith("/admin/jobs/")


def test_every_kind_and_every_field_of_particulars_is_purged_by_one_piece() -> None:
    assert {each.what for each in retention.pieces()} == set(PersonalDataKind.values) == set(USUAL_DAYS)
    assert len({each.name for each in retention.pieces()}) == len(retention.pieces())
    kinds = {each.what for each in retention.pieces() if each.model is Particulars}
    kept_as = {column.name: declared.kept_as for column, declared in personal_columns(Particulars)}
    assert set(kept_as.values()) == kinds
    # Keys, and which fields somebody entered for whom.
    fields = {field.name for field in Particulars._meta.fields}
    assert fields - set(kept_as) == {"id", "person", "entered_for", "updated_at", "withheld"}


def by_field(summit: Summit) -> dict[tuple[str, str], ProcessingEntry]:
    """Return what the record of processing says, by the rows and the field."""
    return {(each.rows, each.data): each for each in processing_record.entries(summit=summit)}


FOOD = ("Personal details", "Dietary needs")


def test_it_has_every_declared_field(summit: Summit) -> None:
    with_tables = [model for model in apps.get_models() if not model._meta.proxy]
    number = sum(1 for model in with_tables for _column in personal_columns(model))
    found = processing_record.entries(summit=summit)
    assert len(found) == number > 100
    assert [each for each in found if not all(vars(each).values())] == []
    assert (found[0].rows, found[0].data) == ("Person", "Account")
    # Fields that differ in nothing else are one line.
    groups = dict(processing_record.grouped(found))
    assert [each.data for each in groups["Declaration"]] == ["Type, Person, Item, Reason"]
    labels = [label for each in groups["Person"] for label in each.data.split(", ")]
    assert sorted(labels) == sorted(each.data for each in found if each.rows == "Person")


def test_it_says_what_for_who_and_how_long(summit: Summit) -> None:
    found, desks = by_field(summit), "organiser, protocol, conference officer, focal point"
    what_for = "To provide suitable food and accessible rooms."
    assert found[FOOD] == ProcessingEntry(*FOOD, "participants", what_for, desks, desks, "Tuesday 15 April 2025")
    assert found["Person", "Name"].kept == "kept"
    assert found["Subscriber", "Email address"].subjects == "subscribers"
    code = found["Sign-in code", "Email address"]
    assert (code.seen_by, code.kept) == ("no staff", "Deleted after a day.")
    # The times are those of the summit and its categories.
    delegate = Category.objects.of(summit)["delegate"]
    Retention.objects.create(summit=summit, what="needs", days=1)
    Retention.objects.create(summit=summit, what="needs", category=delegate, days=None)
    assert by_field(summit)[FOOD].kept == "Wednesday 2 April 2025, delegate: kept"
    assert by_field(f.SummitFactory())[FOOD].kept == "Tuesday 15 April 2025"


class TestRecordPage:
    def test_others_do_not_find_it(self, summit: Summit) -> None:
        f.SummitFactory(slug="there")
        assert sign_in(summit, Role.PROTOCOL).get(RECORD).status_code == 404
        organiser = sign_in(summit, Role.ORGANISER)
        for slug in ("there", "nowhere"):
            assert organiser.get(RECORD.replace("here", slug)).status_code == 404
        assert organiser.post(RECORD).status_code == 405


def test_the_command_prints_text_csv_and_json(summit: Summit) -> None:
    def printed(*options: str) -> str:
        out = io.StringIO()
        call_command("processing_record", "--summit", "here", *options, stdout=out)
        return out.getvalue()

    number = len(processing_record.entries(summit=summit))
    assert "Subscriber: Email address, Language\n  Data subjects: subscribers\n" in printed()
    rows = list(csv.DictReader(io.StringIO(printed("--format", "csv").removeprefix("\ufeff"))))
    assert (len(rows), rows[0]["Rows"]) == (number, "Person")
    objects = json.loads(printed("--format", "json"))
    assert len(objects) == number
    assert list(objects[0]) == ["rows", "data", "subjects", "purpose", "seen_by", "changed_by", "kept"]
    assert "Besoins alimentaires, " in printed("--language", "fr")
    refuses(CommandError, call_command, "processing_record", "--summit", "nowhere")
