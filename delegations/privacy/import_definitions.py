"""The definition of the import of retention times."""

from delegations.privacy.api.retention import RetentionViewSet
from summit.import_export.list_import import register_import
from summit.import_export.registry import ImportableList

register_import(ImportableList(RetentionViewSet, ("what", "category")))
