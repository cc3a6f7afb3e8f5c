"""What stands in quotation marks is found as it stands there."""

from django.db import migrations, models


def fill(apps, schema_editor):
    """Note the words of what is there in their order."""
    from press.search.services import plain_of

    Entry = apps.get_model("press", "SearchEntry")
    batch = []
    for entry in Entry.objects.select_related("edition").defer("terms").order_by("pk").iterator(chunk_size=200):
        entry.plain = plain_of(entry.edition)
        batch.append(entry)
        if len(batch) == 200:
            Entry.objects.bulk_update(batch, ["plain"])
            batch = []
    Entry.objects.bulk_update(batch, ["plain"])


class Migration(migrations.Migration):

    dependencies = [
        ('press', '0008_text_of_several_lines'),
    ]

    operations = [
        migrations.AddField(
            model_name='searchentry',
            name='plain',
            field=models.TextField(editable=False, null=True, verbose_name='words in their order'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
