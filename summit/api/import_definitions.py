"""Registers the lists of the app `summit` that can be filled by an import file."""

from django.utils.translation import gettext_lazy as _

from summit.api.role_assignments import RoleAssignmentViewSet
from summit.api.venues import RoomViewSet, VenueViewSet
from summit.import_export.importable_lists import ImportableList
from summit.import_export.list_import import register_import

for _viewset, _keys in ((VenueViewSet, ("name",)), (RoomViewSet, ("venue", "name"))):
    register_import(ImportableList(_viewset, _keys))
_account = {"email": (_("Email"), lambda row: row.user.email), "name": (_("Name"), lambda row: row.user.name)}
# New accounts get a mail, which can't be taken back.
register_import(ImportableList(RoleAssignmentViewSet, ("email", "role"), _account, undoable=False))
