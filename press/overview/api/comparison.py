"""API serializers and functions for previews, for texts from files, and for comparisons of editions."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from press.imports import files
from press.imports.files import report
from press.public.api.serializers import Looked, WordPairSerializer
from press.texts.models.editions import Edition
from press.texts.selectors.edition_validation import check_content
from press.texts.selectors.preview import preview
from summit.api_base.problems import unprocessable
from summit.api_base.request_files import ContentField
from summit.api_base.viewsets import InSummit
from summit.uploads.budgets import DOCUMENT


class ComparedInput(Looked):
    """The other edition of a comparison, in the same language.

    It belongs to the same text, or one of the two to the prepared text and the other to the text as delivered.
    """

    other = InSummit(
        queryset=Edition.objects.select_related("version__text__summit"), summit_path="version__text__summit"
    )


class ComparisonSerializer(Looked):
    """The differences between two editions, word by word, in Markdown."""

    old = serializers.CharField(source="old.public_id")
    new = serializers.CharField(source="new.public_id")
    titles = WordPairSerializer(many=True)
    summaries = WordPairSerializer(many=True)
    bodies = WordPairSerializer(many=True)


class EditionPreviewInput(Looked):
    """Title, summary and body to preview. They need not be saved."""

    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    summary = serializers.CharField(required=False, allow_blank=True)
    body = serializers.CharField(allow_blank=True, trim_whitespace=False, help_text="Markdown.")


class PublicationProblemSerializer(Looked):
    """A field that can't be published, and why."""

    field = serializers.ChoiceField(choices=("title", "summary", "body"))
    detail = serializers.CharField()


class EditionPreviewSerializer(Looked):
    """The preview of a text: the HTML that readers will see, its length, and problems that prevent publishing."""

    html = serializers.CharField(help_text="Without the addresses of paragraphs.")
    words = serializers.IntegerField()
    characters = serializers.IntegerField(help_text="Of scripts that set no spaces between words.")
    minutes = serializers.IntegerField(help_text="That they take to speak.")
    problems = PublicationProblemSerializer(many=True)


class TextFileInput(Looked):
    """A file with the words of a text: DOCX, Markdown or plain text.

    The name of the file only distinguishes Markdown from plain text.
    """

    file_name = serializers.CharField(max_length=200)
    content = ContentField(largest=DOCUMENT.largest)


class FileNoteSerializer(Looked):
    """The notes of one kind about a file: their number, a sentence about them, and quotes of the passages.

    If `dropped` is true, the passages are left out of the text. Otherwise they are in the text, but changed.
    """

    kind = serializers.CharField()
    number = serializers.IntegerField()
    said = serializers.CharField()
    quotes = serializers.ListField(child=serializers.CharField())
    dropped = serializers.BooleanField()


class ParsedFileSerializer(Looked):
    """The words of a file as Markdown, its title or "", and notes on what was left out or changed."""

    title = serializers.CharField()
    body = serializers.CharField()
    notes = FileNoteSerializer(many=True)


FIELDS = ("title", "summary", "body")


def build_preview(values: Any) -> dict[str, Any]:
    """Return the data of EditionPreviewSerializer for the posted values.

    Only problems of fields that were posted are included.
    """
    html, length = preview(values["body"])
    posted = {name: values[name] for name in FIELDS if name in values}
    return {
        "html": html,
        "words": length.words,
        "characters": length.characters,
        "minutes": length.minutes,
        "problems": _problems(posted),
    }


def _problems(posted: dict[str, str]) -> list[dict[str, str]]:
    try:
        # A missing title isn't a problem in a preview.
        check_content(**{"title": "a", "summary": "", **posted})
    except ValidationError as refused:
        return [
            {"field": name, "detail": message} for name, errors in refused.message_dict.items() for message in errors
        ]
    return []


def parse_file(values: Any) -> report.ParsedFile:
    """Return the words of a posted file as Markdown, with notes. Raises Problem if the file can't be read."""
    try:
        return files.read(filename=values["file_name"], content=values["content"])
    except report.Unreadable as refused:
        raise unprocessable({"content": [str(refused)]}) from None
