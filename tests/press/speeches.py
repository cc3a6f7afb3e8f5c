"""A session with speeches whose texts wait, for tests of what becomes of them when the speech is moved."""

from datetime import timedelta
from typing import Any

from press.texts.models.editions import EditionState
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text, TextKind, Wording
from press.texts.models.visibility import public_editions
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.press.helpers import add_edition


def hang(
    slot: Slot, embargo: Embargo, wording: Wording = Wording.PREPARED, state: str = EditionState.APPROVED
) -> Text:
    """Hang an approved text of a speech on an embargo."""
    text: Text = f.TextFactory(
        summit=slot.session.summit, embargo=embargo, slot=slot, kind=TextKind.TRANSCRIPT, wording=wording
    )
    add_edition(f.TextVersionFactory(text=text), state=state)
    return text


def timed(summit: Summit) -> Embargo:
    """Make an embargo whose moment comes in an hour."""
    embargo: Embargo = f.EmbargoFactory(
        summit=summit, moment=db_now() + timedelta(hours=1), decided_by=f.UserFactory()
    )
    return embargo


def waits(summit: Summit, **more: Any) -> Embargo:
    """Make an embargo that waits for its speech."""
    embargo: Embargo = f.EmbargoFactory(summit=summit, mode=EmbargoMode.DELIVERED, **more)
    return embargo


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
        slot: Slot = f.SlotFactory(session=self.session, speaker=speaker, position=place, minutes=10)
        return slot

    def tie(self, name: str, slot: Slot) -> None:
        """Hang two texts on a speech."""
        for letter, embargo in (("m", timed(self.summit)), ("d", waits(self.summit))):
            hang(slot, embargo, Wording.PREPARED if letter == "m" else Wording.NOTES)
            self.embargoes[name + letter] = embargo

    def speaker(self, name: str) -> Person:
        """Return who gives a speech."""
        return self.slots[name].speaker

    def fresh(self) -> Session:
        """Return the session as it is stored."""
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
    """Return how many editions everybody may read."""
    return public_editions().count()
