"""Editions are found by their words."""

import django.db.models.deletion
from django.db import migrations, models

from summit.core.word_index import WordIndex


def fill(apps, schema_editor):
    """Make ready by what the editions that are there are found."""
    from press.search import tokens
    from press.search.highlight import bare

    Edition, Entry = apps.get_model("press", "Edition"), apps.get_model("press", "SearchEntry")
    Word = apps.get_model("press", "SearchWord")
    rows = Edition.objects.select_related("version__text").order_by("pk")
    for edition in rows.iterator(chunk_size=100):
        language, summit = edition.version.language, edition.version.text.summit_id
        title = tokens.terms(edition.title, language)
        every = title | tokens.terms(f"{edition.summary}\n{bare(edition.body)}", language)
        Entry.objects.create(edition=edition, title_terms=" ".join(sorted(title)), terms=" ".join(sorted(every)))
        known = sorted(tokens.known_words(f"{edition.title}\n{edition.summary}\n{bare(edition.body)}"))
        Word.objects.bulk_create(
            [
                Word(summit_id=summit, language=language, word=word, trigrams=" ".join(sorted(tokens.trigrams(word))))
                for word in known
            ],
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):
    dependencies = [("press", "0004_speakers_are_noted"), ("summit", "0012_names_by_language")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title_terms", models.TextField(editable=False, verbose_name="words of the title")),
                ("terms", models.TextField(editable=False, verbose_name="words")),
                (
                    "edition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search",
                        to="press.edition",
                        verbose_name="edition",
                    ),
                ),
            ],
            options={"verbose_name": "words of an edition", "verbose_name_plural": "words of editions"},
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(editable=False, max_length=10, verbose_name="language")),
                ("word", models.CharField(editable=False, max_length=64, verbose_name="word")),
                ("trigrams", models.TextField(editable=False, verbose_name="threes of letters")),
                (
                    "summit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="summit.summit",
                        verbose_name="summit",
                    ),
                ),
            ],
            options={
                "verbose_name": "word of texts",
                "verbose_name_plural": "words of texts",
                "constraints": [
                    models.UniqueConstraint(fields=("summit", "language", "word"), name="search_word_once")
                ],
            },
        ),
        WordIndex("press_searchentry", ["title_terms", "terms"]),
        WordIndex("press_searchword", ["trigrams"]),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
