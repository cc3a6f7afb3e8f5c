"""Constraints of the press office's tables, each broken here once, and what the database keeps as it is."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from press.public.urls import urlpatterns
from press.subscriptions import models as subscriptions_models
from press.texts.models import attachments, editions, embargoes, texts, topics
from press.texts.models.texts import RESERVED_TEXT_SLUGS, validate_text_slug
from tests import factories as f
from tests.press.helpers import ago
from tests.ratchets import constraints, hold

pytestmark = pytest.mark.django_db


def _same(factory: Any, *names: str, **more: Any) -> None:
    """Make two rows that share the values of these columns."""
    row = factory()
    factory(**{name: getattr(row, name) for name in names}, **more)


def _approved(by: str = "reader", **more: Any) -> None:
    people = {"author": f.UserFactory(), "reader": f.UserFactory()}
    more = {name: people.get(value, value) for name, value in more.items()}
    decided = {"state": editions.EditionState.APPROVED, "decided_by": people[by], "decided_at": ago(1)}
    f.EditionFactory(author=people["author"], **decided, **more)


def _delivered(**values: Any) -> texts.Text:
    prepared = f.TextFactory(kind=texts.TextKind.TRANSCRIPT, wording=texts.Wording.PREPARED)
    given = {"prepared": prepared, "kind": texts.TextKind.TRANSCRIPT, "wording": texts.Wording.DELIVERED} | values
    return f.TextFactory(summit=given["prepared"].summit, **given)


def _removed(**values: Any) -> None:
    reader = f.UserFactory()
    gone = {"withdrawn_at": ago(2), "withdrawn_by": reader, "withdrawal_reason": "r"}
    f.TextFactory(**(gone | {"removed_at": ago(1), "removed_by": reader, "removal_reason": "r"} | values))


def _attached_twice() -> None:
    edition = f.EditionFactory()
    file = f.AttachmentFactory(text=edition.version.text)
    for _ in range(2):
        editions.EditionAttachment.objects.create(edition=edition, attachment=file)


def _announced_twice() -> None:
    edition = f.EditionFactory(approved=True)
    for _ in range(2):
        subscriptions_models.Announcement.objects.create(edition=edition)


TABLES = (
    attachments.Attachment,
    editions.Edition,
    editions.EditionAttachment,
    embargoes.Embargo,
    subscriptions_models.Subscriber,
    texts.Text,
    texts.TextVersion,
    topics.Topic,
)
REVIEWED = {"emergency_reason": "Night.", "afterwards_at": ago(0)}
BROKEN: dict[str, Callable[[], Any]] = {
    "embargo_mode_known": lambda: f.EmbargoFactory(mode="never"),
    "embargo_held_whole": lambda: f.EmbargoFactory(held_at=ago(1)),
    "embargo_held_whole, reason": lambda: f.EmbargoFactory(held_at=ago(1), held_by=f.UserFactory()),
    "embargo_moment_has_officer": lambda: f.EmbargoFactory(moment=ago(1)),
    "embargo_fallback_of_delivery": lambda: f.EmbargoFactory(fallback_at=ago(1)),
    "embargo_alarm_of_fallback": lambda: f.EmbargoFactory(mode=embargoes.EmbargoMode.DELIVERED, alarmed_at=ago(1)),
    "text_slug_once": lambda: _same(f.TextFactory, "summit", "slug"),
    "text_kind_known": lambda: f.TextFactory(kind="poem"),
    "text_withdrawn_whole": lambda: f.TextFactory(withdrawn_at=ago(1)),
    "text_withdrawn_whole, reason": lambda: f.TextFactory(withdrawn_at=ago(1), withdrawn_by=f.UserFactory()),
    "text_removed_whole": lambda: _removed(removal_reason=""),
    "text_removed_whole, standing": lambda: _removed(withdrawn_at=None, withdrawn_by=None, withdrawal_reason=""),
    "text_media_known": lambda: f.TextFactory(media_access="some"),
    "text_prepared_of_delivered": lambda: _delivered(wording=texts.Wording.NOTES),
    "text_delivered_once": lambda: _delivered(prepared=_delivered().prepared),
    "version_language_once": lambda: _same(f.TextVersionFactory, "text", authoritative=False),
    "version_authoritative_once": lambda: _same(f.TextVersionFactory, "text", language="fr"),
    "edition_number_once": lambda: _same(f.EditionFactory, "version"),
    "edition_number_from_one": lambda: f.EditionFactory(number=0),
    "edition_state_known": lambda: f.EditionFactory(state="published"),
    "edition_approved_by_another, nobody": lambda: f.EditionFactory(state=editions.EditionState.APPROVED),
    "edition_approved_by_another, author": lambda: _approved(by="author"),
    "edition_change_known": lambda: f.EditionFactory(change_kind="whim", change_note="n"),
    "edition_change_has_reason": lambda: f.EditionFactory(change_kind=editions.ChangeKind.CORRECTION),
    "edition_emergency_is_approved": lambda: f.EditionFactory(emergency_reason="Night."),
    "edition_afterwards_by_another, author": lambda: _approved(afterwards_by="author", **REVIEWED),
    "edition_afterwards_by_another, reader": lambda: _approved(afterwards_by="reader", **REVIEWED),
    "edition_afterwards_by_another, no emergency": lambda: f.EditionFactory(
        approved=True, afterwards_by=f.UserFactory(), afterwards_at=ago(0)
    ),
    "attachment_not_empty": lambda: f.AttachmentFactory(size=0),
    "attached_once": _attached_twice,
    "topic_name_once": lambda: _same(f.TopicFactory, "summit", "name"),
    "subscriber_once": lambda: _same(f.SubscriberFactory, "summit", "address"),
    "subscriber_address_small": lambda: f.SubscriberFactory(address="Reader@paper.example"),
    "one announcement": _announced_twice,
}


def test_every_constraint_holds() -> None:
    kept = []
    for name, act in BROKEN.items():
        with contextlib.suppress(IntegrityError), transaction.atomic():
            act()
            continue
        kept.append(name)
    assert kept == list(BROKEN)
    hold(constraints(TABLES, BROKEN, f"{__file__} BROKEN"))


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


def test_words_of_an_edition_never_change_and_decisions_do() -> None:
    edition = f.EditionFactory()
    for field, value in FROZEN.items():
        with pytest.raises(IntegrityError), transaction.atomic():
            editions.Edition.objects.filter(pk=edition.pk).update(**{field: value})
    assert editions.Edition.objects.filter(pk=edition.pk).update(state=editions.EditionState.IN_REVIEW) == 1
    # The control: without the trigger words change.
    on = "" if connection.vendor == "sqlite" else ' ON "press_edition"'
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "press_edition_frozen"{on}')
    editions.Edition.objects.filter(pk=edition.pk).update(title="Other")
    edition.refresh_from_db()
    assert edition.title == "Other"


def test_addresses_of_the_press_site_are_no_slugs() -> None:
    routes = {str(entry.pattern) for entry in urlpatterns}
    first = {route.split("/")[0].split(".")[0] for route in routes if route and not route.startswith("<")}
    assert first <= RESERVED_TEXT_SLUGS
    for slug in [*first, "fr"]:
        with pytest.raises(Exception, match="The press site itself uses the address"):
            validate_text_slug(slug)
