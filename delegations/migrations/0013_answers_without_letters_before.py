"""Answers to invitations whose letter was never sent: the new code stores them, so that the former rule ends first."""

from django.db import migrations

from summit.core.migration_operations import RemoveTableConstraint


class Migration(migrations.Migration):
    phase = "before"

    dependencies = [
        ("delegations", "0012_answers_counted"),
    ]

    operations = [
        RemoveTableConstraint(model_name="invitation", name="invitation_sent_has_time"),
    ]
