"""The definition of the import of retention times."""

from delegations.privacy.api.retention import RetentionViewSet
from summit.import_export.registry import ImportDefinition, register_import

register_import(ImportDefinition(RetentionViewSet, ("what", "category")))
