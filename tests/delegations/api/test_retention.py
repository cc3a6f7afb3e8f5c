"""Times for which data are kept, and the purge, by the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from delegations.models import Category, Particulars, Retention
from summit.models import AuditEntry, Summit
from summit.work.domain import running
from summit.work.models import Job
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, assert_flat, kind, pointers

pytestmark = pytest.mark.django_db
HERE = f"{DESK}retention-times/"


def test_an_organiser_gives_times(place: Place) -> None:
    delegate = Category.objects.of(place.summit)["delegate"]
    organiser = place.organiser()
    for other in (place.protocol, place.focal):
        assert kind(other.get(HERE)) == (404, "not-found")
        assert kind(other.post(f"{HERE}purge/", {})) == (404, "not-found")
    made = organiser.post(HERE, {"what": "passport", "category": "delegate", "days": 7})
    assert made.status_code == 201, made.content
    assert (made.json()["what"], made.json()["category"], made.json()["days"]) == ("passport", "delegate", 7)
    again = organiser.post(HERE, {"what": "passport", "category": delegate.code, "days": 8})
    assert again.json()["errors"][0]["detail"] == "There is a time for this already. Change that one."
    assert pointers(organiser.post(HERE, {"what": "mail", "category": "delegate"})) == {"#/category"}
    assert pointers(organiser.post(HERE, {"what": "shoes"})) == {"#/what"}
    # A day that no calendar has can't be reckoned.
    for number, problem in ((36526, "Write 36525 or less."), (-1, "Write 0 or more.")):
        refused = organiser.post(HERE, {"what": "photo", "days": number})
        found = [(each["pointer"], each["detail"]) for each in refused.json()["errors"]]
        assert (refused.status_code, found) == (422, [("#/days", problem)])
    assert organiser.post(HERE, {"what": "photo", "days": 36525}).status_code == 201
    assert Retention.objects.filter(what="photo").delete()[0] == 1
    where = f"{HERE}{made.json()['id']}/"
    assert organiser.patch(where, {"days": None}, If_Match=made["ETag"]).json()["days"] is None
    moved = organiser.patch(where, {"what": "photo", "category": None}, If_Match="*")
    assert (moved.json()["what"], moved.json()["category"]) == ("photo", None)
    assert pointers(organiser.patch(where, {"what": "mail", "category": "delegate"}, If_Match="*")) == {"#/category"}
    assert organiser.delete(where, If_Match="*").status_code == 204
    assert not Retention.objects.exists()
    done = AuditEntry.objects.filter(action__startswith="delegations.retention").order_by("pk")
    assert [each.action.rpartition(".")[2] for each in done] == ["add", "add", "change", "change", "remove"]


def days(place: Place, away: timedelta) -> None:
    """Let the summit be on one day, so far from today."""
    day = timezone.now().date() + away
    Summit.objects.filter(pk=place.summit.pk).update(starts_on=day, ends_on=day)


def test_what_is_due_is_told_and_purged_by_a_worker(place: Place) -> None:
    member = f.MembershipFactory(party=place.one)
    Particulars.objects.create(person=member.person, entered_for=place.one, passport_number="X1")
    organiser = place.organiser()

    def passports() -> list[dict[str, object]]:
        told = organiser.post(f"{HERE}preview-purge/", {}).json()
        return [each for each in told if each["what"] == "passport"]

    days(place, timedelta(days=30))
    [before] = passports()
    assert (before["number"], before["due"]) == (1, 0)
    days(place, -timedelta(days=9000))
    [due] = passports()
    assert (due["number"], due["due"], str(due["goes_on"]) < str(before["goes_on"])) == (1, 1, True)
    job = organiser.post(f"{HERE}purge/", {}).json()["job"]
    for _step in range(20):
        running.run(Job.objects.get(public_id=job).pk)
    assert Job.objects.get(public_id=job).state == "done"
    assert Particulars.objects.filter(passport_number="X1").count() == passports()[0]["number"] == 0


def test_many_times_are_listed_by_as_many_queries(place: Place) -> None:
    rows = iter(Category.objects.of(place.summit).values())
    make = lambda: Retention.objects.create(summit=place.summit, what="photo", category=next(rows), days=1)  # noqa: E731
    assert_flat(make, (place.organiser(), HERE))
