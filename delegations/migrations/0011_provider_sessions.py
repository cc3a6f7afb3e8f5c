from django.db import migrations, models

from summit.core.migration_operations import AddColumn


class Migration(migrations.Migration):
    phase = "before"

    dependencies = [
        ('delegations', '0010_identity_providers'),
    ]

    operations = [
        AddColumn(
            model_name='portalsession',
            name='provider_session',
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name='session at the provider'),
        ),
    ]
