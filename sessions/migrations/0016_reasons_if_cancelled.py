from django.db import migrations, models

from summit.core.migration_operations import AddTableConstraint, FreezeColumns


class Migration(migrations.Migration):
    phase = "after"

    dependencies = [
        ('agenda', '0015_reasons_by_language'),
    ]

    operations = [
        AddTableConstraint(
            model_name='session',
            constraint=models.CheckConstraint(
                condition=models.Q(('cancelled_at__isnull', False), ('cancellation_reasons__isnull', True), _connector='OR'),
                name='session_reasons_if_cancelled',
                violation_error_message='Cancel the session before you give a reason for it.',
            ),
        ),
        # As before, with the note in other languages.
        FreezeColumns(
            'agenda_release',
            ['public_id', 'summit_id', 'number', 'note', 'notes', 'released_at', 'released_by_id', 'takes_away'],
        ),
    ]
