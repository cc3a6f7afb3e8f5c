from django.db import migrations, models

import summit.core.validators


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0010_public_changes'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='time_zone',
            field=models.CharField(blank=True, default='', help_text='Such as America/New_York. Mails then give times in it too, beside those at the venue.', max_length=60, validators=[summit.core.validators.validate_time_zone], verbose_name='time zone'),
            preserve_default=False,
        ),
    ]
