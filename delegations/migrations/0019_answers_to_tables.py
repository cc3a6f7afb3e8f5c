"""What somebody has decided of a table is kept beside it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delegations', '0018_days_of_a_hundred_years'),
    ]

    operations = [
        migrations.AddField(
            model_name='sheet',
            name='answers',
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
