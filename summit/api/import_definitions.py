"""The lists of the ground floor that a table can fill."""

from django.utils.translation import gettext_lazy as _

from summit.api.role_assignments import Roles
from summit.api.venues import Rooms, Venues
from summit.import_export.registry import Intake, take_in

for _resource, _keys in ((Venues, ("name",)), (Rooms, ("venue", "name"))):
    take_in(Intake(_resource, _keys))
_told = {"email": (_("E-mail"), lambda row: row.user.email), "name": (_("Name"), lambda row: row.user.name)}
take_in(Intake(Roles, ("email", "role"), _told))
