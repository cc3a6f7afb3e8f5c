"""The definition of the import of retention times."""

from delegations.privacy.api.retention import RetentionViewSet
from summit.import_export.importable_lists import ImportableList
from summit.import_export.list_import import register_import

register_import(ImportableList(RetentionViewSet, ("what", "category")))
