"""Who opens the desk's own pages of badges, and of what was somebody's own."""

from summit.permissions.route_table import Gate, declare

# Badges: to issue, to end, to issue anew, to print, and to check at a door.
for _name, _deed in (("issue", "delegations.issue_badge"), ("end", "delegations.end_badge")):
    declare(
        f"admin:delegations_badge_{_name}",
        Gate.DESK,
        "GET POST",
        see="delegations.badge.view",
        do=_deed,
    )
declare(
    "admin:delegations_badge_reissue",
    Gate.DESK,
    "GET POST",
    kind="delegations.badge",
    see="delegations.badge.view",
    do="delegations.issue_badge",
)
declare("admin:delegations_badge_paper", Gate.DESK, see="delegations.badge.view", do="delegations.issue_badge")
declare("admin:delegations_badge_check", Gate.DESK, see="delegations.badge.view")

# What was somebody's own and waits for protocol.
declare("admin:delegations_handover_waiting", Gate.DESK, see="delegations.handover.view")
declare(
    "admin:delegations_handover_decide",
    Gate.DESK,
    "GET POST",
    kind="delegations.handover",
    see="delegations.handover.view",
    do="delegations.decide_handover",
)
