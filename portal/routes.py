"""Who opens the portal: whoever belongs to a party or acts for one, by account or by a letter's link."""

from summit.routes import Gate, declare

for _name in ("home", "agenda", "changes"):
    declare(f"portal:{_name}", Gate.PORTAL)
declare("portal:browsers", Gate.PORTAL, "GET POST")
declare("portal:leave", Gate.EVERYBODY, "POST")
for _name in ("ask", "enter", "choose"):
    declare(f"portal:code_{_name}", Gate.EVERYBODY, "GET POST")
declare("portal:session", Gate.PORTAL, kind="session in an agenda", see="sessions.agenda.view")
declare(
    "portal:invitation",
    Gate.PORTAL,
    "GET POST",
    kind="delegations.invitation",
    see="delegations.invitation.view",
    post="delegations.answer",
)
declare("letter:follow", Gate.HOLDER, kind="letter's link")
# Whoever holds a dead link asks for a new letter: the link stands in what is posted.
declare("letter:ask", Gate.EVERYBODY, "POST")
