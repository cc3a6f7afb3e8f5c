"""What stands in one line takes no line breaks; this is text of several."""

from django.db import migrations, models

import summit.core.validators


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0012_public_removals'),
    ]

    operations = [
        migrations.AlterField(
            model_name='session',
            name='summary',
            field=models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='summary'),
        ),
        migrations.AlterField(
            model_name='sessiontext',
            name='summary',
            field=models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='summary'),
        ),
    ]
