"""Every list of the admin as a file: the rows that it shows, for whoever sees it, in three formats."""

import csv
import html
import io
import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from summit.admin_base.model_admin import RoleMixin, SummitModelAdmin
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.backoffice.summits import VenueAdmin
from summit.import_export import export_admin, export_services, list_pdf
from summit.import_export.batched_querysets import Listed, reading
from summit.import_export.list_import import list_imports
from summit.jobs import runner
from summit.jobs.models.exported_files import ExportedFile, ExportedFilePart
from summit.jobs.models.jobs import Job, JobState
from summit.maintenance import heartbeats
from summit.pdf.fonts import MissingFontError
from summit.people.models import Person
from summit.permissions.models import Role
from summit.privacy import registry
from summit.summits.models import Summit, Venue
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.ratchets import at, broken, hold, table
from tests.routes.world import World, make_world
from tests.summit.conftest import desk_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DESKS: dict[str, Any] = {
    model._meta.label_lower: desk for model, desk in site._registry.items() if isinstance(desk, RoleMixin)
}
VENUES, PEOPLE = "/admin/summit/venue/table/", "/admin/summit/person/table/"


@once_a_module
def world() -> World:
    return make_world()


def address(label: str) -> str:
    return f"/admin/{label.replace('.', '/')}/table/"


@pytest.fixture
def superuser(world: World) -> User:
    return User.objects.filter(is_superuser=True).earliest("pk")


def take(client: Client, path: str, ending: str = "json") -> bytes:
    answer: Any = client.post(path, {"ending": ending})
    assert answer.status_code == 200, path
    assert answer["Content-Disposition"].rstrip('"').endswith(f".{ending}")
    return b"".join(answer.streaming_content)


def rows_of(content: bytes, ending: str) -> list[list[Any]]:
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
def faults_of(label: str, user: User, client: Client) -> list[str]:
    """Return what is wrong with a list: its rows, its columns, its cells, or queries that grow with its rows.

    One row or all there are: what is asked for each row would be asked as often as there are more.
    """
    keys, numbers = listed(label, user), []
    for few in (keys[:1], keys):
        found = Listed(DESKS[label], reading(User.objects.get(pk=user.pk)))
        with CaptureQueriesContext(connection) as queries:
            rows, columns = found.page(few), found.columns()
            [[column.said(row) for column in columns] for row in rows]
        numbers.append(len(queries))
    # What this test itself did stands in the audit by now; it is the newest of it.
    told = [row for row in json.loads(take(client, address(label))) if row["id"] in keys]
    cells = [cell for row in told for cell in row.values() if isinstance(cell, str)]
    faults = {
        "few rows": len(keys) < 2,
        "other rows, or in another order": [row["id"] for row in told] != keys,
        "two columns of one name": len({column.name for column in columns}) != len(columns),
        "other columns": any(list(row) != [column.name for column in columns] for row in told),
        "markup": any("<" in cell or "\u2068" in cell for cell in cells),
        f"{numbers} queries": numbers[1] - numbers[0] > ALLOWED.get(label, 0),
    }
    return [f"{label}: {fault}" for fault, there in faults.items() if there]


def test_every_list_is_a_desks() -> None:
    assert len(DESKS) > 35
    others = [desk for desk in DESKS.values() if not isinstance(desk, SummitModelAdmin)]
    hold(broken("Derive it from SummitModelAdmin.", others))


def test_a_list_has_its_rows_without_markup_and_asks_no_more_for_many(summit: Summit) -> None:
    f.PartyFactory.create_batch(3, summit=summit)
    f.PersonFactory.create_batch(3, summit=summit)
    user = f.UserFactory(is_superuser=True)
    client = signed_in(user)
    for label in ("delegations.party", "summit.person"):
        assert faults_of(label, user, client) == []


@pytest.mark.broad("exports each of some forty lists; two of them are exported above")
def test_every_list_has_its_rows_without_markup_and_asks_no_more_for_many(superuser: User) -> None:
    client = signed_in(superuser)
    faults = [(DESKS[label], fault) for label in DESKS for fault in faults_of(label, superuser, client)]
    hold(broken("Join what its columns show in make_ready, and give each its own name.", faults))


# A query for each kind of row that entries of the audit speak of; the parties of people are named by one, the
# sessions to which parties are invited by two a summit.
ALLOWED = {"summit.auditentry": 12, "summit.person": 1, "agenda.signup": 1, "delegations.invitation": 4}


# Lists that no uploaded table fills, by the reason. Whoever adds a list gives it an import, or says here why not.
HISTORY = "it is the list of uploads"
BY_REASON = {
    "the system makes its rows, or a button on another page does": (
        *("delegations.badge", "delegations.focalpointrequest", "delegations.handover", "delegations.portalsubject"),
        *("delegations.invitationlink", "delegations.transferablepass", "delegations.participantlist"),
        *("delegations.duplicatecandidate", "delegations.visaletter", "webhooks.delivery", "outbox.message"),
        *("press.announcement", "agenda.release", "agenda.retiming", "agenda.signup", "summit.auditentry"),
    ),
    HISTORY: tuple(
        f"{each}importfile" for each in ("delegations.delegation", "agenda.schedule", "summit.list", "press.speech")
    ),
    "a secret or an address is shown once, to whoever enters it": (
        "api.apiclient",
        "webhooks.endpoint",
        "agenda.screen",
    ),
    "a few, entered or chosen by hand": (
        *("agenda.fixedpoint", "delegations.partyprovider", "summit.grouprole", "summit.identityprovider"),
    ),
    "it comes with something else, or by its own page": (
        *("delegations.declaration", "delegations.invitation", "delegations.liaisonofficer", "agenda.bilateral"),
        *("delegations.membership", "delegations.reply", "press.subscriber", "summit.summit", "summit.user"),
    ),
}
NO_UPLOAD = {label: reason for reason, labels in BY_REASON.items() for label in labels}


def test_no_list_that_a_table_fills_is_said_to_have_no_table() -> None:
    both = [at(__file__, f'"{label}"') for label in set(NO_UPLOAD) & set(list_imports())]
    hold(broken("A table fills it: take it out of BY_REASON.", both))


def missing(client: Client, label: str) -> list[str]:
    """Return what a list's page lacks: its export in each format, its upload with the form behind it."""
    page = client.get(address(label)[:-6], follow=True).content.decode()
    asked = client.get(address(label), follow=True).content.decode()
    upload = re.search(r'<a [^>]*href="(/admin/[^"]*/upload/[^"]*)"', page)
    filled = label in {*list_imports(), "summit.person", "delegations.party"}
    wrong = {
        "export": f'href="{address(label)}' not in page,
        "formats": set(re.findall(r'name="ending" value="(\w+)"', asked)) != {"csv", "xlsx", "pdf", "json"},
        "words": (re.search("upload (it|this file) again", asked) is not None) != filled,
        "upload": upload is None or client.get(html.unescape(upload[1]), follow=True).status_code != 200,
    }
    return [name for name, there in wrong.items() if there]


def test_a_list_offers_its_formats_and_an_upload(summit: Summit, desk: Client) -> None:
    f.VenueFactory(summit=summit)
    f.BadgeFactory(party__summit=summit)
    assert [missing(desk, each) for each in ("summit.venue", "delegations.badge")] == [[], ["upload"]]


@pytest.mark.broad("opens every list with its export and its upload; two of them are opened above")
def test_every_list_offers_its_formats_and_an_upload_or_says_why_not(superuser: User) -> None:
    client = signed_in(superuser)
    found = {label: missing(client, label) for label in DESKS}
    # The lists of uploads lead to the form of which they are the history.
    without = {label for label, why in NO_UPLOAD.items() if why != HISTORY}
    lacks = [(DESKS[label], f"{label} lacks {each}") for label in DESKS for each in found[label]]
    uploads = {each: where for where, each in lacks if each.endswith(" lacks upload")}
    todo = "Register an ImportableList (summit.import_export.list_import), or say in {table} why no table fills it."
    others = [each for each in lacks if each[1] not in uploads]
    named = {f"{label} lacks upload" for label in without}
    hold(broken("Let SummitModelAdmin show it.", others), table(uploads, named, f"{__file__} BY_REASON", todo))


def test_who_sees_no_list_gets_no_file(summit: Summit) -> None:
    f.PersonFactory(summit=summit)
    for role, status in ((Role.PROTOCOL, 200), (Role.VIEWER, 404)):
        client = desk_of(summit, role)
        asked = [client.get(PEOPLE[:-6]), client.get(PEOPLE), client.post(PEOPLE, {"ending": "json"})]
        assert [answer.status_code for answer in asked] == [status] * 3, role


@pytest.mark.broad("opens every list with its export as many readers; one list and two readers are above")
def test_whoever_sees_a_list_exports_it_and_nobody_else(world: World) -> None:
    wrong = []
    desks = [each for each in world.readers if each.reader.roles and each.reader.name not in ("letter", "mailbox")]
    for number, somebody in enumerate(desks):
        client = signed_in(User.objects.get(name=somebody.reader.name))
        # Each reader takes every third list, so that every list has several.
        for label in list(DESKS)[number % 3 :: 3]:
            shown, given = (
                client.get(path, follow=True).status_code for path in (address(label)[:-6], address(label))
            )
            if shown != given:
                wrong.append((somebody.reader.name, label, shown, given))
    assert wrong == []


def test_only_the_readers_summits_rows(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    f.VenueFactory(summit=summit, name="Here")
    f.VenueFactory(name="There")
    client = desk_of(summit, Role.VIEWER)
    assert [row["name"] for row in json.loads(take(client, VENUES))] == ["Here"]
    # The control: without the desk's rule all rows leave, those of the module's world too.
    monkeypatch.setattr(VenueAdmin, "get_queryset", lambda self, request: Venue.objects.all())
    assert {"Here", "There"} <= {row["name"] for row in json.loads(take(client, VENUES))}


# --- what is in a file ----------------------------------------------------------------------------------------------
@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(slug="a", time_zone="Asia/Tokyo")


def test_filters_search_and_order_are_the_lists(summit: Summit, organiser: User, desk: Client) -> None:
    for name in ("Bea", "Ana", "Bert", "Cleo"):
        f.PersonFactory(summit=summit, name=name)
    found = json.loads(take(desk, f"{PEOPLE}?q=b&o=-1"))
    wanted = [Person.objects.get(pk=key).name for key in listed("summit.person", organiser, q="b", o="-1")]
    assert [row["who"].split(",")[0] for row in found] == wanted
    assert sorted(wanted) == ["Bea", "Bert"]


def test_values_are_typed_and_moments_the_venues(summit: Summit, organiser: User, desk: Client) -> None:
    hours = {"opens_at": "08:00", "closes_at": "22:00"}
    row = f.VenueFactory(summit=summit, name="=SUM(A1)", address="1 \u2068Rue\u2069", **hours)
    [found] = json.loads(take(desk, VENUES))
    own = {"id": row.pk, "public_id": row.public_id, "name": "=SUM(A1)", "address": "1 Rue"}
    assert found == {**own, "hours": "08:00–22:00", **hours}
    assert rows_of(take(desk, VENUES, "csv"), "csv")[1][2] == "'=SUM(A1)"
    sheet: Any = load_workbook(io.BytesIO(take(desk, VENUES, "xlsx"))).worksheets[0]
    cells = [(cell.data_type, cell.value) for cell in sheet[2]]
    assert cells[:3] == [("n", row.pk), ("s", row.public_id), ("s", "'=SUM(A1)")]
    [told] = json.loads(take(desk, address("summit.summit")))
    assert (told["starts_on"], told["public"]) == (summit.starts_on.isoformat(), True)
    audit = address("summit.auditentry")
    assert json.loads(take(desk, f"{audit}?show=seen")) == []
    AuditEntry.objects.create(summit=summit, by=organiser, action="x", object_type="summit.venue", object_key="1")
    [entry] = json.loads(take(desk, audit))
    assert entry["at"].endswith("+09:00")
    [_heads, line] = rows_of(take(desk, audit, "csv"), "csv")
    assert line[1] == f"{timezone.localtime(AuditEntry.objects.latest('pk').at, summit.zone):%Y-%m-%d %H:%M}"


def test_headings_are_the_readers_and_fields_english(summit: Summit, desk: Client) -> None:
    f.VenueFactory(summit=summit)
    heads = [rows_of(take(desk, f"{VENUES}?lang={each}", "csv"), "csv")[0] for each in ("en", "fr")]
    assert (heads[0][2:4], heads[1][2]) == (["Name", "Open"], "Nom")
    assert json.loads(take(desk, f"{VENUES}?lang=fr"))[0]["hours"] == "always"
    # Arabic runs from the right.
    arabic = load_workbook(io.BytesIO(take(desk, f"{VENUES}?lang=ar", "xlsx"))).worksheets[0]
    assert arabic.sheet_view.rightToLeft is True


def test_who_took_personal_data_is_recorded(summit: Summit, organiser: User, desk: Client) -> None:
    person = f.PersonFactory(summit=summit, name="Zoe")
    take(desk, f"{PEOPLE}?q=zoe")
    [entry] = AuditEntry.objects.filter(action=access_log.SEEN)
    assert (entry.by, entry.detail["keys"], entry.summit) == (organiser, [person.public_id], summit)
    assert "zoe" not in json.dumps(entry.detail).lower()


# --- long ones ------------------------------------------------------------------------------------------------------
NAMES = [f"Venue {number}" for number in range(5)]


@pytest.fixture
def long_list(summit: Summit, desk: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Five venues where two are many, and two a step."""
    monkeypatch.setattr(export_admin, "AT_ONCE", 2)
    monkeypatch.setattr(export_services, "ROWS", 2)
    for name in NAMES:
        f.VenueFactory(summit=summit, name=name)
    return desk


def begun(client: Client, ending: str, path: str = VENUES) -> Job:
    answer = client.post(path, {"ending": ending})
    job = Job.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/jobs/{job.public_id}/")
    return job


def ran(client: Client, ending: str, path: str = VENUES) -> Job:
    job = begun(client, ending, path)
    runner.run(job.pk)
    job.refresh_from_db()
    return job


def file_of(job: Job) -> str:
    return f"/admin/jobs/table/{ExportedFile.objects.get(job=job).public_id}/"


def content_of(client: Client, job: Job) -> bytes:
    answer: Any = client.get(file_of(job))
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_a_long_list_is_made_by_a_worker(long_list: Client, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    waits = begun(long_list, ending)
    job = ran(long_list, ending)
    assert job == waits
    assert (job.state, job.done, job.total, job.result_params["number"]) == (JobState.DONE, 5, 5, 5)
    assert ExportedFilePart.objects.count() == 3
    assert f'href="{file_of(job)}"' in long_list.get(f"/admin/jobs/{job.public_id}/").content.decode()
    whole = rows_of(content_of(long_list, job), ending)
    monkeypatch.setattr(export_admin, "AT_ONCE", 10)
    assert whole == rows_of(take(long_list, VENUES, ending), ending)
    assert [row[2] for row in whole[1:]] == NAMES


def test_what_is_gone_meanwhile_is_left_out(long_list: Client) -> None:
    job = begun(long_list, "json")
    Venue.objects.filter(name__in=["Venue 0", "Venue 1", "Venue 3"]).delete()
    runner.run(job.pk)
    assert [row["name"] for row in json.loads(content_of(long_list, job))] == ["Venue 2", "Venue 4"]


def test_a_kept_file_is_for_whoever_asked_and_still_sees_the_list(
    long_list: Client, summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(long_list, "csv")
    assert long_list.get(file_of(job)).status_code == 404
    runner.run(job.pk)
    others = (desk_of(summit), signed_in(f.UserFactory(is_superuser=True)))
    assert [client.get(file_of(job)).status_code for client in (long_list, *others)] == [200, 404, 404]
    organiser.roles.update(role=Role.MEDIA_REPRESENTATIVE)
    elsewhere = f.SummitFactory().roles.create(user=organiser, role=Role.ORGANISER)
    assert long_list.get(file_of(job)).status_code == 404
    with monkeypatch.context() as patched:
        patched.setattr(export_services, "open_to", lambda table, by: True)
        assert long_list.get(file_of(job)).status_code == 200
    elsewhere.delete()
    organiser.roles.update(role=Role.ORGANISER)
    with monkeypatch.context() as patched:
        patched.setattr(VenueAdmin, "list_display", ["name"])
        assert long_list.get(file_of(job)).status_code == 404


def test_work_ends_where_its_list_is_no_more_the_readers(long_list: Client, organiser: User) -> None:
    job = begun(long_list, "csv")
    organiser.roles.all().delete()
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.result, ExportedFile.objects.filter(job=job).exists()) == (export_services.REFUSED, False)


def test_a_long_personal_list_is_recorded_and_encrypted(long_list: Client, summit: Summit) -> None:
    people = [f.PersonFactory(summit=summit, name=f"Zoe {number}") for number in range(3)]
    job = ran(long_list, "json", f"{PEOPLE}?q=zoe")
    kept = ExportedFile.objects.get(job=job)
    assert (kept.personal, kept.summits) == (True, [summit.pk])
    told = [key for entry in AuditEntry.objects.filter(action=access_log.SEEN) for key in entry.detail["keys"]]
    assert sorted(told) == sorted(person.public_id for person in people)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM jobs_exportedfilepart")
        # With its blank, which encrypted text never has.
        assert b"Zoe 0" not in b"".join(bytes(row[0]) for row in cursor.fetchall())
    assert "zoe" not in json.dumps([kept.filters, job.params]).lower()
    [portion] = [each for each in registry.portions() if each.name == "exported_files"]
    assert portion.erase is not None
    assert portion.erase(registry.subject_of(people[0])) == 1
    assert not ExportedFile.objects.filter(job=job).exists()


def test_files_go_after_some_days(long_list: Client) -> None:
    job = ran(long_list, "csv")
    heartbeats.clear_expired()
    assert ExportedFile.objects.filter(job=job).exists()
    ExportedFile.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert long_list.get(file_of(job)).status_code == 404
    heartbeats.clear_expired()
    assert (ExportedFile.objects.filter(job=job).exists(), ExportedFilePart.objects.exists()) == (False, False)


class TestPaper:
    def test_a_list_is_taken_as_a_pdf_of_its_own_columns(self, summit: Summit, desk: Client) -> None:
        f.PartyFactory(summit=summit, name="Aland", iso_code="")
        party = f.PartyFactory(summit=summit, name="Borduria", kind="organisation", footnote="Without prejudice.")
        f.MembershipFactory(party=party, code="head", person__name="Bea", person__office="Minister")
        f.MembershipFactory(party=party)
        answer = desk.post("/admin/delegations/party/table/?q=Bord", {"ending": "pdf"})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert unquote(answer["Content-Disposition"]).endswith(f"''Delegations – {summit.short_name}.pdf")
        page = " ".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
        assert "Delegations 1 delegation · Search: Bord" in page
        # What is empty in every row is left out: there is no protocol order yet.
        assert "Delegation Type Answer Head of delegation People Borduria" in page
        assert "Bea, Minister 2 Total 2 " in page
        entry = AuditEntry.objects.get(action=access_log.SEEN)
        assert (entry.detail["keys"], entry.fields) == ([party.public_id], ["memberships"])
        assert ("Borduria: Without prejudice." in page, "Aland" in page) == (True, False)

    def test_where_a_font_lacks_it_says_so(
        self, summit: Summit, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_source: Any) -> bytes:
            raise MissingFontError("ꦄ", ())

        monkeypatch.setattr(list_pdf, "print_pdf", refuse)
        f.VenueFactory(summit=summit)
        page = desk.post(VENUES, {"ending": "pdf"}, follow=True).content.decode()
        assert "No font on this machine can print “ꦄ”." in page
