"""What holds across the whole project."""

import pytest
from django.db import connection

TRIGGERS = {
    "outbox_message_frozen",
    "press_edition_frozen",
    "programme_release_frozen",
    "programme_releasedparticipant_frozen",
    "programme_releasedsession_frozen",
    "programme_releaseentry_frozen",
    "summit_auditentry_frozen",
    "summit_auditentry_kept",
}


@pytest.mark.django_db
def test_triggers_stand_after_all_migrations() -> None:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {name for (name,) in cursor.fetchall()}
    assert found == TRIGGERS
