"""Hold the texts of a speech when the speech changes, in the same transaction.

If the speech itself was moved or cancelled, or has another speaker or party, every unpublished text is held. If the
speech only begins at another time because of earlier speeches, or because the day was re-timed, only texts with a
future moment are held: a text that waits for delivery is published at the right time anyway. Desk users decide
whether to release the hold.
"""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import override

from delegations.membership_changes.services import merging
from press.embargoes.messages import HELD, hold
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text
from press.texts.models.visibility import published_embargoes
from press.texts.services import locks
from press.texts.services.holds import hold_embargo
from sessions.draft.models.participants import Slot
from sessions.draft.speech_listeners import Happened, What, listeners
from summit.audit.services import By
from summit.core.languages import spoken
from summit.people.models import Person
from summit.templatetags.moments import day_clock

# After these changes, a text that waits for delivery isn't held.
SAME_SPEECH = (What.SHIFTED, What.RETIMED)
# If texts of different speeches share an embargo, only the first change in this order is the reason for the hold.
GRAVEST = tuple(What)


@merging.holds(30)
def texts(kept: Person, gone: Person) -> None:
    """Lock the embargoes of the speeches of `gone`, the person who is merged into `kept`.

    This comes before sessions and people are locked, because editing a text locks its embargo first, and then the
    people in the text's details. The same order avoids deadlocks.
    """
    locks.lock_speeches(list(Slot.every.filter(speaker=gone).values_list("pk", flat=True)))


@listeners.register(10)
def follow(happened: Sequence[Happened], by: By) -> None:
    """Hold the texts of changed speeches, and notify the press desk.

    Texts that are published or held already stay as they are. If a speech was only shifted by others or by a re-timed
    day, only texts with a future moment are held.
    """
    by_slot = {each.slot_id: each for each in happened}
    embargoes = {embargo.pk: embargo for embargo in locks.lock_speeches(by_slot)}
    if not embargoes:
        return
    # Checked while the locks are held, since an embargo may have been published while this waited for them.
    not_held = _keys(embargoes).filter(held_at__isnull=True)
    unpublished = set(not_held.exclude(pk__in=published_embargoes().values("pk")).values_list("pk", flat=True))
    timed = set(_keys(embargoes).filter(mode=EmbargoMode.MOMENT, moment__gt=Now()).values_list("pk", flat=True))
    changes = {
        embargo_id: each
        for embargo_id, each in _gravest(by_slot).items()
        if embargo_id in unpublished and (each.what not in SAME_SPEECH or embargo_id in timed)
    }
    sentences = reasons(changes.values())
    held = {
        embargo_id: sentences[each.slot_id]
        for embargo_id, each in changes.items()
        if hold_embargo(embargo=embargoes[embargo_id], reason=sentences[each.slot_id], by=by)
    }
    if held:
        HELD.send(hold(summit=next(iter(embargoes.values())).summit, reasons=held))


def _keys(embargoes: dict[int, Embargo]) -> QuerySet[Embargo]:
    return Embargo.objects.filter(pk__in=embargoes)


def _gravest(by_slot: dict[int, Happened]) -> dict[int, Happened]:
    """Return a dict from the primary keys of embargoes to the gravest change of their speeches. Makes one query.

    `by_slot` is a dict from the primary keys of speeches to their changes.
    """
    rows = Text.objects.filter(slot__in=by_slot, withdrawn_at__isnull=True).order_by("embargo", "pk")
    gravest: dict[int, Happened] = {}
    for embargo_id, slot_id in rows.values_list("embargo_id", "slot_id"):
        change = by_slot[slot_id or 0]
        if embargo_id not in gravest or GRAVEST.index(change.what) < GRAVEST.index(gravest[embargo_id].what):
            gravest[embargo_id] = change
    return gravest


def reasons(happened: Iterable[Happened]) -> dict[int, str]:
    """Return a dict from the primary keys of speeches to a sentence about the change, in the summit's language.

    Makes two queries.
    """
    by_slot = {each.slot_id: each for each in happened}
    slots = Slot.every.filter(pk__in=by_slot).select_related("session__summit", "speaker")
    before = {each.speaker_before for each in by_slot.values()}
    names = {person.pk: person.name or person.label for person in Person.objects.filter(pk__in=before)}
    return {slot.pk: _reason(slot, by_slot[slot.pk], names) for slot in slots}


def _reason(slot: Slot, happened: Happened, names: dict[int, str]) -> str:
    summit = slot.session.summit
    with override(spoken(summit.language)):
        values = {
            # Some speakers have no name, only an office as their label.
            "name": slot.speaker.name or slot.speaker.label,
            "title": slot.session.title,
            "time": day_clock(happened.begins, summit),
            "before": names.get(happened.speaker_before, ""),
        }
        match happened.what:
            case What.CANCELLED:
                sentence = _("The session “%(title)s” was cancelled, including the speech by %(name)s.")
            case What.DROPPED:
                sentence = _("The speech by %(name)s in “%(title)s” was cancelled.")
            case What.GIVEN if slot.speaker_id != happened.speaker_before:
                sentence = _("%(name)s now gives the speech instead of %(before)s in “%(title)s”.")
            case What.GIVEN:
                sentence = _("The speech by %(name)s in “%(title)s” is now on behalf of another delegation.")
            case What.MOVED:
                sentence = _("The speech by %(name)s in “%(title)s” was moved and now starts at about %(time)s.")
            case What.RETIMED:
                sentence = _("“%(title)s” was re-timed. The speech by %(name)s now starts at about %(time)s.")
            case What.SHIFTED:
                sentence = _(
                    "Speeches before %(name)s in “%(title)s” changed. This speech now starts at about %(time)s."
                )
        return sentence % values
