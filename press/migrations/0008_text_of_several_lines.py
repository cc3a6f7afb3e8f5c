"""What stands in one line takes no line breaks; this is text of several."""

from django.db import migrations, models

import summit.core.validators


class Migration(migrations.Migration):

    dependencies = [
        ('press', '0007_held_by_nobody'),
    ]

    operations = [
        migrations.AlterField(
            model_name='edition',
            name='body',
            field=models.TextField(help_text='Markdown.', validators=[summit.core.validators.validate_text], verbose_name='text'),
        ),
        migrations.AlterField(
            model_name='edition',
            name='decision_note',
            field=models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='remark of the reviewer'),
        ),
        migrations.AlterField(
            model_name='edition',
            name='summary',
            field=models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='summary'),
        ),
        migrations.AlterField(
            model_name='marking',
            name='words',
            field=models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='words'),
        ),
    ]
