"""Tables of the ground floor."""

from summit.accounts.models import RefusedSignIns
from summit.audit.models import AuditChain, AuditEntry
from summit.import_export.models import GivenTable
from summit.maintenance.models import Heartbeat
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.privacy.models import HandOverRequest
from summit.summits.models import Installation, PublicVersion, Room, Summit, Venue
from summit.users.models import User

__all__ = [
    "AuditChain",
    "AuditEntry",
    "GivenTable",
    "HandOverRequest",
    "Heartbeat",
    "Installation",
    "Person",
    "PublicVersion",
    "RefusedSignIns",
    "Role",
    "RoleAssignment",
    "Room",
    "Summit",
    "User",
    "Venue",
]
