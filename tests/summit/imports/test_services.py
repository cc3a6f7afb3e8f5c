"""Import files of all kinds, with tables of venues: steps, undo, and who is in between."""

from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F

from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.import_export.list_import import list_imports
from summit.imports import definitions, jobs, journal, services
from summit.imports.definitions import DEFINITIONS, ImportProblem, Upload
from summit.imports.models import ImportFile
from summit.imports.report import ImportReport, Question, ReportLine
from summit.jobs import runner
from summit.jobs.models.jobs import Job, JobState
from summit.permissions.models import Role
from summit.permissions.rules import RULES
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User
from tests.factories import ListImportFileFactory, RoomFactory, SummitFactory, UserFactory, VenueFactory
from tests.threads import at_once

pytestmark = [pytest.mark.django_db]
VENUE = "summit.venue"


def stored(summit: Summit, by: User, text: str = "name,address\nA,1 Way\nB,2 Way\nC,3 Way\n") -> ImportFile:
    return services.store(summit=summit, kind=VENUE, filename="v.csv", content=text.encode(), by=by)


def imported(summit: Summit, by: User, *text: str) -> ImportFile:
    file = stored(summit, by, *text)
    services.apply(file=file, by=by)
    return file


def venues() -> list[tuple[str, str]]:
    return list(Venue.objects.order_by("name").values_list("name", "address"))


class TestSteps:
    def test_in_steps_and_undone_as_a_whole(
        self, summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(list_imports()[VENUE], "budget", replace(list_imports()[VENUE].budget, step=2))
        VenueFactory(summit=summit, name="C", address="Old")
        file = stored(summit, organiser, "name,address\nA,1 Way\nB,2 Way\nC,3 Way\na,twice\n")
        assert services.apply_step(file=file, by=organiser) is False
        assert (file.next_row, file.applied_at, venues()[:2]) == (2, None, [("A", "1 Way"), ("B", "2 Way")])
        with pytest.raises(ImportProblem, match="being imported"):
            services.discard(file=file, by=organiser)
        assert services.apply_step(file=file, by=organiser) is True
        report = services.report_of(ImportFile.objects.get())
        assert report is not None
        # A name of the first step is known to the second.
        assert [line.outcome for line in report.lines] == ["new", "new", "changed", "refused"]
        assert AuditEntry.objects.filter(action="summit.importfile.apply").count() == 1
        services.undo(file=file, by=organiser)
        assert venues() == [("C", "Old")]

    def test_what_is_there_in_part_is_undone(
        self, summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(list_imports()[VENUE], "budget", replace(list_imports()[VENUE].budget, step=2))
        file = stored(summit, organiser)
        services.apply_step(file=file, by=organiser)
        services.undo(file=file, by=organiser)
        assert venues() == []
        with pytest.raises(ImportProblem, match="already imported or deleted"):
            services.apply(file=file, by=organiser)

    def test_a_worker_goes_on_after_another(
        self, summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        definition = list_imports()[VENUE]
        monkeypatch.setattr(definition, "budget", replace(definition.budget, step=1, at_once=1))
        file = stored(summit, organiser)
        job = jobs.start(file=file, action=jobs.ImportAction.APPLY, by=organiser)
        steps = [jobs.step(job) for _number in range(2)]
        assert [(step.done, step.total, step.result) for step in steps] == [(1, 3, None), (2, 3, None)]
        runner.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result, job.result_params) == (JobState.DONE, "apply", {"number": 3})
        assert len(venues()) == 3

    def test_two_callers_never_import_the_same_entries(self, summit: Summit, organiser: User) -> None:
        first = stored(summit, organiser)
        second = ImportFile.objects.select_related("summit").get()
        services.apply(file=first, by=organiser)
        with pytest.raises(ImportProblem), transaction.atomic():
            services.apply_step(file=second, by=organiser)


class TestUndo:
    def test_rows_get_their_old_values_back_and_the_history_shows_it(self, summit: Summit, organiser: User) -> None:
        old = VenueFactory(summit=summit, name="A", address="Old")
        file = imported(summit, organiser)
        services.undo(file=file, by=organiser)
        assert (venues(), file.undone_at is not None) == ([("A", "Old")], True)
        entries = AuditEntry.objects.filter(action="summit.importfile.undo_row", object_key=audit.key_of(old))
        assert entries.count() == 1
        assert AuditEntry.objects.get(action="summit.importfile.undo").by == organiser
        with pytest.raises(ImportProblem, match="There is no import of this file to undo"):
            services.undo(file=file, by=organiser)
        # What was undone can be imported again, from the file itself.
        imported(summit, organiser)
        assert len(venues()) == 3

    @pytest.mark.parametrize("guarded", [True, False])
    def test_later_changes_are_kept(
        self, guarded: bool, summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        VenueFactory(summit=summit, name="A", address="Old")
        file = imported(summit, organiser)
        Venue.objects.filter(name="A").update(address="Changed since")
        if not guarded:
            # The control: without looking, the change is lost.
            monkeypatch.setattr(journal, "_changed_since", lambda groups, by_label: [])
            services.undo(file=file, by=organiser)
            assert ("A", "Old") in venues()
            return
        with pytest.raises(ImportProblem, match=r"other records now depend on it: Venue\."):
            services.undo(file=file, by=organiser)
        file.refresh_from_db()
        assert (file.undone_at, len(venues())) == (None, 3)
        # A change of what the import left alone is none of its business.
        Venue.objects.filter(name="A").update(address="1 Way", opens_at="08:00", closes_at="20:00")
        services.undo(file=file, by=organiser)
        assert [(row.address, str(row.opens_at)) for row in Venue.objects.all()] == [("Old", "08:00:00")]

    @pytest.mark.parametrize("guarded", [True, False])
    def test_a_row_that_is_used_stays(
        self, guarded: bool, summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = imported(summit, organiser)
        RoomFactory(venue=Venue.objects.get(name="B"))
        if not guarded:
            # The control: without looking, the database itself refuses, in fewer words.
            monkeypatch.setattr(journal, "_referring", lambda groups: [])
            assert refused_by_the_database(file, organiser)
            return
        with pytest.raises(ImportProblem, match="depend on it: Rooms"):
            services.undo(file=file, by=organiser)
        assert (len(venues()), Room.objects.count()) == (3, 1)

    def test_only_who_may_import_may_undo(self, summit: Summit, organiser: User) -> None:
        file = imported(summit, organiser)
        for role in (Role.PRESS_OFFICER, Role.VIEWER):
            with pytest.raises(PermissionDenied):
                services.undo(file=file, by=UserFactory.with_role(role, summit))
        assert len(venues()) == 3

    def test_an_import_with_effects_outside_cannot_be_undone(self, summit: Summit, organiser: User) -> None:
        text = b"email,role\nnew@example.org,protocol\n"
        file = services.store(
            summit=summit, kind="summit.roleassignment", filename="r.csv", content=text, by=organiser
        )
        services.apply(file=file, by=organiser)
        assert services.can_undo(file) is False
        with pytest.raises(ImportProblem, match="can’t be undone"):
            services.undo(file=file, by=organiser)


def refused_by_the_database(file: ImportFile, organiser: User) -> bool:
    """Undo an import, and return whether the database refuses what it leaves, which it checks at the end."""
    connection = transaction.get_connection()
    try:
        with transaction.atomic():
            services.undo(file=file, by=organiser)
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            else:
                connection.check_constraints()
    except IntegrityError:
        return True
    return False


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(ImportProblem, match="more than 10 MB"):
        services.check_size(VENUE, 10 * 1024 * 1024 + 1)
    services.check_size(VENUE, 10 * 1024 * 1024)


def test_two_definitions_of_one_kind_are_refused() -> None:
    class Other(type(list_imports()[VENUE])):  # type: ignore[misc]
        pass

    with pytest.raises(ValueError, match="two definitions import"):
        definitions.register(Other(list_imports()[VENUE].importable))


@pytest.mark.parametrize(
    "values", [{"next_row": F("rows") + 1}, {"applied_at": "2025-01-01T00:00Z"}, {"undone_at": "2025-01-01T00:00Z"}]
)
def test_what_the_database_refuses(values: dict[str, Any]) -> None:
    file = ListImportFileFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportFile.objects.filter(pk=file.pk).update(**values)


def test_a_job_of_a_file_that_is_gone_says_so(summit: Summit, organiser: User) -> None:
    file = stored(summit, organiser)
    job = jobs.start(file=file, action=jobs.ImportAction.APPLY, by=organiser)
    services.discard(file=file, by=organiser)
    runner.run(job.pk)
    job = Job.objects.get(pk=job.pk)
    assert (job.result, jobs._onward(job)) == ("gone", None)


def test_the_record_of_processing_names_whoever_sees_import_files_of_any_kind() -> None:
    proxies = [model for model in apps.get_models() if issubclass(model, ImportFile) and model is not ImportFile]
    assert len(proxies) == 4
    views = [RULES[f"{model._meta.label_lower}.view"] for model in proxies]
    changes = [RULES[definition.permission] for definition in DEFINITIONS.values()]
    assert RULES["summit.importfile.view"].any == frozenset().union(*(rule.any for rule in views))
    assert RULES["summit.importfile.view"].own == frozenset().union(*(rule.own for rule in views))
    assert RULES["summit.importfile.change"].any == frozenset().union(*(rule.any for rule in changes))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_what_others_write_meanwhile_is_not_undone(guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    summit = SummitFactory()
    organiser = UserFactory.with_role(Role.ORGANISER, summit)
    definition = list_imports()[VENUE]
    write = definition.write

    def amid(upload: Upload, prepared: slice) -> ImportReport:
        report = write(upload, prepared)
        assert at_once(lambda: VenueFactory(summit=summit, name="Theirs") and None) == [None]
        return report

    monkeypatch.setattr(definition, "write", amid)
    if not guarded:
        # The control: by comparing alone, the row of another connection is taken for the import's.
        monkeypatch.setattr(journal, "written_here", lambda model, keys: set(keys))
    file = stored(summit, organiser)
    Venue.objects.all().delete()
    services.apply(file=file, by=organiser)
    assert len(venues()) == 4
    services.undo(file=file, by=organiser)
    assert [name for name, _address in venues()] == (["Theirs"] if guarded else [])


# --- reports --------------------------------------------------------------------------------------------------------


def test_steps_add_up() -> None:
    whole = ImportReport([ReportLine(1)], "en", {"names": ["a", "b"], "number": 2, "left": {"x": 1}})
    whole.add(ImportReport([ReportLine(2)], "en", {"names": ["b", "c"], "number": 3, "left": {"x": 4}}))
    assert [line.number for line in whole.lines] == [1, 2]
    assert whole.facts == {"names": ["a", "b", "c"], "number": 5, "left": {"x": 4}}


def test_only_what_is_asked_can_be_answered() -> None:
    report = ImportReport([ReportLine(2, questions=[Question("2 enter", "?", [["enter", "yes"]])])])
    accepted = ({"2 enter": "enter"}, {"2 enter": ""}, {"* enter": "enter"})
    refused = ({"2 enter": "no"}, {"3 enter": "enter"}, {"* kind": "enter"})
    assert [report.accepts(answers) for answers in (*accepted, *refused)] == [True] * 3 + [False] * 3
