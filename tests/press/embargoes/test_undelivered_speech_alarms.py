"""The alarm at a text's fallback time: nothing goes out by itself, the desk is told, once for each time."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core import mail

from press.embargoes.services import delivered_speeches, embargoes, undelivered_speech_alarms
from press.subscriptions.services import announcements
from press.tasks import raise_alarms
from press.texts.models import embargoes as embargoes_models
from press.texts.models.editions import EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from press.texts.services import texts
from sessions.draft.models.participants import Slot
from sessions.draft.services import cancel_and_move
from sessions.speakers.services import speech_clock
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.outbox import delivery
from summit.outbox.models import Message, MessageState
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.undo import services as undo
from summit.users.models import User
from tests import factories as f
from tests.factories import PersonFactory, SlotFactory, SummitFactory, UserFactory
from tests.press.helpers import add_language, approver, hang, officer, organiser, out, timed, waits
from tests.press.overview.test_publication_schedule import tasks
from tests.sessions.conftest import session
from tests.threads import at_once

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LATE = "1 text is waiting for a speech that is overdue. Record whether it was delivered."


def pass_fallback(embargo: Embargo) -> None:
    """Let the time of the alarm pass: it is moved, not the clock."""
    Embargo.objects.filter(pk=embargo.pk).update(fallback_at=db_now() - timedelta(seconds=1))
    embargo.refresh_from_db()


def speech(summit: Summit, **more: Any) -> Text:
    """Make an approved text that waits for a speech which should have been given a second ago."""
    row = session(summit, title="Opening")
    slot = SlotFactory(session=row, speaker=PersonFactory(summit=summit, name="Ada"))
    embargo = waits(summit, fallback_at=db_now() + HOUR, **more)
    text = hang(slot, embargo)
    pass_fallback(embargo)
    return text


def body_of(sent: Any) -> str:
    body = message_from_bytes(sent.message().as_bytes(), policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def mails() -> list[tuple[str, str]]:
    return sorted(Message.objects.filter(kind="alarm").values_list("address", "state"))


def test_the_press_desk_is_told_once(summit: Summit) -> None:
    desk = [officer(summit), approver(summit), organiser(summit)]
    UserFactory.with_role(Role.PROTOCOL, summit)
    UserFactory.with_role(Role.PRESS_OFFICER, SummitFactory())
    gone = officer(summit)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    text = speech(summit)
    raise_alarms()
    assert undelivered_speech_alarms.raise_due() == 0
    assert mails() == sorted((user.email, "pending") for user in desk)
    assert Embargo.objects.get().alarmed_at is not None
    (entry,) = AuditEntry.objects.filter(action="press.alarm")
    assert (entry.by, entry.detail) == (None, {"messages": 3})
    assert (out(), announcements.announce_due()) == (0, 0)
    assert text.embargo.moment is None


def test_the_mail_names_the_speech_and_no_word_of_the_text(summit: Summit) -> None:
    user = officer(summit)
    text = speech(summit)
    undelivered_speech_alarms.raise_due()
    delivery.deliver(list(Message.objects.filter(kind="alarm").values_list("pk", flat=True)))
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([user.email], "Alert: has Ada delivered the speech?")
    body = body_of(sent)
    for part in ("The speech by Ada in “Opening”", f"/admin/press/text/{text.pk}/"):
        assert part in body
    edition = text.versions.get().editions.get()
    assert edition.title not in body + sent.subject
    assert edition.title not in str(Message.objects.get().facts)


def test_a_new_time_alarms_anew(summit: Summit) -> None:
    by = officer(summit)
    text = speech(summit)
    # It is raised whatever is decided about the words.
    text.versions.get().editions.update(state=EditionState.DRAFT)
    assert undelivered_speech_alarms.raise_due() == 1
    embargoes.wait_for_delivery(embargo=text.embargo, fallback=db_now() + HOUR, by=by)
    text.embargo.refresh_from_db()
    assert (text.embargo.alarmed_at, undelivered_speech_alarms.raise_due()) == (None, 0)
    pass_fallback(text.embargo)
    assert undelivered_speech_alarms.raise_due() == 1
    assert len(mails()) == 2


def test_no_alarm_for_what_was_given_withdrawn_or_has_no_time(summit: Summit) -> None:
    by = officer(summit)
    given, withdrawn, without = speech(summit), speech(summit), speech(summit)
    embargoes.deliver(embargo=given.embargo, by=by)
    texts.withdraw(text=withdrawn, reason="It is wrong.", by=by)
    Embargo.objects.filter(pk=without.embargo_id).update(fallback_at=None)
    assert undelivered_speech_alarms.raise_due() == 0
    assert LATE not in tasks(summit, by)


ANSWERS: dict[str, Callable[[Text, User], object]] = {
    "given": lambda text, by: embargoes.deliver(embargo=text.embargo, by=by),
    "withdrawn": lambda text, by: texts.withdraw(text=text, reason="It is wrong.", by=by),
    "another time": lambda text, by: embargoes.wait_for_delivery(
        embargo=text.embargo, fallback=db_now() + HOUR, by=by
    ),
    "a moment": lambda text, by: embargoes.set_moment(embargo=text.embargo, moment=db_now() + HOUR, by=by),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_mail_about_what_was_answered_meanwhile_is_not_sent(summit: Summit, answer: str) -> None:
    by = officer(summit)
    text = speech(summit)
    undelivered_speech_alarms.raise_due()
    ANSWERS[answer](text, by)
    delivery.deliver(list(Message.objects.filter(kind="alarm").values_list("pk", flat=True)))
    assert (Message.objects.get(kind="alarm").state, mail.outbox) == (MessageState.DROPPED, [])


def test_a_speech_cancelled_before_its_fallback_time(summit: Summit) -> None:
    """From end to end: nothing is public, and an alarm."""
    desk, office = organiser(summit), officer(summit)
    text = speech(summit)
    assert text.slot is not None
    Embargo.objects.update(fallback_at=db_now() + HOUR)
    cancel_and_move.cancel(session=text.slot.session, by=desk)
    text.embargo.refresh_from_db()
    assert text.embargo.hold_reason == "The session “Opening” was cancelled, including the speech by Ada."
    assert undelivered_speech_alarms.raise_due() == 0
    pass_fallback(text.embargo)
    raise_alarms()
    announcements.announce_due()
    found = tasks(summit, office)
    assert (found[LATE][0], "1 text on hold." in found) == ("late", False)
    delivery.deliver(list(Message.objects.order_by("pk").values_list("pk", flat=True)))
    # The office was told of the hold before.
    held, *alarm = mail.outbox
    assert (held.to, sorted(sent.to[0] for sent in alarm)) == ([office.email], sorted([desk.email, office.email]))
    for sent in alarm:
        assert "The session is cancelled." in body_of(sent)
        assert "It is on hold" in body_of(sent)
    # Whoever says in error that it was given lets nothing out either.
    embargoes.deliver(embargo=text.embargo, by=office)
    assert (out(), announcements.announce_due()) == (0, 0)
    # The control: a speech that was not cancelled goes out when given.
    embargoes.deliver(embargo=speech(summit).embargo, by=office)
    assert out() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("claims", [True, False])
def test_of_four_workers_at_once_one_raises_it(claims: bool, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: without the claim each does."""

    class Anew:
        """Forgets that the alarm was raised."""

        def update(self, **_values: Any) -> int:
            return 1

    real = embargoes_models.Embargo.objects.filter

    def unclaimed(**values: Any) -> Any:
        return Anew() if "pk__in" in values else real(**values)

    officer(summit)
    embargo = speech(summit).embargo
    if not claims:
        monkeypatch.setattr(embargoes_models.Embargo.objects, "filter", unclaimed)
    raised = sum(at_once(*[lambda: undelivered_speech_alarms.raise_alarm(embargo.pk)] * 4))
    assert (raised, len(mails())) == ((1, 1) if claims else (4, 1))


AT_ONCE = "Its text is published at once."


@pytest.fixture
def slot(summit: Summit) -> Slot:
    row = session(summit, title="Opening")
    return f.SlotFactory(session=row, speaker=f.PersonFactory(summit=summit, name="Ada"))


@pytest.fixture
def conference_officer(summit: Summit) -> User:
    """Runs the day, and has nothing to do with texts."""
    return f.UserFactory.with_role(Role.CONFERENCE_OFFICER, summit)


@pytest.fixture
def both(summit: Summit, conference_officer: User) -> User:
    """Runs the day and works in the press office."""
    RoleAssignment.objects.create(user=conference_officer, summit=summit, role=Role.PRESS_OFFICER)
    return User.objects.get(pk=conference_officer.pk)


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


def test_who_may_not_publish_alerts_the_press_office(slot: Slot, conference_officer: User, summit: Summit) -> None:
    later = db_now() + timedelta(hours=1)
    embargo = waits(summit, fallback_at=later)
    hang(slot, embargo)
    # A conference conference_officer doesn't learn that there is a text; an organiser may know, and not publish.
    assert delivered_speeches.consequences(slot, conference_officer) == ""
    organiser = f.UserFactory.with_role(Role.ORGANISER, summit)
    alerted = "Its text waits for delivery: the press office is alerted and publishes it."
    assert delivered_speeches.consequences(slot, organiser) == alerted
    act = ended(slot, conference_officer)
    embargo.refresh_from_db()
    assert (out(), embargo.moment) == (0, None)
    assert embargo.fallback_at is not None
    assert embargo.fallback_at < later
    raise_alarms()
    embargo.refresh_from_db()
    assert embargo.alarmed_at is not None
    assert undone(act, conference_officer) == []
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
