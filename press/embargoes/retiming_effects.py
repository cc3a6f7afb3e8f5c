"""What new times on the day mean for the texts of the speeches that begin at another time."""

from collections.abc import Collection, Iterator

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import ngettext

from press.texts.models.embargoes import EmbargoMode
from press.texts.models.texts import Text
from press.texts.models.visibility import published_embargoes
from sessions.delays.effects import Effect, registry
from summit.summits.models import Summit


@registry.register(10)
def texts(summit: Summit, sessions: Collection[int], speeches: Collection[str]) -> Iterator[Effect]:
    """Yield how many texts are held, and how many wait for their speech as before. Makes two queries."""
    concerned = Q(slot__session__in=sessions) | Q(slot__public_id__in=speeches)
    rows = Text.objects.filter(
        concerned, summit=summit, withdrawn_at__isnull=True, embargo__held_at__isnull=True
    ).exclude(embargo__in=published_embargoes().values("pk"))
    held = rows.filter(embargo__mode=EmbargoMode.MOMENT, embargo__moment__gt=Now()).count()
    if held:
        message = ngettext(
            "%(n)d text with a publication time is held until the press office decides.",
            "%(n)d texts with a publication time are held until the press office decides.",
            held,
        )
        yield Effect(message % {"n": held})
    waiting = rows.filter(embargo__mode=EmbargoMode.DELIVERED, embargo__moment__isnull=True).count()
    if waiting:
        message = ngettext(
            "%(n)d text still waits until its speech is given.",
            "%(n)d texts still wait until their speeches are given.",
            waiting,
        )
        yield Effect(message % {"n": waiting})
