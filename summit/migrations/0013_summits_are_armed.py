"""A summit that came from an archive or a backup sends nothing until it is armed; changes are noted as before."""

from django.db import migrations, models

from summit.core.migration_operations import NoteChanges


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0012_names_by_language'),
    ]

    operations = [
        migrations.AddField(
            model_name='summit',
            name='disarmed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='sends nothing since'),
        ),
        migrations.AddField(
            model_name='summit',
            name='armed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='armed'),
        ),
        migrations.AddConstraint(
            model_name='summit',
            constraint=models.CheckConstraint(condition=models.Q(('armed_at__isnull', True), ('armed_at__gte', models.F('disarmed_at')), _connector='OR'), name='summit_armed_after_disarmed'),
        ),
        NoteChanges("summit_summit", "{row}.id"),
    ]
