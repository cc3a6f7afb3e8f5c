"""Officers mark in a prepared text what was spoken, each mark a row that is never changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import summit.core.validators
from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):

    dependencies = [
        ('press', '0005_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Marking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('anchor', models.CharField(max_length=20, verbose_name='paragraph')),
                ('kind', models.CharField(choices=[('accept', 'as read'), ('strike', 'not spoken'), ('change', 'other words'), ('insert', 'inserted'), ('undo', 'taken back')], max_length=10, verbose_name='kind')),
                ('words', models.TextField(blank=True, validators=[summit.core.validators.validate_printable], verbose_name='words')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='marked')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='marked by')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='markings', to='press.edition', verbose_name='edition')),
                ('undoes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='undone', to='press.marking', verbose_name='takes back')),
            ],
            options={
                'verbose_name': 'marking',
                'verbose_name_plural': 'markings',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['accept', 'strike', 'change', 'insert', 'undo'])), name='marking_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('change', 'insert')), models.Q(('words', ''), _negated=True)), models.Q(models.Q(('kind__in', ('change', 'insert')), _negated=True), ('words', '')), _connector='OR'), name='marking_words_where_due'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'undo'), ('undoes__isnull', False)), models.Q(models.Q(('kind', 'undo'), _negated=True), ('undoes__isnull', True)), _connector='OR'), name='marking_undo_of_one')],
            },
        ),
        # A mark is never changed: who takes it back adds another.
        FreezeColumns("press_marking", ["edition_id", "anchor", "kind", "words", "undoes_id", "at", "by_id"]),
    ]
