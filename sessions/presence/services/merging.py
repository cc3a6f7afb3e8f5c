"""Merging two entries of one person: what was recorded of either belongs to the one that stays."""

from django.db.models import Q

from sessions.presence.models import Place, PresenceMark, Representation, ToldByTelephone
from summit.people.models import Person

# A representation is one of its session and party, whoever it is.
MODELS = (PresenceMark, Representation, ToldByTelephone)


def give_to(*, kept: Person, gone: Person) -> int:
    """Give the rows of `gone` to `kept`, and return their number. What is recorded of both is deleted of `gone`.

    It checks no permission and records nothing: the merge does.
    """
    marks = PresenceMark.objects.filter(taken_back_at=None)
    known = {_says(mark) for mark in marks.filter(person=kept)}
    twice = [mark.pk for mark in marks.filter(person=gone) if _says(mark) in known]
    told = ToldByTelephone.objects.filter(taken_back_at=None)
    both = Q()
    for session, release in told.filter(person=kept).values_list("session_id", "release_id"):
        both |= Q(session=session, release=release)
    PresenceMark.objects.filter(pk__in=twice).delete()
    if both:
        told.filter(both, person=gone).delete()
    return sum(model._default_manager.filter(person=gone).update(person=kept) for model in MODELS)


def _says(mark: PresenceMark) -> tuple[object, ...]:
    """Return what a tick says of its person: two live ticks of one person never say the same."""
    return (mark.place, mark.session_id, mark.day if mark.place == Place.DOOR else None)
