"""Telling whoever waited that they have a place now: at their own mailbox, or else as their party is reached."""

from collections.abc import Collection, Sequence
from typing import Any

from delegations.mailboxes import selectors as mailboxes_selectors
from sessions.domain.snapshots import Snapshot
from sessions.models import ReleasedSession, ReleaseEntry, Session, SignUp, SignUpState
from sessions.models.visibility import TAKING_PART
from summit.core.languages import spoken
from summit.outbox.domain import enqueue
from summit.outbox.models import Message
from summit.outbox.reasons import because
from summit.summits.models import Summit

KIND = "place_free"
LEFT = "sessions.place_left"


def tell(*, session: Session, row: ReleasedSession, moved: Collection[SignUp]) -> int:
    """Store a message to each mailbox of those who moved up in a session, in the transaction in which they did;
    return how many. `row` is the session as it was released. One mail for all whom a mailbox stands for."""
    summit = session.summit
    people = {each.person_id: each for each in moved}
    entry = ReleaseEntry.objects.current(summit).at(TAKING_PART).filter(session=session)
    shown = (entry.select_related("released_session").first() or ReleaseEntry(released_session=row)).released_session
    about = session_facts(session.public_id, shown)
    drafts = []
    for box in mailboxes_selectors.for_members(summit=summit, party_ids=set(), person_ids=set(people)):
        theirs = [people[pk] for pk in sorted(box.person_ids) if pk in people]
        drafts.append(
            enqueue.draft(
                summit=summit,
                kind=KIND,
                # Each sign-up moves up once, so that the newest of them tells this time from others.
                subject_key=f"sessions.session:{session.public_id}",
                version=max(each.pk for each in theirs),
                recipient_key=box.party_key,
                address=box.address,
                language=box.language,
                facts={
                    **about,
                    "summit": summit_facts(summit, box.language),
                    "sign_ups": [each.public_id for each in theirs],
                    "people": [each.person.label for each in theirs],
                },
            )
        )
    return enqueue.store(drafts)


def summit_facts(summit: Summit, language: str) -> dict[str, str]:
    """Return what a mail says of the summit, as it is called in the mail's language."""
    names = summit.named(spoken(language))
    return {
        "slug": summit.slug,
        "name": names.name,
        "zone": summit.time_zone,
        "place": names.place,
        "contact": summit.contact_email,
    }


def session_facts(key: str, shown: ReleasedSession | Snapshot) -> dict[str, Any]:
    """Return what a mail says of a session, from its public id and what its readers may know of it."""
    return {
        "key": key,
        "kind": shown.kind,
        "kind_names": shown.kind_names,
        "title": shown.title,
        "texts": shown.texts,
        "starts_at": shown.starts_at.isoformat(),
        "ends_at": shown.ends_at.isoformat(),
        "times_known": shown.times_known,
        "room": ", ".join(part for part in (shown.room_name, shown.venue_name) if part),
    }


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Name the messages of which nobody has the place any more. One query."""
    keys = {key for message in messages for key in message.facts["sign_ups"]}
    stands = set(
        SignUp.objects.filter(public_id__in=keys, state=SignUpState.PLACE).values_list("public_id", flat=True)
    )
    return {message.pk: because(LEFT) for message in messages if not stands.intersection(message.facts["sign_ups"])}
