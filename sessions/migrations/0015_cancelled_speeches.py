"""A speech on which something hangs is cancelled, and keeps its row."""

import django.db.models.manager
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0014_from_other_schedules'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='slot',
            options={'base_manager_name': 'every', 'ordering': ['session', 'position', 'id'], 'verbose_name': 'speech', 'verbose_name_plural': 'speeches'},
        ),
        migrations.AlterModelManagers(
            name='slot',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('every', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name='slot',
            name='cancelled_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='cancelled'),
        ),
    ]
