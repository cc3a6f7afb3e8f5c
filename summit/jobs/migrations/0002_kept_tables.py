

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import summit.core.encrypted_fields
import summit.core.models


class Migration(migrations.Migration):

    dependencies = [
        ('work', '0001_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('label', models.CharField(max_length=80, verbose_name='list')),
                ('ending', models.CharField(max_length=4, verbose_name='format')),
                ('language', models.CharField(max_length=15, verbose_name='language')),
                ('keys', models.JSONField(default=list)),
                ('columns', models.JSONField(default=list)),
                ('filters', models.JSONField(default=dict)),
                ('summits', models.JSONField(default=list)),
                ('personal', models.BooleanField(default=False)),
                ('until', models.DateTimeField(verbose_name='kept until')),
                ('made_at', models.DateTimeField(blank=True, null=True, verbose_name='made')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='table', to='work.job', verbose_name='job')),
            ],
            options={
                'verbose_name': 'kept table',
                'verbose_name_plural': 'kept tables',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='KeptPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', summit.core.encrypted_fields.EncryptedBytesField()),
                ('table', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='work.kepttable')),
            ],
            options={
                'verbose_name': 'part of a kept table',
                'verbose_name_plural': 'parts of kept tables',
                'ordering': ['number'],
            },
        ),
        migrations.AddConstraint(
            model_name='kepttable',
            constraint=models.CheckConstraint(condition=models.Q(('ending__in', ['csv', 'xlsx', 'json'])), name='kept_table_ending_known'),
        ),
        migrations.AddConstraint(
            model_name='keptpart',
            constraint=models.UniqueConstraint(fields=('table', 'number'), name='kept_part_once'),
        ),
    ]
