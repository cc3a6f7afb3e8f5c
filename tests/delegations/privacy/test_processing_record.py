"""The record of processing says of every declared field what it is for, who sees it and how long it is kept."""

import csv
import io
import json

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import translation

from delegations.members.models.categories import Category
from delegations.privacy.models import Retention
from delegations.privacy.selectors import processing_record
from delegations.privacy.selectors.processing_record import ProcessingEntry
from summit.core.personal_data import personal_columns
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import queries, refuses, sign_in, text

pytestmark = pytest.mark.django_db
PAGE = "/admin/delegations/retention/summit/here/record/"


def entry(summit: Summit, rows: str, data: str) -> ProcessingEntry:
    (found,) = [each for each in processing_record.entries(summit=summit) if (each.rows, each.data) == (rows, data)]
    return found


def test_it_has_every_declared_field(summit: Summit) -> None:
    with_tables = [model for model in apps.get_models() if not model._meta.proxy]
    number = sum(1 for model in with_tables for _column in personal_columns(model))
    found = processing_record.entries(summit=summit)
    assert len(found) == number > 100
    assert [each for each in found if not all(vars(each).values())] == []
    assert (found[0].rows, found[0].data) == ("Person", "Account")


def test_it_says_what_for_who_and_how_long(summit: Summit) -> None:
    assert entry(summit, "Personal details", "Dietary needs") == ProcessingEntry(
        rows="Personal details",
        data="Dietary needs",
        subjects="participants",
        purpose="To provide suitable food and accessible rooms.",
        seen_by="organiser, protocol, conference officer, focal point",
        changed_by="organiser, protocol, conference officer, focal point",
        kept="Tuesday 15 April 2025",
    )
    assert entry(summit, "Person", "Name").kept == "kept"
    assert entry(summit, "Subscriber", "Email address").subjects == "subscribers"
    code = entry(summit, "Sign-in code", "Email address")
    assert (code.seen_by, code.kept) == ("no staff", "Deleted after a day.")


def test_the_times_are_those_of_the_summit_and_its_categories(summit: Summit) -> None:
    delegate = Category.objects.of(summit)["delegate"]
    Retention.objects.create(summit=summit, what="needs", days=1)
    Retention.objects.create(summit=summit, what="needs", category=delegate, days=None)
    assert entry(summit, "Personal details", "Dietary needs").kept == "Wednesday 2 April 2025, delegate: kept"
    assert (
        entry(f.SummitFactory(), "Personal details", "Dietary needs").kept != "Wednesday 2 April 2025, delegate: kept"
    )


def test_fields_that_differ_in_nothing_else_are_one_line(summit: Summit) -> None:
    groups = dict(processing_record.grouped(processing_record.entries(summit=summit)))
    assert [each.data for each in groups["Declaration"]] == ["Type, Person, Item, Reason"]
    labels = [label for each in groups["Person"] for label in each.data.split(", ")]
    assert sorted(labels) == sorted(
        each.data for each in processing_record.entries(summit=summit) if each.rows == "Person"
    )


def test_it_is_in_the_readers_language(summit: Summit) -> None:
    english = {each.purpose for each in processing_record.entries(summit=summit)}
    for language in ("fr", "ar"):
        with translation.override(language):
            found = processing_record.entries(summit=summit)
        untranslated = english & {each.purpose for each in found}
        assert not untranslated, f"translate in locale/{language}/LC_MESSAGES/django.po: {untranslated}"


def test_it_takes_as_many_queries_for_many_times(summit: Summit) -> None:
    before = queries(lambda: processing_record.entries(summit=summit))
    for row in Category.objects.filter(summit=summit):
        Retention.objects.create(summit=summit, what="photo", category=row, days=3)
    assert queries(lambda: processing_record.entries(summit=summit)) == before == 2


class TestPage:
    def test_whoever_may_see_the_times_reads_and_downloads_it(self, summit: Summit) -> None:
        client = sign_in(summit, Role.ORGANISER)
        assert PAGE in text(client.get(PAGE.removesuffix("record/")))
        page = text(client.get(PAGE))
        for words in ("Record of processing activities", "Dietary needs", "Tuesday 15 April 2025", "subscribers"):
            assert words in page, words
        made = client.get(PAGE, {"take": "csv"})
        assert made["Content-Disposition"] == 'attachment; filename="processing-record-here.csv"'
        rows = list(csv.DictReader(io.StringIO(made.content.decode("utf-8-sig"))))
        assert len(rows) == len(processing_record.entries(summit=summit))
        assert {row["Data"]: row["Kept until"] for row in rows}["Hotel"] == "Thursday 1 May 2025"

    def test_others_do_not_find_it(self, summit: Summit) -> None:
        f.SummitFactory(slug="there")
        assert sign_in(summit, Role.PROTOCOL).get(PAGE).status_code == 404
        organiser = sign_in(summit, Role.ORGANISER)
        assert organiser.get(PAGE.replace("here", "there")).status_code == 404
        assert organiser.get(PAGE.replace("here", "nowhere")).status_code == 404
        assert organiser.post(PAGE).status_code == 405


class TestCommand:
    def said(self, *options: str) -> str:
        out = io.StringIO()
        call_command("processing_record", "--summit", "here", *options, stdout=out)
        return out.getvalue()

    def test_it_prints_text_csv_and_json(self, summit: Summit) -> None:
        number = len(processing_record.entries(summit=summit))
        assert "Subscriber: Email address, Language\n  Data subjects: subscribers\n" in self.said()
        rows = list(csv.DictReader(io.StringIO(self.said("--format", "csv").removeprefix("\ufeff"))))
        assert (len(rows), rows[0]["Rows"]) == (number, "Person")
        objects = json.loads(self.said("--format", "json"))
        assert len(objects) == number
        assert list(objects[0]) == ["rows", "data", "subjects", "purpose", "seen_by", "changed_by", "kept"]
        assert "Besoins alimentaires, " in self.said("--language", "fr")

    def test_it_says_when_there_is_no_such_summit(self, summit: Summit) -> None:
        refuses(CommandError, call_command, "processing_record", "--summit", "nowhere")
