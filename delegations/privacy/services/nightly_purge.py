"""The purge that runs every night, for all summits and for mail that belongs to no summit."""

import logging
from datetime import timedelta

from django.db import transaction

from delegations.privacy.models import USUAL_DAYS
from delegations.privacy.services import retained_data, retention
from summit.core.database_clock import db_now
from summit.core.personal_data import PersonalDataKind
from summit.summits.models import Summit

logger = logging.getLogger(__name__)
# The time of the purge, in UTC. The beat schedule in the settings uses it.
HOUR, MINUTE = 2, 20


def purge_all() -> dict[str, dict[str, int]]:
    """Purge expired data of all summits. Return a dict from summit slug to the numbers of rows by piece.

    Demonstration summits are left out: their people are fictitious, and the demonstration would lose its data. If the
    purge of a summit fails, the error is logged, the other summits are still purged, and the next night tries again.
    """
    purged = {}
    for summit in Summit.objects.filter(illustrative=False).order_by("pk"):
        try:
            numbers = retention.purge(summit=summit)
        except Exception:
            logger.exception("the purge of a summit failed (%s)", summit.slug)
        else:
            if numbers:
                purged[summit.slug] = numbers
    days = USUAL_DAYS[PersonalDataKind.MAIL]
    if days is not None:
        with transaction.atomic():
            retained_data.purge_old_mail(before=db_now() - timedelta(days=days))
    return purged
