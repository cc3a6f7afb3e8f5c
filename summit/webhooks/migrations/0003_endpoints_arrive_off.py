"""A webhook that came with its summit from an archive is off, and says why."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hooks', '0002_frozen'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='endpoint',
            name='endpoint_off_says_why',
        ),
        migrations.AlterField(
            model_name='endpoint',
            name='off_why',
            field=models.CharField(blank=True, choices=[('hand', 'turned off at the desk'), ('gone', 'the receiver answered that it is gone (410)'), ('failing', 'nothing got through for three days'), ('refusing', 'the receiver refused too many in a row'), ('moved', 'it came here with its summit, from an archive')], max_length=10, verbose_name='why it is off'),
        ),
        migrations.AddConstraint(
            model_name='endpoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('enabled', True), ('off_at__isnull', True), ('off_why', '')), models.Q(('enabled', False), ('off_at__isnull', False), ('off_why__in', ['hand', 'gone', 'failing', 'refusing', 'moved'])), _connector='OR'), name='endpoint_off_says_why'),
        ),
    ]
