"""The declarations of `summit` for the transfer: which models move with a summit, and why others don't.

They include the models of libraries.
"""

from typing import Any

from summit.core.transfer_registry import Names, declare_excluded, declare_installation_wide, moves
from summit.transfer.values import by_number

# Not exported: each import pauses the summit anew.
moves("summit.Summit", without=("paused_at", "resumed_at"))
moves("summit.Emblem", "summit.Venue", "summit.Room", "summit.Person")


def _audit(values: dict[str, Any], names: Names) -> None:
    label = values["object_type"]
    if by_number(label):
        values["object_key"] = names.row(label, values["object_key"])
        # The rows of a list in the access log.
        if "keys" in values["detail"]:
            values["detail"] = {
                **values["detail"],
                "keys": [names.row(label, str(key)) for key in values["detail"]["keys"]],
            }


moves(
    "summit.AuditEntry",
    # Digests cover primary keys, so the entries are chained again in the importing installation.
    without=("position", "previous", "digest"),
    named=("part_of", "detail"),
    rewrite=_audit,
)

declare_installation_wide(
    "summit.User", why="accounts may work for several summits; those that a summit names are matched by address"
)
declare_installation_wide(
    "summit.User_groups",
    "summit.User_user_permissions",
    "auth.Permission",
    "auth.Group",
    "auth.Group_permissions",
    "contenttypes.ContentType",
    why="of the framework, unused or the same everywhere",
)
declare_installation_wide(
    "sessions.Session",
    "account.EmailAddress",
    "account.EmailConfirmation",
    "mfa.Authenticator",
    "usersessions.UserSession",
    "socialaccount.SocialAccount",
    "socialaccount.SocialApp",
    "socialaccount.SocialToken",
    "summit.RefusedSignIns",
    "summit.EmergencyAccount",
    "summit.IdentityProvider",
    "summit.UnlinkedSignIn",
    "admin.LogEntry",
    why="how accounts sign in: nobody is let in elsewhere by it",
)
declare_installation_wide("summit.SavedView", why="how accounts have arranged their lists")
declare_installation_wide("summit.AuditChain", why="the end of the installation's chain")
declare_installation_wide("summit.Installation", why="where the installation stands")
declare_installation_wide("summit.Heartbeat", why="of the installation's workers")
declare_installation_wide(
    "summit.PublicVersion", why="by what caches of the installation go; triggers count as rows arrive"
)
declare_excluded("api.IdempotencyRecord", "api.RequestCount", why="answers and limits of tokens, gone after a day")
declare_excluded("api.ApiClient", "api.Token", why="keys of programs: each installation gives its own")
declare_excluded("jobs.Job", why="work of the installation's workers, by keys of its rows")
declare_excluded(
    "jobs.ExportedFile",
    "jobs.ExportedFilePart",
    why="files of exported lists, for whoever asked for them; gone after days",
)
declare_excluded("summit.GroupRole", why="groups are of the installation's identity providers")
declare_excluded("summit.SubjectAccessRequest", why="what is to be handed over is asked for where it is held")
declare_excluded("summit.FileScan", why="checks by the installation’s virus scanner; a summit leaves when none waits")
declare_excluded("summit.UndoOffer", "summit.UndoStep", why="what can still be undone, for ten minutes")
declare_excluded("summit.ImportFile", why="files that wait to be imported, or were; what was imported moves")
declare_excluded(
    "webhooks.Delivery", "webhooks.Attempt", why="what receivers were sent from there; elsewhere webhooks begin anew"
)
