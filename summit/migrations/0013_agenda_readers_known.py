from django.db import migrations, models

from summit.core.migration_operations import AddTableConstraint


class Migration(migrations.Migration):
    phase = "after"

    dependencies = [
        ('summit', '0012_agenda_readers'),
    ]

    operations = [
        AddTableConstraint(
            model_name='summit',
            constraint=models.CheckConstraint(
                condition=models.Q(('agenda_readers__in', ['accepted', 'invited', 'all'])),
                name='summit_agenda_readers_known',
            ),
        ),
    ]
