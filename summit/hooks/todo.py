"""What the desk's home says of webhooks: those that the system turned off, and what was given up."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.desk.today import Task, Urgency, desk_task
from summit.hooks.models import Delivery, DeliveryState, Endpoint, OffWhy
from summit.models import Summit
from summit.permissions import allows

CHANGE = "hooks.endpoint.change"
SEND_AGAIN = "hooks.send_again"
# What was given up is told of for so long.
LATELY = timedelta(days=3)


@desk_task.register(82)
def off(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Tell of webhooks that the system has turned off, each with its name. One query."""
    if not allows(request.user, CHANGE, summit):
        return
    rows = Endpoint.objects.filter(summit=summit, enabled=False).exclude(off_why=OffWhy.HAND).order_by("off_at")
    for row in rows[:5]:
        said = _("The webhook “%(name)s” is off: %(why)s. Have the receiver mended, then turn it on.")
        address = reverse("admin:hooks_endpoint_change", args=[row.pk])
        yield Task(said % {"name": row.name, "why": row.get_off_why_display()}, Urgency.LATE, address, CHANGE)


@desk_task.register(82)
def failed(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Tell of deliveries that were given up lately at webhooks that are on. One query."""
    if not allows(request.user, SEND_AGAIN, summit):
        return
    rows = Delivery.objects.filter(
        endpoint__summit=summit, endpoint__enabled=True, state=DeliveryState.FAILED, ended_at__gte=Now() - LATELY
    )
    number = rows.aggregate(n=Count("pk"))["n"]
    if number:
        said = ngettext(
            "%(n)d delivery to a webhook was given up. Read why, then send it again.",
            "%(n)d deliveries to webhooks were given up. Read why, then send them again.",
            number,
        )
        query = urlencode({"endpoint__summit__id__exact": str(summit.pk), "state__exact": DeliveryState.FAILED.value})
        address = f"{reverse('admin:hooks_delivery_changelist')}?{query}"
        yield Task(said % {"n": number}, Urgency.NOW, address, SEND_AGAIN)
