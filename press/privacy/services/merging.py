"""Two people who are one become one in what texts say whom they concern."""

from delegations.membership_changes.services.merging import moves
from press.texts.models.texts import Text
from summit.people.models import Person


@moves(46)
def concerned(kept: Person, gone: Person) -> int:
    """Let texts that concern either concern who stays, once each."""
    rows = Text.people.through.objects.filter(person=gone)
    own = Text.people.through.objects.filter(person=kept).values("text")
    number = rows.exclude(text__in=own).update(person=kept)
    rows.delete()
    return number
