"""Notify a summit's organisers that an endpoint was turned off."""

from collections.abc import Sequence

from summit.core.languages import spoken
from summit.outbox import enqueue
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message
from summit.permissions.models import Role, RoleAssignment
from summit.users.models import User
from summit.webhooks.models.endpoints import Endpoint, OffWhy

KIND = "webhook_off"
ON_AGAIN = "webhooks.on_again"


def notify_organisers(endpoint: Endpoint, why: OffWhy) -> int:
    """Store a message to each of the summit's organisers about the endpoint, and return how many were stored.

    It must be called in the transaction that turned the endpoint off.
    """
    summit = endpoint.summit
    off_at = Endpoint.objects.values_list("off_at", flat=True).get(pk=endpoint.pk)
    assert off_at is not None  # noqa: S101 - it was turned off a moment ago
    roles = RoleAssignment.objects.filter(summit=summit, role=Role.ORGANISER)
    drafts = [
        enqueue.draft(
            summit=summit,
            kind=KIND,
            subject_key=f"webhooks.endpoint:{endpoint.public_id}:{off_at:%Y%m%dT%H%M%S%f}",
            recipient_key=f"user:{user.public_id}",
            address=user.email,
            language=user.language,
            facts={
                "endpoint": endpoint.public_id,
                "name": endpoint.name,
                "why": str(why),
                "path": f"/admin/webhooks/endpoint/{endpoint.pk}/change/",
                "summit": summit.named(spoken(user.language)).name,
            },
        )
        for user in User.objects.filter(pk__in=roles.values("user"), is_active=True).order_by("pk")
    ]
    return enqueue.store(drafts)


def on_again(messages: Sequence[Message]) -> dict[int, str]:
    """Return the messages that are withdrawn because their endpoints are on again, as a dict from key to reason.

    The reason has its stored form. Makes one query.
    """
    rows = Endpoint.objects.filter(public_id__in={message.facts["endpoint"] for message in messages}, enabled=False)
    off_ids = set(rows.values_list("public_id", flat=True))
    return {message.pk: because(ON_AGAIN) for message in messages if message.facts["endpoint"] not in off_ids}
