"""Names of the rows of draft sessions in the audit."""

from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from summit.audit.actions import describe_model

describe_model(Slot, related=("speaker", "session"), shown_on=lambda row: row.session)
describe_model(Session)
describe_model(CustomKind)
