"""What a reader is shown: found through the predicate, in a number of queries that doesn't grow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _

from delegations.domain.naming import Books, Named
from press.models import Edition, TextKind, Wording
from press.models.visibility import public_editions, published_editions
from sessions.models import ReleasedSession, Slot
from sessions.models.labels import beside, with_party
from summit.models import Summit

if TYPE_CHECKING:
    from press.models.visibility import PublicEdition

# Stands behind the name that a footnote explains, as in letters.
STAR = "*"
FORMATS = ("txt", "pdf", "xml", "json")


@dataclass(frozen=True)
class Version:
    """A language in which a text can be read."""

    language: str
    name: str
    direction: str
    url: str
    current: bool


@dataclass(frozen=True)
class Change:
    """A published edition, as the history of a text tells it."""

    number: int
    at: datetime
    note: str


@dataclass(frozen=True)
class Reading:
    """A public edition with all that its page and its other formats say."""

    summit: Summit
    edition: Edition
    published_at: datetime
    first_published_at: datetime
    versions: tuple[Version, ...] = ()
    history: tuple[Change, ...] = ()
    occasion: ReleasedSession | None = None
    # Read only where a format names the speaker's party: pages name it in their reader's language.
    books: Books | None = None

    @property
    def language(self) -> str:
        """The language of the words."""
        return self.edition.version.language

    @property
    def direction(self) -> str:
        """ "rtl" or "ltr"."""
        return direction(self.language)

    @property
    def slot(self) -> Slot | None:
        """The speech of which this is the text."""
        return self.edition.version.text.slot

    @property
    def named(self) -> Named | None:
        """How the speaker's party is named in the language of the words; None where there is none."""
        books = self.books or Books(self.summit)
        return books.of(self.slot.party_id, self.language) if self.slot else None

    @property
    def who(self) -> str:
        """Who speaks: name and office, then the party; "" where it is no speech."""
        return speaker(self.edition, self.named)

    @property
    def who_marked(self) -> str:
        """Who speaks, with the star of the footnote that stands under the words where the party has one."""
        return f"{self.who}{STAR}" if self.note else self.who

    @property
    def note(self) -> str:
        """The footnote of the speaker's party, or ""."""
        return self.named.footnote if self.named else ""

    @property
    def party_beside(self) -> str:
        """The speaker's party, or nothing where there is none or the office names it already."""
        return beside(self.slot.speaker.label, self.slot.party.name) if self.slot and self.slot.party else ""

    @property
    def what(self) -> str:
        """The kind, and for a speech how its words relate to what was said."""
        return describe(self.edition)

    @property
    def withdrawn(self) -> bool:
        """Whether the text has been withdrawn."""
        return self.edition.version.text.withdrawn_at is not None

    @property
    def corrected(self) -> bool:
        """Whether an earlier edition has been read."""
        return self.published_at > self.first_published_at

    @property
    def state(self) -> str:
        """The state in words, as documents print it."""
        if self.withdrawn:
            return pgettext("state of a text", "Withdrawn")
        if self.corrected:
            return pgettext("state of a text", "Corrected")
        return pgettext("state of a text", "Published")

    @property
    def changed_at(self) -> datetime:
        """When this page last changed: published, corrected or withdrawn."""
        return self.edition.version.text.withdrawn_at or self.published_at

    @property
    def path(self) -> str:
        """The address of the page on this site."""
        return address(self.summit, self.edition)

    @property
    def url(self) -> str:
        """The absolute address of the page."""
        return f"{settings.BASE_URL}{self.path}"

    @property
    def tag(self) -> str:
        """The text's name for ever (RFC 4151): other languages and editions have the same but for their ending."""
        return tag(self.summit, self.edition)

    def format_url(self, ending: str) -> str:
        """Return the address of the text in another format."""
        return address(self.summit, self.edition).rstrip("/") + f".{ending}"

    def formats(self) -> list[tuple[str, str]]:
        """Return endings with addresses."""
        return [(ending, self.format_url(ending)) for ending in FORMATS]


def direction(language: str) -> str:
    """Return "rtl" or "ltr" for a language."""
    return "rtl" if get_language_info(language)["bidi"] else "ltr"


def address(summit: Summit, edition: Edition) -> str:
    """Return the path of an edition's page: short for the authoritative language."""
    version = edition.version
    args = [summit.slug, version.text.slug]
    if version.authoritative:
        return reverse("press:text", args=args)
    return reverse("press:language", args=[*args, version.language])


def authority() -> str:
    """Return the host that names things in tag URIs: the one of BASE_URL."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def tag(summit: Summit, edition: Edition) -> str:
    """Return the tag URI (RFC 4151) of an edition's language version: the same for all its editions."""
    version = edition.version
    ending = "" if version.authoritative else f":{version.language}"
    return f"tag:{authority()},{summit.starts_on:%Y}:text:{version.text.public_id}{ending}"


def speaker(edition: Edition, named: Named | None = None) -> str:
    """Return who speaks, with the party as it is `named`, or else by its name in the summit's language; or ""."""
    slot = edition.version.text.slot
    if slot is None:
        return ""
    # An office often names its country; nobody wants to read it twice.
    known = slot.party.name if slot.party else ""
    if known and named and beside(slot.speaker.label, known):
        known = named.name
    return with_party(slot.speaker.label, known)


def describe(edition: Edition) -> str:
    """Return the kind and the wording as readers are told: "Transcript. Prepared text: check against delivery"."""
    text = edition.version.text
    return described(text.kind, text.wording)


def described(kind: str, wording: str) -> str:
    """Return a kind and a wording in the words that readers are told."""
    name = str(TextKind(kind).label)
    name = name[:1].upper() + name[1:]
    said = {
        Wording.PREPARED: _("Prepared text: check against delivery"),
        Wording.DELIVERED: _("Text as delivered"),
        Wording.NOTES: _("Speaker's notes: the speech may have differed"),
    }.get(Wording(wording))
    return f"{name}. {said}" if said else name


def readable(summit: Summit) -> QuerySet[PublicEdition]:
    """Return what everybody may read of a summit, newest first, with what lists show of each."""
    return (
        public_editions()
        .filter(version__text__summit=summit)
        .select_related(
            "version__text__lift",
            "version__text__slot__speaker",
            "version__text__slot__party",
            "version__text__summit",
        )
        .order_by("-first_published_at", "-id")
    )


def listed(summit: Summit) -> QuerySet[PublicEdition]:
    """Return the texts of a summit as lists and feeds give them: each once, in its authoritative language."""
    return readable(summit).filter(version__authoritative=True)


def find(summit: Summit, slug: str, language: str | None) -> PublicEdition | None:
    """Return the public edition at an address, in one query, or None: under embargo is like never written."""
    wanted = Q(version__language=language) if language else Q(version__authoritative=True)
    return readable(summit).filter(wanted, version__text__slug=slug).order_by().first()


def read(summit: Summit, edition: PublicEdition) -> Reading:
    """Return a public edition with its languages, its history and its occasion, in three queries at most."""
    version = edition.version
    others = (
        public_editions()
        .filter(version__text=version.text_id)
        .select_related("version__text")
        .order_by("-version__authoritative", "version__language")
    )
    names = dict(settings.LANGUAGES)
    versions = tuple(
        Version(
            language=other.version.language,
            name=names[other.version.language],
            direction=direction(other.version.language),
            url=address(summit, other),
            current=other.version_id == version.pk,
        )
        for other in others
    )
    past = published_editions().filter(version=version.pk).order_by("-number")
    history = tuple(Change(number=row.number, at=row.published_at, note=row.change_note) for row in past)
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
    """Return what lists and feeds say of a public edition, without a query; `books` are read where parties are
    named."""
    return Reading(
        summit=summit,
        edition=edition,
        published_at=edition.published_at,
        first_published_at=edition.first_published_at,
        books=books,
    )


def _occasion(summit: Summit, edition: Edition) -> ReleasedSession | None:
    """Return the session of the speech as the public knows it: from the released agenda, or not at all, as where it
    doesn't tell who speaks."""
    slot = edition.version.text.slot
    if slot is None:
        return None
    rows = ReleasedSession.objects.public(summit).select_related("session")
    return rows.filter(session_id=slot.session_id, participants__slot_key=slot.public_id).first()
