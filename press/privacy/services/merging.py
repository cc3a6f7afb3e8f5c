"""Merge two people in the details of texts, which list the people concerned."""

from delegations.membership_changes.services.merging import moves
from press.texts.models.texts import Text
from summit.people.models import Person


@moves(46)
def concerned(kept: Person, gone: Person) -> int:
    """Replace the person `gone` by `kept` in the details of texts, without duplicates.

    Returns the number of texts in which `gone` was replaced.
    """
    rows = Text.people.through.objects.filter(person=gone)
    own = Text.people.through.objects.filter(person=kept).values("text")
    number = rows.exclude(text__in=own).update(person=kept)
    rows.delete()
    return number
