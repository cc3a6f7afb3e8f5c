"""Entries of releases say which readers they are for; what was released before is the same for all who know of it."""

from django.db import migrations
from django.db.models import F

RANKS = ("public", "accredited", "participants", "organisers")


def by_rank(apps, schema_editor):
    entries = apps.get_model("programme", "ReleaseEntry").objects
    for low, visibility in enumerate(RANKS):
        entries.filter(full=None, released_session__visibility=visibility).update(
            low=low, full_id=F("released_session_id")
        )


class Migration(migrations.Migration):
    dependencies = [("programme", "0004_deeper_sessions")]

    operations = [migrations.RunPython(by_rank, migrations.RunPython.noop)]
