"""What can be looked at of words before and after they are saved: how they read, and what differs between two."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from press.imports import files
from press.imports.files import report
from press.public.api.serializers import Looked, WordPairSerializer
from press.texts.models.editions import Edition
from press.texts.selectors.preview import preview
from press.texts.selectors.publication_checks import check_words
from summit.api_base.file_fields import ContentField
from summit.api_base.problems import unprocessable
from summit.api_base.viewsets import InSummit


class ComparedInput(Looked):
    """With which other edition: of the same text in the same language, or of the prepared or delivered text."""

    other = InSummit(
        queryset=Edition.objects.select_related("version__text__summit"), summit_path="version__text__summit"
    )


class ComparisonSerializer(Looked):
    """What differs between two editions, word by word, in Markdown as it was written."""

    old = serializers.CharField(source="old.public_id")
    new = serializers.CharField(source="new.public_id")
    titles = WordPairSerializer(many=True)
    summaries = WordPairSerializer(many=True)
    bodies = WordPairSerializer(many=True)


class WordsPreviewInput(Looked):
    """Words that need not be saved."""

    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    summary = serializers.CharField(required=False, allow_blank=True)
    body = serializers.CharField(allow_blank=True, trim_whitespace=False, help_text="Markdown.")


class RefusedWordsSerializer(Looked):
    """What can't be published, and why."""

    field = serializers.ChoiceField(choices=("title", "summary", "body"))
    detail = serializers.CharField()


class WordsPreviewSerializer(Looked):
    """Words as readers will see them, how long they are, and what stands against publishing them."""

    html = serializers.CharField(help_text="Without the addresses of paragraphs.")
    words = serializers.IntegerField()
    characters = serializers.IntegerField(help_text="Of scripts that set no spaces between words.")
    minutes = serializers.IntegerField(help_text="That they take to speak.")
    problems = RefusedWordsSerializer(many=True)


class WordsFileInput(Looked):
    """A file with the words of a text: DOCX, Markdown or plain text. Its name only tells Markdown from plain text."""

    file_name = serializers.CharField(max_length=200)
    content = ContentField(largest=files.MOST_BYTES)


class FileNoteSerializer(Looked):
    """One kind of thing that a file had: how many, a sentence about them, and some of the words concerned. What is
    `dropped` isn't in the text; all else is, and reads otherwise."""

    kind = serializers.CharField()
    number = serializers.IntegerField()
    said = serializers.CharField()
    quotes = serializers.ListField(child=serializers.CharField())
    dropped = serializers.BooleanField()


class FileWordsSerializer(Looked):
    """The words of a file as Markdown, with the title where it says which it is, and what became of the rest."""

    title = serializers.CharField()
    body = serializers.CharField()
    notes = FileNoteSerializer(many=True)


FIELDS = ("title", "summary", "body")


def looked_at(values: Any) -> dict[str, Any]:
    """Return words as readers will see them, with what stands against publishing them: of those that were given."""
    html, length = preview(values["body"])
    given = {name: values[name] for name in FIELDS if name in values}
    return {
        "html": html,
        "words": length.words,
        "characters": length.characters,
        "minutes": length.minutes,
        "problems": _problems(given),
    }


def _problems(given: dict[str, str]) -> list[dict[str, str]]:
    try:
        # A title that isn't given yet is nothing wrong.
        check_words(**{"title": "a", "summary": "", **given})
    except ValidationError as refused:
        return [
            {"field": name, "detail": said} for name, all_said in refused.message_dict.items() for said in all_said
        ]
    return []


def words_of(values: Any) -> report.Taken:
    """Return the words of a file. Raises Problem where it can't be read."""
    try:
        return files.read(filename=values["file_name"], content=values["content"])
    except report.Unreadable as refused:
        raise unprocessable({"content": [str(refused)]}) from None
