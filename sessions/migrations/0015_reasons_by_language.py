from django.db import migrations, models

import summit.summits.translated_names
from summit.core.migration_operations import AddColumn


class Migration(migrations.Migration):
    phase = "before"

    dependencies = [
        ('agenda', '0014_runs_counted'),
    ]

    operations = [
        AddColumn(
            model_name='session',
            name='cancellation_reasons',
            field=models.JSONField(blank=True, null=True, validators=[summit.summits.translated_names.validate_notes], verbose_name='reason in other languages'),
        ),
        AddColumn(
            model_name='release',
            name='notes',
            field=models.JSONField(blank=True, editable=False, null=True, validators=[summit.summits.translated_names.validate_notes], verbose_name='note in other languages'),
        ),
    ]
