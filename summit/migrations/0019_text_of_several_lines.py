"""What stands in one line takes no line breaks; this is text of several."""

from django.db import migrations, models

import summit.core.validators


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0018_clocks_of_workers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='venue',
            name='address',
            field=models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='address'),
        ),
    ]
