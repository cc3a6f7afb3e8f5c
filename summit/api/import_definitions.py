"""Registers the lists of the app `summit` that can be filled by an import file."""

from django.utils.translation import gettext_lazy as _

from summit.api.role_assignments import RoleAssignmentViewSet
from summit.api.venues import RoomViewSet, VenueViewSet
from summit.import_export.registry import ImportDefinition, register_import

for _viewset, _keys in ((VenueViewSet, ("name",)), (RoomViewSet, ("venue", "name"))):
    register_import(ImportDefinition(_viewset, _keys))
_told = {"email": (_("E-mail"), lambda row: row.user.email), "name": (_("Name"), lambda row: row.user.name)}
register_import(ImportDefinition(RoleAssignmentViewSet, ("email", "role"), _told))
