import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import summit.core.encrypted_fields
import summit.core.models
import summit.core.validators


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('summit', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiClient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(max_length=100, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='ended on')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_clients', to='summit.summit', verbose_name='summit')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='api_client', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'API client',
                'verbose_name_plural': 'API clients',
                'ordering': ['name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('summit', 'name'), name='api_client_name_once')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('who', models.CharField(max_length=40, verbose_name='caller')),
                ('key', models.CharField(max_length=64, verbose_name='key')),
                ('asked', models.CharField(max_length=64, verbose_name='request')),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='status')),
                ('headers', models.JSONField(blank=True, default=dict, verbose_name='headers')),
                ('body', summit.core.encrypted_fields.EncryptedBytesField(blank=True, null=True, verbose_name='body')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'stored response',
                'verbose_name_plural': 'stored responses',
                'indexes': [models.Index(fields=['made_at'], name='idempotency_record_age')],
                'constraints': [models.UniqueConstraint(fields=('who', 'key'), name='idempotency_record_once'), models.CheckConstraint(condition=models.Q(models.Q(('body__isnull', True), ('status__isnull', True)), models.Q(('body__isnull', False), ('status__isnull', False)), _connector='OR'), name='idempotency_record_whole')],
            },
        ),
        migrations.CreateModel(
            name='RequestCount',
            fields=[
                ('who', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='caller')),
                ('window', models.BigIntegerField(verbose_name='window')),
                ('number', models.PositiveIntegerField(default=0, verbose_name='number')),
            ],
            options={
                'verbose_name': 'request counts',
                'verbose_name_plural': 'request counts',
            },
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(help_text='A name to recognise it by, such as “badge printer”.', max_length=100, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('begins', models.CharField(editable=False, max_length=12, verbose_name='begins with')),
                ('scopes', models.JSONField(default=list, verbose_name='permissions')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='ends')),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='revoked')),
                ('api_client', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='api.apiclient', verbose_name='API client')),
                ('summit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='summit.summit', verbose_name='summit')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'token',
                'verbose_name_plural': 'tokens',
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('api_client__isnull', True), ('summit__isnull', False), _connector='OR'), name='token_of_api_client_has_summit'), models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='token_digest_form')],
            },
        ),
    ]
