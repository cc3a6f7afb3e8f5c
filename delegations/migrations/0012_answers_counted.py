"""Answers are counted as changes of public pages: the sessions on them name those that take part."""

from django.db import migrations

from summit.core.change_counters import CountChanges

# Letters that are only prepared change nothing that the public reads.
OF_INVITATION = (
    "(SELECT p.summit_id FROM delegations_party p JOIN summit_summit s ON s.id = p.summit_id "
    "WHERE s.public AND p.id = {row}.party_id AND {row}.state NOT IN ('draft', 'approved'))"
)


class Migration(migrations.Migration):
    phase = "before"

    dependencies = [
        ("delegations", "0011_provider_sessions"),
        ("summit", "0012_agenda_readers"),
    ]

    operations = [
        # Instead of those that counted answers once the list of delegations was shown.
        CountChanges("delegations_invitation", OF_INVITATION, called="listed"),
    ]
