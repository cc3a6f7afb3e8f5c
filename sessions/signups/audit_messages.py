"""Labels of the audit actions on sign-ups."""

from sessions.draft.models.signups import SignUp
from summit.audit.actions import describe_model

describe_model(SignUp, related=("person", "session"), shown_on=lambda row: row.person)
