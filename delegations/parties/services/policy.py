"""Changing a summit's policy for parties."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from delegations.parties.models.policy import Policy
from delegations.parties.permissions import SET_DEFAULT_QUOTAS
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

FIELDS = (
    *("shows_flags", "says_country", "parties_public_at", "second_person"),
    *("total", "protocol_places", "name_by", "confirm_by", "reminder_days"),
    *("letter_sender", "signatory_name", "signatory_office", "letter_words", "reference_prefix"),
)
CHANGE_POLICY = audit_action("delegations.policy.change", gettext_lazy("changed the delegation policy"))


def change(*, summit: Summit, values: Mapping[str, Any], by: User) -> Policy:
    """Change a summit's policy and return it. Only values that differ are recorded in the audit.

    Raises PermissionDenied, ValidationError with the problems by field, and ValueError for a field that a policy
    doesn't have.
    """
    check(by, "delegations.policy.change", summit)
    if unknown := set(values) - set(FIELDS):
        raise ValueError(f"no part of a policy: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        # If two users set the first policy at once, the second waits here, so that only one is created.
        Summit.objects.select_for_update().get(pk=summit.pk)
        row = Policy.objects.of(summit)
        changed = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
        if "protocol_places" in changed:
            check(by, SET_DEFAULT_QUOTAS, summit)
        if changed:
            for name, value in values.items():
                setattr(row, name, value)
            row.full_clean()
            row.save()
            audit.record(
                by=by,
                action=CHANGE_POLICY,
                target=row,
                summit=summit,
                fields=list(changed),
                detail=audit.values(Policy, changed),
                part_of=summit,
            )
    return row
