"""The progress of the messages of one cause. It is counted from the messages' rows, so that it survives restarts."""

from typing import Any

from django.contrib.admin.sites import site
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.admin_base.progress_bar import Progress, grouped
from summit.outbox.models import Message, MessageState
from summit.summits.models import Summit


def counts(rows: QuerySet[Message]) -> dict[str, int]:
    """Return a dict from each state to the number of messages, and from "total" to all. Makes one query."""
    states = {state: Count("pk", filter=Q(state=state)) for state in MessageState.values}
    found: dict[str, int] = rows.order_by().aggregate(total=Count("pk"), **states)
    return found


def progress(found: dict[str, int]) -> Progress:
    """Return the progress in words and numbers from the result of `counts`.

    Failed and dropped messages count as done, so that the progress bar shows how many messages still wait.
    """
    total, waits = found["total"], found[MessageState.PENDING]
    params = {"sent": grouped(found[MessageState.SENT]), "total": grouped(total)}
    message = ngettext("%(sent)s of %(total)s message sent", "%(sent)s of %(total)s messages sent", total)
    waiting = (
        ngettext("%(number)s waiting", "%(number)s waiting", waits) % {"number": grouped(waits)} if waits else ""
    )
    state = "" if waits else "bad" if found[MessageState.FAILED] else "good"
    return Progress(total - waits, total, message % params, waiting, state)


def page(
    request: HttpRequest,
    *,
    rows: QuerySet[Message],
    title: str,
    summit: Summit,
    query: dict[str, str],
    back: str,
    title_done: str = "",
) -> HttpResponse:
    """Return the page with the progress of the messages `rows`. With `Accept: application/json`, only the numbers.

    `query` is the filter that selects these messages in the outbox's list. `back` is the URL of the page of their
    cause, and `title_done` the title once no message waits.
    """
    numbers = counts(rows)
    status = progress(numbers)
    if request.headers.get("Accept") == "application/json":
        response: HttpResponse = JsonResponse(status.as_json())
        add_never_cache_headers(response)
        return response
    address = reverse("admin:outbox_message_changelist")
    filters = {"summit__id__exact": str(summit.pk), **query}
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": title_done if title_done and status.state == "good" else title,
        "summit": summit,
        "progress": status,
        "address": request.path,
        "failed": numbers[MessageState.FAILED],
        "dropped": numbers[MessageState.DROPPED],
        "failed_url": f"{address}?{urlencode({**filters, 'state__exact': MessageState.FAILED})}",
        "all_url": f"{address}?{urlencode(filters)}",
        "back": back,
        "nobody": _("No messages were needed.") if not numbers["total"] else "",
    }
    page = TemplateResponse(request, "admin/outbox/progress.html", context)
    add_never_cache_headers(page)
    return page
