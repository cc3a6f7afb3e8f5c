"""Six workers race for due texts, killed with -9 at random, one with a clock that is two hours fast."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.processes import processes
from tests.services import MARKS

pytestmark = MARKS
SUBSCRIBERS = 5


def _race(folder: Path, shared: Path, **values: Any) -> dict[str, Any]:
    with processes(folder, shared) as found:
        said = found.python(f"from tests.services import race; race.main(**{values!r})").strip().splitlines()[-1]
    came: dict[str, Any] = json.loads(said)
    print(said)
    return came


def _look(came: dict[str, Any], texts: int) -> None:
    """Every text was announced to each subscriber exactly once, none before its moment on the database's clock."""
    assert (came["texts"], came["announced"]) == (texts, texts)
    assert (came["told"], came["messages"]) == (texts * SUBSCRIBERS, texts * SUBSCRIBERS)
    assert (came["twice"], came["early"]) == (0, 0)
    # Somebody was killed, and whoever had the wrong time took part.
    assert came["kills"] > 1
    assert came["wrong_clock_asked"] > 0


@pytest.mark.postgresql
def test_around_both_changes_of_the_clocks_each_is_announced_once(tmp_path: Path, shared: Path) -> None:
    came = _race(tmp_path, shared, phases=["summer", "winter"], texts=40, spread=3)
    _look(came, 80)
    # Wall clocks at the venue: the hour that is skipped, and the hour that comes twice.
    assert came["walls"] == ["00 GMT", "01 BST", "01 GMT", "02 BST"]


@pytest.mark.once
def test_each_is_announced_once(tmp_path: Path, shared: Path) -> None:
    _look(_race(tmp_path, shared, phases=["now"], texts=20, spread=2), 20)


@pytest.mark.postgresql
def test_control_without_lock_and_constraints_some_are_announced_twice(tmp_path: Path, shared: Path) -> None:
    came = _race(tmp_path, shared, phases=["now"], texts=30, spread=1, without="lock")
    assert came["twice"] > 0
    assert came["messages"] > came["told"]


@pytest.mark.postgresql
def test_control_by_the_workers_clocks_they_are_announced_early(tmp_path: Path, shared: Path) -> None:
    came = _race(tmp_path, shared, phases=["now"], texts=20, spread=600, without="database clock")
    # Moments over ten minutes, and all of it done within seconds.
    assert came["early"] > 0
