"""Access rules of the agenda's URLs: the public URLs, and the pages for desk users."""

from summit.permissions.route_table import Gate, declare

for _name in ("agenda", "calendar", "schedule_json", "schedule_xml", "sitemap"):
    declare(f"agenda:{_name}", Gate.EVERYBODY, kind="public summit")
# Both views raise Http404 if the summit doesn't publish its changes.
declare("agenda:changes", Gate.EVERYBODY, kind="public summit")
declare("api-agenda-changes", Gate.EVERYBODY, kind="public summit")
declare("agenda:session", Gate.EVERYBODY, kind="public session")
declare("agenda:session_calendar", Gate.EVERYBODY, kind="public session")
# The view returns only documents that the newest release lists for everybody.
declare("agenda:document", Gate.EVERYBODY, kind="public document")
declare("api-agenda", Gate.EVERYBODY, kind="public summit")
declare("api-session", Gate.EVERYBODY, kind="public session")

declare("feed", Gate.HOLDER, kind="private calendar")

for _name in ("cancel", "reinstate"):
    declare(
        f"admin:agenda_session_{_name}",
        Gate.DESK,
        "GET POST",
        kind="agenda.session",
        see="agenda.session.view",
        do="agenda.edit",
    )
declare(
    "admin:agenda_session_documents",
    Gate.DESK,
    "GET POST",
    kind="agenda.session",
    see="agenda.session.view",
    post="agenda.edit",
)
declare(
    "admin:agenda_session_speakers",
    Gate.DESK,
    "GET POST",
    kind="agenda.session",
    see="agenda.session.view",
    post="agenda.edit",
)
declare(
    "admin:agenda_session_line_up",
    Gate.DESK,
    "GET POST",
    kind="agenda.session",
    see="agenda.session.view",
    do="agenda.edit",
)
for _name in ("speech", "take_off"):
    declare(
        f"admin:agenda_slot_{_name}",
        Gate.DESK,
        "GET POST",
        kind="agenda.slot",
        see="agenda.slot.view",
        do="agenda.edit",
    )
declare("admin:agenda_document_file", Gate.DESK, kind="agenda.document", see="agenda.document.view")
for _name in ("replace", "remove"):
    declare(
        f"admin:agenda_document_{_name}",
        Gate.DESK,
        "GET POST",
        kind="agenda.document",
        see="agenda.document.view",
        do="agenda.edit",
    )
declare(
    "admin:agenda_release_prepare",
    Gate.DESK,
    "GET POST",
    kind="summit.summit",
    see="agenda.release.view",
    do="agenda.release_agenda",
)
declare("admin:agenda_release_sent", Gate.DESK, kind="agenda.release", see="agenda.release.view")
declare("admin:agenda_signup_export", Gate.DESK, see="agenda.signup.view")
declare("admin:agenda_release_warnings", Gate.DESK, kind="summit.summit", see="agenda.session.view")
declare("admin:agenda_release_compare", Gate.DESK, kind="summit.summit", see="agenda.release.view")
declare(
    "admin:agenda_release_restore",
    Gate.DESK,
    "GET POST",
    kind="agenda.release",
    see="agenda.release.view",
    do="agenda.edit",
)
