"""Times for which data are kept, and the purge, by the API."""

from datetime import date
from typing import Any

import pytest

from delegations.members.models.categories import Category
from delegations.members.models.particulars import Particulars
from delegations.privacy.models import Retention
from summit.jobs import runner
from summit.jobs.models.jobs import Job
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, pointers

pytestmark = pytest.mark.django_db
HERE = f"{DESK}retention-times/"


def test_an_organiser_gives_times(place: Place) -> None:
    delegate = Category.objects.of(place.summit)["delegate"]
    organiser = place.organiser()
    made = organiser.post(HERE, {"what": "passport", "category": "delegate", "days": 7})
    assert made.status_code == 201, made.content
    assert (made.json()["what"], made.json()["category"], made.json()["days"]) == ("passport", "delegate", 7)
    again = organiser.post(HERE, {"what": "passport", "category": delegate.code, "days": 8})
    assert (
        again.json()["errors"][0]["detail"] == "There is already a retention period for this data. Change that one."
    )
    assert pointers(organiser.post(HERE, {"what": "mail", "category": "delegate"})) == {"#/category"}
    assert pointers(organiser.post(HERE, {"what": "shoes"})) == {"#/what"}
    # A day that no calendar has can't be reckoned.
    for number, problem in ((36526, "Enter 36525 or less."), (-1, "Enter 0 or more.")):
        refused = organiser.post(HERE, {"what": "photo", "days": number})
        found = [(each["pointer"], each["detail"]) for each in refused.json()["errors"]]
        assert (refused.status_code, found) == (422, [("#/days", problem)])
    where = f"{HERE}{made.json()['id']}/"
    assert organiser.patch(where, {"days": None}, If_Match=made["ETag"]).json()["days"] is None
    moved = organiser.patch(where, {"what": "photo", "category": None}, If_Match="*")
    assert (moved.json()["what"], moved.json()["category"]) == ("photo", None)
    assert organiser.delete(where, If_Match="*").status_code == 204
    assert not Retention.objects.exists()


def test_what_is_due_is_told_and_purged_by_a_worker(place: Place) -> None:
    member = f.MembershipFactory(party=place.one)
    Particulars.objects.create(person=member.person, entered_for=place.one, passport_number="X1")
    organiser = place.organiser()

    def passports() -> dict[str, Any]:
        told = organiser.post(f"{HERE}preview-purge/", {}).json()
        [found] = [each for each in told if each["what"] == "passport"]
        return {name: found[name] for name in ("number", "due", "goes_on")}

    for year, due in ((2099, 0), (2000, 1)):
        day = date(year, 4, 1)
        Summit.objects.filter(pk=place.summit.pk).update(starts_on=day, ends_on=day)
        assert passports() == {"number": 1, "due": due, "goes_on": f"{year}-05-02"}
    job = organiser.post(f"{HERE}purge/", {}).json()["job"]
    for _step in range(20):
        runner.run(Job.objects.get(public_id=job).pk)
    assert Job.objects.get(public_id=job).state == "done"
    assert Particulars.objects.filter(passport_number="X1").count() == passports()["number"] == 0
