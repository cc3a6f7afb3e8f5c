"""A speech is cancelled while its text goes out: whoever comes first wins, and nobody waits in vain.

On PostgreSQL, where several write at once; on SQLite one does.
"""

import random
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now

from press.embargoes.services import embargoes, joint_publication
from press.subscriptions.models import Announcement
from press.subscriptions.services import announcements
from press.texts.errors import DecisionRefused
from press.texts.models.editions import EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from press.texts.models.visibility import published_embargoes
from press.texts.services import decisions, locks, texts
from sessions.draft import speech_listeners
from sessions.draft.services import cancel_and_move
from sessions.speakers.services import speakers_list
from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.users.models import User
from tests.factories import SubscriberFactory, SummitFactory
from tests.press.helpers import Floor, approver, hang, make_text, officer, organiser, out, timed
from tests.threads import amid, amid_call, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
Step = Callable[[], Any]


@pytest.fixture
def world() -> Floor:
    summit = SummitFactory()
    SubscriberFactory(summit=summit)
    return Floor(summit, by=organiser(summit))


def during(first: Step, second: Step) -> list[str]:
    """Do `first` in a transaction, and `second` before it is committed; return what went wrong.

    It is committed once `second` has ended or waits for it.
    """

    def uncommitted(pause: Callable[[], bool]) -> None:
        with transaction.atomic():
            first()
            pause()

    return [repr(each) for each in amid(uncommitted, second) if isinstance(each, BaseException)]


@pytest.fixture(params=[True, False], ids=["guarded", "control"])
def guarded(request: pytest.FixtureRequest) -> bool:
    """Whether the protection stands; the control is the same without it."""
    return bool(request.param)


@pytest.fixture
def heard(guarded: bool, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the press office hears of what becomes of speeches."""
    if not guarded:
        monkeypatch.setattr(speech_listeners, "listeners", Registry())
    return guarded


def test_a_speech_that_is_being_cancelled_is_not_given(world: Floor, heard: bool) -> None:
    by = officer(world.summit)
    wrong = during(
        lambda: cancel_and_move.cancel(session=world.session, by=world.by),
        lambda: embargoes.deliver(embargo=world.embargoes["Ad"], by=by),
    )
    assert wrong == []
    announcements.announce_due()
    assert (out(), Announcement.objects.count()) == ((0, 0) if heard else (1, 1))


def test_a_speech_cancelled_before_the_moment_stays_in(
    world: Floor, heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment of a text passes while its session is being cancelled, and what is due is announced."""
    embargo = world.embargoes["Am"]
    Embargo.objects.filter(pk=embargo.pk).update(moment=db_now() + timedelta(minutes=20))

    def later(self: Now, compiler: Any, connection: Any, **more: Any) -> Any:
        """The clock, half an hour on."""
        return self.as_sql(compiler, connection, template="(STATEMENT_TIMESTAMP() + INTERVAL '30 minutes')", **more)

    def moment_passes() -> None:
        monkeypatch.setattr(Now, "as_postgresql", later)
        announcements.announce_due()

    assert during(lambda: cancel_and_move.cancel(session=world.session, by=world.by), moment_passes) == []
    announcements.announce_due()
    told = (out(), Announcement.objects.count(), published_embargoes().filter(pk=embargo.pk).exists())
    assert told == ((0, 0, False) if heard else (1, 1, True))


def test_what_was_given_first_is_out(world: Floor, guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session is cancelled while "given" is being said. Control: without the lock what was read is held."""

    def unlocked(slots: Collection[int]) -> list[Embargo]:
        return list(Embargo.objects.filter(texts__slot__in=slots).select_related("summit").distinct())

    if not guarded:
        monkeypatch.setattr(locks, "lock_speeches", unlocked)
    by = officer(world.summit)
    wrong = during(
        lambda: embargoes.deliver(embargo=world.embargoes["Ad"], by=by),
        lambda: cancel_and_move.cancel(session=world.session, by=world.by),
    )
    assert wrong == []
    held = Embargo.objects.filter(pk=world.embargoes["Ad"].pk, held_at__isnull=False).exists()
    assert (held, out()) == ((False, 1) if guarded else (True, 0))


def test_what_is_being_tied_to_others_is_held_with_them(
    world: Floor, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session is cancelled while a text of it is being tied. Control: without a second look it goes free."""

    def once(slots: Collection[int]) -> list[Embargo]:
        keys = list(Text.objects.filter(slot__in=slots).values_list("embargo_id", flat=True))
        return list(Embargo.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))

    if not guarded:
        monkeypatch.setattr(locks, "lock_speeches", once)
    other = make_text(summit=world.summit).version.text
    mine = Text.objects.get(embargo=world.embargoes["Ad"])
    by = officer(world.summit)
    wrong = during(
        lambda: joint_publication.tie(text=mine, to=other, by=by),
        lambda: cancel_and_move.cancel(session=world.session, by=world.by),
    )
    assert wrong == []
    mine.refresh_from_db()
    assert mine.embargo_id == other.embargo_id
    assert (Embargo.objects.get(pk=other.embargo_id).held_at is not None) is guarded


def test_a_text_that_is_being_tied_is_approved_on_its_new_embargo(world: Floor) -> None:
    """Its own embargo is gone when whoever waited for it goes on."""
    other = make_text(summit=world.summit).version.text
    edition = make_text(summit=world.summit, state=EditionState.IN_REVIEW)
    by = officer(world.summit)
    wrong = during(
        lambda: joint_publication.tie(text=edition.version.text, to=other, by=by),
        lambda: decisions.approve(edition=edition, by=approver(world.summit)),
    )
    assert wrong == []
    edition.refresh_from_db()
    assert edition.state == EditionState.APPROVED


def test_whoever_ties_and_whoever_cancels_do_not_wait_for_one_another(
    world: Floor, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer who ties texts holds the first of two embargoes, and then wants the second, while the session is
    being cancelled. Control: in another order one of the two is lost."""

    def backwards(slots: Collection[int]) -> list[Embargo]:
        rows = Embargo.objects.select_for_update(of=("self",)).filter(texts__slot__in=slots)
        return list(rows.select_related("summit").order_by("-pk"))

    if not guarded:
        monkeypatch.setattr(locks, "lock_speeches", backwards)
    two = [hang(world.slots["A"], timed(world.summit)) for _number in range(2)]
    first, second = (text.embargo_id for text in two)
    assert first < second
    by = officer(world.summit)
    tie = lambda: joint_publication.tie(text=two[1], to=two[0], by=by)  # noqa: E731

    def cancel() -> None:
        # Beside the two, nothing is waited for.
        Text.objects.exclude(pk__in=[text.pk for text in two]).update(slot=None, prepared=None)
        cancel_and_move.cancel(session=world.session, by=world.by)

    came = amid_call(monkeypatch, locks, "lock_embargo", tie, cancel)
    lost = [str(each).splitlines()[0] for each in came if isinstance(each, BaseException)]
    assert lost == ([] if guarded else ["deadlock detected"])


def _steps(world: Floor, by: User, reader: User, chance: random.Random) -> list[Step]:
    """What an agenda's desk and a press desk do at once to the same speeches and texts."""

    def text() -> Text:
        return chance.choice(list(Text.objects.all()))

    def cancel() -> None:
        (cancel_and_move.cancel if chance.random() < 0.5 else cancel_and_move.reinstate)(
            session=world.session, by=world.by
        )

    def describe() -> None:
        people = [world.speaker("A"), world.speaker("B")]
        texts.describe(text=text(), by=by, topics=["Borders"], people=people)

    def approve() -> None:
        row = text()
        version = row.versions.get()
        edition = version.editions.latest("number")
        decisions.approve(edition=edition, by=reader)

    return [
        cancel,
        lambda: speakers_list.move(slot=world.slots[chance.choice("ABC")], to=chance.randint(1, 4), by=world.by),
        lambda: joint_publication.tie(text=text(), to=text(), by=by),
        lambda: joint_publication.untie(text=text(), by=by),
        lambda: embargoes.unhold(embargo=text().embargo, by=by),
        lambda: embargoes.set_moment(embargo=text().embargo, moment=db_now() + timedelta(minutes=9), by=by),
        lambda: embargoes.deliver(embargo=text().embargo, by=by),
        announcements.announce_due,
        describe,
        approve,
    ]


@pytest.mark.slow("six desks work in threads of their own")
def test_desks_that_work_at_once_never_lock_each_other_out(world: Floor) -> None:
    """Six take twenty steps each. PostgreSQL finds a deadlock within a second and ends one of its transactions."""
    for name in "ABC":
        hang(world.slots[name], timed(world.summit), state=EditionState.IN_REVIEW)
    by, reader = officer(world.summit), approver(world.summit)

    def work(seed: int) -> int:
        chance, done = random.Random(seed), 0  # noqa: S311 - which step comes next is no secret
        for _ in range(20):
            step = chance.choice(_steps(world, by, reader, chance))
            with suppress(DecisionRefused, Embargo.DoesNotExist, Text.DoesNotExist):
                step()
                done += 1
        return done

    came = at_once(*(lambda seed=seed: work(seed) for seed in range(6)))
    assert [each for each in came if isinstance(each, BaseException)] == []
    assert sum(came) > 20
