"""The start and the end of a session are counted as changes of public pages, which say what is on."""

from django.db import migrations

from summit.core.change_counters import CountChanges

OF_SESSION = "(SELECT s.summit_id FROM agenda_session s WHERE s.id = {row}.session_id)"


class Migration(migrations.Migration):
    phase = "before"

    dependencies = [
        ("agenda", "0013_retiming_split"),
    ]

    operations = [
        CountChanges("agenda_sessionrun", OF_SESSION, removes={"INSERT": "false", "UPDATE": "false", "DELETE": "false"}),
    ]
