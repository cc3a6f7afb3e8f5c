"""Tables of the ground floor."""

from summit.models.audit import AuditChain, AuditEntry, Heartbeat
from summit.models.given import GivenTable
from summit.models.handing_over import HandOverRequest
from summit.models.installation import Installation
from summit.models.people import Person
from summit.models.sign_ins import RefusedSignIns
from summit.models.summits import Room, Summit, Venue
from summit.models.users import Role, RoleAssignment, User
from summit.models.versions import PublicVersion

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
