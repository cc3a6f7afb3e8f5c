"""Answers to invitations whose letter was never sent: the new code stores them, so that the former rule ends first."""

from django.db import migrations

from summit.core.migration_operations import RemoveTableConstraint


class Migration(migrations.Migration):
    phase = "before"

    dependencies = [
        ("delegations", "0013_protocol_places"),
    ]

    operations = [
        RemoveTableConstraint(model_name="invitation", name="invitation_sent_has_time"),
    ]
