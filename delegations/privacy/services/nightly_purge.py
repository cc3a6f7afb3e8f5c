"""The purge of every night: of all summits, and of mail that belongs to none."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from delegations.imports.services import import_files
from delegations.privacy.models import USUAL_DAYS, Kept
from delegations.privacy.services import retained_data, retention
from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.summits.models import Summit

logger = logging.getLogger(__name__)
# When it runs, in UTC: the settings' beat reads these.
HOUR, MINUTE = 2, 20
# Each deletes uploads that nobody took over for too long, of all summits, and returns how many.
Drop = Callable[[], int]
_drops: Registry[Drop] = Registry()
drops = _drops.register
drops(10)(import_files.drop_old)


def purge_all() -> dict[str, dict[str, int]]:
    """Purge what each summit has kept long enough, and return how much by the summits' addresses. Of a demonstration
    nothing goes by night: its people are made up, and it would end where it is shown. What fails at one
    summit is in the log, and is looked at again the next night; the others are purged all the same. Uploads that
    nobody took over go after two weeks, of every summit."""
    done = {}
    for summit in Summit.objects.filter(illustrative=False).order_by("pk"):
        try:
            found = retention.purge(summit=summit)
        except Exception:
            logger.exception("the purge of a summit failed (%s)", summit.slug)
        else:
            if found:
                done[summit.slug] = found
    for drop in _drops:
        drop()
    days = USUAL_DAYS[Kept.MAIL]
    if days is not None:
        with transaction.atomic():
            retained_data.purge_old_mail(before=db_now() - timedelta(days=days))
    return done
