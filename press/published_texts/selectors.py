"""What a reader is shown: found through the predicate, in a number of queries that doesn't grow."""

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

from delegations.parties.selectors.party_names import Books, Named
from press.published_texts.languages import Version, shown_in, versions_of
from press.published_texts.related import Beside, files_of_all
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

# Stands behind the name that a footnote explains, as in letters.
STAR = "*"
FORMATS = ("txt", "pdf", "xml", "json", "jsonld")
CHANGED = {
    ChangeKind.CORRECTION: pgettext_lazy("state of a text", "Corrected"),
    ChangeKind.CLARIFICATION: pgettext_lazy("state of a text", "Clarified"),
}


@dataclass(frozen=True)
class Change:
    """A published edition, as the history of a text tells it."""

    number: int
    at: datetime
    note: str
    kind: str = ""
    url: str = ""

    @property
    def said(self) -> str:
        """What it was: corrected or clarified."""
        return str(CHANGED[ChangeKind(self.kind or ChangeKind.CORRECTION)])


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
    beside: Beside = field(default_factory=Beside)

    @property
    def others(self) -> list[Version]:
        """The languages besides, in which the text can be read."""
        return [version for version in self.versions if not version.current]

    @property
    def language(self) -> str:
        """The language of the words."""
        return self.edition.version.language

    @property
    def direction(self) -> str:
        """ "rtl" or "ltr"."""
        return languages.direction(self.language)

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
        return labels.beside(self.slot.speaker.label, self.slot.party.name) if self.slot and self.slot.party else ""

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
    def changed(self) -> str:
        """What the edition that replaced an earlier one did to it: corrected or clarified."""
        return str(CHANGED[ChangeKind(self.edition.change_kind or ChangeKind.CORRECTION)])

    @property
    def corrections(self) -> tuple[Change, ...]:
        """The corrections and clarifications, the newest first."""
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
        """The address of the page on this site."""
        return address(self.summit, self.edition)

    @property
    def url(self) -> str:
        """The absolute address of the page."""
        return f"{settings.BASE_URL}{self.path}"

    @property
    def tag(self) -> str:
        """The text's name for ever (RFC 4151): other languages and editions have the same but for their ending."""
        return addresses.tag(self.summit, self.edition)

    def format_url(self, ending: str) -> str:
        """Return the address of the text in another format."""
        return address(self.summit, self.edition).rstrip("/") + f".{ending}"

    def formats(self) -> list[tuple[str, str]]:
        """Return endings with addresses."""
        return [(ending, self.format_url(ending)) for ending in FORMATS]


def speaker(edition: Edition, named: Named | None = None) -> str:
    """Return who speaks, with the party as it is `named`, or else by its name in the summit's language; or ""."""
    slot = edition.version.text.slot
    if slot is None:
        return ""
    # An office often names its country; nobody wants to read it twice.
    known = slot.party.name if slot.party else ""
    if known and named and labels.beside(slot.speaker.label, known):
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
            "version__text__embargo",
            "version__text__slot__speaker",
            "version__text__slot__party",
            "version__text__summit",
        )
        .order_by("-first_published_at", "-id")
    )


def listed(summit: Summit) -> QuerySet[PublicEdition]:
    """Return the texts of a summit as lists and feeds give them: each once, in its authoritative language."""
    return readable(summit).filter(version__authoritative=True)


def by_change(rows: QuerySet[PublicEdition]) -> QuerySet[PublicEdition]:
    """Order public editions as feeds do: what came out, was corrected or was withdrawn last comes first, so that a
    correction of an old text reaches those who follow."""
    changed = Coalesce("version__text__withdrawn_at", "published_at", output_field=DateTimeField())
    return rows.annotate(changed=changed).order_by("-changed", "-id")


def find(summit: Summit, slug: str, language: str | None) -> PublicEdition | None:
    """Return the public edition at an address, in one query, or None: under embargo is like never written."""
    wanted = Q(version__language=language) if language else Q(version__authoritative=True)
    return readable(summit).filter(wanted, version__text__slug=slug).order_by().first()


def read(summit: Summit, edition: PublicEdition) -> Reading:
    """Return a public edition with its languages, its history and its occasion, in three queries at most."""
    version = edition.version
    versions = versions_of(summit, [version.text_id], version.pk).get(version.text_id, ())
    past = published_editions().filter(version=version.pk).order_by("-number")
    history = tuple(
        Change(row.number, row.published_at, row.change_note, row.change_kind, pinned(summit, version, row.number))
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
    """Return what lists and feeds say of a public edition, without a query; `books` are read where parties are
    named."""
    return Reading(
        summit=summit,
        edition=edition,
        published_at=edition.published_at,
        first_published_at=edition.first_published_at,
        books=books,
    )


def several(summit: Summit, rows: Sequence[PublicEdition]) -> list[Reading]:
    """Return what feeds say of public editions: as `brief`, with their languages, their files and their speakers'
    parties. A query for the languages, one for the files, and one for each language in which parties are named."""
    books = Books(summit, [edition.version.language for edition in rows])
    versions = versions_of(summit, [edition.version.text_id for edition in rows])
    files, found = files_of_all(summit, rows), []
    for edition in rows:
        version = edition.version
        known = shown_in(versions.get(version.text_id, ()), version)
        around = Beside(files=files.get(edition.pk, ()))
        found.append(replace(brief(summit, edition, books), versions=known, beside=around))
    return found


def _occasion(summit: Summit, edition: Edition) -> ReleasedSession | None:
    """Return the session of the speech as the public knows it: from the released agenda, or not at all, as where it
    doesn't tell who speaks."""
    text = edition.version.text
    slot, rows = text.slot, ReleasedSession.objects.public(summit).select_related("session")
    if slot is None:
        return rows.filter(session_id=text.session_id).first() if text.session_id else None
    return rows.filter(session_id=slot.session_id, participants__slot_key=slot.public_id).first()
