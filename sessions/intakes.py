"""The lists of the sessions' desk that a table can fill, beside the schedule, which comes as a file of its own
(`sessions.domain.incoming`)."""

from sessions.api.kinds import OwnKinds
from summit.tables.incoming import Intake, take_in

take_in(Intake(OwnKinds))
