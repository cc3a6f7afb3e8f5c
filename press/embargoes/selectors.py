"""Selects the embargoes with an alarm: their speech wasn't marked as delivered by the time that was set."""

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text


def standing_alarms() -> QuerySet[Embargo]:
    """Return the embargoes that have passed their alarm time before their speech is marked as delivered.

    Held embargoes and embargoes of cancelled speeches are included. Embargoes that have only withdrawn texts aren't.
    """
    texts = Text.objects.filter(embargo=OuterRef("pk"), withdrawn_at__isnull=True)
    late = Embargo.objects.filter(mode=EmbargoMode.DELIVERED, moment__isnull=True, fallback_at__lte=Now())
    return late.filter(Exists(texts))


def unraised() -> QuerySet[Embargo]:
    """Return the embargoes with a standing alarm about which the desk hasn't been notified yet."""
    return standing_alarms().filter(alarmed_at__isnull=True)
