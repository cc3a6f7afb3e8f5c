"""Texts as they stand at the press office, for tests: what is past stays past, the moment is moved, not the clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from press.texts.models.editions import ChangeKind, Edition, EditionState
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text, TextKind, TextVersion, Wording
from press.texts.models.visibility import public_editions
from press.texts.services import decisions, editions
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f

HOUR = timedelta(hours=1)


def ago(hours: float) -> datetime:
    """Return a moment so many hours ago, of the process's clock: an hour is far from any difference of clocks."""
    return datetime.now(UTC) - hours * HOUR


def officer(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PRESS_OFFICER, summit)


def approver(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PRESS_APPROVER, summit)


def organiser(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit)


def make_slot(summit: Summit, **kwargs: Any) -> Slot:
    party = f.PartyFactory(summit=summit)
    speaker = f.PersonFactory(summit=summit)
    return f.SlotFactory(session=f.SessionFactory(summit=summit), party=party, speaker=speaker, **kwargs)


def make_embargo(summit: Summit, moment: datetime | None, **kwargs: Any) -> Embargo:
    kwargs.setdefault("decided_by", f.UserFactory() if moment else None)
    return f.EmbargoFactory(summit=summit, moment=moment, **kwargs)


def make_text(
    *,
    summit: Summit | None = None,
    state: str = EditionState.APPROVED,
    moment: datetime | None = None,
    held: bool = False,
    withdrawn_at: datetime | None = None,
    speech: bool = False,
    decided_at: datetime | None = None,
    language: str = "en",
    embargo: Embargo | None = None,
    reader: User | None = None,
    **words: Any,
) -> Edition:
    """Make a text with one edition and return the edition; `reader` is whoever decided all about it."""
    summit, reader = summit or f.SummitFactory(), reader or f.UserFactory()
    embargo = embargo or make_embargo(summit, moment, decided_by=reader if moment else None)
    if held:
        embargo.held_at, embargo.held_by, embargo.hold_reason = ago(0.01), reader, "wait"
        embargo.save()
    extra: dict[str, Any] = {}
    if withdrawn_at:
        extra = {"withdrawn_at": withdrawn_at, "withdrawn_by": reader, "withdrawal_reason": "It was wrong."}
    if speech:
        extra |= {"slot": make_slot(summit), "kind": TextKind.TRANSCRIPT, "wording": Wording.PREPARED}
    else:
        extra |= {"kind": TextKind.STATEMENT}
    slug = words.pop("slug", None)
    if slug:
        extra["slug"] = slug
    text = f.TextFactory(summit=summit, embargo=embargo, **extra)
    version = f.TextVersionFactory(text=text, language=language)
    return add_edition(version, state=state, decided_at=decided_at, reader=reader, **words)


def make_delivered(
    prepared: Edition, *, moment: datetime | None = None, public: bool = False, **words: Any
) -> Edition:
    """Make the text as delivered of a prepared one, with an approved edition, and return the edition; `public` lets
    readers compare the two."""
    text = prepared.version.text
    made = f.TextFactory(
        summit=text.summit,
        slot=text.slot,
        prepared=text,
        kind=TextKind.TRANSCRIPT,
        wording=Wording.DELIVERED,
        comparison_public=public,
        embargo=make_embargo(text.summit, moment),
    )
    return add_edition(f.TextVersionFactory(text=made, language=prepared.version.language), **words)


def add_edition(
    version: TextVersion,
    *,
    state: str = EditionState.APPROVED,
    decided_at: datetime | None = None,
    reader: User | None = None,
    **words: Any,
) -> Edition:
    number = version.editions.count() + 1
    decided: dict[str, Any] = {}
    if state != EditionState.DRAFT:
        decided = {"decided_by": reader or f.UserFactory(), "decided_at": decided_at or ago(24)}
    if words.get("change_note"):
        words.setdefault("change_kind", ChangeKind.CORRECTION)
    return f.EditionFactory(version=version, number=number, state=state, **decided, **words)


def add_language(text: Text, language: str, **words: Any) -> Edition:
    return add_edition(f.TextVersionFactory(text=text, language=language, authoritative=False), **words)


def move_to_now(embargo: Embargo) -> None:
    """Move an embargo's moment to the database's present: it embargoes now."""
    Embargo.objects.filter(pk=embargo.pk).update(moment=Now(), decided_by=f.UserFactory())


FIRST = "One stays as it is.\n\nTwo has five hundred ships.\n\nThree goes away entirely."
SECOND = "A new opening.\n\nOne stays as it is.\n\nTwo has six hundred ships."


def make_corrected(summit: Summit | None = None, **words: Any) -> Text:
    """Make a text that was published with the words FIRST and then, by the services, corrected to SECOND."""
    edition = make_text(summit=summit, moment=ago(2), decided_at=ago(3), body=FIRST, title="Ships", **words)
    text = edition.version.text
    writer = officer(text.summit)
    why = {"change_kind": "correction", "change_note": "Six hundred, not five."}
    second = editions.draft(version=edition.version, based_on=1, title="Ships", body=SECOND, by=writer, **why)
    decisions.submit(edition=second, by=writer)
    decisions.approve(edition=second, by=approver(text.summit))
    return text


def url_of(text: Text) -> str:
    return f"/{text.summit.slug}/press/{text.slug}/"


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def hang(
    slot: Slot, embargo: Embargo, wording: Wording = Wording.PREPARED, state: str = EditionState.APPROVED
) -> Text:
    text: Text = f.TextFactory(
        summit=slot.session.summit, embargo=embargo, slot=slot, kind=TextKind.TRANSCRIPT, wording=wording
    )
    add_edition(f.TextVersionFactory(text=text), state=state)
    return text


def timed(summit: Summit) -> Embargo:
    return f.EmbargoFactory(summit=summit, moment=db_now() + timedelta(hours=1), decided_by=f.UserFactory())


def waits(summit: Summit, **more: Any) -> Embargo:
    return f.EmbargoFactory(summit=summit, mode=EmbargoMode.DELIVERED, **more)


class Floor:
    """A session with a speech of a guest on which nothing hangs, and speeches A, B and C of ten minutes. Of each of
    these a text goes out in an hour and another waits for the speech: Am, Ad, Bm ..."""

    def __init__(self, summit: Summit, *, by: User) -> None:
        self.summit, self.by = summit, by
        self.session: Session = f.SessionFactory(summit=summit, kind="plenary", title="Opening")
        self.guest = self._slot("Guest", 0)
        self.party = f.PartyFactory(summit=summit)
        self.slots = {name: self._slot(name, place) for place, name in enumerate("ABC", start=1)}
        self.embargoes: dict[str, Embargo] = {}
        for name, slot in self.slots.items():
            self.tie(name, slot)

    def _slot(self, name: str, place: int) -> Slot:
        speaker = f.PersonFactory(summit=self.summit, name=name)
        return f.SlotFactory(session=self.session, speaker=speaker, position=place, minutes=10)

    def tie(self, name: str, slot: Slot) -> None:
        for letter, embargo in (("m", timed(self.summit)), ("d", waits(self.summit))):
            hang(slot, embargo, Wording.PREPARED if letter == "m" else Wording.NOTES)
            self.embargoes[name + letter] = embargo

    def speaker(self, name: str) -> Person:
        return self.slots[name].speaker

    def fresh(self) -> Session:
        return Session.objects.select_related("summit").get(pk=self.session.pk)

    def release_holds(self) -> None:
        """Take every hold back, as though nothing had happened yet."""
        Embargo.objects.update(held_at=None, held_by=None, hold_reason="")

    @property
    def held(self) -> str:
        """Which texts are held, in words such as "Am Ad"."""
        held = set(Embargo.objects.filter(held_at__isnull=False).values_list("pk", flat=True))
        return " ".join(sorted(name for name, embargo in self.embargoes.items() if embargo.pk in held))


def out() -> int:
    return public_editions().count()
