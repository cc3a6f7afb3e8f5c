"""The API of messages: recipients and states. It never returns a message's text, because mails hold links."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from summit.api_base.actions import action
from summit.api_base.problems import register_problem
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.outbox import delivery
from summit.outbox.models import Message, MessageState
from summit.users.models import User

register_problem(delivery.CantSendAgain, "conflict")


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A mail to a mailbox. `about` names what caused it, `returned_at` when it bounced."""

    id = serializers.CharField(source="public_id", read_only=True)
    subject = serializers.CharField(source="rendered_subject")
    about = serializers.CharField(source="subject_key")

    class Meta:
        model = Message
        fields: ClassVar[list[str]] = [
            *(
                "id",
                "kind",
                "about",
                "version",
                "address",
                "language",
                "subject",
                "message_id",
                "created_at",
                "state",
            ),
            *("attempts", "next_attempt_at", "sent_at", "problem", "returned_at", "returned_why"),
        ]


class MessageFilters(django_filters.FilterSet):
    """The query parameters that filter messages."""

    state = django_filters.ChoiceFilter(choices=MessageState.choices, label=_("state"))
    kind = django_filters.CharFilter(label=_("type"))
    about = django_filters.CharFilter(field_name="subject_key", label=_("about"))
    address = django_filters.CharFilter(lookup_expr="iexact", label=_("email address"))
    returned = django_filters.BooleanFilter(
        field_name="returned_at", lookup_expr="isnull", exclude=True, label=_("bounced")
    )


class MessageViewSet(DeskViewSet):
    """The messages of the outbox."""

    name = "messages"
    verbose_name = _("messages")
    permission = "outbox.message"
    allowed_methods = ()
    model = Message
    serializer_class = MessageSerializer
    filterset_class = MessageFilters
    ordering_fields: ClassVar[Any] = {"created_at": ("-created_at",)}
    personal = ("address", "subject")

    def rows(self) -> QuerySet[Message]:
        """Return the messages without loading their bytes and facts."""
        return Message.objects.defer("rendered", "facts").select_related("summit")

    @action("send-again", permission="outbox.send_again")
    def send_again(self, *, by: User, row: Message, values: Values) -> None:
        """Queue a failed message again. The mail doesn't change."""
        delivery.send_again(message=row, by=by)
