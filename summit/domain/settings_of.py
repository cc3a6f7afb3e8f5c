"""What is set for a summit: for one that is there, and for a new one besides what it begins with."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from summit.core.database_clock import db_now
from summit.domain.places import keep, put
from summit.domain.setup import create_summit, named
from summit.models import Summit, User
from summit.permissions import check

# What a new summit doesn't begin with.
LATER = ("answer_by", "public_changes", "illustrative")


def enter_summit(*, by: User, values: Mapping[str, Any]) -> Summit:
    """Create a summit, and set what it doesn't begin with. Raises PermissionDenied, and ValidationError for what
    can't stand in a field."""
    later = {name: value for name, value in values.items() if name in LATER}
    first = {name: value for name, value in values.items() if name not in LATER}
    with transaction.atomic():
        return change_summit(by=by, summit=create_summit(by=by, **first), values=later)


def change_summit(*, by: User, summit: Summit, values: Mapping[str, Any]) -> Summit:
    """Change what is set for a summit, but for its address, which letters and calendars carry. Raises
    PermissionDenied, and ValidationError for what can't stand in a field. What stands already is left as it is."""
    check(by, "summit.summit.change", summit)
    given = {name: value for name, value in values.items() if name != "slug"}
    if isinstance(given.get("names"), Mapping):
        given["names"] = named(given["names"])
    changed = put(summit, given)
    with transaction.atomic():
        if summit.answer_by is not None and "answer_by" in changed:
            try:
                summit.check_due(summit.answer_by, db_now())
            except ValidationError as refused:
                raise ValidationError({"answer_by": refused}) from None
        keep(summit, changed, by=by, action="summit.summit.change", summit=summit)
    return summit
