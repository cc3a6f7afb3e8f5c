"""Names of the rows of presence in the audit."""

from sessions.presence.models import PresenceMark, Representation, ToldByTelephone
from summit.audit.actions import describe_model

describe_model(PresenceMark, related=("person", "session", "party"), shown_on=lambda row: row.session or row.person)
describe_model(Representation, related=("party", "person", "session"), shown_on=lambda row: row.session)
describe_model(ToldByTelephone, related=("party", "person", "session"), shown_on=lambda row: row.session)
