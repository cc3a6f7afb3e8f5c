"""Times for which data are kept, as a table fills them."""

from delegations.privacy.api.retention import RetentionTimes
from summit.import_export.registry import Intake, take_in

take_in(Intake(RetentionTimes, ("what", "category")))
