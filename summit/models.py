"""Imports the models of all packages of this app, where Django looks for them."""

from summit.accounts.models import RefusedSignIns
from summit.admin_base.models import SavedView
from summit.audit.models import AuditChain, AuditEntry
from summit.import_export.models import ListImportFile
from summit.imports.models import ImportFile
from summit.maintenance.models import Heartbeat
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.privacy.models import SubjectAccessRequest
from summit.quarantine.models import FileScan
from summit.single_sign_on.models import EmergencyAccount, GroupRole, IdentityProvider, UnlinkedSignIn
from summit.summits.models import Installation, PublicVersion, Room, Summit, Venue
from summit.undo.models import UndoOffer, UndoStep
from summit.users.models import User

__all__ = [
    "AuditChain",
    "AuditEntry",
    "EmergencyAccount",
    "FileScan",
    "GroupRole",
    "Heartbeat",
    "IdentityProvider",
    "ImportFile",
    "Installation",
    "ListImportFile",
    "Person",
    "PublicVersion",
    "RefusedSignIns",
    "Role",
    "RoleAssignment",
    "Room",
    "SavedView",
    "SubjectAccessRequest",
    "Summit",
    "UndoOffer",
    "UndoStep",
    "UnlinkedSignIn",
    "User",
    "Venue",
]
