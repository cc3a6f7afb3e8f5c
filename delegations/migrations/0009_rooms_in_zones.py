from django.db import migrations, models

from summit.core.migration_operations import AddColumn


class Migration(migrations.Migration):

    dependencies = [
        ('delegations', '0008_invitation_state_labels'),
        ('summit', '0007_saved_views'),
    ]

    operations = [
        AddColumn(
            model_name='zone',
            name='rooms',
            field=models.ManyToManyField(blank=True, related_name='zones', to='summit.room', verbose_name='rooms'),
        ),
    ]
