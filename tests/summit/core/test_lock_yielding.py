"""Work of many transactions gives way to other writers on SQLite: now and then, and never inside a transaction."""

from types import SimpleNamespace

import pytest

from press.embargoes.services import bulk_decisions
from press.subscriptions.services import announcements
from summit.core import lock_yielding
from summit.outbox import delivery
from tests import factories as f
from tests.press.helpers import ago, approver, make_text


@pytest.mark.parametrize(
    ("vendor", "inside", "worked", "waits"),
    [
        ("sqlite", False, lock_yielding.WORK, 1),
        ("sqlite", False, lock_yielding.WORK / 2, 0),
        ("sqlite", True, lock_yielding.WORK, 0),
        ("postgresql", False, lock_yielding.WORK, 0),
    ],
)
def test_others_get_their_turn(
    vendor: str, inside: bool, worked: float, waits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(lock_yielding, "connection", SimpleNamespace(vendor=vendor, in_atomic_block=inside))
    monkeypatch.setattr(lock_yielding, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=slept.append))
    taking = lock_yielding.Turns()
    clock.now += worked
    # Asked twice at once, only the first waits.
    for _each in range(2):
        taking.yield_if_due()
    assert slept == [lock_yielding.TURN] * waits


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Note each time that work asks whether others get a turn."""
    times: list[None] = []
    monkeypatch.setattr(lock_yielding.Turns, "yield_if_due", lambda self: times.append(None))
    return times


@pytest.mark.django_db
class TestWhoAsks:
    """Once for each of the transactions, and of none where there is nothing to do."""

    def test_the_outbox_for_each_message(self, asked: list[None]) -> None:
        assert delivery.deliver([row.pk for row in f.MessageFactory.create_batch(3)]) == len(asked) == 3

    def test_deciding_about_many_and_announcing_for_each_text(self, asked: list[None]) -> None:
        summit = f.SummitFactory()
        texts = [make_text(summit=summit, state="in_review", moment=ago(1)).version.text for _each in range(3)]
        bulk_decisions.decide(action=bulk_decisions.BULK_DECISIONS["approve"], texts=texts, by=approver(summit))
        assert len(asked) == 3
        asked.clear()
        assert announcements.announce_due() == len(asked) == 3
        asked.clear()
        assert announcements.announce_due() == len(asked) == 0
