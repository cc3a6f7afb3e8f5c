"""The content that pages show beside a text: attachments, the other text of the speech, topics and people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language

from press.texts.addresses import address
from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.models.texts import Wording
from press.texts.models.visibility import public_editions
from sessions.documents.services.file_checks import CALLED
from summit.core import languages
from summit.core.languages import calls_itself
from summit.people.models import Person
from summit.quarantine.selectors import held
from summit.summits.models import Summit


@dataclass(frozen=True)
class File:
    """A public attachment of a text. `size` is in bytes. `url` is a path."""

    title: str
    language: str
    direction: str
    language_name: str
    format: str
    content_type: str
    size: int
    name: str
    url: str

    @property
    def large(self) -> str:
        """The size with its unit, such as "340 kB"."""
        return format_size(self.size)


class Files(NamedTuple):
    """The attachments of a text: those that can be read, and those that are still being checked for viruses."""

    ready: tuple[File, ...]
    pending: tuple[File, ...]


@dataclass(frozen=True)
class Other:
    """Another public text, as a link: its title, with the title's language and direction, and its path."""

    title: str
    language: str
    direction: str
    url: str


@dataclass(frozen=True)
class RelatedContent:
    """The content that pages show beside a text.

    `files` can be read, and `pending` are still being checked for viruses. A text as delivered can have a `prepared`
    text, and a prepared text a `delivered` text. If the edition translates an older edition of the original, `behind`
    is the number of the original's public edition.
    """

    files: tuple[File, ...] = ()
    pending: tuple[File, ...] = ()
    prepared: Other | None = None
    delivered: Other | None = None
    behind: int | None = None
    topics: tuple[tuple[str, str], ...] = ()
    people: tuple[Person, ...] = field(default=())


def related_content(summit: Summit, edition: Edition) -> RelatedContent:
    """Return the content that pages show beside a public edition. Makes at most five queries."""
    text = edition.version.text
    language = get_language() or summit.language
    partners, files = _partners(summit, edition), files_of(summit, edition)
    return RelatedContent(
        files=files.ready,
        pending=files.pending,
        prepared=partners.get(text.prepared_id or 0),
        delivered=next((other for key, other in partners.items() if key != text.prepared_id), None),
        behind=_behind(edition),
        topics=tuple((topic.public_id, topic.called(language)) for topic in text.topics.all()),
        people=tuple(text.people.all()),
    )


def files_of(summit: Summit, edition: Edition) -> Files:
    """Return the attachments of a public edition, without their content. Makes one query, or two with a scanner."""
    rows = list(edition.attachments.defer("content").order_by("attached__position", "pk"))
    checks = held(Attachment, [row.pk for row in rows])
    return Files(
        tuple(_file(summit, edition, row) for row in rows if row.pk not in checks),
        tuple(_file(summit, edition, row) for row in rows if row.pk in checks and checks[row.pk].is_pending),
    )


def files_of_all(summit: Summit, editions: Sequence[Edition]) -> dict[int, tuple[File, ...]]:
    """Return a dict from the primary keys of public editions to their attachments that can be read.

    Makes one query, or two with a scanner. The content of the attachments isn't loaded. Editions without attachments
    aren't in the dict.
    """
    editions_by_key = {edition.pk: edition for edition in editions}
    found = EditionAttachment.objects.filter(edition__in=list(editions_by_key)).select_related("attachment")
    rows = list(found.defer("attachment__content").order_by("edition", "position", "attachment"))
    checks = held(Attachment, [row.attachment_id for row in rows])
    by_edition: dict[int, tuple[File, ...]] = {}
    for row in rows:
        if row.attachment_id in checks:
            continue
        file = _file(summit, editions_by_key[row.edition_id], row.attachment)
        by_edition[row.edition_id] = (*by_edition.get(row.edition_id, ()), file)
    return by_edition


def _file(summit: Summit, edition: Edition, row: Attachment) -> File:
    args = [summit.slug, edition.version.text.slug, row.public_id, row.file_name]
    return File(
        title=row.title,
        language=row.language,
        direction=languages.direction(row.language),
        language_name=calls_itself(row.language),
        format=CALLED.get(row.content_type, ""),
        content_type=row.content_type,
        size=row.size,
        name=row.file_name,
        url=reverse("press:file", args=args),
    )


def _partners(summit: Summit, edition: Edition) -> dict[int, Other]:
    """Return a dict from the primary keys of the public counterparts of a text to the counterparts.

    The prepared text and the text as delivered of one speech are counterparts. Other texts have none. Withdrawn texts
    are left out.
    """
    text = edition.version.text
    if text.wording not in (Wording.PREPARED, Wording.DELIVERED):
        return {}
    condition = Q(version__text__prepared=text.pk) | Q(version__text=text.prepared_id or 0)
    rows = public_editions().filter(condition, version__authoritative=True, version__text__withdrawn_at__isnull=True)
    return {
        row.version.text_id: Other(
            row.title, row.version.language, languages.direction(row.version.language), address(summit, row)
        )
        for row in rows.select_related("version__text")
    }


def _behind(edition: Edition) -> int | None:
    if edition.version.authoritative or edition.translates is None:
        return None
    original = public_editions().filter(version__text=edition.version.text_id, version__authoritative=True)
    newest = original.order_by().values_list("number", flat=True).first()
    return newest if newest is not None and newest > edition.translates else None


def format_size(size: int) -> str:
    """Return a number of bytes in readable form: "340 kB", "2.1 MB"."""
    if size < 1_000_000:
        return f"{formats.number_format(max(1, round(size / 1000)))}\u00a0kB"
    return f"{formats.number_format(size / 1_000_000, 1)}\u00a0MB"
