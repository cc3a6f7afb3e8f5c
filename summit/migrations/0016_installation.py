"""Where the installation stands is kept, so that a copy of it sends nothing by itself."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0015_a_rooms_name_is_said_once'),
    ]

    operations = [
        migrations.CreateModel(
            name='Installation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('database', models.CharField(max_length=100)),
                ('host', models.CharField(max_length=255)),
                ('disarmed_at', models.DateTimeField(editable=False, null=True, verbose_name='sends nothing since')),
            ],
            options={
                'verbose_name': 'installation',
                'verbose_name_plural': 'installations',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='installation_single')],
            },
        ),
    ]
