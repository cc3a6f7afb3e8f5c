"""Audit messages of texts, editions, attachments and topics."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition
from press.texts.models.texts import Text, TextVersion
from press.texts.models.topics import Topic
from summit.audit.actions import describe_model, part


def _editions(row: Any) -> QuerySet[Any]:
    return Edition.objects.filter(version__text=row)


def _title(row: Text) -> str:
    newest = next((edition for version in row.versions.all()[:1] for edition in version.editions.all()[:1]), None)
    return newest.title if newest else row.slug


# Names need only the title of an edition, so its long fields aren't loaded.
TITLES = Prefetch("editions", Edition.objects.only("version_id", "number", "title"))
VERSIONS = Prefetch("versions", TextVersion.objects.prefetch_related(TITLES))
describe_model(Text, name=_title, prefetch=(VERSIONS,))
describe_model(Attachment, related=("text",), shown_on=lambda row: row.text)
describe_model(Edition, related=("version__text",), shown_on=lambda row: row.version.text)
describe_model(Topic)
part(Text, Edition, _editions)
part(Text, Attachment, lambda row: Attachment.objects.filter(text=row))
