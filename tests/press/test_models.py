from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from press.models import (
    Announcement,
    Attachment,
    ChangeKind,
    Edition,
    EditionAttachment,
    EditionState,
    Lift,
    LiftMode,
    Subscriber,
    Text,
    TextKind,
    TextVersion,
    Topic,
    Wording,
)
from press.models.texts import RESERVED_TEXT_SLUGS, validate_text_slug
from press.urls import urlpatterns
from tests.factories import (
    AttachmentFactory,
    EditionFactory,
    LiftFactory,
    SubscriberFactory,
    TextFactory,
    TextVersionFactory,
    TopicFactory,
    UserFactory,
)
from tests.press.helpers import ago

pytestmark = pytest.mark.django_db


def _twice(make: Callable[[], Any]) -> None:
    make()
    make()


def _announce_twice() -> None:
    edition = EditionFactory(approved=True)
    Announcement.objects.create(edition=edition)
    Announcement.objects.create(edition=edition)


def _same_slug() -> None:
    text = TextFactory()
    TextFactory(summit=text.summit, slug=text.slug)


def _same_language() -> None:
    version = TextVersionFactory()
    TextVersionFactory(text=version.text, authoritative=False)


def _two_authoritative() -> None:
    version = TextVersionFactory()
    TextVersionFactory(text=version.text, language="fr")


def _same_number() -> None:
    edition = EditionFactory()
    EditionFactory(version=edition.version)


def _own_words() -> None:
    author = UserFactory()
    EditionFactory(author=author, state=EditionState.APPROVED, decided_by=author, decided_at=ago(1))


def _subscribed_twice() -> None:
    subscriber = SubscriberFactory()
    SubscriberFactory(summit=subscriber.summit, address=subscriber.address)


def _afterwards(by: str) -> None:
    author, reader = UserFactory(), UserFactory()
    who = {"author": author, "reader": reader}[by]
    EditionFactory(
        author=author,
        state=EditionState.APPROVED,
        decided_by=reader,
        decided_at=ago(1),
        emergency_reason="Night.",
        afterwards_by=who,
        afterwards_at=ago(0),
    )


def _delivered(**values: Any) -> Text:
    prepared = TextFactory(kind=TextKind.TRANSCRIPT, wording=Wording.PREPARED)
    given = {"kind": TextKind.TRANSCRIPT, "wording": Wording.DELIVERED} | values
    return TextFactory(summit=prepared.summit, prepared=prepared, **given)


def _delivered_twice() -> None:
    text = _delivered()
    TextFactory(summit=text.summit, prepared=text.prepared, kind=text.kind, wording=text.wording)


def _removed(**values: Any) -> Text:
    reader = UserFactory()
    gone = {"withdrawn_at": ago(2), "withdrawn_by": reader, "withdrawal_reason": "r"}
    return TextFactory(**(gone | {"removed_at": ago(1), "removed_by": reader, "removal_reason": "r"} | values))


def _attached_twice() -> None:
    edition = EditionFactory()
    file = AttachmentFactory(text=edition.version.text)
    for _ in range(2):
        EditionAttachment.objects.create(edition=edition, attachment=file)


def _same_topic() -> None:
    topic = TopicFactory()
    TopicFactory(summit=topic.summit, name=topic.name)


BROKEN: dict[str, Callable[[], Any]] = {
    "lift_mode_known": lambda: LiftFactory(mode="never"),
    "lift_held_whole": lambda: LiftFactory(held_at=ago(1)),
    "lift_held_whole, reason": lambda: LiftFactory(held_at=ago(1), held_by=UserFactory()),
    "lift_moment_has_officer": lambda: LiftFactory(moment=ago(1)),
    "text_slug_once": _same_slug,
    "text_kind_known": lambda: TextFactory(kind="poem"),
    "text_withdrawn_whole": lambda: TextFactory(withdrawn_at=ago(1)),
    "text_withdrawn_whole, reason": lambda: TextFactory(withdrawn_at=ago(1), withdrawn_by=UserFactory()),
    "version_language_once": _same_language,
    "version_authoritative_once": _two_authoritative,
    "edition_number_once": _same_number,
    "edition_number_from_one": lambda: EditionFactory(number=0),
    "edition_state_known": lambda: EditionFactory(state="published"),
    "edition_approved_by_another, nobody": lambda: EditionFactory(state=EditionState.APPROVED),
    "edition_approved_by_another, author": _own_words,
    "edition_change_known": lambda: EditionFactory(change_kind="whim", change_note="n"),
    "edition_change_has_reason": lambda: EditionFactory(change_kind=ChangeKind.CORRECTION),
    "edition_emergency_is_approved": lambda: EditionFactory(emergency_reason="Night."),
    "edition_afterwards_by_another, author": lambda: _afterwards("author"),
    "edition_afterwards_by_another, reader": lambda: _afterwards("reader"),
    "edition_afterwards_by_another, no emergency": lambda: EditionFactory(
        approved=True, afterwards_by=UserFactory(), afterwards_at=ago(0)
    ),
    "lift_fallback_of_delivery": lambda: LiftFactory(fallback_at=ago(1)),
    "lift_alarm_of_fallback": lambda: LiftFactory(mode=LiftMode.DELIVERED, alarmed_at=ago(1)),
    "text_removed_whole": lambda: _removed(removal_reason=""),
    "text_removed_whole, standing": lambda: _removed(withdrawn_at=None, withdrawn_by=None, withdrawal_reason=""),
    "text_media_known": lambda: TextFactory(media_access="some"),
    "text_prepared_of_delivered": lambda: _delivered(wording=Wording.NOTES),
    "text_delivered_once": _delivered_twice,
    "attachment_not_empty": lambda: AttachmentFactory(size=0),
    "attached_once": _attached_twice,
    "topic_name_once": _same_topic,
    "subscriber_once": _subscribed_twice,
    "subscriber_address_small": lambda: SubscriberFactory(address="Reader@paper.example"),
    "one announcement": _announce_twice,
}


@pytest.mark.parametrize("name", BROKEN)
def test_constraint_holds(name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BROKEN[name]()


TABLES = (Attachment, Edition, EditionAttachment, Lift, Subscriber, Text, TextVersion, Topic)


def test_every_constraint_is_broken_here() -> None:
    declared = {c.name for model in TABLES for c in model._meta.constraints}
    assert {name.split(",")[0] for name in BROKEN} - {"one announcement"} == declared


FROZEN = {
    "title": "Other",
    "body": "Other",
    "summary": "Other",
    "change_kind": "correction",
    "change_note": "Other",
    "anchors": ["p-9"],
    "translates": 3,
    "number": 7,
    "public_id": "other",
    "created_at": ago(1000),
}


@pytest.mark.parametrize("field", FROZEN)
def test_words_of_an_edition_never_change(field: str) -> None:
    edition = EditionFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(**{field: FROZEN[field]})


def test_control_without_the_trigger_words_change() -> None:
    edition = EditionFactory()
    on = "" if connection.vendor == "sqlite" else ' ON "press_edition"'
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "press_edition_frozen"{on}')
    Edition.objects.filter(pk=edition.pk).update(title="Other")
    edition.refresh_from_db()
    assert edition.title == "Other"


def test_decisions_about_an_edition_are_not_frozen() -> None:
    edition = EditionFactory()
    assert Edition.objects.filter(pk=edition.pk).update(state=EditionState.IN_REVIEW) == 1


def test_addresses_of_the_press_site_are_no_slugs() -> None:
    routes = {str(entry.pattern) for entry in urlpatterns}
    first = {route.split("/")[0].split(".")[0] for route in routes if route and not route.startswith("<")}
    assert first <= RESERVED_TEXT_SLUGS
    for slug in [*first, "fr"]:
        with pytest.raises(Exception, match="is an address of the press site itself"):
            validate_text_slug(slug)
