"""What other schedules say of a session and no field is for, in the draft and as released."""

from django.db import migrations, models

from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0013_text_of_several_lines'),
    ]

    operations = [
        migrations.AddField(
            model_name='releasedsession',
            name='carried',
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name='from another schedule'),
        ),
        migrations.AddField(
            model_name='session',
            name='carried',
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name='from another schedule'),
        ),
        FreezeColumns(
            "programme_releasedsession",
            [
                "public_id", "session_id", "sequence", "fingerprint", "kind", "kind_names", "title", "summary", "texts",
                "starts_at", "ends_at", "times_known", "room_key", "room_name", "venue_name", "visibility", "audiences",
                "media", "capacity", "sign_up", "opening", "languages", "documents", "carried", "seal", "created_at",
            ],
        ),
    ]
