"""Messages to the press desk: one to each user with a role, in the user's language."""

from collections.abc import Collection, Mapping
from typing import Any

from summit.core.languages import spoken
from summit.outbox import enqueue
from summit.outbox.models import Message
from summit.permissions.models import RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User


def to_each(
    *, summit: Summit, roles: Collection[str], kind: str, subject_key: str, facts: Mapping[str, Any]
) -> list[Message]:
    """Return an unsaved message for each active user who has one of the roles at a summit. Makes one query.

    Each message has `facts`, and the name of the summit in the user's language.
    """
    assignments = RoleAssignment.objects.filter(summit=summit, role__in=roles)
    return [
        enqueue.draft(
            summit=summit,
            kind=kind,
            subject_key=subject_key,
            recipient_key=f"user:{user.public_id}",
            address=user.email,
            language=user.language,
            facts={**facts, "summit": summit.named(spoken(user.language)).name},
        )
        for user in User.objects.filter(pk__in=assignments.values("user"), is_active=True).order_by("pk")
    ]
