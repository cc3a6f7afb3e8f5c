"""Every list of the admin as a file: the rows that it shows, for whoever sees it, in three formats."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from summit.admin.summits import VenueAdmin
from summit.desk import exporting
from summit.desk.base import RoleMixin, SummitModelAdmin
from summit.domain import portions, seen, upkeep
from summit.models import AuditEntry, Person, Role, Summit, User, Venue
from summit.tables.harmless import SIGNS
from summit.tables.incoming import INTAKES
from summit.tables.listed import Listed, reading
from summit.work.domain import running, tables
from summit.work.models import Job, JobState, KeptPart, KeptTable
from tests.factories import MembershipFactory, PersonFactory, SummitFactory, UserFactory, VenueFactory
from tests.routes.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DESKS: dict[str, Any] = {
    model._meta.label_lower: desk for model, desk in site._registry.items() if isinstance(desk, RoleMixin)
}
VENUES, PEOPLE = "/admin/summit/venue/table/", "/admin/summit/person/table/"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Make the world once for this module's tests, in a transaction that is rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def address(label: str) -> str:
    return f"/admin/{label.replace('.', '/')}/table/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def everything(world: World) -> User:
    return User.objects.filter(is_superuser=True).earliest("pk")


def take(client: Client, path: str, ending: str = "json") -> bytes:
    answer: Any = client.post(path, {"ending": ending})
    assert answer.status_code == 200, path
    assert answer["Content-Disposition"].endswith(f'.{ending}"')
    return b"".join(answer.streaming_content)


def rows_of(content: bytes, ending: str) -> list[list[Any]]:
    """Return the rows of a file, their headings too."""
    if ending == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    if ending == "xlsx":
        sheet: Any = load_workbook(io.BytesIO(content)).worksheets[0]
        return [list(row) for row in sheet.iter_rows(values_only=True)]
    found = json.loads(content)
    return [list(found[0]), *(list(row.values()) for row in found)] if found else []


def listed(label: str, user: User, **asked: str) -> list[int]:
    """Return the keys of the rows that a list shows, on all its pages, in its order."""
    request = RequestFactory().get("/", asked)
    request.user = user
    return list(DESKS[label].listed_rows(request).values_list("pk", flat=True))


# --- every list -----------------------------------------------------------------------------------------------------
def test_every_desk_exports() -> None:
    assert len(DESKS) > 35
    assert [label for label, desk in DESKS.items() if not isinstance(desk, SummitModelAdmin)] == []


@pytest.mark.parametrize("label", sorted(DESKS))
def test_every_list_in_every_format(world: World, label: str) -> None:
    """The same rows in the list's order, in each format as many columns, and nowhere a formula."""
    user = everything(world)
    client, keys = signed_in(user), listed(label, user)
    assert keys
    columns = Listed(DESKS[label], reading(user)).columns()
    assert len({column.name for column in columns}) == len(columns)
    made = {ending: rows_of(take(client, address(label), ending), ending) for ending in ("json", "csv", "xlsx")}
    # What this test itself did stands in the audit by now; it is the newest of it.
    found = {ending: [int(row[0]) for row in rows[1:]] for ending, rows in made.items()}
    assert {ending: [key for key in of if key in keys] for ending, of in found.items()} == dict.fromkeys(made, keys)
    assert {len(row) for rows in made.values() for row in rows} == {len(columns)}
    assert [column.name for column in columns] == made["json"][0]
    texts = [cell for ending in ("csv", "xlsx") for row in made[ending] for cell in row if isinstance(cell, str)]
    assert [text for text in texts if text.lstrip().startswith(SIGNS) and len(text) > 1] == []
    assert [text for text in texts if "<" in text or "\u2068" in text] == []


@pytest.mark.parametrize("label", sorted(DESKS))
def test_queries_dont_grow_with_rows(world: World, label: str) -> None:
    """One row, or all there are: what is asked for each row would be asked as often as there are more."""
    user = everything(world)
    keys = listed(label, user)
    numbers = []
    for few in (keys[:1], keys):
        found = Listed(DESKS[label], reading(User.objects.get(pk=user.pk)))
        with CaptureQueriesContext(connection) as queries:
            rows = found.page(few)
            [[column.said(row) for column in found.columns()] for row in rows]
        numbers.append(len(queries))
    assert len(keys) > 1
    assert numbers[1] - numbers[0] <= ALLOWED.get(label, 0), numbers


# A query for each kind of row that entries of the audit speak of; the parties of people are named by one, the
# sessions to which parties are invited by two a summit.
ALLOWED = {"summit.auditentry": 12, "summit.person": 1, "programme.signup": 1, "delegations.invitation": 4}


# Lists that no uploaded table fills, with the reason. Whoever adds a list gives it an import, or says here why not.
MADE = "the system makes its rows, or a button on another page does"
NO_UPLOAD = {
    "api.application": "a program's first token is shown once, to whoever enters it",
    "delegations.badge": MADE,
    "delegations.declaration": "what is brought is declared by the party, or at the person's page",
    "delegations.focalpointrequest": MADE,
    "delegations.handover": MADE,
    "delegations.invitation": "parties are invited by choosing them in their list, and letters by approving them",
    "delegations.invitationlink": MADE,
    "delegations.membership": "people come with their parties, by the table of people",
    "delegations.overpass": MADE,
    "delegations.participantlist": MADE,
    "delegations.reply": "an answer is recorded with what proves it, at the page of its invitation",
    "delegations.resemblance": MADE,
    "delegations.sheet": "it is the list of uploads",
    "delegations.visaletter": MADE,
    "hooks.delivery": MADE,
    "hooks.endpoint": "its secret is shown once, to whoever enters it",
    "outbox.message": MADE,
    "press.announcement": MADE,
    "press.subscriber": "whoever has a mailbox subscribes it: no table says that they want to be written to",
    "press.text": "a text is no row of cells: it is pasted or uploaded by itself, or a folder by import_speeches",
    "programme.release": MADE,
    "programme.schedulefile": "it is the list of uploads",
    "programme.signup": MADE,
    "summit.auditentry": MADE,
    "summit.giventable": "it is the list of uploads",
    "summit.summit": "a whole summit comes in by import_summit",
    "summit.user": "an account comes with its first role, by the table of roles",
}


def test_every_list_offers_three_formats_and_an_upload_or_says_why_not(world: World) -> None:
    client = signed_in(everything(world))
    without = set()
    for label in DESKS:
        page = client.get(address(label)[:-6]).content.decode()
        assert f'href="{address(label)}' in page, label
        asked = client.get(address(label)).content.decode()
        assert set(re.findall(r'name="ending" value="(\w+)"', asked)) == {"csv", "xlsx", "json"}, label
        assert ("uploaded again" in asked) == (label in {*INTAKES, "summit.person", "delegations.party"}), label
        upload = re.search(r'<a [^>]*href="(/admin/[^"]*/upload/[^"]*)"', page)
        without |= set() if upload else {label}
        assert upload is None or client.get(html.unescape(upload[1])).status_code == 200, label
    # The lists of uploads lead to the form of which they are the history.
    uploads = {label for label, why in NO_UPLOAD.items() if why == "it is the list of uploads"}
    assert without == set(NO_UPLOAD) - uploads


def test_whoever_sees_a_list_exports_it_and_nobody_else(world: World) -> None:
    wrong = []
    for somebody in world.readers:
        if not somebody.reader.roles or somebody.reader.name in ("letter", "mailbox"):
            continue
        client = signed_in(User.objects.get(name=somebody.reader.name))
        for label in DESKS:
            shown, given = (client.get(path).status_code for path in (address(label)[:-6], address(label)))
            if shown != given:
                wrong.append((somebody.reader.name, label, shown, given))
    assert wrong == []


def test_only_the_readers_summits_rows(world: World) -> None:
    viewer = UserFactory.with_role(Role.VIEWER, world.here)
    names = {row["name"] for row in json.loads(take(signed_in(viewer), VENUES))}
    assert names == set(Venue.objects.filter(summit=world.here).values_list("name", flat=True))
    assert names != set(Venue.objects.values_list("name", flat=True))


def test_control_without_the_desks_rule_all_rows_leave(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = UserFactory.with_role(Role.VIEWER, world.here)
    monkeypatch.setattr(VenueAdmin, "get_queryset", lambda self, request: Venue.objects.all())
    assert len(json.loads(take(signed_in(viewer), VENUES))) == Venue.objects.count()


# --- what is in a file ----------------------------------------------------------------------------------------------
@pytest.fixture
def summit() -> Summit:
    found: Summit = SummitFactory(slug="a", time_zone="Asia/Tokyo")
    return found


@pytest.fixture
def organiser(summit: Summit) -> User:
    return UserFactory.with_role(Role.ORGANISER, summit)


def test_filters_search_and_order_are_the_lists(summit: Summit, organiser: User) -> None:
    for name in ("Bea", "Ana", "Bert", "Cleo"):
        PersonFactory(summit=summit, name=name)
    found = json.loads(take(signed_in(organiser), f"{PEOPLE}?q=b&o=-1"))
    wanted = [Person.objects.get(pk=key).name for key in listed("summit.person", organiser, q="b", o="-1")]
    assert [row["who"].split(",")[0] for row in found] == wanted
    assert sorted(wanted) == ["Bea", "Bert"]


def test_values_are_typed_and_moments_the_venues(summit: Summit, organiser: User) -> None:
    row = VenueFactory(
        summit=summit, name="=SUM(A1)", address="1 \u2068Rue\u2069", opens_at="08:00", closes_at="22:00"
    )
    client = signed_in(organiser)
    [found] = json.loads(take(client, VENUES))
    assert found == {
        "id": row.pk,
        "public_id": row.public_id,
        "name": "=SUM(A1)",
        "hours": "08:00–22:00",
        "address": "1 Rue",
        "opens_at": "08:00",
        "closes_at": "22:00",
    }
    assert rows_of(take(client, VENUES, "csv"), "csv")[1][2] == "'=SUM(A1)"
    sheet: Any = load_workbook(io.BytesIO(take(client, VENUES, "xlsx"))).worksheets[0]
    assert [(cell.data_type, cell.value) for cell in sheet[2]][:3] == [
        ("n", row.pk),
        ("s", row.public_id),
        ("s", "'=SUM(A1)"),
    ]
    [told] = json.loads(take(client, "/admin/summit/summit/table/"))
    assert (told["starts_on"], told["public"]) == (summit.starts_on.isoformat(), True)
    moment = AuditEntry.objects.latest("pk").at
    entry = json.loads(take(client, "/admin/summit/auditentry/table/?show=seen"))
    assert entry == []
    AuditEntry.objects.create(summit=summit, by=organiser, action="x", object_type="summit.venue", object_key="1")
    [entry] = json.loads(take(client, "/admin/summit/auditentry/table/"))
    assert entry["at"].endswith("+09:00")
    [_heads, line] = rows_of(take(client, "/admin/summit/auditentry/table/", "csv"), "csv")
    assert line[1] == f"{timezone.localtime(AuditEntry.objects.latest('pk').at, summit.zone):%Y-%m-%d %H:%M}"
    assert moment is not None


def test_headings_are_the_readers_and_fields_english(summit: Summit, organiser: User) -> None:
    VenueFactory(summit=summit)
    client = signed_in(organiser)
    english, french = (
        rows_of(take(client, f"{VENUES}?lang={language}", "csv"), "csv")[0] for language in ("en", "fr")
    )
    assert english[2:4] == ["Name", "Open"]
    assert french[2] == "Nom"
    assert json.loads(take(client, f"{VENUES}?lang=fr"))[0]["hours"] == "always"


def test_who_took_personal_data_is_recorded(summit: Summit, organiser: User) -> None:
    person = PersonFactory(summit=summit, name="Zoe")
    take(signed_in(organiser), f"{PEOPLE}?q=zoe")
    [entry] = AuditEntry.objects.filter(action=seen.SEEN)
    assert (entry.by, entry.detail["keys"], entry.summit) == (organiser, [person.public_id], summit)
    assert "zoe" not in json.dumps(entry.detail).lower()


def test_columns_that_a_reader_doesnt_see_arent_in_the_file(summit: Summit) -> None:
    MembershipFactory(party__summit=summit)
    vetting = signed_in(UserFactory.with_role(Role.VETTING, summit))
    organiser = signed_in(UserFactory.with_role(Role.ORGANISER, summit))
    names = [set(json.loads(take(client, PEOPLE))[0]) for client in (vetting, organiser)]
    assert names[1] - names[0] <= {"party_name", "category"}


# --- long ones ------------------------------------------------------------------------------------------------------
@pytest.fixture
def long_list(summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Five venues where two are many, and two a step."""
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    monkeypatch.setattr(tables, "ROWS", 2)
    for number in range(5):
        VenueFactory(summit=summit, name=f"Venue {number}")
    return signed_in(organiser)


def begun(client: Client, ending: str, path: str = VENUES) -> Job:
    answer = client.post(path, {"ending": ending})
    job = Job.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/work/{job.public_id}/")
    return job


def file_of(job: Job) -> str:
    return f"/admin/work/table/{KeptTable.objects.get(job=job).public_id}/"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_a_long_list_is_made_by_a_worker_and_kept(
    long_list: Client, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    job = begun(long_list, ending)
    assert begun(long_list, ending) == job
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result_params["number"]) == (JobState.DONE, 5, 5, 5)
    assert KeptPart.objects.count() == 3
    page = long_list.get(f"/admin/work/{job.public_id}/").content.decode()
    assert f'href="{file_of(job)}"' in page
    answer: Any = long_list.get(file_of(job))
    whole = b"".join(answer.streaming_content)
    monkeypatch.setattr(exporting, "AT_ONCE", 10)
    assert rows_of(whole, ending) == rows_of(take(long_list, VENUES, ending), ending)
    assert [row[2] for row in rows_of(whole, ending)[1:]] == [f"Venue {number}" for number in range(5)]


def test_a_killed_workers_work_goes_on_where_it_was(long_list: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begun(long_list, "csv")
    claimed = running.claim(job.pk)
    assert claimed is not None
    running.step(claimed)
    # It wrote a part and died before its step was stored: the whole step is undone.
    with monkeypatch.context() as patched:
        patched.setattr(running, "held", _dies(running.held))
        with pytest.raises(KeyboardInterrupt):
            running.step(claimed)
    assert list(KeptPart.objects.values_list("number", flat=True)) == [0]
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    running.run(job.pk)
    answer: Any = long_list.get(file_of(job))
    found = rows_of(b"".join(answer.streaming_content), "csv")
    assert [row[2] for row in found] == ["Name", *(f"Venue {number}" for number in range(5))]


def _dies(held: Any) -> Any:
    asked: list[Job] = []

    def dying(job: Job) -> Any:
        asked.append(job)
        if len(asked) > 1:
            raise KeyboardInterrupt
        return held(job)

    return dying


def test_what_is_gone_meanwhile_is_left_out(long_list: Client) -> None:
    job = begun(long_list, "json")
    Venue.objects.filter(name__in=["Venue 0", "Venue 1", "Venue 3"]).delete()
    running.run(job.pk)
    answer: Any = long_list.get(file_of(job))
    assert [row["name"] for row in json.loads(b"".join(answer.streaming_content))] == ["Venue 2", "Venue 4"]


def test_a_kept_file_is_for_whoever_asked_and_still_sees_the_list(
    long_list: Client, summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(long_list, "csv")
    assert long_list.get(file_of(job)).status_code == 404
    running.run(job.pk)
    other = signed_in(UserFactory.with_role(Role.ORGANISER, summit))
    superuser = signed_in(UserFactory(is_superuser=True))
    assert [client.get(file_of(job)).status_code for client in (long_list, other, superuser)] == [200, 404, 404]
    organiser.roles.update(role=Role.MEDIA_REPRESENTATIVE)
    elsewhere = SummitFactory().roles.create(user=organiser, role=Role.ORGANISER)
    assert long_list.get(file_of(job)).status_code == 404
    with monkeypatch.context() as patched:
        patched.setattr(tables, "open_to", lambda table, by: True)
        assert long_list.get(file_of(job)).status_code == 200
    elsewhere.delete()
    organiser.roles.update(role=Role.ORGANISER)
    with monkeypatch.context() as patched:
        patched.setattr(VenueAdmin, "list_display", ["name"])
        assert long_list.get(file_of(job)).status_code == 404


def test_work_ends_where_its_list_is_no_more_the_readers(long_list: Client, organiser: User) -> None:
    job = begun(long_list, "csv")
    organiser.roles.all().delete()
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.result, KeptTable.objects.filter(job=job).exists()) == (tables.REFUSED, False)


def test_a_long_personal_list_is_recorded_encrypted_and_goes(
    long_list: Client, summit: Summit, organiser: User
) -> None:
    people = [PersonFactory(summit=summit, name=f"Zoe {number}") for number in range(3)]
    job = begun(long_list, "json", f"{PEOPLE}?q=zoe")
    running.run(job.pk)
    kept = KeptTable.objects.get(job=job)
    assert (kept.personal, kept.summits) == (True, [summit.pk])
    told = [key for entry in AuditEntry.objects.filter(action=seen.SEEN) for key in entry.detail["keys"]]
    assert sorted(told) == sorted(person.public_id for person in people)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM work_keptpart")
        assert b"Zoe" not in b"".join(bytes(row[0]) for row in cursor.fetchall())
    assert "zoe" not in json.dumps([kept.filters, job.params]).lower()
    [portion] = [each for each in portions.portions() if each.name == "kept_tables"]
    assert portion.erase is not None
    assert portion.erase(portions.subject_of(people[0])) == 1
    assert not KeptTable.objects.filter(job=job).exists()


def test_files_go_after_some_days(long_list: Client) -> None:
    job = begun(long_list, "csv")
    running.run(job.pk)
    upkeep.clear_expired()
    assert KeptTable.objects.filter(job=job).exists()
    KeptTable.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert long_list.get(file_of(job)).status_code == 404
    upkeep.clear_expired()
    assert (KeptTable.objects.filter(job=job).exists(), KeptPart.objects.exists()) == (False, False)


def test_each_list_leads_to_its_page(world: World) -> None:
    client, missing = signed_in(everything(world)), []
    for label in DESKS:
        if f'href="{address(label)}' not in client.get(address(label)[:-6]).content.decode():
            missing.append(label)
    assert missing == []


def test_arabic_runs_from_the_right(summit: Summit, organiser: User) -> None:
    VenueFactory(summit=summit)
    with override("ar"):
        found = take(signed_in(organiser), f"{VENUES}?lang=ar", "xlsx")
    assert load_workbook(io.BytesIO(found)).worksheets[0].sheet_view.rightToLeft is True
