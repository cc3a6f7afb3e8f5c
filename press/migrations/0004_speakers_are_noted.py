"""Pages of texts name people: whoever speaks or is concerned, and what changes about their speeches, is noted."""

from django.db import migrations

from summit.core.migration_operations import NoteChanges

PERSON = (
    "{row}.summit_id WHERE EXISTS (SELECT 1 FROM programme_slot s WHERE s.speaker_id = {row}.id) "
    "OR EXISTS (SELECT 1 FROM press_text_people p WHERE p.person_id = {row}.id)"
)
SLOT = "t.summit_id FROM press_text t WHERE t.slot_id = {row}.id"


class Migration(migrations.Migration):
    dependencies = [
        ("press", "0003_decisions"),
        ("programme", "0011_uploaded_schedules"),
        ("summit", "0012_names_by_language"),
    ]

    operations = [
        NoteChanges("press_text_people", "(SELECT t.summit_id FROM press_text t WHERE t.id = {row}.text_id)"),
        NoteChanges("programme_slot", SLOT, events=("UPDATE",)),
        NoteChanges("summit_person", PERSON, events=("UPDATE",)),
    ]
