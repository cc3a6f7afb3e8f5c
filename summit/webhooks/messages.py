"""The mail that tells a summit's organisers that a webhook was turned off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.outbox.addressees import Addressee, with_roles
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, for_each, once, register
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.webhooks.models.endpoints import Endpoint, OffWhy

ON_AGAIN = "webhooks.on_again"


@dataclass(frozen=True)
class TurnedOff:
    """That an endpoint was turned off: the endpoint, the reason, and the moment."""

    endpoint: Endpoint
    why: OffWhy
    at: datetime

    @property
    def summit(self) -> Summit:
        """The endpoint's summit."""
        return self.endpoint.summit


class WebhookOffFacts(TypedDict):
    """The facts of a message that a webhook was turned off. `path` is the path of its page."""

    endpoint: str
    name: str
    why: str
    path: str
    summit: str


def _facts(off: TurnedOff, to: Addressee) -> WebhookOffFacts:
    return {
        "endpoint": off.endpoint.public_id,
        "name": off.endpoint.name,
        "why": str(off.why),
        "path": f"/admin/webhooks/endpoint/{off.endpoint.pk}/change/",
        "summit": to.name_of(off.summit),
    }


def _context(message: Message) -> dict[str, Any]:
    return {**message.facts, "why": OffWhy(message.facts["why"]).label}


def on_again(messages: Sequence[Message]) -> dict[int, str]:
    """Return the messages about endpoints that are on again, as a dict from key to reason. Makes one query."""
    rows = Endpoint.objects.filter(public_id__in={message.facts["endpoint"] for message in messages}, enabled=False)
    off_ids = set(rows.values_list("public_id", flat=True))
    return {message.pk: because(ON_AGAIN) for message in messages if message.facts["endpoint"] not in off_ids}


WEBHOOK_OFF = register(
    MessageKind(
        name="webhook_off",
        label=gettext_lazy("webhook turned off"),
        task="outbox.tasks.deliver",
        shown_by="tests/summit/webhooks/test_admin.py",
        facts=WebhookOffFacts,
        recipients=for_each(lambda off: with_roles(off.summit, [Role.ORGANISER])),
        subject_key=lambda off: f"webhooks.endpoint:{off.endpoint.public_id}:{off.at:%Y%m%dT%H%M%S%f}",
        version=once,
        build_facts=_facts,
        template="mail/webhook_off.txt",
        subject=lambda context: _("Webhook turned off: %(name)s") % context,
        context=_context,
        path=lambda facts: str(facts["path"]),
        why=gettext_lazy("You are receiving this because you are an organiser of the summit."),
        reasons={ON_AGAIN: gettext_lazy("The webhook was turned on again before the message was sent.")},
        withdrawn=on_again,
    )
)
