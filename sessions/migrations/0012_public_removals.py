"""Why a session left the public agenda, and what the public reads of it."""

import django.db.models.deletion
from django.db import migrations, models

from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):

    dependencies = [('programme', '0011_uploaded_schedules'), ('summit', '0002_guards')]

    operations = [
        migrations.CreateModel(
            name='PublicRemoval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.CharField(choices=[('cancelled', '“cancelled”'), ('removed', '“no longer in the public agenda”'), ('none', 'nothing')], max_length=10, verbose_name='what the public reads')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='removals', to='programme.release', verbose_name='release')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='removals', to='programme.session', verbose_name='session')),
            ],
            options={
                'verbose_name': 'removal from the public agenda',
                'verbose_name_plural': 'removals from the public agenda',
                'ordering': ['release', 'id'],
                'constraints': [models.UniqueConstraint(fields=('release', 'session'), name='public_removal_once'), models.CheckConstraint(condition=models.Q(('notice__in', ['cancelled', 'removed', 'none'])), name='public_removal_notice_known'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='public_removal_has_reason')],
            },
        ),
        FreezeColumns("programme_publicremoval", ["release_id", "session_id", "notice", "reason"]),
    ]
