"""Public editions as readers see them, in a number of queries that doesn't grow with the texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import DateTimeField, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from delegations.parties.selectors.party_names import Books, NamedParty
from press.published_texts.languages import Version, mark_current, versions_of
from press.published_texts.related import RelatedContent, files_of_all
from press.texts import addresses
from press.texts.addresses import address, pinned
from press.texts.models.editions import ChangeKind, Edition
from press.texts.models.texts import TextKind, Wording
from press.texts.models.visibility import public_editions, published_editions
from sessions.agenda.models.releases import ReleasedSession
from sessions.draft.models import labels
from sessions.draft.models.labels import with_party
from sessions.draft.models.participants import Slot
from summit.core import languages
from summit.summits.models import Summit

if TYPE_CHECKING:
    from press.texts.models.visibility import PublicEdition

# Follows a name that has a footnote.
STAR = "*"
FORMATS = ("txt", "pdf", "xml", "json", "jsonld")
CHANGED = {
    ChangeKind.CORRECTION: pgettext_lazy("state of a text", "Corrected"),
    ChangeKind.CLARIFICATION: pgettext_lazy("state of a text", "Clarified"),
}


@dataclass(frozen=True)
class PublishedChange:
    """A published edition in a text's history."""

    number: int
    at: datetime
    note: str
    kind: str = ""
    url: str = ""

    @property
    def said(self) -> str:
        """What the edition was: "Corrected" or "Clarified"."""
        return str(CHANGED[ChangeKind(self.kind or ChangeKind.CORRECTION)])


@dataclass(frozen=True)
class Reading:
    """A public edition with everything that its page and its other formats show."""

    summit: Summit
    edition: Edition
    published_at: datetime
    first_published_at: datetime
    versions: tuple[Version, ...] = ()
    history: tuple[PublishedChange, ...] = ()
    occasion: ReleasedSession | None = None
    # Used only by formats that name the speaker's party; pages name it in the reader's language.
    books: Books | None = None
    beside: RelatedContent = field(default_factory=RelatedContent)

    @property
    def others(self) -> list[Version]:
        """The other languages in which the text is public."""
        return [version for version in self.versions if not version.current]

    @property
    def language(self) -> str:
        """The language of the words."""
        return self.edition.version.language

    @property
    def direction(self) -> str:
        """The direction of the words, "rtl" or "ltr"."""
        return languages.direction(self.language)

    @property
    def slot(self) -> Slot | None:
        """The speech that the text belongs to, or None."""
        return self.edition.version.text.slot

    @property
    def named(self) -> NamedParty | None:
        """The name of the speaker's party in the language of the words; None without a party."""
        books = self.books or Books(self.summit)
        return books.of(self.slot.party_id, self.language) if self.slot else None

    @property
    def who(self) -> str:
        """The speaker's name and office, then the party; "" if the text isn't a speech."""
        return speaker(self.edition, self.named)

    @property
    def who_marked(self) -> str:
        """The speaker, with a star if the party has a footnote."""
        return f"{self.who}{STAR}" if self.note else self.who

    @property
    def note(self) -> str:
        """The footnote of the speaker's party, or ""."""
        return self.named.footnote if self.named else ""

    @property
    def party_beside(self) -> str:
        """The name of the speaker's party; "" if there is none or the office contains it."""
        return (
            labels.party_suffix(self.slot.speaker.label, self.slot.party.name)
            if self.slot and self.slot.party
            else ""
        )

    @property
    def what(self) -> str:
        """The kind of text, and for a speech how its words relate to what was spoken."""
        return describe(self.edition)

    @property
    def withdrawn(self) -> bool:
        """Whether the text has been withdrawn."""
        return self.edition.version.text.withdrawn_at is not None

    @property
    def corrected(self) -> bool:
        """Whether an earlier edition was published."""
        return self.published_at > self.first_published_at

    @property
    def changed(self) -> str:
        """How this edition changed the one before it: "Corrected" or "Clarified"."""
        return str(CHANGED[ChangeKind(self.edition.change_kind or ChangeKind.CORRECTION)])

    @property
    def corrections(self) -> tuple[PublishedChange, ...]:
        """The corrections and clarifications, newest first."""
        return self.history[:-1]

    @property
    def state(self) -> str:
        """The state in words, as documents print it."""
        if self.withdrawn:
            return pgettext("state of a text", "Withdrawn")
        if self.corrected:
            return self.changed
        return pgettext("state of a text", "Published")

    @property
    def changed_at(self) -> datetime:
        """When this page last changed: published, corrected or withdrawn."""
        return self.edition.version.text.withdrawn_at or self.published_at

    @property
    def path(self) -> str:
        """The path of the page."""
        return address(self.summit, self.edition)

    @property
    def url(self) -> str:
        """The absolute URL of the page."""
        return f"{settings.BASE_URL}{self.path}"

    @property
    def tag(self) -> str:
        """The text's permanent tag URI (RFC 4151); see `addresses.tag`."""
        return addresses.tag(self.summit, self.edition)

    def format_url(self, ending: str) -> str:
        """Return the path of the text in another format."""
        return address(self.summit, self.edition).rstrip("/") + f".{ending}"

    def formats(self) -> list[tuple[str, str]]:
        """Return the suffix and the path of each format."""
        return [(ending, self.format_url(ending)) for ending in FORMATS]


def speaker(edition: Edition, named: NamedParty | None = None) -> str:
    """Return the speaker with the party, or "" if the text isn't a speech.

    The party's name is that of `named`, or else its name in the summit's language.
    """
    slot = edition.version.text.slot
    if slot is None:
        return ""
    # An office often contains its country, which is then not repeated.
    known = slot.party.name if slot.party else ""
    if known and named and labels.party_suffix(slot.speaker.label, known):
        known = named.name
    return with_party(slot.speaker.label, known)


def describe(edition: Edition) -> str:
    """Return the kind and the wording in words: "Transcript. Prepared text: check against delivery"."""
    text = edition.version.text
    return described(text.kind, text.wording)


def described(kind: str, wording: str) -> str:
    """Return a kind and a wording in words."""
    name = str(TextKind(kind).label)
    name = name[:1].upper() + name[1:]
    message = {
        Wording.PREPARED: _("Prepared text: check against delivery"),
        Wording.DELIVERED: _("Text as delivered"),
        Wording.NOTES: _("Speaker's notes: the speech may have differed"),
    }.get(Wording(wording))
    return f"{name}. {message}" if message else name


def readable(summit: Summit) -> QuerySet[PublicEdition]:
    """Return the public editions of a summit, newest first, with the related rows that lists show."""
    return (
        public_editions()
        .filter(version__text__summit=summit)
        .select_related(
            "version__text__embargo",
            "version__text__slot__speaker",
            "version__text__slot__party",
            "version__text__summit",
        )
        .order_by("-first_published_at", "-id")
    )


def listed(summit: Summit) -> QuerySet[PublicEdition]:
    """Return the public editions of a summit for lists and feeds: each text once, in its authoritative language."""
    return readable(summit).filter(version__authoritative=True)


def by_change(rows: QuerySet[PublicEdition]) -> QuerySet[PublicEdition]:
    """Return public editions in the order of feeds: the last published, corrected or withdrawn comes first.

    This way a correction of an old text reaches the readers of a feed.
    """
    changed = Coalesce("version__text__withdrawn_at", "published_at", output_field=DateTimeField())
    return rows.annotate(changed=changed).order_by("-changed", "-id")


def find_public_edition(summit: Summit, slug: str, language: str | None) -> PublicEdition | None:
    """Return the public edition with a slug, or None. One query.

    A text under embargo can't be told from one that doesn't exist.
    """
    wanted = Q(version__language=language) if language else Q(version__authoritative=True)
    return readable(summit).filter(wanted, version__text__slug=slug).order_by().first()


def read(summit: Summit, edition: PublicEdition) -> Reading:
    """Return a public edition with its languages, history and session. At most three queries."""
    version = edition.version
    versions = versions_of(summit, [version.text_id], version.pk).get(version.text_id, ())
    past = published_editions().filter(version=version.pk).order_by("-number")
    history = tuple(
        PublishedChange(
            row.number, row.published_at, row.change_note, row.change_kind, pinned(summit, version, row.number)
        )
        for row in past
    )
    return Reading(
        summit=summit,
        edition=edition,
        published_at=edition.published_at,
        first_published_at=edition.first_published_at,
        versions=versions,
        history=history,
        occasion=_occasion(summit, edition),
        books=Books(summit),
    )


def brief(summit: Summit, edition: PublicEdition, books: Books | None = None) -> Reading:
    """Return a public edition as lists and feeds show it. No query; `books` are read if parties are named."""
    return Reading(
        summit=summit,
        edition=edition,
        published_at=edition.published_at,
        first_published_at=edition.first_published_at,
        books=books,
    )


def several(summit: Summit, rows: Sequence[PublicEdition]) -> list[Reading]:
    """Return public editions as feeds show them: as `brief`, with languages, attachments and speakers' parties.

    One query for the languages, one for the attachments, and one for each language in which parties are named.
    """
    books = Books(summit, [edition.version.language for edition in rows])
    versions = versions_of(summit, [edition.version.text_id for edition in rows])
    files, found = files_of_all(summit, rows), []
    for edition in rows:
        version = edition.version
        known = mark_current(versions.get(version.text_id, ()), version)
        around = RelatedContent(files=files.get(edition.pk, ()))
        found.append(replace(brief(summit, edition, books), versions=known, beside=around))
    return found


def _occasion(summit: Summit, edition: Edition) -> ReleasedSession | None:
    """Return the text's session if it is public; for a speech only if the released agenda names the speaker."""
    text = edition.version.text
    slot, rows = text.slot, ReleasedSession.objects.public(summit).select_related("session")
    if slot is None:
        return rows.filter(session_id=text.session_id).first() if text.session_id else None
    return rows.filter(session_id=slot.session_id, participants__slot_key=slot.public_id).first()
