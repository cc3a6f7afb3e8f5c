"""Deliveries in the admin: show each delivery with its attempts and the receiver's responses, and send it again."""

import json
from contextlib import suppress
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import SUMMIT_PATHS, ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.permissions.rules import allows, summits_for
from summit.users.models import User
from summit.webhooks import delivery, payload
from summit.webhooks.admin import display
from summit.webhooks.delivery import CantSend
from summit.webhooks.events import choices, event_label
from summit.webhooks.models.deliveries import Delivery, DeliveryState
from summit.webhooks.models.endpoints import Endpoint
from summit.webhooks.permissions import can_send_again

SUMMIT_PATHS[Delivery] = "endpoint__summit"


class EventFilter(admin.SimpleListFilter):
    """Filters deliveries by event."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the names of the events, each with its label."""
        return choices()

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the deliveries of the chosen event, or all deliveries if none is chosen."""
        return queryset.filter(event=self.value()) if self.value() else queryset


class EndpointFilter(admin.RelatedFieldListFilter):
    """Filters deliveries by webhook. It offers only the webhooks of the user's summits."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the primary keys and names of the webhooks that the user may view."""
        summit_ids = summits_for(request.user, "webhooks.endpoint.view")
        rows = Endpoint.objects.order_by("name", "pk")
        rows = rows if summit_ids is None else rows.filter(summit__in=summit_ids)
        return list(rows.values_list("pk", "name"))


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """The admin of deliveries, which can be read and sent again."""

    place = 4
    menu_group = MenuGroup.SYSTEMS
    summit_path = "endpoint__summit"
    list_display = ["created_at", "what", "endpoint", "standing", "attempts", "what_went_wrong"]
    phone_columns = ("what", "standing")
    row_source = RowSource(
        _("Each event sent to a webhook is listed here."),
        _("Webhooks"),
        "webhooks.endpoint.view",
        model="webhooks.endpoint",
    )
    list_filter = ["state", ("endpoint", EndpointFilter), EventFilter, "endpoint__summit"]
    list_select_related = ["endpoint__summit"]
    search_fields = ["public_id", "subject_key"]
    actions = ["send_again"]
    change_form_template = "admin/webhooks/delivery/change_form.html"
    fields = [
        "endpoint",
        "what",
        "standing",
        "what_went_wrong",
        "key",
        "about",
        "created_at",
        "attempts",
        "next_attempt_at",
        "ended_at",
        "content",
    ]
    readonly_fields = ["what", "standing", "what_went_wrong", "key", "about", "content"]
    nothing_yet = _("No deliveries yet. They start with the next event.")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the fields of the page: with `next_attempt_at` while the delivery waits, with `ended_at` afterwards.

        `next_attempt_at` is also left out while the endpoint is off.
        """
        waits = obj is not None and obj.state == DeliveryState.PENDING
        excluded = {"ended_at"} if waits else {"next_attempt_at"}
        excluded |= {"next_attempt_at"} if obj is not None and not obj.endpoint.enabled else set()
        return [name for name in self.fields if name not in excluded]

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may send deliveries again in any summit."""
        return allows(request.user, "webhooks.send_again", None)

    @admin.display(description=_("event"), ordering="event")
    def what(self, row: Delivery) -> SafeString:
        """Show the event in words and its name."""
        return format_html('{} <code dir="ltr" translate="no">{}</code>', event_label(row.event), row.event)

    @admin.display(description=_("state"), ordering="state")
    def standing(self, row: Delivery) -> SafeString:
        """Show the state as a word with its sign."""
        return display.of_delivery(row)

    @admin.display(description=_("error"), ordering="problem")
    def what_went_wrong(self, row: Delivery) -> str:
        """Show why the last attempt failed."""
        return display.why(row.problem)

    @admin.display(description="webhook-id", ordering="public_id")
    def key(self, row: Delivery) -> SafeString:
        """Show the `webhook-id` that the receiver gets."""
        return format_html('<code dir="ltr" translate="no">{}</code>', row.public_id)

    @admin.display(description=_("about"), ordering="subject_key")
    def about(self, row: Delivery) -> SafeString:
        """Show the key of the object that the delivery is about."""
        return format_html('<code dir="ltr" translate="no">{}</code>', row.subject_key)

    @admin.display(description=_("content"))
    def content(self, row: Delivery) -> SafeString:
        """Show the body of the delivery's requests. JSON is indented."""
        body = payload.body(row).decode()
        # A ping to a hub is no JSON.
        with suppress(ValueError):
            body = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
        return format_html('<pre dir="ltr" translate="no">{}</pre>', body)

    @admin.action(description=_("Resend the selected deliveries"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: models.QuerySet[Delivery]) -> None:
        """Send the chosen deliveries again, and report how many. Those that can't be sent again are left out."""
        done = sum(_send_again(request, row) for row in queryset.order_by("pk"))
        message = ngettext("%(count)d delivery resent.", "%(count)d deliveries resent.", done)
        messages.success(request, message % {"count": done})

    @model_page("<int:pk>/send-again/", "send_again", "POST", do="webhooks.send_again")
    def send_again_view(self, request: HttpRequest, row: Delivery) -> HttpResponse:
        """Send one delivery again, and redirect to its page."""
        try:
            delivery.send_again(delivery=row, by=_user(request))
        except CantSend as problem:
            messages.warning(request, str(problem))
        else:
            messages.success(request, gettext("Delivery resent. Reload the page to see the response."))
        return redirect("admin:webhooks_delivery_change", row.pk)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add the attempts to the page, and whether the user may send the delivery again."""
        row = kwargs.get("obj")
        if isinstance(row, Delivery):
            context["can_send_again"] = row.endpoint.enabled and can_send_again(request.user, row)
            context["tries"] = [{"row": each, "why": display.why(each.problem)} for each in row.tries.order_by("-pk")]
        return super().render_change_form(request, context, *args, **kwargs)


def _send_again(request: HttpRequest, row: Delivery) -> bool:
    """Send a delivery again and return True. Return False if the user may not or it can't be sent now."""
    try:
        delivery.send_again(delivery=row, by=_user(request))
    except (PermissionDenied, CantSend):
        return False
    return True


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    return request.user
