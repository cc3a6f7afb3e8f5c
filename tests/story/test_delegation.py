"""A delegation over its quota."""

import pytest
from django.test import Client

from delegations.domain import quotas
from delegations.domain.quotas import QuotaProblem
from delegations.models import Category, Membership, Party, Quota
from portal.demo import border_security
from summit.models import AuditEntry, Person, User
from tests import factories as f
from tests.story.helpers import browser, party

pytestmark = pytest.mark.django_db


def account(box: str) -> User:
    return User.objects.get(email=f"{box}@summit.example")


def people(france: Party, rest: str) -> str:
    return f"/portal/delegation/{france.public_id}/people/{rest}"


@pytest.fixture
def france() -> Party:
    border_security.load()
    found = party("France")
    f.InvitationFactory(party=found, state="sent", sent_at=f.START)
    return found


@pytest.fixture
def focal(france: Party) -> Client:
    client = browser("focal")
    assert client.get("/portal/?lang=en").status_code == 200
    return client


def name(focal: Client, france: Party, who: str, status: int) -> str:
    """Let the focal point name an adviser on the page; return what it answers."""
    given = {"category": "adviser", "name": who, "office": "Counsellor", "language": "fr"}
    response = focal.post(people(france, "add/"), given)
    assert response.status_code == status
    return response.content.decode()


def advisers(france: Party) -> list[str]:
    rows = france.memberships.filter(category__code="adviser", person__name__gt="").order_by("position")
    return list(rows.values_list("person__name", flat=True))


def test_over_quota_is_refused_until_an_organiser_raises_it_with_a_reason(france: Party, focal: Client) -> None:
    adviser, organiser = Category.objects.of(france.summit)["adviser"], account("organiser")
    Membership.objects.filter(party=france, category=adviser).delete()
    Quota.objects.filter(party=france).delete()
    Category.objects.filter(pk=adviser.pk).update(quota=1)
    name(focal, france, "Ada Example", 303)
    before = Person.objects.count()
    page = name(focal, france, "Bea Bright", 422)
    assert (
        "The quota of France for “adviser” is 1, and it has named 1. The organisers can raise it: "
        "protocol@summit.example." in page
    )
    # What was typed stays, and nothing is stored.
    assert 'value="Bea Bright"' in page
    assert (Person.objects.count(), advisers(france)) == (before, ["Ada Example"])

    def set_quota(reason: str) -> None:
        quotas.set_quota(party=france, category=adviser, number=2, reason=reason, by=organiser)

    with pytest.raises(QuotaProblem, match="Say why this party has another number"):
        set_quota(" ")
    set_quota("It chairs two working groups.")
    row = Quota.objects.get(party=france, category=adviser)
    assert (row.number, row.reason, row.set_by) == (2, "It chairs two working groups.", organiser)
    entry = AuditEntry.objects.get(action="delegations.raise_quota")
    assert entry.detail == {"number": 2, "before": 1, "category": "adviser"}
    name(focal, france, "Bea Bright", 303)
    assert advisers(france) == ["Ada Example", "Bea Bright"]
