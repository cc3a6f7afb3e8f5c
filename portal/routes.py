"""Permissions of the portal's routes: for members of a party and users who act for a party, by account or link."""

from summit.permissions.route_table import Gate, declare

for _name in ("home", "agenda", "programme", "changes"):
    declare(f"portal:{_name}", Gate.PORTAL)
declare("api-parties", Gate.EVERYBODY, kind="public summit")
declare("api-party", Gate.EVERYBODY, kind="public party")
declare("portal:worker", Gate.EVERYBODY)
declare("portal:browsers", Gate.PORTAL, "GET POST")
declare("portal:calendars", Gate.PORTAL, "GET POST")
declare("portal:held", Gate.PORTAL, "GET POST")
declare("portal:held_take", Gate.PORTAL, "POST")
declare("portal:leave", Gate.EVERYBODY, "POST")
for _name in ("ask", "enter", "choose"):
    declare(f"portal:code_{_name}", Gate.EVERYBODY, "GET POST")
declare("portal:session", Gate.PORTAL, kind="session in an agenda", see="agenda.agenda.view")
declare("portal:sign_up", Gate.PORTAL, "POST", kind="session in an agenda", see="agenda.agenda.view")
declare("portal:ask_floor", Gate.PORTAL, "POST", kind="session in an agenda", see="agenda.agenda.view")
declare("portal:document", Gate.PORTAL, kind="document in an agenda", see="agenda.agenda.view")
declare(
    "portal:invitation",
    Gate.PORTAL,
    "GET POST",
    kind="delegations.invitation",
    see="delegations.invitation.view",
    post="delegations.answer",
)
# The delegation's pages. Members of the party may know that they exist, but only users who act for it can open them.
for _name, _methods, _action in (
    ("delegation", "GET", "delegations.membership.view"),
    ("people", "GET", "delegations.membership.view"),
    ("people_confirm", "POST", "delegations.name"),
    ("person_add", "GET POST", "delegations.name"),
    ("people_table", "GET POST", "delegations.read_in"),
    ("people_blank", "GET", "delegations.read_in"),
    ("people_export", "GET", "delegations.membership.view"),
    ("visas", "GET POST", "delegations.ask_visa"),
    ("declarations", "GET", "delegations.declaration.view"),
    ("transferable_passes", "GET", "delegations.transferablepass.view"),
    ("focal_points", "GET POST", "delegations.focalpoint.view"),
    ("focal_leave", "GET POST", "delegations.ask_focal_point"),
):
    declare(
        f"portal:{_name}", Gate.PORTAL, _methods, kind="delegations.party", see="delegations.party.view", do=_action
    )
# Rows of a party, which are searched only among its own.
for _name, _methods, _kind, _action in (
    ("person", "GET", "delegations.membership", "delegations.membership.view"),
    ("person_photo", "GET", "delegations.membership", "delegations.photo.view"),
    ("person_edit", "GET POST", "delegations.membership", "delegations.enter_person"),
    ("person_withdraw", "GET POST", "delegations.membership", "delegations.withdraw"),
    ("person_replace", "GET POST", "delegations.membership", "delegations.withdraw"),
    ("person_declarations", "GET POST", "delegations.membership", "delegations.declare"),
    ("declaration_withdraw", "POST", "delegations.declaration", "delegations.declare"),
    ("transferable_pass", "GET POST", "delegations.transferablepass", "delegations.hand_transferable_pass"),
    ("focal_withdraw", "POST", "delegations.focalpointrequest", "delegations.ask_focal_point"),
    ("people_sheet", "GET POST", "delegations.delegationimportfile", "delegations.read_in"),
    ("people_sheet_undo", "POST", "delegations.delegationimportfile", "delegations.read_in"),
    ("people_sheet_drop", "POST", "delegations.delegationimportfile", "delegations.read_in"),
    ("visa_take_back", "POST", "delegations.visaletter", "delegations.ask_visa"),
    ("visa_paper", "GET", "delegations.visaletter", "delegations.visaletter.view"),
):
    declare(
        f"portal:{_name}",
        Gate.PORTAL,
        _methods,
        kind=f"{_kind} of a party",
        see="delegations.party.view",
        do=_action,
    )
declare("letter:follow", Gate.HOLDER, kind="letter's link")
# The holder of a closed link can ask for a new letter; the link is in the POST data.
declare("letter:ask", Gate.EVERYBODY, "POST")
