from django.db import migrations, models

from summit.core.migration_operations import AddColumn


class Migration(migrations.Migration):
    phase = "before"

    dependencies = [
        ('summit', '0011_roles_by_groups'),
    ]

    operations = [
        AddColumn(
            model_name='summit',
            name='agenda_readers',
            field=models.CharField(
                choices=[
                    ('accepted', 'those that have accepted'),
                    ('invited', 'those that are invited, unless they decline'),
                    ('all', 'all, unless they decline'),
                ],
                db_default='accepted',
                default='accepted',
                help_text='They see it in the portal, are emailed its changes, and are named in its public sessions.',
                max_length=10,
                verbose_name='delegations that get the agenda',
            ),
        ),
    ]
