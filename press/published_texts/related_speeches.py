"""Public texts related to a text: of the speeches before and after it, of its session, and of its topics.

Speeches are in the order of the released agenda.
"""

from dataclasses import dataclass, replace

from press.published_texts.selectors import Reading, listed
from press.texts.addresses import address
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from sessions.agenda.models.releases import ReleasedParticipant
from summit.core import languages
from summit.summits.models import Summit

# The most other texts of a session that are shown beside a text; a link leads to the list of all.
MOST = 8


@dataclass(frozen=True)
class Neighbour:
    """A related text, as a link. `speaker` is the speaker's name on the released agenda."""

    title: str
    language: str
    direction: str
    speaker: str
    path: str
    withdrawn: bool


@dataclass(frozen=True)
class Neighbours:
    """The texts related to a text.

    `previous` and `next` are of the nearest speeches in the session that have a text. `others` are texts of the same
    session, and `alike` texts of the same topics. `session` is the public id of the session, or "" if the session
    isn't public. `more` is true if the session has more texts than `others`.
    """

    previous: Neighbour | None = None
    next: Neighbour | None = None
    others: tuple[Neighbour, ...] = ()
    session: str = ""
    more: bool = False
    alike: tuple[Neighbour, ...] = ()


def around(summit: Summit, reading: Reading) -> Neighbours:
    """Return the texts related to a text: texts of the same session, if it is public, and of the same topics.

    Makes at most three queries.
    """
    neighbours = _of_session(summit, reading)
    session_paths = {each.path for each in neighbours.others}
    alike = tuple(each for each in _of_topics(summit, reading) if each.path not in session_paths)
    return replace(neighbours, alike=alike[:MOST])


def _of_topics(summit: Summit, reading: Reading) -> list[Neighbour]:
    text = reading.edition.version.text_id
    sharing = Text.topics.through.objects.filter(topic__texts=text).exclude(text=text)
    rows = listed(summit).defer("body").filter(version__text__in=sharing.values("text"))[: 2 * MOST]
    return [
        _neighbour(summit, edition, slot.speaker.label if (slot := edition.version.text.slot) else "")
        for edition in rows
    ]


def _of_session(summit: Summit, reading: Reading) -> Neighbours:
    occasion, own = reading.occasion, reading.slot
    if occasion is None or own is None:
        return Neighbours()
    places = ReleasedParticipant.objects.filter(released_session=occasion).exclude(slot_key="")
    order = list(places.order_by("position", "id").values_list("slot_key", "label"))
    names = dict(order)
    by_slot: dict[str, list[Neighbour]] = {}
    # If a speech has several texts, the newest comes first.
    for edition in listed(summit).defer("body").filter(version__text__slot__public_id__in=names):
        slot = edition.version.text.slot
        if slot is not None and edition.version.text_id != reading.edition.version.text_id:
            by_slot.setdefault(slot.public_id, []).append(_neighbour(summit, edition, names[slot.public_id]))
    position = list(names).index(own.public_id)
    before, after = list(names)[:position], list(names)[position + 1 :]
    neighbours = [each for key in names for each in by_slot.get(key, ())]
    return Neighbours(
        previous=next((by_slot[key][0] for key in reversed(before) if key in by_slot), None),
        next=next((by_slot[key][0] for key in after if key in by_slot), None),
        others=tuple(neighbours[:MOST]),
        session=occasion.session.public_id,
        more=len(neighbours) > MOST,
    )


def _neighbour(summit: Summit, edition: Edition, speaker: str) -> Neighbour:
    language = edition.version.language
    withdrawn = edition.version.text.withdrawn_at is not None
    return Neighbour(
        edition.title, language, languages.direction(language), speaker, address(summit, edition), withdrawn
    )
