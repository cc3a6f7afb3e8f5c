"""What is set for a summit that is there."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from summit.db.clock import db_now
from summit.domain import audit
from summit.domain.places import put
from summit.models import Summit, User
from summit.permissions import check


def change_summit(*, by: User, summit: Summit, values: Mapping[str, Any]) -> Summit:
    """Change what is set for a summit, but for its address, which letters and calendars carry. Raises
    PermissionDenied, and ValidationError for what can't stand in a field. What stands already is left as it is."""
    check(by, "summit.summit.change", summit)
    changed = put(summit, {name: value for name, value in values.items() if name != "slug"})
    with transaction.atomic():
        summit.full_clean()
        if summit.answer_by is not None and "answer_by" in changed:
            try:
                summit.check_due(summit.answer_by, db_now())
            except ValidationError as refused:
                raise ValidationError({"answer_by": refused}) from None
        if changed:
            summit.save(update_fields=list(changed))
            audit.record(
                by=by,
                action="summit.summit.change",
                target=summit,
                summit=summit,
                fields=changed,
                detail=audit.values(Summit, changed),
            )
    return summit
