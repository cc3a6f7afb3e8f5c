"""Handing a person's data over is agreed to by somebody who may see it."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import summit.core.models


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0016_installation'),
    ]

    operations = [
        migrations.CreateModel(
            name='HandOverRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked')),
                ('agreed_at', models.DateTimeField(null=True, verbose_name='agreed')),
                ('taken_at', models.DateTimeField(null=True, verbose_name='taken')),
                ('agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agreed by')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'request to hand data over',
                'verbose_name_plural': 'requests to hand data over',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('taken_at__isnull', True)), fields=('person', 'asked_by'), name='hand_over_asked_once'), models.CheckConstraint(condition=models.Q(models.Q(('agreed_at__isnull', True), ('agreed_by__isnull', True)), models.Q(('agreed_at__isnull', False), ('agreed_by__isnull', False)), _connector='OR'), name='hand_over_agreed_by_somebody'), models.CheckConstraint(condition=models.Q(('agreed_by__isnull', True), models.Q(('agreed_by', models.F('asked_by')), _negated=True), _connector='OR'), name='hand_over_agreed_by_another'), models.CheckConstraint(condition=models.Q(('taken_at__isnull', True), ('agreed_at__isnull', False), _connector='OR'), name='hand_over_taken_when_agreed')],
            },
        ),
    ]
