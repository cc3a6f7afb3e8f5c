from django.db import migrations, models

from summit.core.migration_operations import AddColumn, AddTableConstraint


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0010_single_sign_on'),
    ]

    operations = [
        AddColumn(
            model_name='roleassignment',
            name='by_hand',
            field=models.BooleanField(default=True, editable=False, verbose_name='by hand'),
        ),
        AddColumn(
            model_name='roleassignment',
            name='issuer',
            field=models.CharField(blank=True, default='', editable=False, max_length=200, verbose_name='identity provider'),
        ),
        AddColumn(
            model_name='roleassignment',
            name='until',
            field=models.DateTimeField(editable=False, null=True, verbose_name='by group until'),
        ),
        AddTableConstraint(
            model_name='roleassignment',
            constraint=models.CheckConstraint(condition=models.Q(('by_hand', True), ('until__isnull', False), _connector='OR'), name='role_by_hand_or_group'),
        ),
        AddTableConstraint(
            model_name='roleassignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issuer', ''), ('until__isnull', True)), models.Q(('until__isnull', False), models.Q(('issuer', ''), _negated=True)), _connector='OR'), name='role_by_group_of_provider'),
        ),
    ]
