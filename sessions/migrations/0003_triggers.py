"""What of a release never changes, and what counts changes: of public pages, and of the draft."""

from django.db import migrations

from summit.core.change_counters import CountChanges, MakeCounter
from summit.core.migration_operations import FreezeColumns

DRAFT, COUNT_DRAFT = "agenda_draftversion", "agenda_count_draft"
OF_SESSION = "(SELECT s.summit_id FROM agenda_session s WHERE s.id = {row}.session_id)"
OF_RELEASED = (
    "(SELECT s.summit_id FROM agenda_releasedsession r JOIN agenda_session s ON s.id = r.session_id "
    "WHERE r.id = {row}.released_session_id)"
)
# What the draft and its warnings are made of: by the table, how the summit is found.
COUNTED = {
    "summit_summit": "{row}.id",
    "summit_venue": "{row}.summit_id",
    "summit_room": "(SELECT v.summit_id FROM summit_venue v WHERE v.id = {row}.venue_id)",
    "summit_person": "{row}.summit_id",
    "delegations_party": "{row}.summit_id",
    "delegations_category": "{row}.summit_id",
    "delegations_membership": "(SELECT p.summit_id FROM delegations_party p WHERE p.id = {row}.party_id)",
    "delegations_particulars": "(SELECT p.summit_id FROM summit_person p WHERE p.id = {row}.person_id)",
    "agenda_release": "{row}.summit_id",
    "agenda_session": "{row}.summit_id",
    "agenda_customkind": "{row}.summit_id",
    **{
        f"agenda_{name}": OF_SESSION
        for name in ("sessiontext", "interpretation", "document", "participant", "slot", "signup")
    },
}


class Migration(migrations.Migration):
    dependencies = [("agenda", "0002_relations"), ("delegations", "0003_triggers"), ("summit", "0002_triggers")]

    operations = [
        FreezeColumns(
            "agenda_release",
            ["public_id", "summit_id", "number", "note", "released_at", "released_by_id", "takes_away"],
        ),
        FreezeColumns(
            "agenda_releasedsession",
            [
                *("public_id", "session_id", "sequence", "fingerprint", "kind", "kind_names", "title", "summary"),
                *("texts", "starts_at", "ends_at", "times_known", "room_key", "room_name", "venue_name"),
                *("visibility", "audiences", "media", "capacity", "sign_up", "opening", "languages", "documents"),
                *("carried", "seal", "created_at"),
            ],
        ),
        FreezeColumns(
            "agenda_releasedparticipant",
            [
                *("released_session_id", "role", "party_id", "person_id", "category_id", "level", "slot_key"),
                *("label", "party_label", "title", "minutes", "position"),
            ],
        ),
        FreezeColumns(
            "agenda_releaseentry", ["release_id", "session_id", "low", "high", "released_session_id", "full_id"]
        ),
        FreezeColumns(
            "agenda_document",
            [
                *("public_id", "session_id", "language", "file_name", "content_type", "size", "digest", "content"),
                *("added_at", "added_by_id"),
            ],
        ),
        FreezeColumns("agenda_publicremoval", ["release_id", "session_id", "notice", "reason"]),
        CountChanges("agenda_release", "{row}.summit_id", removes={"INSERT": "{row}.takes_away"}),
        CountChanges("agenda_releasedparticipant", OF_RELEASED, events=("DELETE",)),
        MakeCounter(DRAFT, COUNT_DRAFT),
        *(
            CountChanges(table, summit, counter=DRAFT, count=COUNT_DRAFT, called="drafted")
            for table, summit in COUNTED.items()
        ),
    ]
