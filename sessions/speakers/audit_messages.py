"""Labels of the audit actions on speakers' lists and requests for the floor."""

from sessions.draft.models.participants import FloorRequest
from summit.audit.actions import describe_model

describe_model(FloorRequest, related=("party", "session"), shown_on=lambda row: row.session)
