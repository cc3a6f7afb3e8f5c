"""The lists of the programme desk that can be imported from a table.

Schedules are imported from files of their own (`sessions.exchange`).
"""

from sessions.draft.api.kinds import CustomKindViewSet
from summit.import_export.importable_lists import ImportableList
from summit.import_export.list_import import register_import

register_import(ImportableList(CustomKindViewSet))
