"""Tasks about webhooks on the admin's home page: webhooks that the system turned off, and failed deliveries."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.admin_base.dashboard import Task, Urgency, desk_task
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.webhooks.models.deliveries import DeliveryState
from summit.webhooks.models.endpoints import Endpoint, OffWhy

CHANGE = "webhooks.endpoint.change"
SEND_AGAIN = "webhooks.send_again"
# How long failed deliveries are shown.
LATELY = timedelta(days=3)
# The most webhooks that are listed as off.
MOST = 5


@desk_task.register(82)
def webhooks(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task for each webhook that the system has turned off, and one task for the recent failed deliveries.

    Failed deliveries count only for webhooks that are on. Each task is only for users who may act on it. Makes one
    query.
    """
    can_change, can_resend = (allows(request.user, permission, summit) for permission in (CHANGE, SEND_AGAIN))
    if not (can_change or can_resend):
        return
    lost = Count(
        "deliveries", filter=Q(deliveries__state=DeliveryState.FAILED, deliveries__ended_at__gte=Now() - LATELY)
    )
    rows = Endpoint.objects.filter(summit=summit).exclude(enabled=False, off_why=OffWhy.HAND)
    endpoints: list[Any] = list(rows.annotate(lost=lost).filter(Q(enabled=False) | Q(lost__gt=0)).order_by("off_at"))
    if can_change:
        yield from (_off(row) for row in [row for row in endpoints if not row.enabled][:MOST])
    number = sum(row.lost for row in endpoints if row.enabled)
    if can_resend and number:
        yield _failed_deliveries_task(summit, number)


def _off(row: Endpoint) -> Task:
    message = _("The webhook “%(name)s” is off: %(why)s. Have the receiver fixed, then turn it on.")
    address = reverse("admin:webhooks_endpoint_change", args=[row.pk])
    return Task(message % {"name": row.name, "why": row.get_off_why_display()}, Urgency.LATE, address, CHANGE)


def _failed_deliveries_task(summit: Summit, number: int) -> Task:
    message = ngettext(
        "%(n)d webhook delivery failed. Check the reason, then resend it.",
        "%(n)d webhook deliveries failed. Check the reasons, then resend them.",
        number,
    )
    query = urlencode({"endpoint__summit__id__exact": str(summit.pk), "state__exact": DeliveryState.FAILED.value})
    address = f"{reverse('admin:webhooks_delivery_changelist')}?{query}"
    return Task(message % {"n": number}, Urgency.NOW, address, SEND_AGAIN)
