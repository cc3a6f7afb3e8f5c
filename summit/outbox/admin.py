"""The outbox in the admin: read messages, and send failed ones again."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.messages import written
from summit.admin_base.model_admin import SUMMIT_PATHS, ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.outbox import bounce_reasons, delivery, failure_reasons
from summit.outbox.message_kinds import KINDS, label_of
from summit.outbox.models import Message, MessageState
from summit.outbox.permissions import can_send_again
from summit.outbox.state_labels import SIGNS
from summit.permissions.rules import allows
from summit.users.models import User

SUMMIT_PATHS[Message] = "summit"


class KindFilter(admin.SimpleListFilter):
    """Filters messages by kind."""

    title = _("type")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the kinds, each with its label."""
        return sorted((name, label_of(name)) for name in KINDS)

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the messages of the chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ReturnedFilter(admin.SimpleListFilter):
    """Filters messages that bounced: all of them, or only those after which no newer message was stored."""

    title = _("bounced")
    parameter_name = "returned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices of the filter."""
        return [("yes", _("yes")), ("open", _("yes, and nothing sent since"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the messages that the chosen filter selects, or all messages if none is chosen."""
        selector = {"open": bounce_reasons.unresolved_bounces, "yes": bounce_reasons.bounced_messages}.get(
            self.value() or ""
        )
        return queryset if selector is None else queryset.filter(pk__in=selector().values("pk"))


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """The admin of messages. The text of a mail is not shown, because it has links that grant access."""

    place = 1
    menu_group = MenuGroup.SYSTEMS
    list_display = ["created_at", "title", "address", "standing", "attempts", "what_went_wrong"]
    phone_columns = ("title", "standing")
    row_source = RowSource(_("Each letter or notice sent is listed here."))
    list_filter = ["state", ReturnedFilter, KindFilter, "summit"]
    list_select_related = ["summit"]
    search_fields = ["address", "rendered_subject", "subject_key", "message_id"]
    date_hierarchy = "created_at"
    actions = ["send_again"]
    change_form_template = "admin/outbox/message/change_form.html"
    fields = [
        "summit",
        "title",
        "address",
        "standing",
        "what_went_wrong",
        "kind_word",
        "about",
        "version",
        "language_name",
        "created_at",
        "attempts",
        "next_attempt_at",
        "sent_at",
        "returned_at",
        "message_id",
    ]
    readonly_fields = ["title", "standing", "what_went_wrong", "kind_word", "about", "language_name", "message_id"]
    page_shows = list_shows = ("address",)
    nothing_yet = _("No messages yet.")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the fields of the page. `next_attempt_at` is left out once the message is no longer to be sent."""
        ended = obj is not None and obj.state != MessageState.PENDING
        return [name for name in self.fields if name != "next_attempt_at" or not ended]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the messages without loading their bytes and facts."""
        return super().get_queryset(request).defer("rendered", "facts")

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may send messages again in any summit."""
        return allows(request.user, "outbox.send_again", None)

    @written
    @admin.display(description=_("subject"), ordering="rendered_subject")
    def title(self, row: Message) -> str:
        """Show the subject, or "–" until the mail is rendered."""
        return row.rendered_subject or "–"

    @admin.display(description=_("state"), ordering="state")
    def standing(self, row: Message) -> SafeString:
        """Show the state as a word with its sign."""
        sign, word = SIGNS[row.state], row.get_state_display()
        if row.returned_at is not None:
            sign, word = "bad", gettext("bounced")
        return format_html('<span class="state" data-state="{}">{}</span>', sign, word)

    @admin.display(description=_("error"), ordering="problem")
    def what_went_wrong(self, row: Message) -> str:
        """Show why the message wasn't sent or why it bounced, as our explanation or the mail server's own words."""
        if row.returned_at is not None:
            reasons = (bounce_reasons.explanation(row.returned_why), bounce_reasons.server_response(row.returned_why))
            return format_html('{} <bdi lang="en" translate="no">{}</bdi>', *reasons)
        if not row.problem or failure_reasons.is_ours(row.problem):
            return failure_reasons.explanation(row.problem)
        return format_html('<bdi lang="en" translate="no">{}</bdi>', row.problem)

    @admin.display(description=_("type"), ordering="kind")
    def kind_word(self, row: Message) -> str:
        """Show the label of the message's kind."""
        return label_of(row.kind)

    @admin.display(description=_("language"), ordering="language")
    def language_name(self, row: Message) -> SafeString:
        """Show the message's language under its own name."""
        return format_html('<bdi lang="{}">{}</bdi>', row.language, dict(settings.LANGUAGES).get(row.language, "–"))

    @admin.display(description=_("about"), ordering="subject_key")
    def about(self, row: Message) -> SafeString:
        """Show the key of the object that the message is about."""
        return format_html("<code>{}</code>", row.subject_key)

    @admin.action(description=_("Resend the selected failed messages"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: models.QuerySet[Message]) -> None:
        """Queue the failed ones among the chosen messages again, and report how many. The mails don't change."""
        requeued, skipped = 0, 0
        for message in queryset:
            if _send_again(request, message):
                requeued += 1
            else:
                skipped += 1
        if requeued:
            notice = ngettext("%(count)d message will be resent.", "%(count)d messages will be resent.", requeued)
            messages.success(request, notice % {"count": requeued})
        if skipped:
            notice = ngettext(
                "%(count)d message not changed: only failed messages can be resent, by organisers and protocol.",
                "%(count)d messages not changed: only failed messages can be resent, by organisers and protocol.",
                skipped,
            )
            messages.warning(request, notice % {"count": skipped})

    @model_page("<int:pk>/send-again/", "send_again", "POST", do="outbox.send_again")
    def send_again_view(self, request: HttpRequest, message: Message) -> HttpResponse:
        """Queue one failed message again, and redirect to its page."""
        if _send_again(request, message):
            messages.success(request, gettext("The message will be resent."))
        else:
            messages.warning(
                request,
                gettext("Message not changed. Only organisers and protocol can resend failed messages."),
            )
        return redirect(reverse("admin:outbox_message_change", args=[message.pk]))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show a message, with the "send again" button if it failed and the user may send it again."""
        message = self.admit(request, "view", object_id)
        offered = message.state == MessageState.FAILED and can_send_again(request.user, message)
        kwargs["extra_context"] = {**(kwargs.get("extra_context") or {}), "can_send_again": offered}
        return super().change_view(request, object_id, *args, **kwargs)


def _send_again(request: HttpRequest, message: Message) -> bool:
    """Queue a failed message again and return True. Return False if it hasn't failed or the user may not."""
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    try:
        delivery.send_again(message=message, by=request.user)
    except (PermissionDenied, ValueError):
        return False
    return True
