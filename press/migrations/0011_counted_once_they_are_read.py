"""Changes of texts are counted once everybody may read them: of what is prepared no public page shows anything."""

from django.db import migrations

from summit.core.change_counters import CountChanges

# Of a lift that has lifted, or is about to; holding it is a change of such a lift too.
OF_TEXT = (
    "(SELECT t.summit_id FROM press_text t JOIN press_lift l ON l.id = t.lift_id "
    "WHERE t.id = {row}.text_id AND l.moment <= {soon})"
)
OF_VERSION = (
    "(SELECT t.summit_id FROM press_textversion v JOIN press_text t ON t.id = v.text_id "
    "JOIN press_lift l ON l.id = t.lift_id WHERE v.id = {row}.version_id AND l.moment <= {soon})"
)
ITS_LIFT = (
    "{row}.summit_id WHERE EXISTS "
    "(SELECT 1 FROM press_lift l WHERE l.id = {row}.lift_id AND l.moment <= {soon})"
)
# What is new takes nothing away.
ADDS = {"INSERT": "FALSE"}


class Migration(migrations.Migration):
    dependencies = [
        ("press", "0010_counted_changes"),
    ]

    operations = [
        CountChanges("press_lift", "{row}.summit_id WHERE {row}.moment <= {soon}", removes=ADDS, was=True),
        CountChanges("press_text", ITS_LIFT, removes=ADDS, was=True),
        CountChanges("press_text_topics", OF_TEXT, removes=ADDS),
        CountChanges("press_text_people", OF_TEXT, removes=ADDS),
        CountChanges("press_textversion", OF_TEXT, removes=ADDS),
        CountChanges("press_edition", OF_VERSION, removes=ADDS),
    ]
