"""A merge and a sign-up at once: both hold the session before the person, so that neither waits for the other in
vain."""

from datetime import timedelta

import pytest
from django.db import transaction

from delegations.membership_changes.services import merging
from delegations.parties.models.parties import Party
from sessions.signups.services import signups
from sessions.visibility.models import Visibility
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.factories import MembershipFactory, SignUpFactory, UserFactory
from tests.sessions.conftest import Parties, session
from tests.sessions.releases.test_release_races import Pause
from tests.threads import amid, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
HOUR = timedelta(hours=1)


def _merge_amid(summit: Summit, party: Party) -> list[str]:
    """Merge two who have places in a session, for which a third waits, while a place in it is given to one of them;
    return what came of each."""
    soon = db_now() + HOUR
    row = session(
        summit, party, starts_at=soon, ends_at=soon + HOUR, visibility=Visibility.ACCREDITED, sign_up=True, capacity=2
    )
    kept, gone = (MembershipFactory(party=party).person for _number in range(2))
    for person in (kept, gone):
        SignUpFactory(session=row, person=person)
    SignUpFactory(session=row, person=MembershipFactory(party=party).person, state="waiting")
    protocol = UserFactory.with_role(Role.PROTOCOL, summit)

    def give(pause: Pause) -> str:
        with transaction.atomic():
            signups._lock(row)
            pause()
            Person.objects.select_for_update().get(pk=gone.pk)
        return "given"

    return names(amid(give, lambda: merging.merge(kept=kept, gone=gone, by=protocol) and "merged"))


def test_a_merge_and_a_sign_up_do_not_wait_for_one_another(summit: Summit, parties: Parties) -> None:
    assert _merge_amid(summit, parties["Aland"]) == ["given", "merged"]


def test_control_a_merge_that_holds_people_first_loses_one_of_them(
    summit: Summit, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "_holds", [])
    assert "OperationalError" in _merge_amid(summit, parties["Aland"])
