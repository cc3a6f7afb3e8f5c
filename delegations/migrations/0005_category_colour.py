from django.db import migrations, models

import summit.core.validators
from summit.core.migration_operations import AddColumn


class Migration(migrations.Migration):

    dependencies = [
        ('delegations', '0004_import_files'),
    ]

    operations = [
        AddColumn(
            model_name='category',
            name='colour',
            field=models.CharField(blank=True, default='', help_text='For example, #1d4f91. Leave blank for the usual colour.', max_length=7, validators=[summit.core.validators.validate_colour], verbose_name='colour on badges'),
            preserve_default=False,
        ),
    ]
