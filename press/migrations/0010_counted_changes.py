"""Changes of what the press site shows are counted: its texts, and of whom they speak."""

from django.db import migrations

from summit.core.change_counters import CountChanges

OF_TEXT = "(SELECT t.summit_id FROM press_text t WHERE t.id = {row}.text_id)"
OF_VERSION = (
    "(SELECT t.summit_id FROM press_textversion v JOIN press_text t ON t.id = v.text_id WHERE v.id = {row}.version_id)"
)
OF_PERSON = (
    "{row}.summit_id WHERE EXISTS (SELECT 1 FROM programme_slot s WHERE s.speaker_id = {row}.id) "
    "OR EXISTS (SELECT 1 FROM press_text_people p WHERE p.person_id = {row}.id)"
)
OF_SLOT = "t.summit_id FROM press_text t WHERE t.slot_id = {row}.id"
# What is new is a draft: it takes nothing away.
ADDS = {"INSERT": "FALSE"}


class Migration(migrations.Migration):
    dependencies = [
        ("press", "0009_phrases"),
        ("programme", "0017_counted_changes"),
        ("summit", "0020_counted_changes"),
    ]

    operations = [
        CountChanges("press_lift", "{row}.summit_id", removes=ADDS),
        CountChanges("press_text", "{row}.summit_id", removes=ADDS),
        CountChanges("press_topic", "{row}.summit_id", removes=ADDS),
        CountChanges("press_text_topics", OF_TEXT, removes=ADDS),
        CountChanges("press_text_people", OF_TEXT, removes=ADDS),
        CountChanges("press_textversion", OF_TEXT, removes=ADDS),
        CountChanges("press_edition", OF_VERSION, removes=ADDS),
        CountChanges("programme_slot", OF_SLOT, events=("UPDATE",)),
        CountChanges("summit_person", OF_PERSON, events=("UPDATE",)),
    ]
