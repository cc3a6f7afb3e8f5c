"""Somebody of whom everything is known, for the crawl."""

from django.db.models.functions import Now

from delegations.models import Particulars, Photo, Resemblance
from summit.models import Person, Summit
from tests.delegations.test_photos import picture


def somebody(summit: Summit) -> Person:
    """Somebody of whom everything is known, and who seems to be entered twice."""
    person = Person.objects.filter(summit=summit, user__isnull=False)[0]
    values = {"passport_number": "C01X00T47", "diet": "No nuts.", "hotel": "A hotel", "arrives_at": Now()}
    Particulars.objects.update_or_create(person=person, defaults=values)
    Photo.objects.update_or_create(person=person, defaults={"image": picture(), "width": 800, "height": 600})
    other = Person.objects.filter(summit=summit).exclude(pk=person.pk)[0]
    Resemblance.objects.get_or_create(person=person, other=other, why="name")
    return person
