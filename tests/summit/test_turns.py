"""Work of many transactions gives way to other writers on SQLite: now and then, and never inside a transaction."""

from types import SimpleNamespace

import pytest

from summit.db import turns


@pytest.mark.parametrize(
    ("vendor", "inside", "worked", "waits"),
    [
        ("sqlite", False, turns.WORK, 1),
        ("sqlite", False, turns.WORK / 2, 0),
        ("sqlite", True, turns.WORK, 0),
        ("postgresql", False, turns.WORK, 0),
    ],
)
def test_others_get_their_turn(
    vendor: str, inside: bool, worked: float, waits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(turns, "connection", SimpleNamespace(vendor=vendor, in_atomic_block=inside))
    monkeypatch.setattr(turns, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=slept.append))
    taking = turns.Turns()
    clock.now += worked
    # Asked twice at once, only the first waits.
    for _each in range(2):
        taking.give_way()
    assert slept == [turns.TURN] * waits
