from django.db import migrations, models

from summit.core.migration_operations import AddColumn


class Migration(migrations.Migration):
    phase = "before"

    dependencies = [
        ("delegations", "0012_answers_counted"),
    ]

    operations = [
        AddColumn(
            model_name="policy",
            name="protocol_places",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="For single delegations, all together. Leave blank to let only organisers raise quotas.",
                null=True,
                verbose_name="additional places that protocol can give",
            ),
        ),
    ]
