"""The lists of the sessions' desk that a table can fill, beside the schedule, which comes as a file of its own
(`sessions.exchange`)."""

from sessions.draft.api.kinds import CustomKindViewSet
from summit.import_export.registry import ImportDefinition, register_import

register_import(ImportDefinition(CustomKindViewSet))
