"""What stands in one line takes no line breaks; this is text of several."""

from django.db import migrations, models

import summit.core.validators


class Migration(migrations.Migration):

    dependencies = [
        ('delegations', '0020_groups_of_parties'),
    ]

    operations = [
        migrations.AlterField(
            model_name='invitation',
            name='note',
            field=models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='note with the answer'),
        ),
        migrations.AlterField(
            model_name='lettertemplate',
            name='body',
            field=models.TextField(max_length=8000, validators=[summit.core.validators.validate_text], verbose_name='text'),
        ),
        migrations.AlterField(
            model_name='party',
            name='mission_address',
            field=models.TextField(blank=True, max_length=500, validators=[summit.core.validators.validate_text], verbose_name='address of the mission'),
        ),
        migrations.AlterField(
            model_name='party',
            name='notes',
            field=models.TextField(blank=True, help_text='For the desks alone; no delegation sees them.', max_length=4000, validators=[summit.core.validators.validate_text], verbose_name='internal notes'),
        ),
        migrations.AlterField(
            model_name='policy',
            name='letter_sender',
            field=models.TextField(blank=True, help_text='The host’s name and address, as it stands at the head of letters.', max_length=500, validators=[summit.core.validators.validate_text], verbose_name='letterhead'),
        ),
        migrations.AlterField(
            model_name='reply',
            name='note',
            field=models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='note with the answer'),
        ),
    ]
