"""What an entry's object belongs to, and the audit found by whole, summit, account and action."""

from django.db import migrations, models

from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):
    dependencies = [("summit", "0003_twelve_roles")]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="part_of",
            field=models.CharField(blank=True, max_length=121, verbose_name="part of"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("part_of", ""), _negated=True), fields=["part_of", "id"], name="audit_by_whole"
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry", index=models.Index(fields=["summit", "id"], name="audit_by_summit")
        ),
        migrations.AddIndex(
            model_name="auditentry", index=models.Index(fields=["by", "id"], name="audit_by_account")
        ),
        migrations.AddIndex(
            model_name="auditentry", index=models.Index(fields=["action", "id"], name="audit_by_action")
        ),
        FreezeColumns(
            "summit_auditentry",
            [
                *("id", "summit_id", "at", "by_id", "by_label", "action", "object_type", "object_key", "part_of"),
                *("fields", "detail"),
            ],
            rows=True,
        ),
    ]
