"""What the press office writes by itself, of a summit that sends nothing: once it is armed, sweeps find what came out
meanwhile. Texts come out at their moments all the while: only the mail about them waits."""

from collections.abc import Iterable

from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from press.embargoes.services.alarms import unraised
from press.subscriptions.models import Announcement
from press.subscriptions.services.announcements import untold
from press.subscriptions.services.withdrawal_notices import unrecalled_anywhere
from press.texts.models.embargoes import Embargo
from summit.summits.models import Summit
from summit.summits.outbound_pause import Channel, Waiting, channels


def look(summit: Summit) -> Iterable[Waiting]:
    """Yield what is to be announced, recalled and asked. Four queries."""
    moments = list(untold().filter(version__text__summit=summit).values_list("published_at", flat=True))
    older = sum(at < summit.disarmed_at for at in moments if summit.disarmed_at)
    yield Waiting(gettext_lazy("announcements of texts that came out"), len(moments) - older, older)
    recalls = unrecalled_anywhere().filter(summit=summit).count()
    yield Waiting(gettext_lazy("notes that a text was withdrawn"), recalls, 0)
    late = unraised().filter(summit=summit)
    before = _before(summit).count()
    yield Waiting(
        gettext_lazy("alarms about speeches that nobody has marked as given"), late.count() - before, before
    )


def _before(summit: Summit) -> QuerySet[Embargo]:
    return unraised().filter(summit=summit, fallback_at__lt=summit.disarmed_at)


def cancel(summit: Summit) -> int:
    """Note what came out before the summit's arrival as told to nobody here, and alarms of before as raised: the desk
    sees them on its page. Returns how many that is."""
    came = F("version__text__summit__disarmed_at")
    rows = untold().filter(version__text__summit=summit, published_at__lt=came)
    told = Announcement.objects.bulk_create([Announcement(edition=row, recipients=0) for row in rows])
    return len(told) + Embargo.objects.filter(pk__in=list(_before(summit).values_list("pk", flat=True))).update(
        alarmed_at=Now()
    )


channels.register(30)(Channel(look, cancel))
