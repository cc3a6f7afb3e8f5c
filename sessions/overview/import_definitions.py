"""The lists of the programme desk that can be imported from a table.

Schedules are imported from files of their own (`sessions.exchange`).
"""

from sessions.draft.api.kinds import CustomKindViewSet
from summit.import_export.registry import ImportDefinition, register_import

register_import(ImportDefinition(CustomKindViewSet))
