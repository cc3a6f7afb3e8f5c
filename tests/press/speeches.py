"""A session with speeches whose texts wait, for tests of what becomes of them when the speech is moved."""

from datetime import timedelta
from typing import Any

from press.texts.models.editions import EditionState
from press.texts.models.embargoes import Lift, LiftMode
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


def hang(slot: Slot, lift: Lift, wording: Wording = Wording.PREPARED, state: str = EditionState.APPROVED) -> Text:
    """Hang an approved text of a speech on a lift."""
    text: Text = f.TextFactory(
        summit=slot.session.summit, lift=lift, slot=slot, kind=TextKind.TRANSCRIPT, wording=wording
    )
    add_edition(f.TextVersionFactory(text=text), state=state)
    return text


def timed(summit: Summit) -> Lift:
    """Make a lift whose moment comes in an hour."""
    lift: Lift = f.LiftFactory(summit=summit, moment=db_now() + timedelta(hours=1), decided_by=f.UserFactory())
    return lift


def waits(summit: Summit, **more: Any) -> Lift:
    """Make a lift that waits for its speech."""
    lift: Lift = f.LiftFactory(summit=summit, mode=LiftMode.DELIVERED, **more)
    return lift


class Floor:
    """A session with a speech of a guest on which nothing hangs, and speeches A, B and C of ten minutes. Of each of
    these a text goes out in an hour and another waits for the speech: Am, Ad, Bm ..."""

    def __init__(self, summit: Summit, *, by: User) -> None:
        self.summit, self.by = summit, by
        self.session: Session = f.SessionFactory(summit=summit, kind="plenary", title="Opening")
        self.guest = self._slot("Guest", 0)
        self.party = f.PartyFactory(summit=summit)
        self.slots = {name: self._slot(name, place) for place, name in enumerate("ABC", start=1)}
        self.lifts: dict[str, Lift] = {}
        for name, slot in self.slots.items():
            self.tie(name, slot)

    def _slot(self, name: str, place: int) -> Slot:
        speaker = f.PersonFactory(summit=self.summit, name=name)
        slot: Slot = f.SlotFactory(session=self.session, speaker=speaker, position=place, minutes=10)
        return slot

    def tie(self, name: str, slot: Slot) -> None:
        """Hang two texts on a speech."""
        for letter, lift in (("m", timed(self.summit)), ("d", waits(self.summit))):
            hang(slot, lift, Wording.PREPARED if letter == "m" else Wording.NOTES)
            self.lifts[name + letter] = lift

    def speaker(self, name: str) -> Person:
        """Return who gives a speech."""
        return self.slots[name].speaker

    def fresh(self) -> Session:
        """Return the session as it is stored."""
        return Session.objects.select_related("summit").get(pk=self.session.pk)

    def release_holds(self) -> None:
        """Take every hold back, as though nothing had happened yet."""
        Lift.objects.update(held_at=None, held_by=None, hold_reason="")

    @property
    def held(self) -> str:
        """Which texts are held, in words such as "Am Ad"."""
        held = set(Lift.objects.filter(held_at__isnull=False).values_list("pk", flat=True))
        return " ".join(sorted(name for name, lift in self.lifts.items() if lift.pk in held))


def out() -> int:
    """Return how many editions everybody may read."""
    return public_editions().count()
