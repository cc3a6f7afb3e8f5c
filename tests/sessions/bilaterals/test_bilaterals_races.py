"""Two who decide on one bilateral meeting at once: one wins, and the other is told what has become of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from sessions.bilaterals import services
from sessions.bilaterals.models import Bilateral
from sessions.bilaterals.services import BilateralRefused
from sessions.draft.models.sessions import Session
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.sessions.conftest import Parties
from tests.threads import amid

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def _two_ask(parties: Parties, by: User, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Ask for the same meeting twice at once; return the problems of whoever asked, in the order of failing."""
    for party in parties.values():
        f.InvitationFactory(party=party, answered=True)
    check, problems = services._check_new, []

    def ask() -> None:
        try:
            services.ask(
                party=parties["Aland"],
                counterpart=parties["Beland"],
                purpose="Trade",
                minutes=30,
                level="head",
                by=by,
            )
        except (BilateralRefused, IntegrityError) as problem:
            problems.append(type(problem))

    def first(pause: Callable[[], bool]) -> None:
        def slowly(row: Bilateral) -> None:
            check(row)
            pause()

        monkeypatch.setattr(services, "_check_new", slowly)
        ask()

    amid(first, ask)
    assert Bilateral.objects.count() == 1
    return problems


def test_of_two_who_ask_at_once_one_is_told_so(
    parties: Parties, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _two_ask(parties, organiser, monkeypatch) == [BilateralRefused]


def test_control_without_a_lock_only_the_constraint_holds(
    parties: Parties, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "lock", lambda summit: None)
    assert _two_ask(parties, organiser, monkeypatch) == [IntegrityError]


def test_what_is_being_placed_is_placed(
    summit: Summit, parties: Parties, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = f.BilateralFactory(party=parties["Aland"], counterpart=parties["Beland"], state="accepted")
    create, starts_at = services._create_session, timezone.now() + timedelta(days=1)

    def place(pause: Callable[[], bool]) -> None:
        def slowly(*args: Any, **kwargs: Any) -> Session:
            pause()
            return create(*args, **kwargs)

        monkeypatch.setattr(services, "_create_session", slowly)
        services.place(bilateral=row, starts_at=starts_at, room=None, by=organiser)

    came = amid(place, lambda: services.withdraw(bilateral=row, by=organiser))
    assert [type(each) for each in came if isinstance(each, BaseException)] == [BilateralRefused]
    row.refresh_from_db()
    assert (row.state, Session.objects.filter(summit=summit).count()) == ("placed", 1)
