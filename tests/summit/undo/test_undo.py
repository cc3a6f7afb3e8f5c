"""Undoing: once, within ten minutes, as long as nothing came between; by whoever may do the act."""

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from summit.audit.models import AuditEntry
from summit.audit.rendering import render
from summit.audit.services import SYSTEM
from summit.maintenance import heartbeats
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo import kinds, selectors, services
from summit.undo.kinds import UndoRefused
from summit.undo.models import UndoOffer, UndoOfferQuerySet, UndoStep
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import queries, refuses
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def cancelled(summit: Summit, by: User) -> tuple[Session, str]:
    """Return a session that `by` has cancelled, and the public id of that act."""
    row: Session = f.SessionFactory(summit=summit)
    with services.grouped() as act:
        cancel_and_move.cancel(session=row, by=by)
    assert act.offer is not None
    return row, act.offer.public_id


def stands(row: Session) -> bool:
    return Session.objects.get(pk=row.pk).cancelled_at is None


def undo(act: str, by: User) -> list[str]:
    return services.undo(public_id=act, by=by).done


def age(minutes: int) -> None:
    UndoOffer.objects.update(at=F("at") - timedelta(minutes=minutes))


def test_an_act_is_undone_once_and_recorded(summit: Summit, organiser: User) -> None:
    row, act = cancelled(summit, organiser)
    assert undo(act, organiser) == ["The session is scheduled again."]
    assert stands(row)
    entries = list(AuditEntry.objects.order_by("pk").select_related("by", "summit"))
    assert [entry.action for entry in entries] == ["agenda.cancel", "agenda.reinstate"]
    last = render(entries)[-1]
    assert (last.what, last.row.name) == ("reinstated the session (undo)", row.title)
    assert (last.entry.detail["undoes"], "undoes" in entries[0].detail) == ("agenda.cancel", False)
    assert str(refuses(UndoRefused, undo, act, organiser)) == "You have already undone this."
    other = f.UserFactory.with_role(Role.ORGANISER, summit)
    assert str(refuses(UndoRefused, undo, act, other)) == f"{organiser} has already undone this."


def test_for_ten_minutes(summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row, act = cancelled(summit, organiser)
    in_time, early = cancelled(summit, organiser)
    age(9)
    heartbeats.clear_expired()
    assert UndoOffer.objects.open().count() == 2
    undo(early, organiser)
    assert stands(in_time)
    age(1)
    assert str(refuses(UndoRefused, undo, act, organiser)) == (
        "Ten minutes have passed: this can no longer be undone. Agenda editors can reinstate the session on its page."
    )
    assert not stands(row)
    # The control: without the limit it is undone.
    with monkeypatch.context() as patched, transaction.atomic():
        patched.setattr(UndoOfferQuerySet, "open", lambda rows: rows.filter(undone_at=None))
        undo(act, organiser)
        assert stands(row)
        transaction.set_rollback(True)
    heartbeats.clear_expired()
    assert not UndoStep.objects.exists()
    assert "Change it on its own page." in str(refuses(UndoRefused, undo, act, organiser))


def test_of_what_was_changed_since_it_is_said_what_and_by_whom(summit: Summit, organiser: User) -> None:
    row, act = cancelled(summit, organiser)
    ann = f.UserFactory.with_role(Role.PROGRAMME, summit, name="Ann")
    later = {"starts_at": row.starts_at, "ends_at": row.ends_at + timedelta(hours=1)}
    cancel_and_move.move(session=row, **later, room=None, by=ann)
    refused = str(refuses(UndoRefused, undo, act, organiser))
    assert "This has since changed: Ann moved the session." in refused
    assert refused.endswith("Agenda editors can reinstate the session on its page.")
    assert not stands(row)
    # It stays open: nothing was undone. The control: without the check the change is passed over.
    assert UndoOffer.objects.open().exists()
    with mock.patch.object(cancel_and_move.revisions, "check_revision"):
        undo(act, organiser)
    assert stands(row)


def test_where_mail_has_left_only_a_new_act_helps(summit: Summit, organiser: User) -> None:
    row: Session = f.SessionFactory(summit=summit)
    releases.release(summit=summit, by=organiser)
    with services.grouped() as act:
        cancel_and_move.cancel(session=row, by=organiser)
    assert act.offer is not None
    releases.release(summit=summit, by=organiser)
    assert str(refuses(UndoRefused, undo, act.offer.public_id, organiser)) == (
        "The cancellation is released and participants have been notified. Reinstate the session, then release "
        "the agenda again."
    )
    assert not stands(row)
    # The control: without the hindrance it is undone.
    with mock.patch.object(kinds, "_hindrances", {}):
        undo(act.offer.public_id, organiser)
    assert stands(row)


class TestWho:
    def test_who_may_not_act_doesnt_undo(
        self, summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (row, act), (other, another_act) = cancelled(summit, organiser), cancelled(summit, organiser)
        officer = f.UserFactory.with_role(Role.CONFERENCE_OFFICER, summit)
        assert "organiser, programme" in str(refuses(UndoRefused, undo, act, officer))
        assert not stands(row)
        undo(act, f.UserFactory.with_role(Role.PROGRAMME, summit))
        assert stands(row)
        # The control: without the permission anybody does.
        monkeypatch.setattr(cancel_and_move, "check_can_edit", lambda *args: None)
        undo(another_act, officer)
        assert stands(other)

    def test_the_history_offers_it_to_whoever_may(self, summit: Summit, organiser: User) -> None:
        _row, act = cancelled(summit, organiser)
        lines = render(list(AuditEntry.objects.select_related("by", "summit")))
        offered = []
        for role in (Role.PROGRAMME, Role.CONFERENCE_OFFICER):
            lines[0].undo = ""
            selectors.mark(lines, f.UserFactory.with_role(role, summit))
            offered.append(lines[0].undo)
        assert offered == [act, ""]
        undo(act, organiser)
        lines[0].undo = ""
        selectors.mark(lines, organiser)
        assert lines[0].undo == ""

    def test_nothing_is_offered_to_the_system(self, summit: Summit) -> None:
        with transaction.atomic():
            services.offer(AuditEntry(by=None, by_label=str(SYSTEM), action=cancel_and_move.CANCEL))
        assert not UndoOffer.objects.exists()


class TestMany:
    def test_one_undo_takes_all_back_but_what_was_changed(self, summit: Summit, organiser: User) -> None:
        rows: list[Session] = [f.SessionFactory(summit=summit, title=title) for title in ("One", "Two", "Three")]
        with services.grouped() as act:
            for row in rows:
                cancel_and_move.cancel(session=row, by=organiser)
        assert act.offer is not None
        Session.objects.filter(pk=rows[1].pk).update(revision=F("revision") + 1)
        result = services.undo(public_id=act.offer.public_id, by=organiser)
        assert result.done == ["2 sessions are scheduled again."]
        assert [problem.startswith("Two: This has since changed.") for problem in result.problems] == [True]
        assert [stands(row) for row in rows] == [True, False, True]

    def test_the_steps_of_a_job_are_one_act(self, summit: Summit, organiser: User) -> None:
        for _step in range(2):
            with services.grouped("job:1"):
                cancel_and_move.cancel(session=f.SessionFactory(summit=summit), by=organiser)
        assert UndoOffer.objects.get().steps.count() == 2

    def test_what_was_rolled_back_isnt_offered(self, summit: Summit, organiser: User) -> None:
        with services.grouped() as act:
            with transaction.atomic():
                cancel_and_move.cancel(session=f.SessionFactory(summit=summit), by=organiser)
                transaction.set_rollback(True)
            cancel_and_move.cancel(session=f.SessionFactory(summit=summit), by=organiser)
        assert UndoOffer.objects.get() == act.offer
        assert UndoStep.objects.count() == 1

    def test_the_history_takes_as_many_queries_for_many(self, summit: Summit, organiser: User) -> None:
        def history(number: int) -> int:
            with services.grouped():
                for _row in range(number):
                    cancel_and_move.cancel(session=f.SessionFactory(summit=summit), by=organiser)
            lines = render(list(AuditEntry.objects.select_related("by", "summit")))
            return queries(lambda: selectors.mark(lines, organiser))

        assert history(1) == history(5) == 1


def test_an_action_that_nothing_undoes_isnt_offered(summit: Summit, organiser: User) -> None:
    entry = AuditEntry(by=organiser, action="agenda.move")
    with pytest.raises(LookupError), transaction.atomic():
        services.offer(entry)


def test_constraints(organiser: User) -> None:
    UndoOffer.objects.create(by=organiser, key="job:1")
    for refused in ({"key": "job:1"}, {"undone_at": Now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            UndoOffer.objects.create(by=organiser, **refused)
    # Those without a key are as many as there are.
    for _number in range(2):
        UndoOffer.objects.create(by=organiser)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def race(self) -> list[Any]:
        summit = f.SummitFactory()
        by = f.UserFactory.with_role(Role.ORGANISER, summit)
        _row, act = cancelled(summit, by)
        return sorted(str(came) for came in at_once(*[lambda: undo(act, by)] * 2))

    def test_one_wins(self) -> None:
        assert self.race() == ["You have already undone this.", "['The session is scheduled again.']"]

    def test_control_without_the_condition_both_try(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(UndoOfferQuerySet, "open", lambda rows: rows)
        came = self.race()
        assert "You have already undone this." not in came
        assert "This has since changed: " in came[0]
