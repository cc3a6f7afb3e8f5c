"""Raise an alarm if a speech isn't marked as delivered by the time that was set.

An alarm publishes nothing. Pages of the desk show it at once (press.texts.selectors.workflow_queries). Desk users get
one mail for each time that is set.
"""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from press.embargoes.messages import ALARM, alarm
from press.embargoes.selectors import unraised
from press.texts.models.embargoes import Embargo
from press.texts.services.locks import lock_embargo
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.core.compiled_query import Prepared
from summit.summits.models import sends

RAISE_ALARM = audit_action(
    "press.alarm", gettext_lazy("raised an alert: the speech was not marked as delivered in time")
)


def raise_due(*, limit: int = 100) -> int:
    """Raise at most `limit` alarms that are due, and return how many were raised. Makes one query if none is due."""
    return sum(raise_alarm(embargo_id) for (embargo_id,) in _DUE.rows()[:limit])


_DUE = Prepared(lambda: unraised().filter(sends("summit_id")).order_by("fallback_at", "pk").values_list("pk"))


def raise_alarm(embargo_id: int) -> bool:
    """Raise the alarm of an embargo, and store the messages about it. Return whether the alarm was due.

    Both are done in one transaction. If several workers call this at once, only one of them raises the alarm. Raises
    DecisionRefused if the embargo doesn't exist any more.
    """
    with transaction.atomic():
        embargo = lock_embargo(embargo_id)
        due = unraised().filter(sends("summit_id"), pk=embargo_id).values("pk")
        if not Embargo.objects.filter(pk__in=due).update(alarmed_at=Now()):
            return False
        sent = ALARM.send(alarm(embargo))
        audit.record(
            by=audit.SYSTEM, action=RAISE_ALARM, target=embargo, summit=embargo.summit, detail={"messages": sent}
        )
    return True
