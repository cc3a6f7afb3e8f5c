"""Public editions, with everything that pages show. The number of queries doesn't grow with the number of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import DateTimeField, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from delegations.parties.selectors.party_names import Books, NamedParty
from press.published_texts.languages import Version, mark_current, versions_of
from press.published_texts.related import RelatedContent, files_of_all
from press.texts import addresses
from press.texts.addresses import address, pinned
from press.texts.models.editions import ChangeKind, Edition
from press.texts.models.texts import Text, TextKind, Wording
from press.texts.models.visibility import public_editions, published_editions
from sessions.agenda.models.releases import ReleasedSession
from sessions.draft.models import labels
from sessions.draft.models.labels import with_party
from sessions.draft.models.participants import Slot
from summit.core import languages
from summit.summits.models import Summit

if TYPE_CHECKING:
    from press.texts.models.visibility import PublicEdition

# This mark follows a name that has a footnote.
STAR = "*"
FORMATS = ("txt", "pdf", "xml", "json", "jsonld")
CHANGED = {
    ChangeKind.CORRECTION: pgettext_lazy("state of a text", "Corrected"),
    ChangeKind.CLARIFICATION: pgettext_lazy("state of a text", "Clarified"),
}


@dataclass(frozen=True)
class PublishedChange:
    """A published edition in a text's history.

    `note` says why it replaced the edition before it. `url` is the path of its permanent page.
    """

    number: int
    at: datetime
    note: str
    kind: str = ""
    url: str = ""

    @property
    def said(self) -> str:
        """The label of the kind of change: "Corrected" or "Clarified", in the active language."""
        return str(CHANGED[ChangeKind(self.kind or ChangeKind.CORRECTION)])


@dataclass(frozen=True)
class Reading:
    """A public edition with everything that pages and other formats show about it.

    `occasion` is the session to which the text belongs, if the session is public.
    """

    summit: Summit
    edition: Edition
    published_at: datetime
    first_published_at: datetime
    versions: tuple[Version, ...] = ()
    history: tuple[PublishedChange, ...] = ()
    occasion: ReleasedSession | None = None
    # Used only by formats that name the speaker's party. Pages name the party in the language of the page.
    books: Books | None = None
    beside: RelatedContent = field(default_factory=RelatedContent)

    @property
    def others(self) -> list[Version]:
        """The other languages in which the text is public."""
        return [version for version in self.versions if not version.current]

    @property
    def language(self) -> str:
        """The language code of the edition."""
        return self.edition.version.language

    @property
    def direction(self) -> str:
        """The writing direction of the edition's language, "rtl" or "ltr"."""
        return languages.direction(self.language)

    @property
    def slot(self) -> Slot | None:
        """The speech that the text belongs to, or None."""
        return self.edition.version.text.slot

    @property
    def named(self) -> NamedParty | None:
        """The name of the speaker's party in the language of the edition. None without a speech or party."""
        books = self.books or Books(self.summit)
        return books.of(self.slot.party_id, self.language) if self.slot else None

    @property
    def who(self) -> str:
        """The speaker's label with the name of the party, or "" if the text isn't a speech."""
        return speaker(self.edition, self.named)

    @property
    def who_marked(self) -> str:
        """The speaker's label with the name of the party, and with STAR if the party has a footnote."""
        return f"{self.who}{STAR}" if self.note else self.who

    @property
    def note(self) -> str:
        """The footnote of the speaker's party, or ""."""
        return self.named.footnote if self.named else ""

    @property
    def party_beside(self) -> str:
        """The name of the speaker's party, or "" if there is no party or the speaker's label contains the name."""
        return (
            labels.party_suffix(self.slot.speaker.label, self.slot.party.name)
            if self.slot and self.slot.party
            else ""
        )

    @property
    def what(self) -> str:
        """The kind of text and, for a speech, the wording: prepared, as delivered, or notes."""
        return describe(self.edition)

    @property
    def withdrawn(self) -> bool:
        """Whether the text has been withdrawn."""
        return self.edition.version.text.withdrawn_at is not None

    @property
    def corrected(self) -> bool:
        """Whether an earlier edition of the version was published before this one."""
        return self.published_at > self.first_published_at

    @property
    def changed(self) -> str:
        """The label for how this edition changed the previous one: "Corrected" or "Clarified"."""
        return str(CHANGED[ChangeKind(self.edition.change_kind or ChangeKind.CORRECTION)])

    @property
    def corrections(self) -> tuple[PublishedChange, ...]:
        """The corrections and clarifications, newest first: the published editions without the first one."""
        return self.history[:-1]

    @property
    def state(self) -> str:
        """The state that documents print: "Published", "Corrected", "Clarified" or "Withdrawn"."""
        if self.withdrawn:
            return pgettext("state of a text", "Withdrawn")
        if self.corrected:
            return self.changed
        return pgettext("state of a text", "Published")

    @property
    def changed_at(self) -> datetime:
        """The time when the text was last published, corrected, clarified or withdrawn."""
        return self.edition.version.text.withdrawn_at or self.published_at

    @property
    def path(self) -> str:
        """The path of the text's page in this language."""
        return address(self.summit, self.edition)

    @property
    def url(self) -> str:
        """The absolute URL of the text's page in this language."""
        return f"{settings.BASE_URL}{self.path}"

    @property
    def tag(self) -> str:
        """The permanent tag URI (RFC 4151) of the text in this language."""
        return addresses.tag(self.summit, self.edition)

    def format_url(self, ending: str) -> str:
        """Return the path of the text in the format with the suffix `ending`."""
        return address(self.summit, self.edition).rstrip("/") + f".{ending}"

    def formats(self) -> list[tuple[str, str]]:
        """Return the suffix and the path of each format in FORMATS."""
        return [(ending, self.format_url(ending)) for ending in FORMATS]


def speaker(edition: Edition, named: NamedParty | None = None) -> str:
    """Return the speaker's label with the name of the party, or "" if the text isn't a speech.

    The name of the party is in the summit's language, unless `named` has a name in another.
    """
    slot = edition.version.text.slot
    if slot is None:
        return ""
    # The speaker's label often contains the country, and the name isn't repeated then.
    party_name = slot.party.name if slot.party else ""
    if party_name and named and labels.party_suffix(slot.speaker.label, party_name):
        party_name = named.name
    return with_party(slot.speaker.label, party_name)


def describe(edition: Edition) -> str:
    """Return the labels of a text's kind and wording: "Transcript. Prepared text: check against delivery"."""
    text = edition.version.text
    return described(text.kind, text.wording)


def described(kind: str, wording: str) -> str:
    """Return the labels of a kind and a wording in the active language. Wording.NONE has no label."""
    name = str(TextKind(kind).label)
    name = name[:1].upper() + name[1:]
    label = {
        Wording.PREPARED: _("Prepared text: check against delivery"),
        Wording.DELIVERED: _("Text as delivered"),
        Wording.NOTES: _("Speaker's notes: the speech may have differed"),
    }.get(Wording(wording))
    return f"{name}. {label}" if label else name


def readable(summit: Summit) -> QuerySet[PublicEdition]:
    """Return the public editions of a summit in all languages, newest first, joined with the rows that lists need."""
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
    """Return public editions in the order of feeds, annotated with `changed`.

    The last published, corrected or withdrawn edition comes first, so that a correction of an old text reaches the
    readers of a feed.
    """
    changed = Coalesce("version__text__withdrawn_at", "published_at", output_field=DateTimeField())
    return rows.annotate(changed=changed).order_by("-changed", "-id")


def changed_last(summit: Summit, most: int) -> list[int]:
    """Return the primary keys of the editions of `listed` that changed last, in the order of feeds, at most `most`.

    Makes two queries. They read indexes from their ends, however many texts are older.
    """
    # Whatever changed later than this did so by its moment, a decision or a withdrawal.
    moments = listed(summit).filter(version__text__embargo__summit=summit).order_by("-version__text__embargo__moment")
    since = moments.values_list("version__text__embargo__moment", flat=True)[most - 1 : most].first()
    rows = listed(summit)
    if since is not None:
        published = Text.objects.filter(
            embargo__summit=summit, embargo__moment__gte=since, embargo__moment__lte=Now()
        )
        decided = Edition.objects.filter(decided_at__gte=since).values_list("version__text")
        withdrawn = Text.objects.filter(summit=summit, withdrawn_at__gte=since).values_list("pk")
        lately = published.order_by().values_list("pk").union(decided.order_by(), withdrawn.order_by())
        rows = rows.filter(version__text__in=lately)
    return list(by_change(rows).values_list("pk", flat=True)[:most])


def find_public_edition(summit: Summit, slug: str, language: str | None) -> PublicEdition | None:
    """Return the public edition of the text with a slug, or None. Makes one query.

    If `language` is None, the edition is in the authoritative language. The result is the same for a text under
    embargo as for a text that doesn't exist.
    """
    condition = Q(version__language=language) if language else Q(version__authoritative=True)
    return readable(summit).filter(condition, version__text__slug=slug).order_by().first()


def read(summit: Summit, edition: PublicEdition) -> Reading:
    """Return a public edition with the text's languages, history and session. Makes at most three queries."""
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
    """Return a public edition with what lists show: without languages, history, session and attachments.

    Makes no query. `books` is used when the party of the speaker is named.
    """
    return Reading(
        summit=summit,
        edition=edition,
        published_at=edition.published_at,
        first_published_at=edition.first_published_at,
        books=books,
    )


def several(summit: Summit, rows: Sequence[PublicEdition]) -> list[Reading]:
    """Return public editions with what feeds show: languages, attachments and names of parties.

    History and session are left out. Makes one query for the languages, one for the attachments, and one for each
    language in which parties are named.
    """
    books = Books(summit, [edition.version.language for edition in rows])
    versions = versions_of(summit, [edition.version.text_id for edition in rows])
    files, readings = files_of_all(summit, rows), []
    for edition in rows:
        version = edition.version
        text_versions = mark_current(versions.get(version.text_id, ()), version)
        related = RelatedContent(files=files.get(edition.pk, ()))
        readings.append(replace(brief(summit, edition, books), versions=text_versions, beside=related))
    return readings


def _occasion(summit: Summit, edition: Edition) -> ReleasedSession | None:
    """Return the session of a text if it is public, or else None.

    The session of a speech is returned only if the released agenda has the speech in this session.
    """
    text = edition.version.text
    slot, rows = text.slot, ReleasedSession.objects.public(summit).select_related("session")
    if slot is None:
        return rows.filter(session_id=text.session_id).first() if text.session_id else None
    return rows.filter(session_id=slot.session_id, participants__slot_key=slot.public_id).first()
