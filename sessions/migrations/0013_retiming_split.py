from django.db import migrations, models

from summit.core.migration_operations import AddColumn


class Migration(migrations.Migration):

    dependencies = [
        ('agenda', '0012_wrong_zone'),
    ]

    operations = [
        AddColumn(
            model_name='retiming',
            name='split',
            field=models.JSONField(blank=True, default=dict, verbose_name='second part'),
        ),
    ]
