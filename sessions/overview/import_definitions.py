"""The lists of the sessions' desk that a table can fill, beside the schedule, which comes as a file of its own
(`sessions.exchange`)."""

from sessions.draft.api.kinds import OwnKinds
from summit.import_export.registry import Intake, take_in

take_in(Intake(OwnKinds))
