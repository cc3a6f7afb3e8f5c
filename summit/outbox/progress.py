"""How far the messages of one cause are: counted from their rows, so that the page survives whatever happens."""

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

from summit.admin_base.progress import Progress, grouped
from summit.outbox.models import Message, MessageState
from summit.summits.models import Summit


def counts(rows: QuerySet[Message]) -> dict[str, int]:
    """Return how many messages stand in which state, by the states' names, and "total". One query."""
    states = {state: Count("pk", filter=Q(state=state)) for state in MessageState.values}
    found: dict[str, int] = rows.order_by().aggregate(total=Count("pk"), **states)
    return found


def progress(found: dict[str, int]) -> Progress:
    """Put `counts` into words. What failed or is no longer called for is behind us too: the bar shows what waits."""
    total, waits = found["total"], found[MessageState.PENDING]
    said = {"sent": grouped(found[MessageState.SENT]), "total": grouped(total)}
    words = ngettext("%(sent)s of %(total)s message is sent", "%(sent)s of %(total)s messages are sent", total)
    left = ngettext("%(number)s waits", "%(number)s wait", waits) % {"number": grouped(waits)} if waits else ""
    state = "" if waits else "bad" if found[MessageState.FAILED] else "good"
    return Progress(total - waits, total, words % said, left, state)


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
    """Show how far the messages are; `query` picks them in the outbox's list, `back` leads to what caused them, and
    `title_done` is the title once all are sent. With `Accept: application/json`, the numbers alone."""
    found = counts(rows)
    shown = progress(found)
    if request.headers.get("Accept") == "application/json":
        response: HttpResponse = JsonResponse(shown.as_json())
        add_never_cache_headers(response)
        return response
    address = reverse("admin:outbox_message_changelist")
    picked = {"summit__id__exact": str(summit.pk), **query}
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": title_done if title_done and shown.state == "good" else title,
        "summit": summit,
        "progress": shown,
        "address": request.path,
        "failed": found[MessageState.FAILED],
        "dropped": found[MessageState.DROPPED],
        "failed_url": f"{address}?{urlencode({**picked, 'state__exact': MessageState.FAILED})}",
        "all_url": f"{address}?{urlencode(picked)}",
        "back": back,
        "nobody": _("Nobody had to be written to.") if not found["total"] else "",
    }
    page = TemplateResponse(request, "admin/outbox/progress.html", context)
    add_never_cache_headers(page)
    return page
