"""The press office's outbound mail about a summit while outbound mail is paused.

Texts are still published at their moments. Only the mail about them waits, until the pause ends and sweeps send it.
"""

from collections.abc import Iterable

from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from press.embargoes.selectors import unraised
from press.subscriptions.models import Announcement
from press.subscriptions.services.announcements import untold
from press.subscriptions.services.withdrawals import unrecalled_anywhere
from press.texts.models.embargoes import Embargo
from summit.summits.models import Summit
from summit.summits.outbound_pause import Channel, Waiting, channels


def count_waiting(summit: Summit) -> Iterable[Waiting]:
    """Yield the numbers of a summit's waiting announcements, withdrawals to tell, and alarms. Makes four queries."""
    moments = list(untold().filter(version__text__summit=summit).values_list("published_at", flat=True))
    older = sum(at < summit.paused_at for at in moments if summit.paused_at)
    yield Waiting(gettext_lazy("announcements of published texts"), len(moments) - older, older)
    recalls = unrecalled_anywhere().filter(summit=summit).count()
    yield Waiting(gettext_lazy("notices of withdrawn texts"), recalls, 0)
    late = unraised().filter(summit=summit)
    before = _before(summit).count()
    yield Waiting(gettext_lazy("alerts about speeches not marked as delivered"), late.count() - before, before)


def _before(summit: Summit) -> QuerySet[Embargo]:
    return unraised().filter(summit=summit, fallback_at__lt=summit.paused_at)


def cancel(summit: Summit) -> int:
    """Cancel the mails about publications and alarms that are older than the pause, and return how many.

    The editions are recorded as announced to nobody, and the alarms as raised. Pages of the desk still show the
    alarms.
    """
    paused_at = F("version__text__summit__paused_at")
    rows = untold().filter(version__text__summit=summit, published_at__lt=paused_at)
    announcements = Announcement.objects.bulk_create([Announcement(edition=row, recipients=0) for row in rows])
    return len(announcements) + Embargo.objects.filter(
        pk__in=list(_before(summit).values_list("pk", flat=True))
    ).update(alarmed_at=Now())


channels.register(30)(Channel(count_waiting, cancel))
