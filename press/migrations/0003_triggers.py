"""Triggers: columns that never change, the index of the search, and counters of changes to public pages.

Changes of a text are counted once its embargo's moment has passed or is less than an hour away: before that no public
page shows the text. Holding a text changes its embargo, and is counted too.
"""

from django.db import migrations

from press.search.full_text_index import WordIndex
from summit.core.change_counters import CountChanges
from summit.core.migration_operations import FreezeColumns

OF_EMBARGO = "{row}.summit_id WHERE {row}.moment <= {soon}"
ITS_EMBARGO = (
    "{row}.summit_id WHERE EXISTS "
    "(SELECT 1 FROM press_embargo e WHERE e.id = {row}.embargo_id AND e.moment <= {soon})"
)
OF_TEXT = (
    "(SELECT t.summit_id FROM press_text t JOIN press_embargo e ON e.id = t.embargo_id "
    "WHERE t.id = {row}.text_id AND e.moment <= {soon})"
)
OF_VERSION = (
    "(SELECT t.summit_id FROM press_textversion v JOIN press_text t ON t.id = v.text_id "
    "JOIN press_embargo e ON e.id = t.embargo_id WHERE v.id = {row}.version_id AND e.moment <= {soon})"
)
OF_SPEECH = "t.summit_id FROM press_text t WHERE t.slot_id = {row}.id"
OF_SPEAKER = (
    "{row}.summit_id WHERE EXISTS (SELECT 1 FROM agenda_slot s WHERE s.speaker_id = {row}.id) "
    "OR EXISTS (SELECT 1 FROM press_text_people p WHERE p.person_id = {row}.id)"
)
# A new row removes nothing from public pages.
ADDS = {"INSERT": "FALSE"}


class Migration(migrations.Migration):
    dependencies = [("press", "0002_relations"), ("agenda", "0003_triggers"), ("summit", "0002_triggers")]

    operations = [
        FreezeColumns(
            "press_edition",
            [
                *("public_id", "version_id", "number", "title", "summary", "body", "change_kind", "change_note"),
                *("anchors", "translates", "author_id", "created_at"),
            ],
        ),
        FreezeColumns(
            "press_attachment",
            [
                *("public_id", "text_id", "title", "language", "file_name", "content_type", "size", "digest"),
                *("content", "added_at", "added_by_id"),
            ],
        ),
        FreezeColumns("press_passagecheck", ["edition_id", "anchor", "kind", "words", "undoes_id", "at", "by_id"]),
        WordIndex("press_searchentry", ["title_terms", "terms"]),
        WordIndex("press_searchword", ["trigrams"]),
        CountChanges("press_embargo", OF_EMBARGO, removes=ADDS, was=True),
        CountChanges("press_text", ITS_EMBARGO, removes=ADDS, was=True),
        CountChanges("press_topic", "{row}.summit_id", removes=ADDS),
        CountChanges("press_text_topics", OF_TEXT, removes=ADDS),
        CountChanges("press_text_people", OF_TEXT, removes=ADDS),
        CountChanges("press_textversion", OF_TEXT, removes=ADDS),
        CountChanges("press_edition", OF_VERSION, removes=ADDS),
        CountChanges("agenda_slot", OF_SPEECH, events=("UPDATE",)),
        CountChanges("summit_person", OF_SPEAKER, events=("UPDATE",)),
    ]
