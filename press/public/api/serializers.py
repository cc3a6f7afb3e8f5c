"""Serializers of the public API of texts. They contain the same facts as the pages of texts."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.parties.api.public_serializers import PartySerializer
from press.delivery_check.passages import passages
from press.published_texts.related import File
from press.published_texts.selectors import PublishedChange, Reading
from press.texts.models.editions import ChangeKind, Edition
from press.texts.models.texts import TextKind, Wording
from press.texts.selectors.rendered_editions import html_of, plain_of
from press.texts.selectors.word_differences import DifferenceKind
from sessions.draft.models.participants import Slot

Looked = serializers.Serializer[Any]


class WordRunSerializer(Looked):
    """Consecutive words that are all unchanged, all removed or all new."""

    kind = serializers.ChoiceField(
        choices=[DifferenceKind.SAME.value, DifferenceKind.GONE.value, DifferenceKind.NEW.value]
    )
    words = serializers.CharField()


class WordPairSerializer(Looked):
    """A paragraph of the old text and the corresponding paragraph of the new text.

    `old_at` and `new_at` are the positions of the paragraphs, from 0. One of them is null if that text has no
    corresponding paragraph. `runs` has the words of both paragraphs, with removed words before new words.
    """

    kind = serializers.ChoiceField(choices=[kind.value for kind in DifferenceKind])
    old_at = serializers.IntegerField(allow_null=True)
    new_at = serializers.IntegerField(allow_null=True)
    runs = WordRunSerializer(many=True)


class SpeakerSerializer(serializers.Serializer[Any]):
    """The speaker of a speech, and the party for which the speech is given."""

    id = serializers.CharField(source="speaker.public_id", help_text="As `speaker` of the list takes it.")
    name = serializers.CharField(source="speaker.name")
    office = serializers.CharField(source="speaker.office")
    party = serializers.CharField(source="party.name", default=None, allow_null=True)
    about_party = serializers.SerializerMethodField(
        help_text="The party with its names and footnotes; null for none."
    )

    @extend_schema_field(PartySerializer(allow_null=True))
    def get_about_party(self, slot: Slot) -> dict[str, Any] | None:
        """Return the party with its names in all languages, its footnotes and its flag, or None without a party."""
        known: dict[int | str, dict[str, Any]] = self.context["parties"]
        return known.get(slot.party_id or 0)


class VersionSerializer(serializers.Serializer[Any]):
    """A language in which the text is public, and the path of the text's page in this language."""

    language = serializers.CharField()
    url = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    """A published edition: its number and time, and how and why it changed the previous edition."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.SerializerMethodField(help_text="Null for the first.")
    note = serializers.CharField(help_text="The reason that readers were given.")
    url = serializers.SerializerMethodField(help_text="The page of this edition.")

    @extend_schema_field(serializers.ChoiceField(choices=ChangeKind.choices, allow_null=True))
    def get_kind(self, change: PublishedChange) -> str | None:
        """Return the kind of the change, or None for the first edition."""
        first = self.context.get("first_edition") == change.number
        return None if first else change.kind or str(ChangeKind.CORRECTION)

    @extend_schema_field(serializers.URLField())
    def get_url(self, change: PublishedChange) -> str:
        """Return the absolute URL of the edition's permanent page."""
        return f"{settings.BASE_URL}{change.url}"


class TopicSerializer(serializers.Serializer[Any]):
    """A topic of a text, with its name in the language of the request."""

    id = serializers.CharField(help_text="As `topic` of the list takes it.")
    name = serializers.CharField()


class OccasionSerializer(serializers.Serializer[Any]):
    """The session to which a text belongs, as far as it is public."""

    id = serializers.CharField(source="session.public_id", help_text="As `session` of the list takes it.")
    title = serializers.CharField(source="words.title")
    starts_at = serializers.DateTimeField()
    times_known = serializers.BooleanField()


class FileSerializer(serializers.Serializer[Any]):
    """A file attached to a text. `size` is in bytes."""

    title = serializers.CharField()
    language = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.SerializerMethodField()

    @extend_schema_field(serializers.URLField())
    def get_url(self, file: File) -> str:
        """Return the absolute URL of the file."""
        return f"{settings.BASE_URL}{file.url}"


class ParagraphSerializer(serializers.Serializer[Any]):
    """A paragraph of a text. The anchor of a paragraph stays the same in corrected editions."""

    anchor = serializers.CharField(help_text="Such as “p-7”; the same words keep it in later editions.")
    body = serializers.CharField(help_text="Markdown.")
    url = serializers.URLField()


class TextSerializer(serializers.Serializer[Any]):
    """A public text in a list."""

    id = serializers.CharField(source="edition.version.text.public_id")
    slug = serializers.CharField(source="edition.version.text.slug")
    url = serializers.URLField()
    kind = serializers.ChoiceField(source="edition.version.text.kind", choices=TextKind.choices)
    wording = serializers.ChoiceField(source="edition.version.text.wording", choices=Wording.choices)
    language = serializers.CharField()
    title = serializers.CharField(source="edition.title")
    summary = serializers.CharField(source="edition.summary")
    speaker = SpeakerSerializer(source="slot", allow_null=True)
    edition = serializers.IntegerField(source="edition.number")
    published_at = serializers.DateTimeField(source="first_published_at")
    changed_at = serializers.DateTimeField()
    withdrawn = serializers.BooleanField()


class FullTextSerializer(TextSerializer):
    """A public text with its body, its languages, its files and its published editions."""

    withdrawal_reason = serializers.CharField(source="edition.version.text.withdrawal_reason")
    body = serializers.CharField(source="edition.body", help_text="Markdown.")
    html = serializers.SerializerMethodField()
    plain = serializers.SerializerMethodField()
    versions = VersionSerializer(many=True)
    history = ChangeSerializer(many=True, help_text="All published editions, the newest first.")
    corrections = ChangeSerializer(many=True, help_text="The corrections and clarifications, the newest first.")
    session = OccasionSerializer(source="occasion", allow_null=True)
    topics = serializers.SerializerMethodField()
    files = FileSerializer(source="beside.files", many=True)
    paragraphs = serializers.SerializerMethodField()

    @extend_schema_field(TopicSerializer(many=True))
    def get_topics(self, reading: Reading) -> list[dict[str, str]]:
        """Return the id and the name of each topic of the text."""
        return [{"id": key, "name": name} for key, name in reading.beside.topics]

    @extend_schema_field(ParagraphSerializer(many=True))
    def get_paragraphs(self, reading: Reading) -> list[dict[str, str]]:
        """Return the paragraphs of the text, each with its anchor and its absolute URL."""
        return paragraphs_of(reading.edition, reading.url)

    def get_html(self, reading: Reading) -> str:
        """Return the body of the text as safe HTML."""
        return html_of(reading.edition)

    def get_plain(self, reading: Reading) -> str:
        """Return the body of the text without markup."""
        return plain_of(reading.edition)


def paragraphs_of(edition: Edition, url: str) -> list[dict[str, str]]:
    """Return a dict for each paragraph of an edition: its anchor, its Markdown, and its URL on the page `url`."""
    return [
        {"anchor": each.anchor, "body": each.body or "", "url": f"{url}#{each.anchor}"}
        for each in passages(edition.body, edition.anchors)
        if each.anchor
    ]
