"""Who opens the agenda's addresses: the public ones, and the desk's own pages."""

from summit.permissions.route_table import Gate, declare

for _name in ("agenda", "calendar", "schedule_json", "schedule_xml", "sitemap"):
    declare(f"agenda:{_name}", Gate.EVERYBODY, kind="public summit")
# Only where the summit shows its changes to everybody.
declare("agenda:changes", Gate.EVERYBODY, kind="public summit")
declare("api-agenda-changes", Gate.EVERYBODY, kind="public summit")
declare("agenda:session", Gate.EVERYBODY, kind="public session")
declare("agenda:session_calendar", Gate.EVERYBODY, kind="public session")
# Only a document that the newest release names for everybody.
declare("agenda:document", Gate.EVERYBODY, kind="public document")
declare("api-agenda", Gate.EVERYBODY, kind="public summit")
declare("api-session", Gate.EVERYBODY, kind="public session")

declare("feed", Gate.HOLDER, kind="private calendar")

for _name in ("cancel", "reinstate"):
    declare(
        f"admin:programme_session_{_name}",
        Gate.DESK,
        "GET POST",
        kind="sessions.session",
        see="sessions.session.view",
        do="sessions.edit",
    )
declare(
    "admin:programme_session_documents",
    Gate.DESK,
    "GET POST",
    kind="sessions.session",
    see="sessions.session.view",
    post="sessions.edit",
)
declare(
    "admin:programme_session_speakers",
    Gate.DESK,
    "GET POST",
    kind="sessions.session",
    see="sessions.session.view",
    post="sessions.edit",
)
declare(
    "admin:programme_session_line_up",
    Gate.DESK,
    "GET POST",
    kind="sessions.session",
    see="sessions.session.view",
    do="sessions.edit",
)
for _name in ("speech", "take_off"):
    declare(
        f"admin:programme_slot_{_name}",
        Gate.DESK,
        "GET POST",
        kind="sessions.slot",
        see="sessions.slot.view",
        do="sessions.edit",
    )
declare("admin:programme_document_file", Gate.DESK, kind="sessions.document", see="sessions.document.view")
for _name in ("replace", "remove"):
    declare(
        f"admin:programme_document_{_name}",
        Gate.DESK,
        "GET POST",
        kind="sessions.document",
        see="sessions.document.view",
        do="sessions.edit",
    )
declare(
    "admin:programme_release_prepare",
    Gate.DESK,
    "GET POST",
    kind="summit.summit",
    see="sessions.release.view",
    do="sessions.release_agenda",
)
declare("admin:programme_release_sent", Gate.DESK, kind="sessions.release", see="sessions.release.view")
declare(
    "admin:programme_schedulefile_upload",
    Gate.DESK,
    "GET POST",
    see="sessions.schedulefile.view",
    do="sessions.edit",
)
for _verb in ("look", "take", "drop"):
    declare(
        f"admin:programme_schedulefile_{_verb}",
        Gate.DESK,
        "POST",
        kind="sessions.schedulefile",
        see="sessions.schedulefile.view",
        do="sessions.edit",
    )
declare("admin:programme_signup_export", Gate.DESK, see="sessions.signup.view")
declare("admin:programme_release_warnings", Gate.DESK, kind="summit.summit", see="sessions.session.view")
declare("admin:programme_release_compare", Gate.DESK, kind="summit.summit", see="sessions.release.view")
declare(
    "admin:programme_release_restore",
    Gate.DESK,
    "GET POST",
    kind="sessions.release",
    see="sessions.release.view",
    do="sessions.edit",
)
