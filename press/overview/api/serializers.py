"""API serializers of the press desk: texts with their states, editions, embargoes, marks and files.

They contain unpublished data. The serializers of the public API are in `press.public.api.serializers`.
"""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from press.delivery_check import passages as passages_delivery_check
from press.delivery_check.models import PassageCheck
from press.subscriptions.models import Announcement, Subscriber
from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextVersion
from press.texts.models.topics import Topic

# The states of an edition that `press.texts.models.visibility.standing` derives.
DERIVED = ("held", "unscheduled", "under_embargo", "waits_for_others", "published", "withdrawn", "removed")
STANDINGS = (*(state for state in EditionState.values if state != EditionState.APPROVED), *DERIVED)


def id_of(source: str) -> Any:
    """Return a read-only field with the public id of a related row, or null if there is no such row."""
    return serializers.CharField(source=f"{source}.public_id", read_only=True, default=None, allow_null=True)


def ids() -> Any:
    """Return a read-only field with the public ids of related rows."""
    return serializers.SlugRelatedField(slug_field="public_id", many=True, read_only=True)


class _Called(serializers.CharField):
    """A field with the name of a user, or "" without a user."""

    def get_attribute(self, instance: Any) -> str:
        """Return the name of the user, or "" without a user."""
        return str(super().get_attribute(instance) or "")


def name_of(source: str) -> Any:
    """Return a read-only field with the name of a user, or "" without a user."""
    return _Called(source=source, read_only=True, default="")


class DeskTextSerializer(serializers.ModelSerializer[Text]):
    """A text for the press desk.

    `title`, `state` and `edition` belong to the newest edition in the authoritative language. `public_edition` is the
    number of the public edition, or null.
    """

    id = serializers.CharField(source="public_id", read_only=True)
    title = serializers.CharField(read_only=True)
    language = serializers.SerializerMethodField(help_text="The authoritative one.")
    state = serializers.ChoiceField(source="standing", choices=STANDINGS, read_only=True)
    edition = serializers.IntegerField(source="number", read_only=True, help_text="The number of the newest.")
    public_edition = serializers.IntegerField(
        source="public_number", read_only=True, allow_null=True, help_text="The number of the one that all read."
    )
    approved_alone = serializers.BooleanField(read_only=True, help_text="Somebody has yet to review it.")
    alarm = serializers.BooleanField(source="alarms", read_only=True, help_text="Its speech should have been given.")
    lift = id_of("embargo")
    moment = serializers.DateTimeField(source="embargo.moment", read_only=True, allow_null=True)
    held = serializers.SerializerMethodField()
    versions = ids()
    speech = id_of("slot")
    speaker = id_of("slot.speaker")
    speaker_name = serializers.CharField(source="slot.speaker.label", read_only=True, default="")
    party = id_of("slot.party")
    session = id_of("session")
    topics = ids()
    people = ids()
    prepared = id_of("prepared")

    class Meta:
        model = Text
        fields: ClassVar[list[str]] = [
            "id", "kind", "slug", "title", "language", "state", "edition", "public_edition", "approved_alone",
            "alarm", "lift", "moment", "held", "versions", "wording", "speech", "speaker", "speaker_name", "party",
            "prepared", "session", "topics", "people", "contact", "comparison_public", "media_access", "gather_place",
            "gather_at", "created_at", "withdrawn_at", "withdrawal_reason", "removed_at", "removal_reason",
        ]  # fmt: skip

    def get_language(self, text: Text) -> str:
        """Return the authoritative language: the language of the first version."""
        return next((version.language for version in text.versions.all()), "")

    def get_held(self, text: Text) -> bool:
        """Return whether the publication of the text is on hold."""
        return text.embargo.held_at is not None


class DeskVersionSerializer(serializers.ModelSerializer[TextVersion]):
    """A text in one language.

    `title`, `state` and `edition` belong to the newest edition. `public_edition` is the number of the public edition,
    or null.
    """

    id = serializers.CharField(source="public_id", read_only=True)
    text = id_of("text")
    title = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(source="standing", choices=STANDINGS, read_only=True)
    edition = serializers.IntegerField(source="number", read_only=True, help_text="The number of the newest.")
    public_edition = serializers.IntegerField(
        source="public_number", read_only=True, allow_null=True, help_text="The number of the one that all read."
    )

    class Meta:
        model = TextVersion
        fields: ClassVar[list[str]] = [
            "id", "text", "language", "authoritative", "title", "state", "edition", "public_edition", "added_at"
        ]  # fmt: skip


class PassageSerializer(serializers.Serializer[Any]):
    """A passage of an edition. `anchor` is empty for blocks that aren't spoken, such as headings."""

    anchor = serializers.CharField(allow_blank=True)
    body = serializers.CharField(help_text="Markdown.")


class DeskEditionSerializer(serializers.ModelSerializer[Edition]):
    """An edition: its words, which never change, and the decisions about it."""

    id = serializers.CharField(source="public_id", read_only=True)
    version = id_of("version")
    text = id_of("version.text")
    language = serializers.CharField(source="version.language", read_only=True)
    stands = serializers.ChoiceField(
        source="standing", choices=STANDINGS, read_only=True, help_text="What follows from state, moment and hold."
    )
    passages = serializers.SerializerMethodField()
    attachments = ids()
    author = id_of("author")
    author_name = name_of("author")
    decided_by = id_of("decided_by")
    afterwards_by = id_of("afterwards_by")

    class Meta:
        model = Edition
        fields: ClassVar[list[str]] = [
            "id", "version", "text", "language", "number", "title", "summary", "body", "passages", "change_kind",
            "change_note", "translates", "attachments", "author", "author_name", "created_at", "state", "stands",
            "decided_by", "decided_at", "decision_note", "emergency_reason", "afterwards_by", "afterwards_at",
        ]  # fmt: skip

    @extend_schema_field(PassageSerializer(many=True))
    def get_passages(self, edition: Edition) -> list[dict[str, str]]:
        """Return the passages, each with its anchor, which marks of the passage refer to."""
        return [
            {"anchor": each.anchor, "body": each.body}
            for each in passages_delivery_check.passages(edition.body, edition.anchors)
        ]


class DeskEmbargoSerializer(serializers.ModelSerializer[Embargo]):
    """An embargo: when its texts are published, and whether they are held.

    `published` is true once one of the texts has been public.
    """

    id = serializers.CharField(source="public_id", read_only=True)
    alarm_at = serializers.DateTimeField(source="fallback_at", read_only=True, allow_null=True)
    texts = ids()
    published = serializers.BooleanField(read_only=True)
    decided_by = id_of("decided_by")
    held_by = id_of("held_by")

    class Meta:
        model = Embargo
        fields: ClassVar[list[str]] = [
            "id", "mode", "moment", "alarm_at", "alarmed_at", "tied", "texts", "published", "decided_by", "held_at",
            "held_by", "hold_reason",
        ]  # fmt: skip


class DeskMarkingSerializer(serializers.ModelSerializer[PassageCheck]):
    """A mark of what was heard of a passage.

    Of the marks of a passage, the newest that wasn't undone counts. Insertions are counted separately.
    """

    id = serializers.CharField(source="pk", read_only=True)
    edition = id_of("edition")
    undoes = serializers.CharField(source="undoes_id", read_only=True, allow_null=True)
    taken_back = serializers.BooleanField(read_only=True)
    by = id_of("by")
    by_name = name_of("by")

    class Meta:
        model = PassageCheck
        fields: ClassVar[list[str]] = [
            "id", "edition", "anchor", "kind", "words", "undoes", "taken_back", "at", "by", "by_name"
        ]  # fmt: skip


class DeskAttachmentSerializer(serializers.ModelSerializer[Attachment]):
    """A file of a text, without its content. `size` is in bytes, `digest` is the SHA-256 of the content."""

    id = serializers.CharField(source="public_id", read_only=True)
    text = id_of("text")
    added_by = id_of("added_by")

    class Meta:
        model = Attachment
        fields: ClassVar[list[str]] = [
            "id", "text", "title", "language", "file_name", "content_type", "size", "digest", "added_at", "added_by"
        ]  # fmt: skip


class DeskTopicSerializer(serializers.ModelSerializer[Topic]):
    """A topic of texts. `name` is in the summit's language, `names` has the names in other languages."""

    id = serializers.CharField(source="public_id", read_only=True)
    names = serializers.DictField(child=serializers.CharField(), read_only=True)
    texts = serializers.IntegerField(source="number", read_only=True, help_text="How many have it.")

    class Meta:
        model = Topic
        fields: ClassVar[list[str]] = ["id", "name", "names", "texts"]


class DeskSubscriberSerializer(serializers.ModelSerializer[Subscriber]):
    """A subscriber to mails about texts, with the mail address."""

    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = Subscriber
        fields: ClassVar[list[str]] = ["id", "address", "language", "asked_at", "confirmed_at", "ended_at"]


class DeskAnnouncementSerializer(serializers.ModelSerializer[Announcement]):
    """An announcement of an edition, and the number of its recipients."""

    id = serializers.CharField(source="pk", read_only=True)
    edition = id_of("edition")
    text = id_of("edition.version.text")

    class Meta:
        model = Announcement
        fields: ClassVar[list[str]] = ["id", "edition", "text", "at", "recipients"]
