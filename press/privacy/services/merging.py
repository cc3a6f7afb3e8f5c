"""Merge two people in the lists of people whom texts concern."""

from delegations.membership_changes.services.merging import moves
from press.texts.models.texts import Text
from summit.people.models import Person


@moves(46)
def concerned(kept: Person, gone: Person) -> int:
    """Replace `gone` by `kept` in the people whom texts concern, without duplicates.

    Returns the number of rows moved.
    """
    rows = Text.people.through.objects.filter(person=gone)
    own = Text.people.through.objects.filter(person=kept).values("text")
    number = rows.exclude(text__in=own).update(person=kept)
    rows.delete()
    return number
