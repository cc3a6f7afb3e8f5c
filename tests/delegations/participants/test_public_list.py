"""The public list of delegations: who is in it, from when, what each agrees to, and cached pages that follow."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from delegations.invitations.models.invitations import Invitation
from delegations.members.models.members import Membership
from delegations.participants.selectors.public_list import consented, public_list
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.core.process_cache import forget_all
from summit.people.models import Person
from summit.summits.models import Summit
from tests import factories as f
from tests.database_clock import advance, ask_no_clock
from tests.triggers import without_trigger

pytestmark = pytest.mark.django_db
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def summit() -> Summit:
    """A summit whose list of delegations has been public for a day."""
    found = f.SummitFactory()
    f.PolicyFactory(summit=found, parties_public_at=timezone.now() - timedelta(days=1))
    return found


@pytest.fixture
def _kept(settings: LazySettings) -> None:
    settings.KEPT_PAGES = 10_000_000


def accepted(summit: Summit, name: str, **values: Any) -> Party:
    party = f.PartyFactory(summit=summit, name=name, **values)
    f.InvitationFactory(party=party, answered=True)
    return party


def member(party: Party, code: str, name: str, *, confirmed: bool = True) -> Membership:
    person = f.PersonFactory(summit=party.summit, name=name, office="Minister")
    when = timezone.now() if confirmed else None
    return f.MembershipFactory(party=party, person=person, code=code, confirmed_at=when)


def listed(summit: Summit) -> set[str]:
    return set(public_list(summit).values_list("name", flat=True))


def page(summit: Summit) -> str:
    return Client().get(f"/{summit.slug}/").content.decode()


def test_who_accepted_and_does_not_object_is_listed(summit: Summit) -> None:
    accepted(summit, "Accepted")
    accepted(summit, "Objects", public_listing="none")
    accepted(summit, "A guest", kind="guest")
    f.PartyFactory(summit=summit, name="The host", is_host=True)
    f.PartyFactory(summit=summit, name="Not invited")
    f.InvitationFactory(party__summit=summit, party__name="Silent", sent=True)
    f.InvitationFactory(party__summit=summit, party__name="Regrets", answered=True, answer="regrets")
    f.InvitationFactory(party__summit=summit, party__name="Represented", answered=True, answer="represented")
    to_session = {"occasion": "session", "party__name": "To a session alone"}
    f.InvitationFactory(party__summit=summit, answered=True, **to_session)
    assert listed(summit) == {"Accepted", "The host", "Represented"}
    shown = page(summit)
    assert "3 delegations take part" in shown
    names = ("Accepted", "The host", "Represented", "Objects", "guest", "Silent", "Regrets", "To a session")
    assert [name for name in names if name in shown] == ["Accepted", "The host", "Represented"]


def test_nobody_is_listed_before_the_hosts_moment(summit: Summit) -> None:
    accepted(summit, "Accepted")
    for moment in (timezone.now() + HALF_AN_HOUR, None):
        Policy.objects.update(parties_public_at=moment)
        assert listed(summit) == set()
        assert "Accepted" not in page(summit)


def test_head_and_size_are_listed_by_consent_and_security_never_counts(summit: Summit) -> None:
    party = accepted(summit, "Aland")
    member(party, "head", "A. Head")
    member(party, "delegate", "A. Delegate")
    member(party, "delegate", "Not confirmed", confirmed=False)
    for code in ("security", "spouse", "media", "liaison", "workforce"):
        member(party, code, f"A. {code}")
    named = "A. Head, Minister"
    for agreed, head, size in (("name", "", None), ("head", named, None), ("size", "", 2), ("all", named, 2)):
        Party.objects.update(public_listing=agreed)
        found = consented(public_list(summit)).get(party.pk)
        assert (found.head_label if found else "", found.size if found else None) == (head, size), agreed
    shown = page(summit)
    assert (named in shown, "2 people" in shown) == (True, True)
    assert [word for word in ("Delegate", "security", "Not confirmed") if word in shown] == []


def test_an_unconfirmed_and_an_erased_head_are_not_named(summit: Summit) -> None:
    row = member(accepted(summit, "Aland", public_listing="all"), "head", "A. Head", confirmed=False)
    assert consented(public_list(summit)) == {}
    Membership.objects.update(confirmed_at=timezone.now())
    Person.objects.filter(pk=row.person_id).update(erased_at=timezone.now())
    assert consented(public_list(summit)) == {}


@pytest.mark.usefixtures("_kept")
def test_cached_pages_follow_answers_people_and_names(summit: Summit) -> None:
    party = accepted(summit, "Aland", public_listing="all")
    row = member(party, "head", "A. Head")
    assert "A. Head" in page(summit)
    Person.objects.filter(pk=row.person_id).update(name="B. Head")
    assert "B. Head" in page(summit)
    member(party, "delegate", "A. Delegate")
    assert "2 people" in page(summit)
    row.delete()
    assert "B. Head" not in page(summit)
    Invitation.objects.update(answer="regrets")
    assert "Aland" not in page(summit)
    # Control: what isn't counted is not seen.
    with without_trigger("delegations_invitation", "delegations_invitation_listed_update"):
        Invitation.objects.update(answer="attending")
    assert "Aland" not in page(summit)


@pytest.mark.usefixtures("_kept")
@pytest.mark.parametrize("asks", [True, False])
def test_the_hosts_moment_makes_cached_pages_anew(
    asks: bool, summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: where nothing is asked of the clock, the home goes on without the list."""
    if not asks:
        ask_no_clock(monkeypatch)
    Policy.objects.update(parties_public_at=timezone.now() + HALF_AN_HOUR)
    accepted(summit, "Aland")
    assert "Aland" not in page(summit)
    advance(monkeypatch)
    assert ("Aland" in page(summit)) is asks


def test_queries_do_not_grow_with_the_delegations(summit: Summit) -> None:
    numbers = []
    for number in (1, 3):
        for place in range(number):
            party = accepted(summit, f"Land {number} {place}", public_listing="all", footnote=f"Note {place}")
            member(party, "head", f"Head {number} {place}")
        forget_all()
        with CaptureQueriesContext(connection) as asked:
            page(summit)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


def test_the_api_has_the_same_list(summit: Summit) -> None:
    party = accepted(summit, "Aland", public_listing="all")
    member(party, "head", "A. Head")
    accepted(summit, "Objects", public_listing="none")
    base = f"/api/v1/summits/{summit.slug}/parties/"
    (found,) = Client().get(base).json()["results"]
    told = {name: found[name] for name in ("id", "listed", "head", "size")}
    head = {"name": "A. Head", "office": "Minister"}
    assert told == {"id": party.public_id, "listed": True, "head": head, "size": 1}
    assert Client().get(f"{base}{party.public_id}/").json() == found
    Policy.objects.update(parties_public_at=None)
    assert Client().get(base).json()["results"] == []
    assert Client().get(f"{base}{party.public_id}/").status_code == 404
