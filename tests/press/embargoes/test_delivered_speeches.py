"""Ending a speech on the speakers' list publishes the text that waits for it, or alerts the press office."""

from datetime import timedelta

import pytest

from press.embargoes.services import delivered_speeches
from press.tasks import raise_alarms
from press.texts.models.editions import EditionState
from press.texts.models.embargoes import Embargo
from sessions.draft.models.participants import Slot
from sessions.speakers.services import speech_clock
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.undo import services as undo
from summit.users.models import User
from tests import factories as f
from tests.press.helpers import add_language
from tests.press.speeches import hang, out, timed, waits
from tests.sessions.conftest import session

pytestmark = pytest.mark.django_db
AT_ONCE = "Its text is published at once."


@pytest.fixture
def slot(summit: Summit) -> Slot:
    row = session(summit, title="Opening")
    made: Slot = f.SlotFactory(session=row, speaker=f.PersonFactory(summit=summit, name="Ada"))
    return made


@pytest.fixture
def officer(summit: Summit) -> User:
    """Runs the day, and has nothing to do with texts."""
    return f.UserFactory.with_role(Role.CONFERENCE_OFFICER, summit)


@pytest.fixture
def both(summit: Summit, officer: User) -> User:
    """Runs the day and works in the press office."""
    RoleAssignment.objects.create(user=officer, summit=summit, role=Role.PRESS_OFFICER)
    return User.objects.get(pk=officer.pk)


def ended(slot: Slot, by: User) -> undo.UndoGroup:
    """Give a speech, and return what undoes its end."""
    speech_clock.give_floor(slot=slot, by=by)
    with undo.grouped() as act:
        speech_clock.end(slot=slot, by=by)
    return act


def undone(act: undo.UndoGroup, by: User) -> list[str]:
    assert act.offer is not None
    return undo.undo(public_id=act.offer.public_id, by=by).notes


def test_the_text_is_published_as_by_the_button_of_the_press_office(slot: Slot, both: User) -> None:
    embargo = waits(slot.session.summit)
    hang(slot, embargo)
    hang(slot, timed(slot.session.summit))
    assert delivered_speeches.consequences(slot, both) == AT_ONCE
    act = ended(slot, both)
    assert out() == 1
    embargo.refresh_from_db()
    assert embargo.decided_by == both
    assert AuditEntry.objects.filter(action="press.deliver").count() == 1
    assert delivered_speeches.consequences(slot, both) == ""
    # What is published stays, and the speech goes on.
    assert undone(act, both) == ["1 text stays published. The press office can put it on hold."]
    assert out() == 1
    assert speech_clock.end(slot=slot, by=both)


def test_a_text_that_is_not_approved_waits_again_once_the_end_is_undone(slot: Slot, both: User) -> None:
    embargo = waits(slot.session.summit)
    hang(slot, embargo, state=EditionState.DRAFT)
    assert delivered_speeches.consequences(slot, both) == "Its text is published once it is approved."
    act = ended(slot, both)
    embargo.refresh_from_db()
    assert embargo.moment is not None
    assert undone(act, both) == []
    embargo.refresh_from_db()
    assert (embargo.moment, embargo.decided_by) == (None, None)


def test_who_may_not_publish_alerts_the_press_office(slot: Slot, officer: User, summit: Summit) -> None:
    later = db_now() + timedelta(hours=1)
    embargo = waits(summit, fallback_at=later)
    hang(slot, embargo)
    # A conference officer doesn't learn that there is a text; an organiser may know, and not publish.
    assert delivered_speeches.consequences(slot, officer) == ""
    organiser = f.UserFactory.with_role(Role.ORGANISER, summit)
    alerted = "Its text waits for delivery: the press office is alerted and publishes it."
    assert delivered_speeches.consequences(slot, organiser) == alerted
    act = ended(slot, officer)
    embargo.refresh_from_db()
    assert (out(), embargo.moment) == (0, None)
    assert embargo.fallback_at is not None
    assert embargo.fallback_at < later
    raise_alarms()
    embargo.refresh_from_db()
    assert embargo.alarmed_at is not None
    assert undone(act, officer) == []
    embargo.refresh_from_db()
    assert (embargo.fallback_at, embargo.alarmed_at) == (later, None)


def test_what_others_decided_about_a_text_stays(slot: Slot, both: User, summit: Summit) -> None:
    other = f.SlotFactory(session=slot.session, speaker=f.PersonFactory(summit=summit, name="Bo"))
    shared, held, tied = waits(summit), waits(summit, held_at=db_now(), hold_reason="Wait"), waits(summit, tied=True)
    for embargo in (shared, held, tied):
        hang(slot, embargo)
    # A text for two speeches waits until the press office says so; of a joint publication one language is missing.
    hang(other, shared)
    add_language(tied.texts.get(), "fr", state=EditionState.DRAFT)
    assert delivered_speeches.consequences(slot, both) == (
        "Its text is published once it is approved. Its text is on hold and stays unpublished."
    )
    ended(slot, both)
    assert out() == 0
    moments = dict(Embargo.objects.values_list("pk", "moment"))
    assert moments[shared.pk] is None
    assert None not in (moments[held.pk], moments[tied.pk])


def test_control_without_the_listener_the_text_waits(slot: Slot, both: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_clock, "listeners", [])
    hang(slot, waits(slot.session.summit))
    ended(slot, both)
    assert out() == 0
